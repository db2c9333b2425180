# The latent response surface by lavaan: products centred by hand, a1 ... a5 about the scale's midpoint in the metric of
# effects coding as defined parameters, their standard errors by lavaan's own delta method, for means that are known;
# then with the covariance of the means added.
source("../../lavaan.R")
d <- read.csv("../../data/facets.csv")
d$team <- (seq_len(nrow(d)) - 1) %% 40
centred <- function(v) v - mean(v)
product <- function(u, v) centred(centred(u) * centred(v))
for (k in 1:4) {
  d[[paste0("AxC", k)]] <- product(d[[paste0("a", k)]], d[[paste0("c", k)]])
  d[[paste0("AxA", k)]] <- product(d[[paste0("a", k)]], d[[paste0("a", k)]])
  d[[paste0("CxC", k)]] <- product(d[[paste0("c", k)]], d[[paste0("c", k)]])
}
S <- cbind(rowMeans(d[paste0("a", 1:4)]), rowMeans(d[paste0("c", 1:4)]))
shift <- colMeans(S) - 4
shared <- paste(sapply(1:4, function(k) sprintf("AxC%d ~~ AxA%d\nAxC%d ~~ CxC%d", k, k, k, k)), collapse = "\n")
model <- sprintf("
A =~ a1 + l2*a2 + l3*a3 + l4*a4
C =~ c1 + m2*c2 + m3*c3 + m4*c4
Y =~ y1 + r2*y2 + r3*y3 + r4*y4
AxC =~ AxC1 + AxC2 + AxC3 + AxC4
AxA =~ AxA1 + AxA2 + AxA3 + AxA4
CxC =~ CxC1 + CxC2 + CxC3 + CxC4
%s
Y ~ p1*A + p2*C + p3*AxA + p4*AxC + p5*CxC
u := (1 + l2 + l3 + l4) / 4
v := (1 + m2 + m3 + m4) / 4
w := (1 + r2 + r3 + r4) / 4
b3 := p3 * w / u^2
b4 := p4 * w / (u * v)
b5 := p5 * w / v^2
b1 := p1 * w / u - 2 * b3 * %.17g - b4 * %.17g
b2 := p2 * w / v - 2 * b5 * %.17g - b4 * %.17g
a1 := b1 + b2
a2 := b3 + b4 + b5
a3 := b1 - b2
a4 := b3 - b4 + b5
a5 := b3 - b5
", shared, shift[1], shift[2], shift[2], shift[1])

found <- function(cluster) {
  fit <- polished(quietly(sem(model, d, meanstructure = TRUE)), d, meanstructure = TRUE)
  table <- parTable(fit)
  table$ustart[table$free > 0] <- table$est[table$free > 0]
  table$est <- table$se <- table$start <- NULL
  robust <- quietly(
    if (cluster) sem(table, d, estimator = "MLR", optim.method = "none", cluster = "team")
    else sem(table, d, estimator = "MLR", optim.method = "none"))
  rows <- parameterEstimates(robust, ci = FALSE)
  rows <- rows[rows$op == ":=", ]
  b <- setNames(rows$est, rows$lhs)
  dev <- sweep(S, 2, colMeans(S))
  groups <- if (cluster) d$team else seq_len(nrow(d))
  sums <- rowsum(dev, groups)
  V <- crossprod(sums) * nrow(sums) / (nrow(sums) - 1) / nrow(d)^2
  g <- list(b1 = c(-2 * b["b3"], -b["b4"]), b2 = c(-b["b4"], -2 * b["b5"]), b3 = c(0, 0), b4 = c(0, 0), b5 = c(0, 0))
  g$a1 <- g$b1 + g$b2; g$a3 <- g$b1 - g$b2; g$a2 <- g$a4 <- g$a5 <- c(0, 0)
  wanted <- c(paste0("b", 1:5), paste0("a", 1:5))
  se <- setNames(rows$se, rows$lhs)[wanted]
  extra <- sapply(wanted, function(n) drop(t(g[[n]]) %*% V %*% g[[n]]))
  list(names = wanted, value = unname(b[wanted]), se = unname(sqrt(se^2 + extra)),
    share_of_means = unname(max(extra / (se^2 + extra))))
}
save_json(list(lavaan = as.character(packageVersion("lavaan")), alone = found(FALSE), clustered = found(TRUE)))
