source("../../lavaan.R")
write_case(read.csv("../../data/facets.csv"))
