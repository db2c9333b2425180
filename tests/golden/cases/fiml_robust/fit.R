# Robust indices of incomplete answers with covariates, constraints and groups.
source("../../lavaan.R")
HS <- HolzingerSwineford1939
HS$x5 <- ifelse(HS$x1 <= quantile(HS$x1, .3), NA, HS$x5)
age <- HS$ageyr + HS$agemo / 12
HS$x9 <- ifelse(age <= quantile(age, .3), NA, HS$x9)
F3 <- "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
cases <- list(
  covariates = list(paste0(F3, "\nspeed ~ visual + ageyr\nvisual ~ ageyr + sex")),
  covariates_mlr = list(paste0(F3, "\nspeed ~ visual + ageyr\nvisual ~ ageyr + sex"), estimator = "MLR"),
  constraint = list("visual =~ x1 + a*x2 + b*x3\ntextual =~ x4 + c*x5 + d*x6\na == c\nb + d == 2"),
  groups = list(F3, group = "school", group.equal = "loadings"),
  groups_mlr = list(F3, group = "school", group.equal = "loadings", estimator = "MLR")
)
measures <- c("chisq", "df", "cfi", "rmsea", "chisq.scaled", "cfi.robust", "tli.robust", "rmsea.robust",
  "rmsea.ci.lower.robust", "rmsea.ci.upper.robust")
save_json(lapply(cases, function(case) {
  fit <- quietly(do.call("sem", c(case, list(data = HS, missing = "fiml", em.h1.tol = 1e-12, em.h1.iter.max = 5000))))
  found <- fitMeasures(fit)
  as.list(unclass(found[intersect(measures, names(found))]))
}))
