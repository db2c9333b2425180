# Counts of stretches of days by quasi-Poisson regression with the days as exposure; the expected sum
# over days ahead by the delta method. R's glm and predict do the fitting.
suppressMessages(library(jsonlite))

one <- function(counts, days, middles, ahead) {
  data <- data.frame(y = counts, days = days, t = middles)
  fit <- glm(y ~ t + offset(log(days)), family = quasipoisson, data = data,
             control = glm.control(epsilon = 1e-14, maxit = 100))
  phi <- max(1, summary(fit)$dispersion)
  V <- summary(fit)$cov.unscaled * phi
  X <- cbind(1, ahead)
  each <- exp(as.vector(X %*% coef(fit)))
  g <- t(X) %*% each
  list(mean = sum(each), error = sqrt(as.numeric(t(g) %*% V %*% g) + phi * sum(each)))
}
found <- list(
  falling = one(c(30, 22, 25, 12, 9, 7), c(1, 1, 2, 1, 1, 1), c(0, 1, 2.5, 4, 5, 6), 7:13),
  steady = one(c(6, 5, 6, 5), rep(1, 4), 0:3, 4:5),
  rising = one(c(5, 5, 9, 14, 40), c(3, 1, 1, 1, 2), c(1, 3, 4, 5, 6.5), 8:10)
)
cat(toJSON(found, digits = NA, auto_unbox = TRUE, pretty = TRUE), "\n")
