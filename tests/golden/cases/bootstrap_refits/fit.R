# Models fitted again to rows that R draws, at lavaan's minimum polished by Newton steps; Bollen and
# Stine's chi-squares on the rows that lavaan draws; accelerations from lavaan's scores.
source("../../lavaan.R")
HS <- HolzingerSwineford1939
PD <- PoliticalDemocracy
F3 <- "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
DEMOCRACY <- "ind60 =~ x1 + x2 + x3\ndem60 =~ y1 + a*y2 + b*y3 + c*y4\ndem65 =~ y5 + a*y6 + b*y7 + c*y8
dem60 ~ i*ind60\ndem65 ~ ind60 + d*dem60\ny1 ~~ y5\ny2 ~~ y4 + y6\ny3 ~~ y7\ny4 ~~ y8\ny6 ~~ y8\nab := i*d"

cases <- list(
  holzinger = list(model = F3, data = "HS", replicates = 15),
  democracy = list(model = DEMOCRACY, data = "PD", replicates = 40),
  democracy_means = list(model = DEMOCRACY, data = "PD", replicates = 10, args = list(meanstructure = TRUE)),
  groups = list(model = F3, data = "HS", replicates = 8, args = list(group = "school",
                group.equal = c("loadings", "intercepts"))),
  wishart = list(model = F3, data = "HS", replicates = 5, args = list(likelihood = "wishart")),
  covariates = list(model = paste0(F3, "\nspeed ~ a*visual + ageyr\nvisual ~ b*ageyr\nab := a*b"), data = "HS",
                    replicates = 10),
  constraint = list(model = "visual =~ x1 + b2*x2 + b3*x3\ntextual =~ x4 + c2*x5 + c3*x6\n2*b2 + c2 == 2.5",
                    data = "HS", replicates = 6, polish = FALSE)
)

# Newton steps with lavaan's own gradient and observed information.
minimum <- function(model, data, args, polish) {
  fit <- quietly(do.call("sem", c(list(model, data, information = "observed"), args)))
  if (!polish) return(fit)
  rest <- args[setdiff(names(args), c("group.equal", "std.lv"))]
  for (attempt in 1:100) {
    step <- drop(-nobs(fit) * lavInspect(fit, "vcov") %*% lavInspect(fit, "gradient"))
    if (max(abs(step)) < 1e-11) return(fit)
    table <- parTable(fit)
    table$ustart[table$free > 0] <- table$est[table$free > 0] + step[table$free[table$free > 0]]
    table$est <- table$se <- table$start <- NULL
    fit <- quietly(do.call("sem", c(list(table, data, optim.method = "none", information = "observed"), rest)))
  }
  stop("no minimum")
}

values <- function(fit) {
  table <- parTable(fit)
  table$est[table$op != "==" & (table$free > 0 | table$op == ":=")]
}

# Row numbers, group after group, each within the rows of its group.
drawn <- function(data, args) {
  if (is.null(args$group)) return(sample.int(nrow(data), replace = TRUE))
  where <- split(seq_len(nrow(data)), factor(data$school, unique(data$school)))
  unlist(lapply(where, function(rows) rows[sample.int(length(rows), replace = TRUE)]), use.names = FALSE)
}

refitted <- function(case) {
  data <- get(case$data)
  set.seed(20251123)
  polish <- is.null(case$polish)
  rows <- t(replicate(case$replicates, drawn(data, case$args)))
  fits <- lapply(seq_len(case$replicates), function(k) minimum(case$model, data[rows[k, ], ], case$args, polish))
  list(model = case$model, data = case$data, args = case$args, rows = rows,
       est = t(sapply(fits, values)), chisq = sapply(fits, function(fit) fitMeasures(fit, "chisq")[[1]]),
       admissible = sapply(fits, function(fit) quietly(lavInspect(fit, "post.check"))))
}

bollen_stine <- function(model, data, replicates, ...) {
  fit <- sem(model, get(data), ...)
  set.seed(1)
  found <- lavaan:::lav_bootstrap_internal(fit, R = replicates, type = "bollen.stine", keep.idx = TRUE,
    FUN = function(f) fitMeasures(f, "chisq"))
  rows <- attr(found, "boot.idx")[[1]]
  list(model = model, data = data, args = list(...), rows = rows, chisq = as.numeric(found),
       pvalue = mean(found >= fitMeasures(fit, "chisq")[[1]]))
}

accelerations <- function(model, data) {
  fit <- minimum(model, data, list(), TRUE)
  L <- lavScores(fit) %*% solve(lavInspect(fit, "information.observed"))
  list(model = model, values = colSums(L^3) / (6 * colSums(L^2)^1.5))
}

save_json(list(lavaan = as.character(packageVersion("lavaan")), cases = lapply(cases, refitted),
  bollen_stine = list(holzinger = bollen_stine(F3, "HS", 10),
                      democracy = bollen_stine(DEMOCRACY, "PD", 20, meanstructure = TRUE)),
  accelerations = accelerations(F3, HS)))
