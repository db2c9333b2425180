# Continuous variables before, between and after ordinal items.
source("../../ordinal.R")
data <- tests(1:7)
ordered <- c("x2", "x3", "x5", "x6")
data[ordered] <- lapply(data[ordered], cut_at, c(.2, .5, .8))
data$x6 <- cut_at(tests(6), .6)
save_statistics(data, ordered)
