# Agreement and reliability of teams: multilevel (ICC, r_wg, AD, a_wg), psych (intervals of balanced
# teams), nlme (shrunken means of balanced teams), and Henderson's equations in base R.
suppressMessages({library(multilevel); library(psych); library(nlme); library(jsonlite)})
teams <- read.csv("../../data/teams.csv")
items <- c("a", "b", "c", "d")
teams$score <- rowMeans(teams[, items])
balanced <- do.call(rbind, lapply(split(teams, teams$team), function(d) if (nrow(d) > 4) head(d, 5)))

anova_of <- function(value, group) {
  fit <- aov(value ~ factor(group))
  table <- summary(fit)[[1]]
  list(between = table[["Mean Sq"]][1], within = table[["Mean Sq"]][2], f = table[["F value"]][1],
    df = table[["Df"]], pvalue = table[["Pr(>F)"]][1], icc1 = ICC1(fit), icc2 = ICC2(fit))
}
# One-way ICC of Shrout & Fleiss (1979) with its interval, teams in rows.
shrout <- function(d) {
  wide <- do.call(rbind, lapply(split(d$score, d$team), identity))
  found <- ICC(wide, lmer = FALSE)$results
  lapply(c(single = "Single_raters_absolute", average = "Average_raters_absolute"), function(type) {
    row <- found[found$type == c(Single_raters_absolute = "ICC1", Average_raters_absolute = "ICC1k")[type], ]
    list(value = row$ICC, lower = row[["lower bound"]], upper = row[["upper bound"]], f = row$F, p = row$p)
  })
}
nulls <- c(uniform = 4, slight = 2.90, moderate = 2.14, heavy = 1.39, triangular = 2.10, normal = 1.40)
column <- function(frame) frame[order(as.integer(as.character(frame$grpid))), 2]
awg_of <- function(x) { f <- awg(x, teams$team, range = c(1, 7)); f$a.wg[order(as.integer(as.character(f$grpid)))] }

# Mixed-model equations (Henderson 1975) at the variances of the analysis of variance.
henderson <- function(d) {
  sizes <- table(d$team); n <- nrow(d); J <- length(sizes)
  squares <- anova_of(d$score, d$team)
  n0 <- (n - sum(sizes^2) / n) / (J - 1)
  tau <- (squares$between - squares$within) / n0
  Z <- model.matrix(~ 0 + factor(team), d); X <- matrix(1, n, 1)
  C <- solve(rbind(cbind(crossprod(X), crossprod(X, Z)), cbind(crossprod(Z, X),
    crossprod(Z) + diag(squares$within / tau, J)))) * squares$within
  solution <- C %*% rbind(crossprod(X, d$score), crossprod(Z, d$score)) / squares$within
  whole <- cbind(1, diag(J))
  list(grand = solution[1], grand_se = sqrt(C[1, 1]), tau = tau, n0 = n0,
    means = as.numeric(tapply(d$score, d$team, mean)), shrunken = as.numeric(whole %*% solution),
    se = sqrt(diag(whole %*% C %*% t(whole))))
}
# Random intercepts by REML: nlme's, and (to fewer digits) what the package's mult.icc tells.
reml_of <- function(value, group) {
  d <- data.frame(value, group = factor(group))
  fit <- lme(value ~ 1, random = ~ 1 | group, data = d,
    control = lmeControl(tolerance = 1e-12, msTol = 1e-14, opt = "nlminb"))
  v <- as.numeric(VarCorr(fit)[, "Variance"]); rho <- v[1] / sum(v); k <- nrow(d) / nlevels(d$group)
  list(icc1 = rho, icc2 = k * rho / (1 + (k - 1) * rho), multilevel = as.list(mult.icc(data.frame(value, again = value), d$group)[1, 2:3]))
}
mixed <- lme(score ~ 1, random = ~ 1 | team, data = balanced)

# Data sets of the package: what groups look like, and what it makes of their members.
data(lq2002); data(bh1996)
by_group <- function(value, group) {
  list(n = as.numeric(tapply(value, group, length)), mean = as.numeric(tapply(value, group, mean)),
    var = as.numeric(tapply(value, group, var)), anova = anova_of(value, group))
}
lead <- paste0("LEAD", sprintf("%02d", 1:11))
lq <- na.exclude(lq2002[, c("COMPID", lead)])
item_variances <- do.call(rbind, lapply(split(lq[, lead], lq$COMPID), function(d) apply(d, 2, var)))
lq_j <- rwg.j(lq[, lead], lq$COMPID, ranvar = 2)
order_of <- function(frame) frame[order(as.numeric(as.character(frame$grpid))), 2]

a <- commandArgs(TRUE)
write_json(list(multilevel = as.character(packageVersion("multilevel")),
  psych = as.character(packageVersion("psych")),
  all = anova_of(teams$score, teams$team),
  reml = list(teams = reml_of(teams$score, teams$team), hours = reml_of(bh1996$HRS, bh1996$GRP),
    leadership = reml_of(bh1996$LEAD, bh1996$GRP), cohesion = reml_of(bh1996$COHES, bh1996$GRP)),
  companies = lapply(lq2002[, c("LEAD", "TSIG", "HOSTILE")], function(value)
    c(by_group(value, lq2002$COMPID), list(reml = reml_of(value, lq2002$COMPID)))),
  balanced = c(shrout(balanced), list(teams = unique(balanced$team))),
  rwg = lapply(as.list(nulls), function(v) column(rwg(teams$a, teams$team, ranvar = v))),
  rwg_j = lapply(as.list(nulls), function(v) column(rwg.j(teams[, items], teams$team, ranvar = v))),
  ad_mean = column(ad.m(teams[, items], teams$team)),
  ad_median = column(ad.m(teams[, items], teams$team, type = "median")),
  ad_mean_a = column(ad.m(teams$a, teams$team)),
  awg = awg_of(teams[, items]), awg_a = awg_of(teams$a),
  henderson = henderson(teams),
  lme = list(grand = as.numeric(fixef(mixed)), shrunken = coef(mixed)[, 1]),
  bh1996 = list(hours = by_group(bh1996$HRS, bh1996$GRP),
    leadership = by_group(bh1996$LEAD, bh1996$GRP), rwg = order_of(rwg(bh1996$COHES, bh1996$GRP, 2)),
    cohesion = by_group(bh1996$COHES, bh1996$GRP)),
  lq2002 = list(n = as.numeric(table(lq$COMPID)), variances = item_variances, rwg_j = order_of(lq_j))),
  if (length(a)) a[1] else "expected.json", digits = 15, auto_unbox = TRUE, pretty = FALSE, na = "null")
