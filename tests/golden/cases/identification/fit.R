# Covariates that are given or modelled, growth curves, effect coding.
source("../../lavaan.R")
HS <- HolzingerSwineford1939
Growth <- Demo.growth
# Also the data of the Python tests, with the 15 digits that R writes.
if (!file.exists("../../data/growth.csv")) write.csv(Growth, "../../data/growth.csv", row.names = FALSE)
Gaps <- HS
Gaps$x5 <- ifelse(Gaps$x1 <= quantile(Gaps$x1, .3), NA, Gaps$x5)
Holes <- Gaps
Holes$ageyr[seq(3, 301, 40)] <- NA

F3 <- "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
covariates <- paste0(F3, "\nspeed ~ visual + ageyr + sex\nvisual ~ ageyr")
curve <- "i =~ 1*t1 + 1*t2 + 1*t3 + 1*t4\ns =~ 0*t1 + 1*t2 + 2*t3 + 3*t4\ni ~ x1 + x2\ns ~ x1 + x2\nt1 ~ c1\nt2 ~ c2\nt3 ~ c3\nt4 ~ c4"
coded <- list(effect.coding = TRUE)

cases <- list(
  covariates_mlm = list(model = covariates, args = list(estimator = "MLM")),
  covariates_mlr = list(model = covariates, args = list(estimator = "MLR", meanstructure = TRUE)),
  covariates_mlmv = list(model = covariates, args = list(estimator = "MLMV", meanstructure = TRUE)),
  covariates_groups = list(model = covariates, args = list(estimator = "MLR", group = "school", group.equal = "loadings")),
  covariates_free = list(model = covariates, args = list(estimator = "MLR", fixed.x = FALSE)),
  covariates_fiml = list(model = covariates, data = "Gaps", args = list(missing = "fiml")),
  covariates_fiml_mlr = list(model = covariates, data = "Gaps", args = list(missing = "fiml", estimator = "MLR")),
  holes_fiml = list(model = covariates, data = "Holes", args = list(missing = "fiml")),
  holes_fiml_x = list(model = covariates, data = "Holes", args = list(missing = "fiml.x")),
  holes_modelled = list(model = covariates, data = "Holes", args = list(missing = "fiml", fixed.x = FALSE)),
  growth_mlr = list(model = curve, data = "Growth", how = "growth", args = list(estimator = "MLR")),
  growth_free = list(model = paste0(curve, "\nx1 ~ 1\nc1 ~ 1"), data = "Growth", how = "growth", args = list(fixed.x = FALSE)),
  coded = list(model = F3, args = coded),
  coded_means = list(model = F3, args = c(coded, list(meanstructure = TRUE))),
  coded_loadings = list(model = F3, args = list(effect.coding = "loadings", meanstructure = TRUE)),
  coded_mlr = list(model = F3, args = c(coded, list(meanstructure = TRUE, estimator = "MLR"))),
  coded_metric = list(model = F3, args = c(coded, list(group = "school", group.equal = "loadings"))),
  coded_scalar = list(model = F3, args = c(coded, list(group = "school", group.equal = c("loadings", "intercepts")))),
  coded_second_order = list(model = paste0(F3, "\ng =~ visual + textual + speed"), args = coded),
  coded_gls = list(model = F3, args = c(coded, list(estimator = "GLS", meanstructure = TRUE)))
)

fitted <- function(case) {
  data <- get(if (is.null(case$data)) "HS" else case$data)
  how <- if (is.null(case$how)) "sem" else case$how
  searched <- case$args
  if (!is.null(searched$estimator) && searched$estimator != "GLS") searched$estimator <- "ML"
  fit <- quietly(do.call(how, c(list(case$model, data), searched)))
  continued <- function(table, options) {
    table$ustart[table$free > 0] <- table$est[table$free > 0]
    table$est <- table$se <- table$start <- NULL
    quietly(do.call(how, c(list(table, data, optim.method = "none"), options)))
  }
  rest <- function(args) args[setdiff(names(args), c("group.equal", "effect.coding"))]
  for (attempt in 1:60) {
    step <- drop(-nobs(fit) * lavInspect(fit, "vcov") %*% lavInspect(fit, "gradient"))
    if (max(abs(step)) < 1e-11) break
    table <- parTable(fit)
    table$est[table$free > 0] <- table$est[table$free > 0] + step[table$free[table$free > 0]]
    fit <- continued(table, rest(searched))
  }
  message(max(abs(step)))
  continued(parTable(fit), rest(case$args))
}

content <- lapply(cases, function(case) {
  fit <- fitted(case)
  rows <- parameterEstimates(fit, ci = FALSE, remove.eq = TRUE)
  rows <- rows[rows$op != "==", intersect(c("lhs", "op", "rhs", "group", "est", "se"), names(rows))]
  wanted <- c("npar", "chisq", "df", "pvalue", "chisq.scaled", "chisq.scaling.factor", "baseline.chisq", "baseline.df",
    "baseline.chisq.scaled", "cfi", "tli", "rmsea", "srmr", "logl", "unrestricted.logl", "aic", "bic", "ntotal")
  measures <- as.list(unclass(quietly(fitMeasures(fit))))
  list(model = case$model, data = case$data, how = case$how, args = case$args, rows = rows,
       measures = measures[intersect(wanted, names(measures))])
})
save_json(list(lavaan = as.character(packageVersion("lavaan")), cases = content))
