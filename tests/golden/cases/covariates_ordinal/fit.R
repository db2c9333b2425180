# Models of ordinal and mixed items with covariates, as lavaan has them (conditional.x = TRUE).
source("../../lavaan.R")
HS <- HolzingerSwineford1939
items <- paste0("x", 1:9)
cut_at <- function(x) as.integer(cut(x, c(-Inf, quantile(x, c(.2, .5, .8)), Inf)))
F3 <- "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
several <- paste0(F3, "\nspeed ~ visual + textual + ageyr + sex\nvisual ~ ageyr\nx5 ~ sex")
mediated <- "visual =~ x1 + x2 + x3\nx4 ~ visual + ageyr\nx5 ~ x4 + sex\nx6 ~ x5 + ageyr"

cases <- list(
  delta = list(model = several),
  theta = list(model = several, args = list(parameterization = "theta")),
  ulsmv = list(model = several, args = list(estimator = "ULSMV")),
  mediated = list(model = mediated, args = list(parameterization = "theta")),
  # Of other mixed pairs lavaan 0.6-14 loses some correlations with covariates at the bound of its search.
  mixed = list(model = paste0("visual =~ x1 + x2 + x3\nx7 ~ visual + sex\nx4 ~ visual + ageyr + sex"),
               continuous = c("x1", "x7")),
  groups = list(model = several, args = list(group = "school")),
  groups_equal = list(model = several, args = list(group = "school", group.equal = c("loadings", "regressions"))),
  labels = list(model = paste0(F3, "\nspeed ~ visual + a*ageyr\nvisual ~ a*ageyr\ntextual ~ b*ageyr\nd := a - b"))
)

fitted <- function(case) {
  data <- HS
  data[items] <- lapply(HS[items], cut_at)
  data[case$continuous] <- HS[case$continuous]
  used <- setdiff(intersect(items, all.vars(parse(text = gsub("[=~\n]+", "+", case$model)))), case$continuous)
  fit <- quietly(do.call("sem", c(list(case$model, data, ordered = used), case$args)))
  if (lavInspect(fit, "ngroups") > 1 || any(parTable(fit)$op == "==")) return(fit)
  # Steps of Gauss and Newton from where lavaan stops, up to 1e-4 of an estimate before the minimum.
  for (attempt in 1:50) {
    D <- unclass(lavInspect(fit, "delta"))
    WD <- lavInspect(fit, "wls.v") %*% D
    step <- drop(solve(t(D) %*% WD, t(WD) %*% (lavInspect(fit, "wls.obs") - lavInspect(fit, "wls.est"))))
    if (max(abs(step)) < 1e-9) break
    table <- parTable(fit)
    table$ustart[table$free > 0] <- table$est[table$free > 0] + step[table$free]
    table$est <- table$se <- table$start <- NULL
    fit <- quietly(do.call("sem", c(list(table, data, ordered = used, optim.method = "none"), case$args)))
  }
  fit
}

rows_of <- function(fit) {
  rows <- parameterEstimates(fit, ci = FALSE, remove.eq = TRUE)
  std <- standardizedSolution(fit, ci = FALSE, zstat = FALSE, pvalue = FALSE)
  std_lv <- standardizedSolution(fit, type = "std.lv", ci = FALSE, zstat = FALSE, pvalue = FALSE)
  keep <- intersect(c("lhs", "op", "rhs", "group", "est", "se"), names(rows))
  rows <- rows[rows$op != "==", keep]
  fixed <- rows$op == "~*~" | (rows$op == "~1" & rows$est == 0)
  rows$std <- std$est.std[std$op != "=="]
  rows$std_se <- std$se[std$op != "=="]
  rows$std_lv <- std_lv$est.std[std_lv$op != "=="]
  rows[!fixed, ]
}

wanted <- c("npar", "chisq", "df", "chisq.scaled", "df.scaled", "chisq.scaling.factor", "baseline.chisq", "baseline.df",
  "baseline.chisq.scaled", "cfi", "tli", "cfi.scaled", "tli.scaled", "rmsea", "rmsea.scaled")
content <- lapply(cases, function(case) {
  fit <- fitted(case)
  measures <- as.list(unclass(fitMeasures(fit)))
  list(model = case$model, continuous = as.list(case$continuous), args = case$args, rows = rows_of(fit),
       measures = measures[intersect(wanted, names(measures))])
})

without <- fitted(list(model = sub("visual ~ ageyr", "visual ~ 0*ageyr", sub("+ sex", "+ 0*sex", several, fixed = TRUE),
                                   fixed = TRUE)))
test <- quietly(lavTestLRT(fitted(cases$delta), without))
save_json(list(lavaan = as.character(packageVersion("lavaan")), cases = content,
               difference = list(chisq = test[2, "Chisq diff"], df = test[2, "Df diff"])))
