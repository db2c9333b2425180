# The two-lines test of Simonsohn (2018) in base R. The smooth curve is written anew (mgcv is not needed): natural
# cubic splines by splinefun, their roughness by Simpson's rule, the penalty by optimize. HC3 and CR1 by hand.
suppressMessages(library(jsonlite))
d <- read.csv("../../data/balance.csv")
d$bent <- d$z - 0.35 * (d$x - 4.4)^2
d$risen <- d$z + 0.35 * (d$x - 4.4)^2

curve_of <- function(x, y, Z = NULL) {
  at <- as.numeric(quantile(unique(x), seq(0, 1, length.out = min(10, length(unique(x))))))
  k <- length(at)
  basis <- lapply(1:k, function(j) splinefun(at, as.numeric(1:k == j), method = "natural"))
  B <- sapply(basis, function(f) f(x))
  S <- matrix(0, k, k)
  for (i in 1:k) for (j in 1:k) for (s in 1:(k - 1)) {  # piecewise quadratic: Simpson's rule is exact
    t <- c(at[s], (at[s] + at[s + 1]) / 2, at[s + 1])
    v <- basis[[i]](t, deriv = 2) * basis[[j]](t, deriv = 2)
    S[i, j] <- S[i, j] + (at[s + 1] - at[s]) / 6 * (v[1] + 4 * v[2] + v[3])
  }
  X <- B
  if (!is.null(Z)) X <- cbind(B, scale(Z, scale = FALSE))
  P <- matrix(0, ncol(X), ncol(X)); P[1:k, 1:k] <- S
  n <- length(y)
  at_penalty <- function(l) {
    A <- solve(crossprod(X) + exp(l) * P)
    b <- A %*% crossprod(X, y)
    list(b = b, A = A, edf = sum(diag(A %*% crossprod(X))), rss = sum((y - X %*% b)^2))
  }
  gcv <- function(l) { f <- at_penalty(l); n * f$rss / (n - f$edf)^2 }
  grid <- seq(-12, 18, by = .25)
  best <- grid[which.min(sapply(grid, gcv))]
  l <- optimize(gcv, c(best - .25, best + .25), tol = 1e-10)$minimum
  f <- at_penalty(l)
  W <- X; if (ncol(X) > k) W[, (k + 1):ncol(X)] <- 0
  list(value = as.numeric(W %*% f$b), se = sqrt(rowSums((W %*% f$A) * W) * f$rss / (n - f$edf)), edf = f$edf,
    gcv = gcv(l))
}

robust <- function(fit, cluster) {
  X <- model.matrix(fit); e <- residuals(fit); bread <- solve(crossprod(X))
  if (is.null(cluster)) {
    h <- hatvalues(fit)
    return(bread %*% crossprod(X * (e / (1 - h))) %*% bread)
  }
  sums <- rowsum(X * e, cluster); J <- nrow(sums); n <- nrow(X); k <- ncol(X)
  J / (J - 1) * (n - 1) / (n - k) * bread %*% crossprod(sums) %*% bread
}

slopes <- function(x, y, Z, xc, cluster) {
  one <- function(below, which) {
    lo <- ifelse(below, x - xc, 0); hi <- ifelse(below, 0, x - xc); step <- as.numeric(!below)
    fit <- if (is.null(Z)) lm(y ~ lo + hi + step) else lm(y ~ lo + hi + step + Z)
    b <- coef(fit)[which]; se <- sqrt(diag(robust(fit, cluster)))[which]
    df <- if (is.null(cluster)) df.residual(fit) else length(unique(cluster)) - 1
    c(b, se, 2 * pt(-abs(b / se), df))
  }
  rbind(one(x <= xc, "lo"), one(x < xc, "hi"))
}

two_lines <- function(x, y, Z = NULL, cluster = NULL, peak = TRUE) {
  s <- if (peak) 1 else -1
  curve <- curve_of(x, y, Z)
  q <- quantile(x, c(.1, .9))
  middle <- x > q[1] & x < q[2]
  most <- max(s * curve$value[middle])
  flat <- x[middle & s * curve$value + curve$se >= most]
  first <- slopes(x, y, Z, median(flat), cluster)
  z <- abs(first[, 1] / first[, 2])
  xc <- as.numeric(quantile(flat, z[2] / sum(z)))
  found <- slopes(x, y, Z, xc, cluster)
  list(breakpoint = xc, slope = found[, 1], se = found[, 2], p = found[, 3], edf = curve$edf, gcv = curve$gcv,
    value = curve$value[1:20], standard_error = curve$se[1:20])
}

out <- list(
  bent = two_lines(d$x, d$bent),
  clustered = two_lines(d$x, d$bent, cluster = d$cluster),
  covariate = two_lines(d$x, d$bent, Z = d$w),
  valley = two_lines(d$x, d$risen, peak = FALSE),
  as_it_is = two_lines(d$x, d$z))
arguments <- commandArgs(trailingOnly = TRUE)
file <- if (length(arguments)) arguments[1] else "expected.json"
write_json(out, file, digits = NA, auto_unbox = TRUE, pretty = TRUE)
