# What the fit.R of ordinal cases share: categories and gaps made of continuous tests, and lavaan's
# sample statistics of them in lavaan's order. Python makes the same data in test_ordinal.py.
source("../../lavaan.R")

tests <- function(numbers) HolzingerSwineford1939[, paste0("x", numbers)]

# Categories between quantiles (of type 7).
cut_at <- function(x, shares) as.integer(cut(x, c(-Inf, quantile(x, shares), Inf)))

# Every 13th value of a sheared grid.
gaps <- function(data) {
  data[(7 * row(data) + 11 * col(data)) %% 13 == 0] <- NA
  data
}

save_statistics <- function(data, ordered, missing = "listwise", covariates = c()) {
  model <- paste("f =~", paste(setdiff(names(data), covariates), collapse = " + "))
  if (length(covariates)) model <- paste0(model, "\nf ~ ", paste(covariates, collapse = " + "))
  fit <- suppressWarnings(cfa(model, data, ordered = ordered, missing = missing, do.fit = FALSE))
  statistics <- unclass(lavInspect(fit, "wls.obs"))
  Gamma <- unclass(lavInspect(fit, "gamma"))
  save_json(list(lavaan = as.character(packageVersion("lavaan")), n = lavInspect(fit, "nobs"),
    labels = names(statistics), statistics = unname(statistics),
    Gamma_lower = unname(Gamma[lower.tri(Gamma, diag = TRUE)])))
}
