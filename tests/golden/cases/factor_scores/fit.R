# Scores of the latents by lavPredict; of ordinal items by minimising the posterior with R's own
# search, because lavPredict of lavaan 0.6-14 is right for the delta parameterisation of a single
# group alone (it scales thresholds by delta and residuals not, and counts latent means twice;
# corrected in lavaan 0.7-2 of August 2026).
source("../../ordinal.R")
F3 <- "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
HS <- HolzingerSwineford1939
items <- paste0("x", 1:9)
GAPS <- HS
GAPS[items] <- gaps(HS[items])
GAPS[c(10, 20), items[7:9]] <- NA
GAPS[15, items[2:9]] <- NA
ORD <- HS
ORD[items] <- lapply(HS[items], cut_at, c(.2, .5, .8))
ORD_GAPS <- ORD
ORD_GAPS[items] <- gaps(ORD[items])
ORD_GAPS[c(10, 20), items[7:9]] <- NA
MIXED <- ORD
MIXED[c("x1", "x2", "x9")] <- HS[c("x1", "x2", "x9")]
tight <- list(rel.tol = 1e-14, x.tol = 1e-12, abs.tol = 0, iter.max = 20000, eval.max = 40000)

first <- function(x, n = 30) unname(unclass(x)[seq_len(n), , drop = FALSE])
by_lavaan <- function(fit, methods = c("regression", "Bartlett"), n = 30) {
  lapply(setNames(methods, tolower(methods)), function(method) {
    scores <- lavPredict(fit, method = method, se = "standard")
    groups <- if (is.list(scores)) unname(scores) else list(scores)
    se <- attr(scores, "se")
    list(values = lapply(groups, first, n), se = unname(lapply(se, function(s) first(s, min(n, nrow(s))))))
  })
}

# One respondent: minus the logarithm of the posterior, its gradient, the mode and its spread.
mode_of <- function(y, est, V, eta, ordered) {
  L <- est$lambda
  nu <- drop(est$nu)
  sd <- sqrt(diag(est$theta))
  precision <- solve(V)
  tau <- lapply(rownames(L), function(name) {
    c(-Inf, est$tau[grepl(paste0("^", name, "\\|"), rownames(est$tau)), 1], Inf)
  })
  pieces <- function(x) {
    expected <- nu + drop(L %*% x)
    t(sapply(seq_along(y), function(j) {
      if (is.na(y[j])) return(c(0, 0))
      if (!ordered[j]) return(c(dnorm(y[j], expected[j], sd[j], log = TRUE), (y[j] - expected[j]) / sd[j]^2))
      z <- (tau[[j]][y[j] + 0:1] - expected[j]) / sd[j]
      p <- if (z[1] > 0) pnorm(-z[1]) - pnorm(-z[2]) else pnorm(z[2]) - pnorm(z[1])
      c(log(p), (dnorm(z[1]) - dnorm(z[2])) / p / sd[j])
    }))
  }
  f <- function(x) 0.5 * drop((x - eta) %*% precision %*% (x - eta)) - sum(pieces(x)[, 1])
  g <- function(x) drop(precision %*% (x - eta)) - drop(pieces(x)[, 2] %*% L)
  found <- nlminb(eta, f, g, control = list(rel.tol = 1e-15, x.tol = 1e-14))$par
  H <- optimHess(found, f, g)
  for (step in 1:3) found <- found - drop(solve(H, g(found)))
  c(found, sqrt(diag(solve(H))))
}

by_search <- function(fit, data, ordered, n = 30) {
  listed <- function(what) {
    x <- lavInspect(fit, what)
    if (lavInspect(fit, "ngroups") == 1) list(x) else unname(x)
  }
  parts <- Map(function(est, V, eta, rows) {
    rows <- data[rows, items][seq_len(n), ]
    eta <- if (is.null(eta)) rep(0, ncol(est$lambda)) else drop(eta)
    t(apply(rows, 1, mode_of, est, V, eta, items %in% ordered))
  }, listed("est"), listed("cov.lv"), listed("mean.lv"), listed("case.idx"))
  k <- ncol(parts[[1]]) / 2
  list(values = lapply(parts, function(x) unname(x[, 1:k])), se = lapply(parts, function(x) unname(x[, k + 1:k])))
}

ordinal <- function(data, ordered, ...) {
  fit <- quietly(cfa(F3, data, ordered = ordered, ...))
  c(by_search(fit, data, ordered), list(converged = lavInspect(fit, "converged")))
}
delta <- quietly(cfa(F3, ORD, ordered = items))
mine <- by_search(delta, ORD, items, 6)$values[[1]]
stopifnot(max(abs(mine - lavPredict(delta)[1:6, ])) < 1e-4)

# Outcomes of a regression that are no indicators: given, or ordinal; by lavPredict, which is right here.
with_outcome <- function(model) {
  first(lavPredict(quietly(sem(model, MIXED2, ordered = items[1:6])), optim.method = "nlminb"))
}
MIXED2 <- ORD
MIXED2[items[7:9]] <- HS[items[7:9]]

save_json(list(
  lavaan = as.character(packageVersion("lavaan")),
  complete = by_lavaan(polished(cfa(F3, HS), HS)),
  groups = by_lavaan(quietly(cfa(F3, HS, group = "school", group.equal = c("loadings", "intercepts"), control = tight))),
  second = by_lavaan(polished(cfa(paste0(F3, "\ng =~ visual + textual + speed"), HS), HS), "regression"),
  fiml = by_lavaan(quietly(cfa(F3, GAPS, missing = "ml", control = tight))),
  delta = ordinal(ORD, items),
  theta = ordinal(ORD, items, parameterization = "theta"),
  pairwise = ordinal(ORD_GAPS, items, missing = "pairwise"),
  mixed = ordinal(MIXED, items[3:8]),
  ordinal_groups = ordinal(ORD, items, group = "school", group.equal = c("loadings", "thresholds")),
  outcome = with_outcome("visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nx7 ~ textual + visual"),
  ordinal_outcome = with_outcome("visual =~ x1 + x2 + x3\ntextual =~ x4 + x5\nx6 ~ textual + visual")
))
