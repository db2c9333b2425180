# Rare answers to items of two categories: fourfold tables with one empty cell.
source("../../ordinal.R")
data <- tests(4:7)
data$x4 <- cut_at(data$x4, .95)
data$x5 <- cut_at(data$x5, .05)
data$x6 <- cut_at(data$x6, .9)
data$x7 <- cut_at(data$x7, .5)
save_statistics(data, names(data))
