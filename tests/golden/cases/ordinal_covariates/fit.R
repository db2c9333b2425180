# Residual correlations of items with four, three and two categories, given a number and a dummy.
source("../../ordinal.R")
data <- tests(1:7)
data[1:3] <- lapply(data[1:3], cut_at, c(.2, .5, .8))
data[4:5] <- lapply(data[4:5], cut_at, c(.3, .7))
data[6:7] <- lapply(data[6:7], cut_at, .4)
ordered <- names(data)
data$ageyr <- HolzingerSwineford1939$ageyr
data$sex <- HolzingerSwineford1939$sex
save_statistics(data, ordered, covariates = c("ageyr", "sex"))
