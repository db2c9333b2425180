# Descriptives, reliability, factor analysis and parallel analysis by psych; omega by semTools.
source("../../lavaan.R")
suppressMessages({library(psych); library(semTools)})
options(mc.cores = 1)  # parallel draws ignore the seed
items <- paste0("x", 1:9)
data <- HolzingerSwineford1939[, items]
R <- cor(data)

gaps <- data
gaps$x5[1:40] <- NA
gaps$x9[c(3, 300)] <- NA
columns <- c("n", "mean", "sd", "se", "skew", "kurtosis")

factors <- list()
for (method in c("minres", "ml")) for (rotation in c("none", "varimax", "promax", "oblimin")) {
  f <- suppressMessages(fa(data, 3, fm = method, rotate = rotation))
  factors[[paste(method, rotation)]] <- list(loadings = unclass(f$loadings)[, ], Phi = f$Phi,
    uniquenesses = unname(f$uniquenesses), communalities = unname(f$communalities))
}

a <- alpha(data, warnings = FALSE)
invisible(capture.output(set.seed(1), p <- fa.parallel(data, n.iter = 400, SMC = TRUE, sim = TRUE,
  quant = .95, plot = FALSE)))

# Omega as a defined parameter gives lavaan's standard error of it.
model <- paste0("f =~ ", paste0("l", 1:9, "*x", 1:9, collapse = " + "), "\n",
  paste0("x", 1:9, " ~~ e", 1:9, "*x", 1:9, collapse = "\n"), "\n",
  "omega := (", paste0("l", 1:9, collapse = "+"), ")^2 / ((", paste0("l", 1:9, collapse = "+"),
  ")^2 + ", paste0("e", 1:9, collapse = "+"), ")")
fit <- polished(cfa(model, data, std.lv = TRUE), data)
omega <- subset(parameterEstimates(fit), lhs == "omega")

save_json(list(
  psych = as.character(packageVersion("psych")), semTools = as.character(packageVersion("semTools")),
  describe = as.data.frame(describe(data, type = 2))[, columns],
  describe_gaps = as.data.frame(describe(gaps, type = 2))[, columns],
  alpha = a$total$raw_alpha, std_alpha = a$total$std.alpha,
  alpha_if_deleted = a$alpha.drop$raw_alpha, item_rest = a$item.stats$r.drop,
  feldt = unlist(alpha.ci(a$total$raw_alpha, 301, 9, digits = 12)[c("lower.ci", "upper.ci")]),
  omega_implied = unname(compRelSEM(fit, obs.var = FALSE)), omega_se = omega$se,
  omega_observed = unname(compRelSEM(fit, obs.var = TRUE)),
  smc = unname(smc(R)), factors = factors,
  parallel = list(components = p$ncomp, factors = p$nfact, pc = p$pc.values, fa = p$fa.values,
                  random_pc = p$pc.sim, random_fa = p$fa.sim)))
