# Response surfaces in base R: lm, the sandwich by hand, symbolic derivatives for the delta method.
suppressMessages(library(jsonlite))
d <- read.csv("../../data/balance.csv")
d$x <- d$x - 4
d$y <- d$y - 4
d$w <- d$w - mean(d$w)

cr1 <- function(fit, cluster) {
  X <- model.matrix(fit)
  bread <- solve(crossprod(X))
  sums <- rowsum(X * residuals(fit), cluster)
  J <- nrow(sums); n <- nrow(X); k <- ncol(X)
  J / (J - 1) * (n - 1) / (n - k) * bread %*% crossprod(sums) %*% bread
}

# Differentiated symbolically by R.
x0 <- "((b2 * b4 - 2 * b1 * b5) / (4 * b3 * b5 - b4^2))"
y0 <- "((b1 * b4 - 2 * b2 * b3) / (4 * b3 * b5 - b4^2))"
p11 <- "((b5 - b3 + sqrt((b3 - b5)^2 + b4^2)) / b4)"
p21 <- "((b5 - b3 - sqrt((b3 - b5)^2 + b4^2)) / b4)"
FEATURES <- c(a1 = "b1 + b2", a2 = "b3 + b4 + b5", a3 = "b1 - b2", a4 = "b3 - b4 + b5", a5 = "b3 - b5",
  x0 = x0, y0 = y0, p10 = paste(y0, "-", p11, "*", x0), p11 = p11, p20 = paste(y0, "-", p21, "*", x0), p21 = p21)
NAMES <- paste0("b", 0:5)
values_of <- function(b) setNames(as.list(unname(b[1:6])), NAMES)
features <- function(b) sapply(FEATURES, function(text) eval(parse(text = text), values_of(b)))
slopes <- function(b) t(sapply(FEATURES, function(text) c(sapply(NAMES, function(name)
  eval(D(parse(text = text)[[1]], name), values_of(b))), rep(0, length(b) - 6))))

described <- function(fit, V, df) {
  b <- coef(fit)
  J <- slopes(b)
  C <- rbind(c(0, 1, -1, 0, 0, 0), c(0, 0, 0, 1, 0, -1))
  C <- cbind(C, matrix(0, 2, length(b) - 6))
  wald <- drop(t(C %*% b) %*% solve(C %*% V %*% t(C)) %*% C %*% b)
  Q <- b[4:6]
  curved <- drop(t(Q) %*% solve(V[4:6, 4:6]) %*% Q)
  se <- sqrt(diag(V))
  list(b = unname(b), se = unname(se), t = unname(b / se), p = unname(2 * pt(-abs(b / se), df)),
    lower = unname(b - qt(.975, df) * se), upper = unname(b + qt(.975, df) * se),
    features = unname(features(b)), features_se = sqrt(diag(J %*% V %*% t(J))),
    r_squared = summary(fit)$r.squared, wald = wald, wald_p = pchisq(wald, 2, lower.tail = FALSE),
    F_p = pf(wald / 2, 2, df, lower.tail = FALSE),
    curved = curved, curved_F_p = pf(curved / 3, 3, df, lower.tail = FALSE))
}

full <- z ~ x + y + I(x^2) + I(x * y) + I(y^2)
fit <- lm(full, d)
with_w <- lm(update(full, ~ . + w), d)
linear <- lm(z ~ x + y, d)
compared <- anova(linear, fit)
J <- length(unique(d$cluster))
standard <- function(v) (v - mean(v)) / sd(v)
gap <- standard(d$x) - standard(d$y)
pooled <- (d$x - d$y) / sqrt((var(d$x) + var(d$y)) / 2)
hull <- rev(chull(d$x, d$y))
shares <- function(g) c(mean(g > .5), mean(g < -.5))
# Nine runs of an experiment (SAS/IML User's Guide); stationary point and axes by solve() and eigen().
runs <- data.frame(x = rep(-1:1, each = 3), y = rep(-1:1, 3),
  z = c(71.7, 75.2, 76.3, 79.2, 81.5, 80.2, 80.1, 79.1, 75.8))
optimum <- function(b) {
  Q <- matrix(c(b[4], b[5] / 2, b[5] / 2, b[6]), 2)
  axes <- eigen(Q)$vectors
  list(b = unname(b), point = -solve(2 * Q, b[2:3]), slopes = axes[2, ] / axes[1, ])
}
a <- commandArgs(TRUE)
write_json(list(R = R.version.string,
  classical = described(fit, vcov(fit), df.residual(fit)),
  clustered = described(fit, cr1(fit, d$cluster), J - 1),
  covariate = described(with_w, cr1(with_w, d$cluster), J - 1),
  nested = list(r2 = summary(fit)$r.squared, r2_less = summary(linear)$r.squared,
    F = compared$F[2], p = compared$`Pr(>F)`[2]),
  runs = optimum(coef(lm(full, runs))),
  reaction = optimum(c(84.09543, 0.93254, 0.57771, -1.30855, 0.125, -0.93344)),
  discrepancy = list(each = shares(gap), pooled = shares(pooled)),
  hull = cbind(d$x[hull], d$y[hull]), predicted = unname(predict(fit, data.frame(x = c(-2, 0, 1), y = c(1, 0, 2))))),
  if (length(a)) a[1] else "expected.json", digits = 15, auto_unbox = TRUE, pretty = TRUE)
