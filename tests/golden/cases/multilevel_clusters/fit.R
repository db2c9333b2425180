# Intraclass correlations by multilevel, which takes the mean size of unequal clusters.
suppressMessages({library(multilevel); library(jsonlite)})
data <- read.csv("../../data/clusters.csv")
balanced <- do.call(rbind, lapply(split(data, data$cluster), head, 2))
answer <- function(d) {
  fit <- aov(value ~ factor(cluster), d)
  squares <- summary(fit)[[1]][["Mean Sq"]]
  list(between = squares[1], within = squares[2], icc1 = ICC1(fit), icc2 = ICC2(fit))
}
a <- commandArgs(TRUE)
write_json(list(multilevel = as.character(packageVersion("multilevel")), all = answer(data),
  balanced = answer(balanced)), if (length(a)) a[1] else "expected.json",
  digits = 15, auto_unbox = TRUE, pretty = TRUE)
