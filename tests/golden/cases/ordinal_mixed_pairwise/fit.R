# Gaps in ordinal and continuous variables left out pair by pair.
source("../../ordinal.R")
data <- tests(1:6)
ordered <- c("x2", "x3", "x5")
data[ordered] <- lapply(data[ordered], cut_at, c(.3, .7))
save_statistics(gaps(data), ordered, "pairwise")
