# GLS, ULS and WLS of continuous data: means, groups, covariates, constraints, observed information, differences.
source("../../lavaan.R")
HS <- HolzingerSwineford1939
F3 <- "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
equal_residuals <- paste0(F3, "\nx1 ~~ r*x1\nx2 ~~ r*x2\nx3 ~~ r*x3")
linear <- "visual =~ x1 + b2*x2 + b3*x3\ntextual =~ x4 + c2*x5 + c3*x6\nspeed =~ x7 + d2*x8 + d3*x9\nb2 == c2\n2*d2 + d3 == 3\nratio := b3/b2"
covariates <- paste0(F3, "\nspeed ~ visual + ageyr + sex\nvisual ~ ageyr")
scalar <- list(group = "school", group.equal = c("loadings", "intercepts"))
browne <- list(test = "browne.residual.nt")

cases <- list(
  gls_means = list(model = paste0(F3, "\nx1 ~ 4.9*1\nvisual ~ 1"), args = list(estimator = "GLS")),
  gls_observed = list(model = F3, args = list(estimator = "GLS", information = "observed")),
  gls_groups = list(model = F3, args = c(list(estimator = "GLS"), scalar)),
  gls_covariates = list(model = covariates, args = list(estimator = "GLS", fixed.x = TRUE)),
  gls_free_covariates = list(model = covariates, args = list(estimator = "GLS", fixed.x = FALSE)),
  gls_equal_residuals = list(model = equal_residuals, args = list(estimator = "GLS")),
  gls_linear = list(model = linear, args = list(estimator = "GLS")),
  wls_means = list(model = paste0(F3, "\nx1 ~ 4.9*1\nvisual ~ 1"), args = list(estimator = "WLS")),
  wls_groups = list(model = F3, args = list(estimator = "WLS", group = "school", group.equal = "loadings")),
  wls_covariates = list(model = covariates, args = list(estimator = "WLS", fixed.x = TRUE)),
  uls_means = list(model = paste0(F3, "\nx1 ~ 4.9*1\nvisual ~ 1"), args = list(estimator = "ULS"), final = browne),
  uls_groups = list(model = F3, args = c(list(estimator = "ULS"), scalar), final = browne),
  uls_covariates = list(model = covariates, args = list(estimator = "ULS", fixed.x = TRUE), final = browne),
  uls_equal_residuals = list(model = equal_residuals, args = list(estimator = "ULS"), final = browne),
  ulsm_means = list(model = paste0(F3, "\nx1 ~ 4.9*1\nvisual ~ 1"), args = list(estimator = "ULSM")),
  ulsmv_groups = list(model = F3, args = c(list(estimator = "ULSMV"), scalar)),
  ulsmv_covariates = list(model = covariates, args = list(estimator = "ULSMV", fixed.x = TRUE)),
  ulsmv_equal_residuals = list(model = equal_residuals, args = list(estimator = "ULSMV"))
)

# Steps of scoring with lavaan's own gradient and information carry its search to the minimum.
fitted <- function(case) {
  plain <- case$args
  plain$estimator <- sub("ULSMV|ULSM", "ULS", plain$estimator)
  plain$information <- NULL
  searched <- c(plain, list(se = "standard", test = "standard"))
  fit <- quietly(do.call("sem", c(list(case$model, HS), searched)))
  rest <- searched[setdiff(names(searched), "group.equal")]
  continued <- function(table, options) {
    table$ustart[table$free > 0] <- table$est[table$free > 0]
    table$est <- table$se <- table$start <- NULL
    quietly(do.call("sem", c(list(table, HS, optim.method = "none"), options)))
  }
  for (attempt in 1:100) {
    step <- drop(-nobs(fit) * lavInspect(fit, "vcov") %*% lavInspect(fit, "gradient"))
    if (max(abs(step)) < 1e-11) break
    table <- parTable(fit)
    table$est[table$free > 0] <- table$est[table$free > 0] + step[table$free[table$free > 0]]
    fit <- continued(table, rest)
  }
  if (max(abs(step)) >= 1e-9) stop("no minimum")
  continued(parTable(fit), c(case$args[setdiff(names(case$args), "group.equal")], case$final))
}

# Standard errors of ULS for normal data, as lavaan 0.7 has them, from the pieces that 0.6-14 gives.
normal_errors <- function(fit) {
  if (lavInspect(fit, "ngroups") > 1 || length(fit@Model@ceq.JAC)) return(NULL)
  x <- which(lavNames(fit, "ov") %in% lavNames(fit, "ov.x"))
  sample <- lavInspect(fit, "sampstat")
  Gamma <- lavaan:::lav_samplestats_Gamma_NT(COV = sample$cov, MEAN = sample$mean, x.idx = x, fixed.x = length(x) > 0,
    meanstructure = lavInspect(fit, "meanstructure"))
  D <- lavInspect(fit, "delta")
  B <- solve(crossprod(D))
  sqrt(diag(B %*% t(D) %*% Gamma %*% D %*% B) / (nobs(fit) - 1))
}

content <- lapply(cases, function(case) {
  fit <- fitted(case)
  rows <- parameterEstimates(fit, ci = FALSE, remove.eq = TRUE)
  rows <- rows[rows$op != "==", intersect(c("lhs", "op", "rhs", "group", "est", "se"), names(rows))]
  if (!is.null(case$final)) {
    se <- normal_errors(fit)
    free <- parTable(fit)$free[parTable(fit)$op != "=="]
    rows$se <- if (is.null(se)) NULL else ifelse(free > 0, se[pmax(free, 1)], 0)
  }
  wanted <- c("npar", "chisq", "df", "pvalue", "chisq.scaled", "df.scaled", "chisq.scaling.factor", "baseline.chisq",
    "baseline.df", "baseline.chisq.scaled", "cfi", "tli", "cfi.robust", "tli.robust", "rmsea", "rmsea.ci.lower",
    "rmsea.ci.upper", "rmsea.robust", "srmr")
  measures <- as.list(unclass(quietly(fitMeasures(fit))))
  tests <- fit@test
  if (!is.null(case$final)) measures$browne <- tests[["browne.residual.nt"]]$stat
  list(model = case$model, args = case$args, rows = rows,
       measures = measures[intersect(c(wanted, "browne"), names(measures))])
})

indices <- quietly(modindices(sem(F3, HS, estimator = "GLS"), sort. = TRUE))[, c("lhs", "op", "rhs", "mi", "epc")]
difference <- function(estimator, ...) {
  full <- sem(F3, HS, estimator = estimator, group = "school")
  restricted <- sem(F3, HS, estimator = estimator, group = "school", group.equal = "loadings")
  as.list(as.data.frame(quietly(lavTestLRT(restricted, full, ...)))[2, c("Df diff", "Chisq diff", "Pr(>Chisq)")])
}
save_json(list(lavaan = as.character(packageVersion("lavaan")), cases = content, indices = indices,
  differences = list(GLS = difference("GLS"), WLS = difference("WLS"), ULSM = difference("ULSM"),
                     ULSMV = difference("ULSMV", method = "satorra.2000"))))
