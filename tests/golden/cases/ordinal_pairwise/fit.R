# Gaps left out pair by pair.
source("../../ordinal.R")
data <- tests(1:7)
data[] <- lapply(data, cut_at, c(.2, .5, .8))
save_statistics(gaps(data), names(data), "pairwise")
