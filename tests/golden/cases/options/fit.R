# Groups, constraints, covariates, robust estimators and clusters, as lavaan has them.
source("../../lavaan.R")
HS <- HolzingerSwineford1939
PD <- PoliticalDemocracy
F3 <- "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
labelled <- "visual =~ x1 + b2*x2 + b3*x3\ntextual =~ x4 + c2*x5 + c3*x6\nspeed =~ x7 + d2*x8 + d3*x9"

cases <- list(
  linear = list(model = paste0(labelled, "\nb2 == c2\n2*d2 + d3 == 3\nratio := b3/b2"), data = "HS"),
  nonlinear = list(model = paste0(labelled, "\nd3 == b2*c2\nc3 == d2^2"), data = "HS"),
  inequality = list(model = paste0(labelled, "\nb2 > 0.8\nc2 < 2"), data = "HS"),
  covariates = list(model = paste0(F3, "\nspeed ~ visual + textual + ageyr + sex\nvisual ~ ageyr"), data = "HS"),
  covariates_means = list(model = paste0(F3, "\nspeed ~ visual + ageyr\nvisual ~ ageyr"), data = "HS",
                          args = list(meanstructure = TRUE)),
  intercepts = list(model = paste0(F3, "\nx1 ~ 4.9*1\nvisual ~ 1\nx2 ~ i*1\nx5 ~ i*1"), data = "HS"),
  groups_mlm = list(model = F3, data = "HS", args = list(group = "school", group.equal = c("loadings", "intercepts"),
                    estimator = "MLM")),
  groups_mlmv = list(model = F3, data = "HS", args = list(group = "school", group.equal = "loadings", estimator = "MLMV")),
  groups_labels = list(model = "visual =~ x1 + c(a, b)*x2 + c(s, s)*x3\ntextual =~ x4 + x5 + c(1.1, NA)*x6\nd := a - b",
                       data = "HS", args = list(group = "school")),
  groups_constraint = list(model = "visual =~ x1 + c(a, b)*x2 + c(e, f)*x3\na == b\ne + f == 1.5", data = "HS",
                           args = list(group = "school")),
  groups_blocks = list(model = paste("group: Pasteur\n", F3, "\nx7 ~~ x8\ngroup: Grant-White\n", F3), data = "HS",
                       args = list(group = "school")),
  groups_means = list(model = F3, data = "HS", args = list(group = "school",
                      group.equal = c("loadings", "intercepts", "means", "lv.variances"))),
  groups_std_lv = list(model = F3, data = "HS", args = list(group = "school", group.equal = "loadings", std.lv = TRUE)),
  wishart_groups = list(model = F3, data = "HS", args = list(group = "school", likelihood = "wishart")),
  equal_modifier = list(model = 'visual =~ x1 + x2 + equal("visual=~x2")*x3', data = "HS"),
  democracy_mlmv = list(model = paste("ind60 =~ x1 + x2 + x3\ndem60 =~ y1 + y2 + y3 + y4\ndem60 ~ ind60"), data = "PD",
                        args = list(estimator = "MLMV"))
)

# What the search of lavaan leaves undone is done here, by scoring or Newton steps with its own
# gradient and curvature; constraints that do not bind may move, so they are left to lavaan.
fitted <- function(case) {
  data <- get(case$data)
  args <- case$args
  args$estimator <- NULL
  model <- case$model
  fit <- quietly(do.call("sem", c(list(model, data), args)))
  if (!grepl("[<>=^]=|[<>] ", gsub("=~", "", model))) {
    for (attempt in 1:100) {
      step <- drop(-nobs(fit) * lavInspect(fit, "vcov") %*% lavInspect(fit, "gradient"))
      if (max(abs(step)) < 1e-11) break
      table <- parTable(fit)
      table$ustart[table$free > 0] <- table$est[table$free > 0] + step[table$free[table$free > 0]]
      table$est <- table$se <- table$start <- NULL
      rest <- args[setdiff(names(args), c("group.equal", "std.lv"))]
      fit <- quietly(do.call("sem", c(list(table, data, optim.method = "none"), rest)))
    }
  }
  if (!is.null(case$args$estimator)) {
    table <- parTable(fit)
    table$ustart[table$free > 0] <- table$est[table$free > 0]
    table$est <- table$se <- table$start <- NULL
    rest <- case$args[setdiff(names(case$args), c("group.equal", "std.lv"))]
    fit <- quietly(do.call("sem", c(list(table, data, optim.method = "none"), rest)))
  }
  fit
}

content <- lapply(cases, function(case) {
  fit <- fitted(case)
  rows <- parameterEstimates(fit, ci = FALSE, remove.eq = TRUE, remove.ineq = TRUE)
  rows <- rows[!rows$op %in% c("==", "<", ">"), ]
  std <- standardizedSolution(fit, ci = FALSE, zstat = FALSE, pvalue = FALSE)
  std <- std[!std$op %in% c("==", "<", ">"), ]
  keep <- intersect(c("lhs", "op", "rhs", "group", "est", "se"), names(rows))
  rows <- rows[, keep]
  rows$std <- std$est.std
  wanted <- c("npar", "chisq", "df", "pvalue", "chisq.scaled", "df.scaled", "chisq.scaling.factor", "baseline.chisq",
    "baseline.df", "baseline.chisq.scaled", "cfi", "tli", "cfi.robust", "tli.robust", "rmsea", "rmsea.ci.lower",
    "rmsea.ci.upper", "rmsea.robust", "srmr", "logl", "unrestricted.logl", "aic", "bic", "bic2")
  measures <- as.list(unclass(fitMeasures(fit)))
  list(model = case$model, data = case$data, args = case$args, rows = rows,
       measures = measures[intersect(wanted, names(measures))])
})
save_json(list(lavaan = as.character(packageVersion("lavaan")), cases = content))
