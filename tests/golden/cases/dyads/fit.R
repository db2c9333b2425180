# Two sides of pairs, and actor and partner effects, by base R: cor.test, t.test, lm.
suppressMessages(library(jsonlite))
d <- read.csv("../../data/balance.csv")
r <- cor.test(d$x, d$y); t <- t.test(d$x, d$y, paired = TRUE)
effects <- function(formula) {
  fit <- lm(formula, d); s <- coef(summary(fit))[2:3, ]; ci <- confint(fit)[2:3, ]
  list(value = unname(s[, 1]), se = unname(s[, 2]), p = unname(s[, 4]), lower = unname(ci[, 1]), upper = unname(ci[, 2]))
}
out <- list(
  correlation = list(value = unname(r$estimate), p = r$p.value, lower = r$conf.int[1], upper = r$conf.int[2]),
  difference = list(value = unname(t$estimate), se = t$stderr, p = t$p.value, lower = t$conf.int[1], upper = t$conf.int[2]),
  lead = effects(z ~ x + y), cooperating = effects(w ~ y + x))
arguments <- commandArgs(trailingOnly = TRUE)
file <- if (length(arguments)) arguments[1] else "expected.json"
write_json(out, file, digits = NA, auto_unbox = TRUE, pretty = TRUE)
