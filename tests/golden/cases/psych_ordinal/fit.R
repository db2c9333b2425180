# Polychoric correlations of nine tests cut into four categories, and what psych makes of them.
source("../../lavaan.R")
suppressMessages(library(psych))
options(mc.cores = 1)
data <- HolzingerSwineford1939[, paste0("x", 1:9)]
cut4 <- function(x) findInterval(x, quantile(x, c(.2, .5, .8)), left.open = TRUE) + 1
codes <- as.data.frame(lapply(data, cut4))

# psych optimises each correlation by `optimize`, to 1e-4 or so; here to 1e-12.
exact <- function(X) {
  p <- ncol(X); R <- diag(p)
  tau <- lapply(X, function(x) c(-Inf, qnorm(cumsum(table(factor(x, 1:4)))[1:3] / length(x)), Inf))
  prob <- function(a, b, r) {
    grid <- outer(a, b, Vectorize(function(u, v) if (u == -Inf || v == -Inf) 0 else
      if (u == Inf) pnorm(v) else if (v == Inf) pnorm(u) else
      mnormt::pmnorm(c(u, v), varcov = matrix(c(1, r, r, 1), 2))))
    diff(t(diff(grid)))
  }
  for (i in 2:p) for (j in 1:(i - 1)) {
    counts <- t(table(factor(X[[i]], 1:4), factor(X[[j]], 1:4)))
    loss <- function(r) -sum(counts * log(pmax(prob(tau[[i]], tau[[j]], r), 1e-300)))
    R[i, j] <- R[j, i] <- optimize(loss, c(-.99, .99), tol = 1e-9)$minimum
  }
  R
}
R <- exact(codes)
dimnames(R) <- list(names(data), names(data))
invisible(capture.output(map <- vss(R, n = 8, n.obs = 301, plot = FALSE, rotate = "none")$map))
kmo <- KMO(R)
pearson <- cor(codes)
bartlett <- cortest.bartlett(pearson, n = 301)

# Horn's eigenvalues of answers permuted item by item, correlated by psych.
smc_values <- function(R) { diag(R) <- smc(R); eigen(R, symmetric = TRUE)$values }
set.seed(20)
random <- replicate(100, {
  shuffled <- as.data.frame(lapply(codes, sample))
  r <- suppressWarnings(polychoric(shuffled, correct = 0)$rho)
  c(eigen(r)$values, smc_values(r))
})

design <- kronecker(diag(3), rep(1, 3))
f <- suppressWarnings(suppressMessages(fa(R, 3, n.obs = 301, rotate = "varimax")))
L <- unclass(f$loadings)[, ]
save_json(list(psych = as.character(packageVersion("psych")), R = unname(R),
  rho = unname(suppressWarnings(polychoric(codes, correct = 0)$rho)), map = map[1:7],
  kmo = list(overall = kmo$MSA, each = unname(kmo$MSAi)),
  bartlett = bartlett[c("chisq", "p.value", "df")],
  observed = list(pc = eigen(R)$values, fa = smc_values(R)),
  random = list(mean = unname(rowMeans(random)), quantile = unname(apply(random, 1, quantile, .95))),
  loadings = unname(L), congruence = unname(factor.congruence(L, design, digits = 15))))
