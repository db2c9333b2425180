# Reliability of the latents of many kinds of models, by semTools; where it has no function, from
# lavaan's estimates by the published formulas.
source("../../lavaan.R")
suppressMessages(library(semTools))
HS <- HolzingerSwineford1939
# Facets of a second-order factor; those of B are turned round.
FACETS <- read.csv("../../data/facets.csv")[c(paste0("a", 1:4), paste0("b", 1:4), paste0("c", 1:4), paste0("y", 1:4))]
FACETS[paste0("b", 1:4)] <- 8 - FACETS[paste0("b", 1:4)]
F3 <- "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
BIFACTOR <- paste("g =~", paste0("x", 1:9, collapse = " + "), "\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9")
SECOND <- paste0(paste0(c("A", "B", "C", "Y"), " =~ ", sapply(c("a", "b", "c", "y"), function(n)
  paste0(n, 1:4, collapse = " + ")), collapse = "\n"), "\ng =~ A + B + C + Y")
cut_at <- function(x, shares) as.integer(cut(x, c(-Inf, quantile(x, shares), Inf)))
items <- paste0("x", 1:9)
ORD <- HS
ORD[items] <- lapply(HS[items], cut_at, c(.2, .5, .8))
# Items of two, three and four categories, in one factor too.
UNEVEN <- HS
shares <- list(c(.3, .7), c(.3, .7), .6, .4, c(.2, .6), c(.2, .5, .8), .5, .4, c(.2, .6))
UNEVEN[items] <- Map(cut_at, HS[items], shares)
FACETS3 <- FACETS
FACETS3[] <- lapply(FACETS, cut_at, c(.3, .7))

# lavaan's search, made to go on.
tight <- list(rel.tol = 1e-15, x.tol = 1e-12, abs.tol = 0, iter.max = 20000, eval.max = 40000)
numbers <- function(x) if (is.data.frame(x)) lapply(as.list(x)[-1], unname) else as.list(unclass(x))

described <- function(fit, higher = character(0)) {
  ordinal <- lavInspect(fit, "categorical")
  found <- list(
    omega_observed = numbers(quietly(compRelSEM(fit))),
    omega_implied = numbers(quietly(compRelSEM(fit, obs.var = FALSE))),
    ave = numbers(quietly(AVE(fit))),
    alpha = numbers(quietly(compRelSEM(fit, tau.eq = TRUE))))
  if (length(higher)) {
    found$higher_observed <- compRelSEM(fit, higher = higher)[[higher]]
    found$higher_implied <- compRelSEM(fit, higher = higher, obs.var = FALSE)[[higher]]
    found$L2 <- as.list(quietly(reliabilityL2(fit, higher)))
  }
  if (ordinal) {
    found$latent_observed <- numbers(quietly(compRelSEM(fit, ord.scale = FALSE)))
    found$latent_implied <- numbers(quietly(compRelSEM(fit, ord.scale = FALSE, obs.var = FALSE)))
    found$alpha_latent <- numbers(quietly(compRelSEM(fit, tau.eq = TRUE, ord.scale = FALSE)))
  }
  found
}

# Rodriguez, Reise & Haviland (2016), as BifactorIndicesCalculator writes them, from standardized
# loadings: total and hierarchical omega of standardized items, ECV, ECV_SS, PUC and H.
bifactor_indices <- function(fit) {
  L <- lavInspect(fit, "std")$lambda
  theta <- 1 - rowSums(L^2)
  specific <- setdiff(colnames(L), "g")
  omega <- function(rows, columns) {
    total <- sum(colSums(L[rows, , drop = FALSE])^2) + sum(theta[rows])
    sum(colSums(L[rows, columns, drop = FALSE])^2) / total
  }
  all_rows <- seq_len(nrow(L))
  of <- function(s) which(L[, s] != 0)
  pairs <- function(k) k * (k - 1) / 2
  list(
    omega = omega(all_rows, colnames(L)), omega_h = omega(all_rows, "g"),
    omega_s = lapply(setNames(specific, specific), function(s) omega(of(s), colnames(L))),
    omega_hs = lapply(setNames(specific, specific), function(s) omega(of(s), s)),
    ecv = sum(L[, "g"]^2) / sum(L^2),
    ecv_ss = lapply(setNames(specific, specific), function(s) sum(L[of(s), s]^2) / sum(L[of(s), ]^2)),
    puc = 1 - sum(sapply(specific, function(s) pairs(length(of(s))))) / pairs(nrow(L)),
    h = lapply(setNames(colnames(L), colnames(L)), function(f) 1 / (1 + 1 / sum(L[, f]^2 / (1 - L[, f]^2)))))
}

