# Double-mean-centred products of matched indicators, by semTools.
source("../../lavaan.R")
suppressMessages(library(semTools))
products <- paste0("AxC", 1:4)
data <- indProd(read.csv("../../data/facets.csv"), var1 = paste0("a", 1:4), var2 = paste0("c", 1:4),
                match = TRUE, meanC = TRUE, doubleMC = TRUE, namesProd = products)
write_case(data, extra = list(products = head(as.matrix(data[, products]), 5)))
