# Several products, squares and other matchings by semTools' indProd and lavaan, the residuals of
# products that share an indicator correlated; standardised effects of products (Wen, Marsh & Hau
# 2010) from lavaan's latent covariances, with standard errors by numDeriv's delta method.
source("../../lavaan.R")
suppressMessages(library(semTools))
facets <- read.csv("../../data/facets.csv")
factors <- c("A", "B", "C", "D", "Y")
items <- function(f) paste0(tolower(f), 1:4)
measured <- sapply(factors, function(f) paste(f, "=~", paste(items(f), collapse = " + ")))

fitted <- function(products, match = identity) {
  data <- facets
  lines <- c(measured, paste("Y ~ A + B + C + D +", paste(names(products), collapse = " + ")))
  made <- list()
  for (name in names(products)) {
    left <- items(products[[name]][1])
    right <- items(products[[name]][2])
    right <- if (identical(left, right) && !identical(match, identity)) right[c(2:4, 1)] else match(right)
    own <- paste0(name, 1:4)
    # indProd squares nothing: a copy of the second factor's indicators stands in for it.
    copies <- setNames(data[right], paste0("copy_", right))
    wide <- cbind(data[left], copies)
    found <- indProd(wide, left, names(copies), match = TRUE, meanC = TRUE, doubleMC = TRUE, namesProd = own)
    data[own] <- found[own]
    lines <- c(lines, paste(name, "=~", paste(own, collapse = " + ")))
    for (k in 1:4) made[[own[k]]] <- c(left[k], right[k])
  }
  for (pair in combn(names(made), 2, simplify = FALSE)) {
    if (length(intersect(made[[pair[1]]], made[[pair[2]]]))) lines <- c(lines, paste(pair, collapse = " ~~ "))
  }
  model <- paste(lines, collapse = "\n")
  without <- paste("Y ~ A + B + C + D +", paste0("0*", names(products), collapse = " + "))
  fixed <- paste(c(lines[!startsWith(lines, "Y ~")], without), collapse = "\n")
  full <- polished(quietly(sem(model, data)), data)
  null <- polished(quietly(sem(fixed, data)), data)
  wide <- function(x) {
    V <- lavaan:::computeVETA(lavmodel = lavaan:::lav_model_set_parameters(full@Model, x))[[1]]
    sd <- setNames(sqrt(diag(V)), lavNames(full, "lv"))
    b <- setNames(x[seq_along(coef(full))], names(coef(full)))
    sapply(names(products), function(p) {
      unname(b[paste0("Y~", p)] * sd[products[[p]][1]] * sd[products[[p]][2]] / sd["Y"])
    })
  }
  table <- parTable(full)
  table$ustart[table$free > 0] <- table$est[table$free > 0]
  table$est <- table$se <- table$start <- NULL
  robust <- quietly(sem(table, data, estimator = "MLR", optim.method = "none"))
  J <- numDeriv::jacobian(wide, unname(coef(full)))
  rows <- parameterEstimates(full, ci = FALSE)
  rows <- rows[rows$op == "~", c("lhs", "op", "rhs", "est", "se")]
  list(rows = rows, standardised = unname(wide(coef(full))), errors = sqrt(diag(J %*% vcov(full) %*% t(J))),
       chisq = unname(fitMeasures(null, "chisq") - fitMeasures(full, "chisq")),
       df = unname(fitMeasures(null, "df") - fitMeasures(full, "df")),
       gain = unname(lavInspect(full, "rsquare")["Y"] - lavInspect(null, "rsquare")["Y"]),
       robust = unname(sqrt(diag(vcov(robust)))[paste0("Y~", names(products))]))
}
AC <- list(AxC = c("A", "C"))
save_json(list(
  lavaan = as.character(packageVersion("lavaan")),
  several = fitted(list(AxB = c("A", "B"), AxC = c("A", "C"), BxC = c("B", "C"), AxD = c("A", "D"))),
  quadratic = fitted(c(AC, list(AxA = c("A", "A"), CxC = c("C", "C")))),
  reversed = fitted(AC, rev),
  rotated = fitted(c(AC, list(AxA = c("A", "A"))), function(x) x[c(2:4, 1)])
))
