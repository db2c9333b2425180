# Intraclass correlations of scores on two and on three occasions by psych.
source("../../lavaan.R")
suppressMessages(library(psych))
data <- HolzingerSwineford1939
three <- as.matrix(data[1:60, c("x4", "x5", "x6")])
shifted <- cbind(data$x4[1:60], data$x6[1:60] + .8)
icc <- function(Y, alpha = .05) {
  found <- ICC(Y, alpha = alpha, lmer = FALSE)$results
  as.list(found[found$type == "ICC2", c("ICC", "lower bound", "upper bound")])
}
test <- cor.test(data$x4[1:60], data$x6[1:60], conf.level = .90)
save_json(list(psych = as.character(packageVersion("psych")), three = icc(three),
  shifted = icc(shifted), narrow = icc(shifted, .10),
  correlation = list(r = unname(test$estimate), interval = as.vector(test$conf.int),
    rho = cor(data$x4[1:60], data$x6[1:60], method = "spearman"))))
