# Products and squares of latents by sam() of lavaan 0.7-2, which 0.6-14 does not have.
#
# lav_sam_gamma_add() of 0.7-2.3170 multiplies slopes in the order of the free parameters by a
# covariance in the order of the measurement blocks, so that its standard errors depend on the order
# in which the latents are written. Here the covariance is put in order; `as_printed` are the
# standard errors without that.
suppressMessages({library(lavaan); library(jsonlite)})
stopifnot(packageVersion("lavaan") >= "0.7.2")
target <- function() { a <- commandArgs(TRUE); if (length(a)) a[1] else "expected.json" }
data <- read.csv("../../data/one_interaction.csv")
tight <- list(control = list(rel.tol = 1e-12))
measured <- "X =~ x1 + x2 + x3\nZ =~ z1 + z2 + z3\nY =~ y1 + y2 + y3\n"
rows <- function(structure) {
  fit <- sam(paste0(measured, structure), data, mm_args = tight, struc_args = tight)
  parameterEstimates(fit, ci = FALSE)[, c("lhs", "op", "rhs", "est", "se")] |> subset(op != "=~")
}
printed <- rows("Y ~ X + Z + X:Z")

original <- getFromNamespace("lav_sam_gamma_add", "lavaan")
ordered <- function(step1, ...) {
  order <- order(step1$step1.free.idx)
  step1$Sigma.11 <- step1$Sigma.11[order, order]
  step1$step1.free.idx <- step1$step1.free.idx[order]
  original(step1 = step1, ...)
}
assignInNamespace("lav_sam_gamma_add", ordered, "lavaan")
of_facets <- function(n) {
  measured <- sapply(c("A", "C", "Y"), function(f) paste(f, "=~", paste0(tolower(f), 1:4, collapse = " + ")))
  model <- paste(c(measured, "Y ~ A + C + A:A + A:C + C:C"), collapse = "\n")
  fit <- sam(model, head(read.csv("../../data/facets.csv"), n))
  parameterEstimates(fit, ci = FALSE)[, c("lhs", "op", "rhs", "est", "se")] |> subset(op != "=~")
}
content <- list(
  lavaan = as.character(packageVersion("lavaan")),
  one = rows("Y ~ X + Z + X:Z"),
  as_printed = printed$se,
  quadratic = rows("Y ~ X + Z + X:X + X:Z + Z:Z"),
  facets = of_facets(300),
  # So few respondents that not all of the error can be taken from the products' covariances.
  shrunk = of_facets(50)
)
write_json(content, target(), digits = 15, auto_unbox = TRUE, na = "null", pretty = TRUE)
