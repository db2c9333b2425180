# Summaries of residuals, with their standard errors, tests and intervals (lavResiduals).
source("../../lavaan.R")
F3 <- "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9\nx1 ~ 4.9*1\nx4 ~ m*1\nx6 ~ m*1"
content <- list()
for (estimator in c("ML", "MLM", "GLS")) {
  fit <- polished(quietly(sem(F3, HolzingerSwineford1939)), HolzingerSwineford1939)
  if (estimator != "ML") fit <- quietly(sem(F3, HolzingerSwineford1939, estimator = estimator))
  for (type in c("raw", "cor.bentler", "cor.bollen")) {
    found <- quietly(lavResiduals(fit, type = type, zstat = TRUE))$summary
    found <- as.list(as.data.frame(unclass(found)))
    for (part in names(found)) content[[estimator]][[type]][[part]] <- found[[part]]
  }
  content[[estimator]]$z <- quietly(lavResiduals(fit, type = "raw"))$cov.z
}
save_json(list(lavaan = as.character(packageVersion("lavaan")), names = c("value", "standard_error", "exact_z",
  "exact_pvalue", "unbiased", "unbiased_error", "lower", "upper", "close", "close_z", "close_pvalue"), fits = content))
