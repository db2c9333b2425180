# Intervals from replicates: lavaan's from a mediation model's own, and those of the package boot,
# with the influence values that it computes for BCa.
source("../../lavaan.R")
library(boot)
model <- "x4 ~ c*x1 + b*x2\nx2 ~ a*x1\nab := a*b"
set.seed(20251123)
fit <- quietly(sem(model, HolzingerSwineford1939, se = "bootstrap", bootstrap = 150))
interval <- function(type, level) {
  rows <- suppressWarnings(parameterEstimates(fit, boot.ci.type = type, level = level))
  rows <- rows[parTable(fit)$free > 0 | parTable(fit)$op == ":=", ]
  list(type = type, level = level, lower = rows$ci.lower, upper = rows$ci.upper)
}
wanted <- expand.grid(type = c("perc", "basic", "norm", "bca.simple"), level = c(0.95, 0.9, 0.999), stringsAsFactors = FALSE)
rows <- parameterEstimates(fit)[parTable(fit)$free > 0 | parTable(fit)$op == ":=", ]

ratio <- function(data, index) sum(data$x[index]) / sum(data$u[index])
drawn <- boot(bigcity, ratio, R = 499)
influence <- empinf(drawn, type = "jack")
ends <- function(level) {
  found <- suppressWarnings(boot.ci(drawn, conf = level, type = c("norm", "basic", "perc"), L = influence))
  bca <- suppressWarnings(boot.ci(drawn, conf = level, type = "bca", L = influence))
  list(level = level, normal = found$normal[2:3], basic = found$basic[4:5], percentile = found$percent[4:5],
       bca = bca$bca[4:5])
}
save_json(list(lavaan = as.character(packageVersion("lavaan")), boot = as.character(packageVersion("boot")),
  mediation = list(model = model, est = rows$est, se = rows$se, replicates = lavInspect(fit, "boot"),
                   intervals = apply(wanted, 1, function(w) interval(w[["type"]], as.numeric(w[["level"]])))),
  ratio = list(x = bigcity$x, u = bigcity$u, t0 = drawn$t0, t = drop(drawn$t), influence = influence,
               intervals = lapply(c(0.95, 0.8, 0.999), ends))))
