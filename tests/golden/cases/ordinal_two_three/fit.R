# Items of three categories and of two.
source("../../ordinal.R")
data <- tests(1:7)
data[1:4] <- lapply(data[1:4], cut_at, c(.3, .7))
data[5:7] <- lapply(data[5:7], cut_at, .4)
save_statistics(data, names(data))
