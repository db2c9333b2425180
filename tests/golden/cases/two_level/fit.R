# Models of two levels by lavaan. Its saturated model comes from an EM algorithm that stops where the
# log-likelihood changes by less than 1e-4; for the last fit it goes on, and the estimates are polished.
source("../../lavaan.R")
em <- get("lav_mvnorm_cluster_em_sat", asNamespace("lavaan"))
change <- 1e-4
assignInNamespace("lav_mvnorm_cluster_em_sat", function(..., tol, max.iter) {
  em(..., tol = change, max.iter = 5000)
}, "lavaan")
departments <- read.csv("../../data/departments.csv")
sets <- list(demo = Demo.twolevel, departments = departments,
  few = departments[departments$department <= 40, ],
  middle = departments[departments$department > 60 & departments$department <= 90, ])
clusters <- c(demo = "cluster", departments = "department", few = "department", middle = "department")

one <- function(m) {
  data <- sets[[m$data]]
  cluster <- clusters[[m$data]]
  fixed <- if (is.null(m$fixed_x)) TRUE else m$fixed_x
  fit <- quietly(sem(m$syntax, data, cluster = cluster, std.lv = isTRUE(m$std_lv), fixed.x = fixed))
  fit <- polished(fit, data, cluster = cluster, fixed.x = fixed)
  change <<- 1e-8
  table <- parTable(fit)
  table$ustart[table$free > 0] <- table$est[table$free > 0]
  table$est <- table$se <- table$start <- NULL
  estimator <- if (is.null(m$estimator)) "ML" else m$estimator
  fit <- quietly(sem(table, data, cluster = cluster, fixed.x = fixed, optim.method = "none",
    estimator = estimator))
  change <<- 1e-4
  rows <- parameterEstimates(fit, ci = FALSE)
  rows <- rows[rows$op != "==", c("lhs", "op", "rhs", "level", "est", "se")]
  std <- standardizedSolution(fit, ci = FALSE, zstat = FALSE, pvalue = FALSE)
  std <- std[std$op != "==", ]
  rows$std <- std$est.std
  rows$std_se <- std$se
  list(rows = rows, measures = as.list(unclass(fitMeasures(fit, c("npar", "chisq", "df", "pvalue",
    "baseline.chisq", "baseline.df", "cfi", "tli", "rmsea", "rmsea.ci.lower", "rmsea.ci.upper", "logl",
    "unrestricted.logl", "aic", "bic", "bic2", "ntotal", "srmr", "srmr_within", "srmr_between",
    if (estimator == "MLR") c("chisq.scaled", "df.scaled", "pvalue.scaled", "chisq.scaling.factor",
      "baseline.chisq.scaled", "baseline.chisq.scaling.factor", "cfi.scaled", "tli.scaled", "rmsea.scaled",
      "cfi.robust", "tli.robust", "rmsea.robust"))))),
    icc = as.list(lavInspect(fit, "icc")),
    saturated = lapply(lavInspect(fit, "h1"), function(level) unclass(level$cov)))
}

# What the engine needs of lavaan's data, so that the answers themselves need not be copied.
moments <- function(data, cluster, within, between) {
  means <- aggregate(data[, c(within, between)], list(data[[cluster]]), mean)[, -1]
  size <- as.numeric(table(data[[cluster]]))
  covariance <- function(x) unname(crossprod(sweep(as.matrix(x), 2, colMeans(x))) / nrow(x))
  own <- as.matrix(data[, within]) - as.matrix(means[match(data[[cluster]], sort(unique(data[[cluster]]))), within])
  list(within = within, only_between = between, n = nrow(data), clusters = nrow(means),
    pooled = unname(crossprod(own) / (nrow(data) - nrow(means))),
    sizes = lapply(sort(unique(size)), function(s) list(size = s, count = sum(size == s),
      mean = unname(colMeans(means[size == s, ])), cov = covariance(means[size == s, ]))),
    total = list(mean = unname(colMeans(data[, within])), cov = covariance(data[, within])),
    of_clusters = list(mean = unname(colMeans(means)), cov = covariance(means)))
}

models <- fromJSON("models.json", simplifyVector = FALSE)
y <- paste0("y", 1:3)
save_json(list(lavaan = as.character(packageVersion("lavaan")),
  moments = list(all = moments(Demo.twolevel, "cluster", c(y, paste0("x", 1:3)), c("w1", "w2")),
    factors = moments(Demo.twolevel, "cluster", y, character())),
  models = lapply(models, one)))