# Categorical omega of all that a second-order factor explains: semTools' own function, which its
# compRelSEM cannot call with more than a number.
categorical_second_order <- function(fit) {
  est <- lavInspect(fit, "est")
  own <- est$lambda %*% est$beta[, "g"]
  own <- own %*% t(own) * est$psi["g", "g"]
  thresholds <- semTools:::getThreshold(fit)[[1]]
  scales <- setNames(est$delta[, 1], rownames(est$lambda))
  of <- function(total) semTools:::omegaCat(own, thresholds[rownames(est$lambda)], scales, total)
  list(observed = of(lavInspect(fit, "sampstat")$cov), implied = of(lavInspect(fit, "fitted")$cov))
}

# Standard error of the categorical omega of `visual` over the implied variance: central differences
# of semTools' formula by the parameters, and lavaan's covariance of these.
categorical_error <- function(fit) {
  names_ <- names(coef(fit))
  value <- function(x) {
    names(x) <- names_
    l <- x[paste0("visual=~x", 1:3)]
    tau <- lapply(1:3, function(k) x[grepl(paste0("^x", k, "\\|"), names_)])
    own <- l %*% t(l)
    total <- own
    diag(total) <- 1
    semTools:::omegaCat(own, tau, rep(1, 3), total)
  }
  x <- coef(fit)
  gradient <- sapply(seq_along(x), function(k) {
    step <- replace(numeric(length(x)), k, 1e-5)
    (value(x + step) - value(x - step)) / 2e-5
  })
  sqrt(drop(gradient %*% vcov(fit) %*% gradient))
}

fit_continuous <- function(model, data, ...) quietly(cfa(model, data, control = tight, ...))
ordinal <- function(model, data, names_ = items, ...) {
  quietly(cfa(model, data, ordered = names_, control = tight, ...))
}
# Standard error by a definition in the model, which knows the residual covariance.
defined <- paste0("visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ a*x7 + b*x8 + c*x9\n",
  "speed ~~ 1*speed\nx7 ~~ t7*x7\nx8 ~~ t8*x8\nx9 ~~ t9*x9\nx7 ~~ r*x8\n",
  "omega := (a + b + c)^2/((a + b + c)^2 + t7 + t8 + t9 + 2*r)")
residuals_fit <- quietly(cfa(sub("a[*]x7", "NA*x7 + a*x7", defined), HS))
bifactor <- fit_continuous(BIFACTOR, HS, orthogonal = TRUE)
second <- fit_continuous(SECOND, FACETS)
ord <- ordinal(F3, ORD)
facet_items <- names(FACETS3)
second_ordinal <- ordinal(SECOND, FACETS3, facet_items)

save_json(list(
  lavaan = as.character(packageVersion("lavaan")), semTools = as.character(packageVersion("semTools")),
  plain = described(fit_continuous(F3, HS)),
  residuals = described(fit_continuous(paste0(F3, "\nx7 ~~ x8"), HS)),
  residuals_error = parameterEstimates(residuals_fit)$se[parameterEstimates(residuals_fit)$lhs == "omega"],
  crossed = described(fit_continuous(paste0(F3, "\nvisual =~ x9"), HS)),
  groups = described(fit_continuous(F3, HS, group = "school")),
  groups_equal = described(fit_continuous(F3, HS, group = "school", group.equal = c("loadings", "intercepts"))),
  bifactor = c(described(bifactor), list(indices = bifactor_indices(bifactor))),
  second = described(second, "g"),
  ord = described(ord),
  ord_error = categorical_error(quietly(cfa(F3, ORD, ordered = items, std.lv = TRUE))),
  ord_theta = described(ordinal(F3, ORD, parameterization = "theta")),
  ord_groups = described(ordinal(F3, ORD, group = "school")),
  uneven = described(ordinal(F3, UNEVEN)),
  ord_bifactor = described(ordinal(BIFACTOR, ORD, orthogonal = TRUE)),
  second_ordinal = c(described(second_ordinal), list(general = categorical_second_order(second_ordinal)))
))
