# Continuous variables among ordinal items, all given three covariates.
source("../../ordinal.R")
data <- tests(c(1, 2, 3, 4, 5, 7))
ordered <- c("x2", "x3", "x4", "x5")
data[ordered] <- lapply(data[ordered], cut_at, c(.2, .5, .8))
data$ageyr <- HolzingerSwineford1939$ageyr
data$sex <- HolzingerSwineford1939$sex
data$agemo <- HolzingerSwineford1939$agemo
save_statistics(data, ordered, covariates = c("ageyr", "sex", "agemo"))
