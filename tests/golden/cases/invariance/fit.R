# Ladders of measurement invariance: continuous by lavaan, ordinal by the syntax that semTools writes after
# Wu & Estabrook (2016). Binary items join where their thresholds, loadings and intercepts can be equated at once.
source("../../lavaan.R")
suppressMessages(library(semTools))
items <- paste0("x", 1:9)
model <- "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
HS <- HolzingerSwineford1939
HS$age <- ifelse(HS$ageyr <= 12, "young", ifelse(HS$ageyr == 13, "middle", "old"))
cut_at <- function(data, names, shares) {
  for (name in names) data[[name]] <- as.integer(cut(data[[name]], c(-Inf, quantile(data[[name]], shares), Inf)))
  data
}
wanted <- c("npar", "chisq", "df", "chisq.scaled", "df.scaled", "cfi", "cfi.scaled", "cfi.robust", "rmsea",
  "rmsea.scaled", "rmsea.robust", "srmr")
measures <- function(fit) { found <- as.list(unclass(fitMeasures(fit))); found[intersect(wanted, names(found))] }
# lavaan adds a line for each model to the one before.
difference <- function(full, restricted) {
  if (fitMeasures(full, "df") == fitMeasures(restricted, "df")) return(NULL)
  found <- as.data.frame(quietly(lavTestLRT(full, restricted)))[2, ]
  list(chisq = found[["Chisq diff"]], df = found[["Df diff"]], pvalue = found[["Pr(>Chisq)"]])
}
# Steiger & Lind of a difference, times the root of the groups: Savalei, Brace & Fouladi (2023).
rmsea_d <- function(x, df, n, groups) {
  value <- sqrt(max((x - df) / (df * n), 0)) * sqrt(groups)
  bound <- function(p) {
    if (pchisq(x, df) < p) return(0)
    lambda <- uniroot(function(l) pchisq(x, df, l) - p, c(0, 100 * x), tol = 1e-12)$root
    sqrt(lambda / (df * n)) * sqrt(groups)
  }
  list(value = value, lower = bound(.95), upper = bound(.05))
}
with_rmsea <- function(found, n, groups) {
  if (is.null(found)) return(NULL)
  c(found, list(rmsea = rmsea_d(found$chisq, found$df, n, groups)))
}
told <- function(fits) {
  n <- nobs(fits[[1]]); groups <- lavInspect(fits[[1]], "ngroups")
  lapply(seq_along(fits), function(k) c(measures(fits[[k]]),
    if (k > 1) list(difference = with_rmsea(difference(fits[[k - 1]], fits[[k]]), n, groups))))
}

rungs <- list("", "loadings", c("loadings", "intercepts"), c("loadings", "intercepts", "residuals"),
  c("loadings", "intercepts", "residuals", "means"))
continuous <- function(group, ...) told(lapply(rungs, function(equal)
  quietly(cfa(model, HS, group = group, group.equal = equal, std.lv = TRUE, ...))))

ordinal <- function(data, group, rungs, partial = lapply(rungs, function(r) "")) told(Map(function(equal, free) {
  how <- if ("residuals" %in% equal) "theta" else "delta"
  args <- list(configural.model = model, data = data, ordered = items, parameterization = how, ID.fac = "std.lv",
    ID.cat = "Wu.Estabrook.2016", group = group, group.equal = equal)
  if (any(nchar(free) > 0)) args$group.partial <- free
  syntax <- as.character(do.call("measEq.syntax", args))
  quietly(cfa(syntax, data, ordered = items, group = group, parameterization = how))
}, rungs, partial))
of_items <- list("", "thresholds", c("thresholds", "loadings"), c("thresholds", "loadings", "intercepts"),
  c("thresholds", "loadings", "intercepts", "residuals"))
four <- cut_at(HS, items, c(.2, .5, .8))
three <- cut_at(HS, items, c(.33, .67))
# Binary items of one factor need thresholds that differ, or they say nothing of its variance.
two <- cut_at(cut_at(cut_at(HS, c("x1", "x4", "x7"), .3), c("x2", "x5", "x8"), .5), c("x3", "x6", "x9"), .7)
mixed <- cut_at(cut_at(HS, items[1:3], c(.2, .5, .8)), items[4:6], c(.33, .67))
mixed[items[7:9]] <- two[items[7:9]]
binary <- c("speed =~ x7", "speed =~ x8", "speed =~ x9", "x7 | t1", "x8 | t1", "x9 | t1")

# Effect sizes of Nye & Drasgow (2011), eq. 3, for intercepts that differ.
partial <- quietly(cfa(model, HS, group = "school", group.equal = c("loadings", "intercepts"), std.lv = TRUE,
  group.partial = c("x3~1", "x7~1"), control = list(rel.tol = 1e-14), optim.force.converged = TRUE))
dmacs <- function(item, factor) {
  est <- lavInspect(partial, "est")
  gap <- function(eta) (est[[1]]$nu[item, 1] + est[[1]]$lambda[item, factor] * eta) -
    (est[[2]]$nu[item, 1] + est[[2]]$lambda[item, factor] * eta)
  inside <- integrate(function(eta) gap(eta)^2 * dnorm(eta, est[[2]]$alpha[factor, 1], sqrt(est[[2]]$psi[factor, factor])),
    -Inf, Inf, rel.tol = 1e-10)$value
  one <- HS[[item]][HS$school == "Pasteur"]; other <- HS[[item]][HS$school == "Grant-White"]
  pooled <- ((length(one) - 1) * sd(one) + (length(other) - 1) * sd(other)) / (length(one) + length(other) - 2)
  sqrt(inside) / pooled
}

save_json(list(
  lavaan = as.character(packageVersion("lavaan")), semTools = as.character(packageVersion("semTools")),
  ml = continuous("school"), mlr = continuous("school", estimator = "MLR"), ages_ml = continuous("age"),
  ages_mlr = continuous("age", estimator = "MLR"),
  four = ordinal(four, "school", of_items), four_ages = ordinal(four, "age", of_items),
  three = ordinal(three, "school", of_items[-1]), two = ordinal(two, "sex", of_items[c(1, 4, 5)]),
  two_apart = lapply(ordinal(two, "sex", of_items[1:3]), function(step) step[c("chisq", "df", "chisq.scaled")]),
  mixed = ordinal(mixed, "sex", of_items, list(binary, binary, binary, "", "")),
  partial = c(measures(partial), list(difference = difference(quietly(cfa(model, HS, group = "school",
    group.equal = "loadings", std.lv = TRUE)), partial))),
  dmacs = list(x3 = dmacs("x3", "visual"), x7 = dmacs("x7", "speed")),
  means = parameterEstimates(partial)[parameterEstimates(partial)$op == "~1" & parameterEstimates(partial)$group == 2 &
    parameterEstimates(partial)$lhs %in% c("visual", "textual", "speed"), c("lhs", "est", "se")]))
