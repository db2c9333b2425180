# What the efa_* cases share: factors of a correlation matrix at exact minima, by R's packages.
suppressMessages({library(psych); library(GPArotation)})

# Reflect to positive sums, order by explained variance.
canonical <- function(L, Phi = diag(ncol(L)), reorder = seq_len(ncol(L))) {
  sign <- ifelse(colSums(L) < 0, -1, 1)
  L <- L %*% diag(sign); Phi <- diag(sign) %*% Phi %*% diag(sign)
  ss <- diag(Phi %*% crossprod(L))
  order <- c(setdiff(seq_len(ncol(L)), reorder), reorder[order(-ss[reorder])])
  list(loadings = unname(L[, order]), Phi = unname(Phi[order, order]))
}

# psych's minres and factanal stop about 1e-5 short of the minimum. Principal axes iterated to
# 1e-14 are least squares at their minimum, factanal with a small `factr` is maximum likelihood.
unrotated <- function(R, n, k) list(
  minres = unclass(fa(R, k, n.obs = n, fm = "pa", rotate = "none", SMC = TRUE, min.err = 1e-14,
    max.iter = 1e6, warnings = FALSE)$loadings)[, ],
  ml = unclass(factanal(covmat = list(cov = R, n.obs = n), factors = k, rotation = "none",
    control = list(opt = list(factr = 10, pgtol = 0, maxit = 1e5)))$loadings)[, ])

# Random.Start's determinant is always of one sign, which no search changes; a target may want the
# other.
start_at <- function(k, number) Random.Start(k) %*% diag(c((-1)^number, rep(1, k - 1)))

# The lowest of many random starts. GPArotation stops at a gradient of 1e-5, where loadings may
# still be 1e-4 away on flat criteria; at 1e-7 they are within 1e-6. Below that its comparison of
# criteria is lost in rounding, so that some starts come to 1e-6 only.
lowest <- function(A, rotation, starts = 20, kaiser = FALSE, ...) {
  found <- lapply(seq_len(starts), function(start) suppressWarnings(rotation(A,
    Tmat = start_at(ncol(A), start), normalize = kaiser, eps = 1e-7, maxit = 2000, ...)))
  found <- Filter(function(r) tail(r$Table[, 3], 1) < -6, found)
  values <- sapply(found, function(r) tail(r$Table[, 2], 1))
  c(found[[which.min(values)]], value = min(values))
}

rotated <- function(r, reorder = seq_len(ncol(r$loadings))) {
  Phi <- if (is.null(r$Phi)) diag(ncol(r$loadings)) else r$Phi
  c(canonical(r$loadings, Phi, reorder), value = r$value)
}

# Promax as fa(rotate = "promax"): normalised, varimax to 1e-15, power 4, normalisation back.
promax4 <- function(A) {
  h <- sqrt(rowSums(A^2))
  r <- Promax(varimax(A / h, normalize = FALSE, eps = 1e-15)$loadings[, ])
  canonical(h * r$loadings[, ], r$Phi)
}

rotations <- function(A, full, partial) list(
  varimax = canonical(varimax(A, eps = 1e-15)$loadings[, ]),
  varimax_raw = rotated(lowest(A, function(A, ...) GPForth(A, method = "varimax", ...))),
  promax = promax4(A),
  quartimax = rotated(lowest(A, quartimax)),
  bifactor = rotated(lowest(A, bifactorT), 2:ncol(A)),
  oblimin = rotated(lowest(A, oblimin)),
  oblimin_kaiser = rotated(lowest(A, oblimin, kaiser = TRUE)),
  oblimin_negative = rotated(lowest(A, oblimin, gam = -0.5)),
  geomin = rotated(lowest(A, geominQ, delta = .01)),
  geomin_001 = rotated(lowest(A, geominQ, delta = .001)),
  geomin_orthogonal = rotated(lowest(A, geominT, delta = .01)),
  target = rotated(lowest(A, targetQ, Target = full), NULL),
  target_orthogonal = rotated(lowest(A, targetT, Target = full), NULL),
  target_partial = rotated(lowest(A, targetQ, Target = partial), NULL))

by_psych <- function(R, n, k) {
  found <- list()
  for (method in c("minres", "ml")) for (rotation in c("varimax", "promax", "oblimin", "geominQ")) {
    f <- suppressWarnings(fa(R, k, n.obs = n, fm = method, rotate = rotation))
    Phi <- if (is.null(f$Phi)) diag(k) else f$Phi
    found[[paste(method, rotation)]] <- c(canonical(unclass(f$loadings)[, ], Phi), list(
      communalities = unname(f$communality), rms = f$rms))
  }
  c(found, list(fit = list(chisq = f$STATISTIC, df = f$dof, pvalue = f$PVAL, rms = f$rms,
    tli = f$TLI, rmsea = unname(f$RMSEA[1:3]))))
}

by_factanal <- function(R, n, k) {
  f <- factanal(covmat = list(cov = R, n.obs = n), factors = k,
    control = list(opt = list(factr = 10, pgtol = 0, maxit = 1e5)))
  list(chisq = unname(f$STATISTIC), df = f$dof, pvalue = unname(f$PVAL),
    uniquenesses = unname(f$uniquenesses))
}

# Searches that can go no further say that they found nothing.
by_lavaan <- function(R, n, k) {
  found <- list()
  for (rotation in c("geomin", "oblimin")) {
    f <- quietly(efa(sample.cov = R, sample.nobs = n, nfactors = k, rotation = rotation, output = "lavaan",
      ov.names = colnames(R), sample.cov.rescale = FALSE, rotation.args = list(rstarts = 30,
      algorithm = "gpa", gpa.tol = 1e-6, geomin.epsilon = .001, row.weights = "none"),
      control = list(rel.tol = 1e-15, x.tol = 1e-15, eval.max = 1e5, iter.max = 1e5), se = "none"))
    std <- lavInspect(f, "std")
    found[[rotation]] <- canonical(unclass(std$lambda), unclass(std$psi))
  }
  found
}

partials <- function(R) suppressMessages(suppressWarnings(
  vss(R, n = 5, n.obs = 500, plot = FALSE)$map))

efa_case <- function(R, n, k, full) {
  set.seed(1)
  partial <- full; partial[full > 0] <- NA
  A <- unrotated(R, n, k)
  list(versions = lapply(c(psych = "psych", GPArotation = "GPArotation", lavaan = "lavaan"),
      function(name) as.character(packageVersion(name))),
    n = n, k = k, R = unname(R), target = unname(full),
    rotations = lapply(A, rotations, full = full, partial = partial),
    psych = by_psych(R, n, k), factanal = by_factanal(R, n, k), lavaan = by_lavaan(R, n, k),
    map = partials(R))
}
