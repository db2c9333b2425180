# WLS and ULSM of ordinal and mixed items.
source("../../ordinal.R")
F3 <- "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
HS <- HolzingerSwineford1939
items <- paste0("x", 1:9)
for (name in items) HS[[name]] <- cut_at(HS[[name]], c(.2, .5, .8))
Mixed <- HS
Mixed$x1 <- HolzingerSwineford1939$x1
Mixed$x2 <- HolzingerSwineford1939$x2
cases <- list(
  wls_theta = list(args = list(estimator = "WLS", parameterization = "theta")),
  wls_std_lv = list(args = list(estimator = "WLS", std.lv = TRUE)),
  wls_mixed = list(mixed = TRUE, args = list(estimator = "WLS")),
  wls_groups = list(args = list(estimator = "WLS", group = "school", group.equal = "loadings")),
  ulsm = list(args = list(estimator = "ULSM"))
)
content <- lapply(cases, function(case) {
  mixed <- !is.null(case$mixed)
  data <- if (mixed) Mixed else HS
  fit <- quietly(do.call("cfa", c(list(F3, data, ordered = if (mixed) items[-(1:2)] else items), case$args)))
  rows <- parameterEstimates(fit, ci = FALSE, remove.eq = TRUE)
  rows <- rows[rows$op != "==", intersect(c("lhs", "op", "rhs", "group", "est", "se"), names(rows))]
  wanted <- c("npar", "chisq", "df", "chisq.scaled", "chisq.scaling.factor", "baseline.chisq", "baseline.df", "cfi", "tli",
    "rmsea", "srmr")
  measures <- as.list(unclass(quietly(fitMeasures(fit))))
  list(args = case$args, mixed = mixed, rows = rows, measures = measures[intersect(wanted, names(measures))])
})
save_json(list(lavaan = as.character(packageVersion("lavaan")), cases = content))
