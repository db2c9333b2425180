# Nine items of four categories.
source("../../ordinal.R")
data <- tests(1:9)
data[] <- lapply(data, cut_at, c(.2, .5, .8))
save_statistics(data, names(data))
