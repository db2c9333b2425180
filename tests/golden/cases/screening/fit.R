# Indices of careless answering in base R, from their published formulas: each respondent is looked at alone, gaps drop
# out by subsetting, moments of rows with gaps come from a plain EM over rows, Guttman errors are counted pair by pair
# and their maximum is found by trying every pattern of answers.
# Usage: Rscript fit.R FILE
library(jsonlite)
X <- as.matrix(read.csv("answers.csv"))
Z <- as.matrix(read.csv("steps.csv"))
complete <- rowSums(is.na(X)) == 0
C <- X[complete, ]
num <- function(v) as.list(unname(v))

# Johnson (2005): longest run; a gap ends a run.
longstring <- apply(X, 1, function(x) { r <- rle(ifelse(is.na(x), -seq_along(x), x)); max(r$lengths[r$values > 0], 0) })
# Dunn et al. (2018)
irv <- apply(X, 1, sd, na.rm = TRUE)
# Keyed items, facets of three: odd are the first and third, even the second.
K <- X; K[, c(3, 8)] <- 8 - K[, c(3, 8)]
mean_or_na <- function(v) if (all(is.na(v))) NA else mean(v, na.rm = TRUE)
evenodd <- apply(K, 1, function(x) {
  odd <- sapply(0:3, function(f) mean_or_na(x[3 * f + c(1, 3)]))
  even <- sapply(0:3, function(f) mean_or_na(x[3 * f + 2]))
  ok <- !is.na(odd) & !is.na(even)
  if (sum(ok) < 3 || sd(odd[ok]) == 0 || sd(even[ok]) == 0) return(NA)
  r <- cor(odd[ok], even[ok]); max(2 * r / (1 + r), -1)
})
# Synonyms and antonyms: pairs of items by their correlation in the sample.
within <- function(keep) {
  R <- cor(X, use = "pairwise.complete.obs")
  at <- which(lower.tri(R) & keep(R), arr.ind = TRUE)
  list(pairs = nrow(at), r = apply(X, 1, function(x) {
    a <- x[at[, 1]]; b <- x[at[, 2]]; ok <- !is.na(a) & !is.na(b)
    if (sum(ok) < 3 || sd(a[ok]) == 0 || sd(b[ok]) == 0) NA else cor(a[ok], b[ok])
  }))
}
synonyms <- within(function(R) R > 0.45)
antonyms <- within(function(R) R < -0.35)

# Mahalanobis (1936), complete rows, as stats::mahalanobis; then with gaps by EM, divisor n - 1.
plain <- mahalanobis(C, colMeans(C), cov(C))
em <- function(X) {
  m <- colMeans(X, na.rm = TRUE); S <- diag(apply(X, 2, function(v) mean((v - mean(v, na.rm = TRUE))^2, na.rm = TRUE)))
  for (step in 1:5000) {
    A <- X; E <- matrix(0, ncol(X), ncol(X))
    for (i in which(rowSums(is.na(X)) > 0)) {
      g <- is.na(X[i, ]); B <- S[g, !g, drop = FALSE] %*% solve(S[!g, !g])
      A[i, g] <- m[g] + B %*% (X[i, !g] - m[!g]); E[g, g] <- E[g, g] + S[g, g] - B %*% S[!g, g, drop = FALSE]
    }
    m2 <- colMeans(A); D <- sweep(A, 2, m2); S2 <- (t(D) %*% D + E) / nrow(X)
    change <- max(abs(m2 - m), abs(S2 - S)); m <- m2; S <- S2
    if (change < 1e-11) break
  }
  list(m = m, S = S * nrow(X) / (nrow(X) - 1))
}
distance <- function(X, at) t(apply(X, 1, function(x) {
  o <- !is.na(x); d <- x[o] - at$m[o]; D2 <- sum(d * solve(at$S[o, o], d))
  c(D2, pchisq(D2, sum(o), lower.tail = FALSE))
}))
at <- em(X)
gaps <- distance(X, at)
# Hard rejection at .025 with the consistency factor of Croux & Haesbroeck (1999).
p <- ncol(X)
shrunk <- pchisq(qchisq(0.975, p), p + 2) / 0.975
kept <- rep(TRUE, nrow(X))
for (cycle in 1:10) {
  now <- distance(X, at)[, 2] >= 0.025
  if (all(now == kept)) break
  kept <- now
  at <- em(X[kept, ]); at$S <- at$S / shrunk
}
robust <- distance(X, at)[, 2]

# Guttman errors (Molenaar 1991; Emons 2008): five items of four categories, steps by popularity.
pop <- unlist(lapply(1:5, function(j) sapply(1:3, function(c) mean(Z[, j] >= c))))
ord <- order(-pop)
steps <- function(x) unlist(lapply(1:5, function(j) as.numeric(x[j] >= 1:3)))[ord]
count <- function(x) { y <- steps(x); sum(sapply(2:15, function(d) if (y[d] == 1) sum(y[1:(d - 1)] == 0) else 0)) }
every <- as.matrix(expand.grid(rep(list(0:3), 5)))
most <- tapply(apply(every, 1, count), rowSums(every), max)
errors <- apply(Z, 1, count)
greatest <- unname(most[as.character(rowSums(Z))])

# Standardised log-likelihood (Drasgow, Levine & Williams 1985) under a given normal-ogive graded response model.
loadings <- c(0.7, 0.6, 0.8, 0.5, -0.6)
cuts <- rbind(c(-1, 0, 1), c(-0.5, 0.3, 1.2), c(-1.2, -0.4, 0.6), c(-0.2, 0.8, 1.5), c(-1.5, -0.3, 0.4))
grid <- seq(-4, 4, by = 0.05)
prob <- function(j, theta) { z <- pnorm((cuts[j, ] - loadings[j] * theta) / sqrt(1 - loadings[j]^2)); pmax(diff(c(0, z, 1)), 1e-10) }
loglik <- function(x, theta) sum(sapply(1:5, function(j) log(prob(j, theta)[x[j] + 1])))
lz <- apply(Z, 1, function(x) {
  post <- sapply(grid, function(t) loglik(x, t) - t^2 / 2)
  t <- grid[which.max(post)]
  e <- v <- 0
  for (j in 1:5) { q <- prob(j, t); e <- e + sum(q * log(q)); v <- v + sum(q * log(q)^2) - sum(q * log(q))^2 }
  (loglik(x, t) - e) / sqrt(v)
})
found <- list(
  longstring = num(longstring), irv = num(irv), evenodd = num(evenodd),
  synonyms = list(pairs = synonyms$pairs, r = num(synonyms$r)),
  antonyms = list(pairs = antonyms$pairs, r = num(antonyms$r)),
  mahad = list(complete = num(plain), gaps = num(gaps[, 1]), p = num(gaps[, 2]), robust = num(robust)),
  guttman = list(errors = num(errors), most = num(greatest)), lz = num(lz)
)
args <- commandArgs(trailingOnly = TRUE)
file <- if (length(args)) args[1] else "expected.json"
writeLines(toJSON(found, digits = NA, auto_unbox = TRUE, pretty = FALSE, na = "null", null = "null"), file)
