# Gaps in items, a continuous variable and covariates: lavaan leaves out who lacks a covariate.
source("../../ordinal.R")
data <- tests(1:5)
ordered <- c("x1", "x2", "x3", "x4")
data[ordered] <- lapply(data[ordered], cut_at, c(.3, .7))
data$ageyr <- HolzingerSwineford1939$ageyr
data$sex <- HolzingerSwineford1939$sex
data <- gaps(data)
save_statistics(data, ordered, "pairwise", covariates = c("ageyr", "sex"))
