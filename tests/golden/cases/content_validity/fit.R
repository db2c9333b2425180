# Content validity and agreement in base R, each by another road than cosyn's:
# binom.test for tails, dbinom for chance, a loop over all pairs of raters for agreement.
# irrCAC 1.4 (Gwet) gives the same AC1 and kappa for `raw` (0.77544 and 0.76117).
library(jsonlite)

kappa_star <- function(a, n) (a / n - dbinom(a, n, .5)) / (1 - dbinom(a, n, .5))
grid <- expand.grid(agreeing = 0:12, raters = 1:12)
grid <- grid[grid$agreeing <= grid$raters, ]

critical <- function(n, alpha) {
  k <- Find(function(k) binom.test(k, n, .5, alternative = "greater")$p.value <= alpha, 0:n)
  if (is.null(k)) NA else (k - n / 2) / (n / 2)
}

# Chance-corrected agreement from who rated what, pair by pair.
agree <- function(raw, levels) {
  found <- c(); shares <- matrix(0, 0, length(levels))
  for (i in seq_len(nrow(raw))) {
    given <- raw[i, !is.na(raw[i, ])]
    if (length(given) == 0) next
    shares <- rbind(shares, sapply(levels, function(k) mean(given == k)))
    if (length(given) < 2) next
    pairs <- combn(length(given), 2)
    found <- c(found, mean(given[pairs[1, ]] == given[pairs[2, ]]))
  }
  p <- colMeans(shares); q <- length(levels); pa <- mean(found)
  pe_ac1 <- sum(p * (1 - p)) / (q - 1); pe <- sum(p^2)
  list(items = length(found), observed = pa, fleiss = (pa - pe) / (1 - pe),
       ac1 = (pa - pe_ac1) / (1 - pe_ac1))
}
# Gwet's four raters of twelve subjects; no rater saw all.
raw <- matrix(c(1,1,NA,1, 2,2,3,2, 3,3,3,3, 3,3,3,3, 2,2,2,2, 1,2,3,4, 4,4,4,4, 1,1,2,1,
                2,2,2,2, NA,5,5,5, NA,NA,1,1, NA,NA,3,NA), ncol = 4, byrow = TRUE)
# Ten subjects, fourteen raters, five categories: the worked example known from textbooks.
even <- matrix(c(0,0,0,0,14, 0,2,6,4,2, 0,0,3,5,6, 0,3,9,2,0, 2,2,8,1,1, 7,7,0,0,0, 3,2,6,3,0,
                 2,5,3,2,2, 6,5,2,1,0, 0,2,2,3,7), ncol = 5, byrow = TRUE)
spelt <- t(apply(even, 1, function(counts) rep(1:5, counts)))

# Twenty judges sort four items into classes; item k belongs into class "a".
sorted <- list(c(rep("a", 16), rep("b", 3), "c"), c(rep("a", 9), rep("b", 11)),
               rep("a", 20), c(rep("b", 10), rep("c", 10)))
substantive <- t(sapply(sorted, function(s) {
  counts <- table(factor(s, levels = c("a", "b", "c")))
  c(counts[["a"]], counts[["a"]] - max(counts[c("b", "c")])) / length(s)
}))

found <- list(
  kappa = data.frame(grid, value = kappa_star(grid$agreeing, grid$raters)),
  critical_05 = sapply(1:40, critical, alpha = .05),
  critical_01 = sapply(1:40, critical, alpha = .01),
  raw = agree(raw, 1:5), even = agree(spelt, 1:5),
  psa = substantive[, 1], csv = substantive[, 2]
)
arguments <- commandArgs(trailingOnly = TRUE)
file <- if (length(arguments)) arguments[1] else "expected.json"
write_json(found, file, digits = 12, auto_unbox = TRUE, na = "null", pretty = FALSE)
