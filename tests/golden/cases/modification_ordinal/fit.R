# What would change if a parameter of ordinal items were free, and what is left unexplained.
source("../../lavaan.R")
items <- paste0("x", 1:9)
model <- "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
data <- HolzingerSwineford1939
for (name in items) data[[name]] <- as.integer(cut(data[[name]], c(-Inf, quantile(data[[name]], c(.2, .5, .8)), Inf)))

# The default search stops where the discrepancy no longer changes in its eighth digit.
fitted <- function(...) quietly(cfa(model, data, ordered = items, control = list(rel.tol = 1e-15, x.tol = 1e-12),
  optim.force.converged = TRUE, ...))
indices <- function(fit) {
  found <- as.data.frame(quietly(modindices(fit)))
  found[, intersect(c("lhs", "op", "rhs", "group", "mi", "epc", "sepc.lv", "sepc.all"), names(found))]
}
score <- function(fit) {
  found <- suppressWarnings(lavTestScore(fit))
  list(test = as.data.frame(unclass(found$test)), uni = as.data.frame(unclass(found$uni)))
}
residual <- function(fit) {
  found <- quietly(lavResiduals(fit, summary = FALSE))
  wanted <- function(one) one[intersect(c("cov", "cov.z", "th", "th.z"), names(one))]
  if (is.null(found$cov)) lapply(found[names(found) != ""], wanted) else list(wanted(found))
}

single <- fitted()
theta <- fitted(parameterization = "theta")
groups <- fitted(group = "school")
loadings <- fitted(group = "school", group.equal = "loadings")
theta_loadings <- fitted(group = "school", group.equal = "loadings", parameterization = "theta")
save_json(list(
  lavaan = as.character(packageVersion("lavaan")),
  indices = list(single = indices(single), theta = indices(theta), groups = indices(groups), loadings = indices(loadings)),
  scores = list(loadings = score(loadings), theta_loadings = score(theta_loadings)),
  residuals = list(single = residual(single), groups = residual(groups))))
