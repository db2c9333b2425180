# What every fit.R shares: fit a case with lavaan and write what Python must reproduce.
# Run a case as `Rscript fit.R [expected.json]` in its folder.
suppressMessages({library(lavaan); library(jsonlite)})

target <- function() { a <- commandArgs(TRUE); if (length(a)) a[1] else "expected.json" }

save_json <- function(content) {
  write_json(content, target(), digits = 15, auto_unbox = TRUE, na = "null", pretty = TRUE)
}

# lavaan prints matrices that are not positive definite.
quietly <- function(expression) {
  invisible(capture.output(result <- suppressWarnings(expression)))
  result
}

# lavaan stops where the discrepancy no longer changes, up to 1e-4 of an estimate away from the
# minimum. These are scoring steps with its own gradient and information up to the minimum itself.
polished <- function(fit, data, ...) {
  for (attempt in 1:200) {
    step <- drop(-nobs(fit) * lavInspect(fit, "vcov") %*% lavInspect(fit, "gradient"))
    if (max(abs(step)) < 1e-11) return(fit)
    table <- parTable(fit)
    table$ustart[table$free > 0] <- table$est[table$free > 0] + step[table$free]
    table$est <- table$se <- table$start <- NULL
    fit <- quietly(sem(table, data, ..., optim.method = "none"))
  }
  stop("no minimum")
}

write_case <- function(data, std.lv = FALSE, orthogonal = FALSE, extra = list()) {
  model <- paste(readLines("model.lav"), collapse = "\n")
  fit <- polished(quietly(sem(model, data, std.lv = std.lv, orthogonal = orthogonal)), data)
  rows <- parameterEstimates(fit, ci = FALSE)[, c("lhs", "op", "rhs", "est", "se")]
  std <- standardizedSolution(fit, ci = FALSE, zstat = FALSE, pvalue = FALSE)
  rows$std <- std$est.std
  rows$std_se <- std$se
  rows$std_lv <- standardizedSolution(fit, type = "std.lv", ci = FALSE, zstat = FALSE, pvalue = FALSE)$est.std
  rows$free <- parTable(fit)$free[!parTable(fit)$op %in% c("==", "<", ">")] > 0
  save_json(c(list(
    lavaan = as.character(packageVersion("lavaan")),
    admissible = quietly(lavInspect(fit, "post.check")),
    std_lv = std.lv, orthogonal = orthogonal,
    rows = rows,
    measures = as.list(unclass(fitMeasures(fit, c("npar", "chisq", "df", "pvalue", "baseline.chisq",
      "baseline.df", "baseline.pvalue", "cfi", "tli", "rmsea", "rmsea.ci.lower", "rmsea.ci.upper",
      "rmsea.pvalue", "srmr", "logl", "unrestricted.logl", "aic", "bic", "bic2", "ntotal")))),
    latents = lavInspect(fit, "cov.lv")[lavNames(fit, "lv"), lavNames(fit, "lv"), drop = FALSE],
    r_squared = as.list(quietly(lavInspect(fit, "rsquare")))), extra))
}
