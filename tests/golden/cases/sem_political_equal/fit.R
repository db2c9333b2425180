source("../../lavaan.R")
write_case(PoliticalDemocracy)
