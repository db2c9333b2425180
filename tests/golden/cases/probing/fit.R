# Simple slopes and regions of significance of ordinary regressions, by base R: the moderator is
# shifted so that the predictor's own coefficient is the simple slope, and the bounds are found by
# searching where its p-value is .05.
suppressMessages(library(jsonlite))
target <- function() { a <- commandArgs(TRUE); if (length(a)) a[1] else "expected.json" }
facets <- read.csv("../../data/facets.csv")
score <- function(letter) rowMeans(facets[paste0(letter, 1:4)])
data <- data.frame(y = score("y"), a = score("a"), b = score("b"), c = score("c"))

probe <- function(predictor, moderator) {
  x <- data[[predictor]]
  w <- data[[moderator]]
  shifted <- function(at) {
    v <- w - at
    square <- predictor == moderator
    fit <- if (square) lm(data$y ~ v + I(v^2)) else lm(data$y ~ x * v)
    coef(summary(fit))[2, ]
  }
  fit <- if (predictor == moderator) lm(data$y ~ w + I(w^2)) else lm(data$y ~ x * w)
  keep <- if (predictor == moderator) c(2, 3) else c(2, 4)
  scale <- if (predictor == moderator) diag(c(1, 2)) else diag(2)
  at <- mean(w) + c(-1, 0, 1) * sd(w)
  t <- qt(.975, fit$df.residual)
  slopes <- lapply(at, function(v) {
    r <- shifted(v)
    list(at = v, value = r[[1]], se = r[[2]], p = r[[4]], lower = r[[1]] - t * r[[2]],
         upper = r[[1]] + t * r[[2]])
  })
  margin <- function(v) shifted(v)[[4]] - .05
  grid <- seq(-30, 40, by = .25)
  sign <- sapply(grid, margin)
  turns <- which(diff(sign > 0) != 0)
  bounds <- sapply(turns, function(k) uniroot(margin, grid[k + 0:1], tol = 1e-13)$root)
  list(coefficients = unname(drop(scale %*% coef(fit)[keep])),
       vcov = unname(scale %*% vcov(fit)[keep, keep] %*% scale), df = fit$df.residual,
       slopes = slopes, bounds = I(as.numeric(bounds)),
       significant = I(sapply(c(-30, 40), margin) < 0))
}
line <- function(fit, new) {
  found <- predict(fit, new, interval = "confidence")
  list(coefficients = unname(coef(fit)), vcov = unname(vcov(fit)), df = fit$df.residual,
       value = unname(found[, 1]), lower = unname(found[, 2]), upper = unname(found[, 3]))
}
write_json(list(
  R = as.character(getRversion()),
  a_by_c = probe("a", "c"), c_by_a = probe("c", "a"), a_by_b = probe("a", "b"), a_by_a = probe("a", "a"),
  line = line(lm(y ~ a * c, data), data.frame(a = 1:7, c = 5))
), target(), digits = 15, auto_unbox = TRUE, pretty = TRUE)
