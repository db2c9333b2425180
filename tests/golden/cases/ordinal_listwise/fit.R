# Respondents with gaps left out.
source("../../ordinal.R")
data <- tests(1:5)
data[] <- lapply(data, cut_at, c(.2, .5, .8))
save_statistics(gaps(data), names(data))
