# Bounded estimation of a Heywood case and of others. lavaan holds nothing where a bound is reached: the standard errors
# are those of the model with the parameter fixed there.
source("../../lavaan.R")
HS <- HolzingerSwineford1939
Gaps <- HS
Gaps$x3[seq(2, 301, 7)] <- NA
Few <- HS[1:40, ]
one <- "f =~ x1 + x3 + x5 + x7"
two <- "visual =~ x1 + x2 + x3\nspeed =~ x7 + x8 + x9\nspeed ~ visual\nx2 ~~ x3"
cases <- list(
  pos_var = list(model = one, bounds = "pos.var"),
  pos_ov_var = list(model = one, bounds = "pos.ov.var"),
  standard = list(model = one, bounds = "standard"),
  wide = list(model = one, bounds = "wide"),
  fiml = list(model = one, data = "Gaps", bounds = "pos.var", args = list(missing = "fiml")),
  groups = list(model = one, bounds = "pos.var", args = list(group = "school")),
  gls = list(model = one, bounds = "pos.var", args = list(estimator = "GLS")),
  std_lv = list(model = one, bounds = "standard", args = list(std.lv = TRUE)),
  few_standard = list(model = two, data = "Few", bounds = "standard", search = TRUE),
  few_wide = list(model = two, data = "Few", bounds = "wide", search = TRUE)
)
# The bounded search, then the minimum itself with what stands on a bound fixed there.
held <- function(fit, data, args) {
  table <- parTable(fit)
  free <- table$free > 0
  near <- free & (abs(table$est - table$lower) < 1e-5 | abs(table$est - table$upper) < 1e-5)
  bound <- ifelse(abs(table$est - table$lower) < 1e-5, table$lower, table$upper)
  table$ustart <- ifelse(near, bound, ifelse(free, table$est, table$ustart))
  table$free[near] <- 0L
  table$free[table$free > 0] <- seq_len(sum(table$free > 0))
  table$est <- table$se <- table$start <- table$lower <- table$upper <- NULL
  rest <- args[setdiff(names(args), "std.lv")]
  newton <- c(rest, list(information = "observed"))
  fit <- quietly(do.call("sem", c(list(table, data), newton)))
  for (attempt in 1:100) {
    step <- drop(-nobs(fit) * lavInspect(fit, "vcov") %*% lavInspect(fit, "gradient"))
    if (max(abs(step)) < 1e-11) break
    table <- parTable(fit)
    table$ustart[table$free > 0] <- table$est[table$free > 0] + step[table$free[table$free > 0]]
    table$est <- table$se <- table$start <- NULL
    fit <- quietly(do.call("sem", c(list(table, data, optim.method = "none"), newton)))
  }
  if (max(abs(step)) > 1e-9) stop("no minimum")
  table <- parTable(fit)
  table$ustart[table$free > 0] <- table$est[table$free > 0]
  table$est <- table$se <- table$start <- NULL
  list(fit = quietly(do.call("sem", c(list(table, data, optim.method = "none"), rest))), reached = sum(near))
}

content <- lapply(cases, function(case) {
  data <- get(if (is.null(case$data)) "HS" else case$data)
  fit <- quietly(do.call("sem", c(list(case$model, data, bounds = case$bounds), case$args)))
  table <- parTable(fit)
  free <- table$free > 0
  # With a covariance beside a variance of 0 the model without bounds has no minimum that scoring finds.
  found <- if (is.null(case$search)) held(fit, data, case$args) else list(fit = fit, reached = 1)
  there <- parTable(found$fit)
  if (!is.null(case$search)) there$se <- NA
  stopifnot(table$lhs == there$lhs, table$rhs == there$rhs, max(abs(table$est - there$est)) < 1e-3)
  rows <- data.frame(lhs = table$lhs, op = table$op, rhs = table$rhs, group = table$group, est = there$est,
    se = there$se, lower = ifelse(free & is.finite(table$lower), table$lower, NA),
    upper = ifelse(free & is.finite(table$upper), table$upper, NA))
  list(model = case$model, data = case$data, bounds = case$bounds, args = case$args, rows = rows, searched = !is.null(case$search),
       reached = found$reached, chisq = unname(quietly(fitMeasures(found$fit, "chisq"))),
       df = unname(quietly(fitMeasures(fit, "df"))))
})
save_json(list(lavaan = as.character(packageVersion("lavaan")), cases = content))
