# Coupling coordination degrees in base R, case by case from the published formulas.
suppressMessages(library(jsonlite))
d <- read.csv("../../data/facets.csv")
score <- function(letter) rowMeans(d[paste0(letter, 1:4)])
U <- cbind(score("a") - 1, 7 - score("b"), score("c") - 1) / 6
y <- score("y")
weights <- c(.5, .3, .2)

degrees <- function(u, w) {
  n <- length(u)
  C <- n * prod(u)^(1 / n) / sum(u)
  apart <- 0
  for (j in 1:(n - 1)) for (i in (j + 1):n) apart <- apart + sqrt((u[i] - u[j])^2)
  modified <- sqrt((1 - apart / sum(1:(n - 1))) * prod(u / max(u))^(1 / (n - 1)))
  T <- sum(w * u)
  c(C, T, sqrt(C * T), modified, sqrt(modified * T))
}
all_degrees <- function(U, w) t(apply(U, 1, degrees, w))
tenth <- function(D) findInterval(D, seq(.1, .9, .1)) + 1
own <- apply(U, 2, function(u) (u - min(u)) / (max(u) - min(u)))
own_degrees <- all_degrees(own, weights)
own_D <- ifelse(is.nan(own_degrees[, 3]), 0, own_degrees[, 3])
D <- all_degrees(U, weights)
less <- lm(y ~ U[, 1] * U[, 2])
two <- all_degrees(U[, 1:2], c(.5, .5))[, 3]
full <- update(less, ~ . + two)
compared <- anova(less, full)
a <- commandArgs(TRUE)
write_json(list(R = R.version.string, weighted = D[1:20, ], equal = all_degrees(U, rep(1, 3) / 3)[1:20, ],
  two = all_degrees(U[, 1:2], c(.5, .5))[1:20, ], tenths = tenth(D[, 3]), changed = mean(tenth(D[, 3]) != tenth(own_D)),
  gain = summary(full)$r.squared - summary(less)$r.squared, r2 = summary(full)$r.squared,
  F = compared$F[2], p = compared$`Pr(>F)`[2]),
  if (length(a)) a[1] else "expected.json", digits = 15, auto_unbox = TRUE, pretty = TRUE)
