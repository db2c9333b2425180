# Three factors of nine ability tests.
source("../../lavaan.R")
source("../../efa.R")
data <- scale(HolzingerSwineford1939[, paste0("x", 1:9)])

# Partial correlations as correlations of what regressions on components leave.
components <- prcomp(data)$x
fourth <- sapply(0:5, function(m) {
  left <- if (m) resid(lm(data ~ components[, 1:m])) else data
  mean(cor(left)[lower.tri(diag(9))]^4)
})
save_json(c(efa_case(cor(data), 301, 3, kronecker(diag(3), rep(.7, 3))), list(map_fourth = fourth)))
