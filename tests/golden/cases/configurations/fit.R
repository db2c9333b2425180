# Qualitative comparative analysis in base R by brute force: every term of three values a condition is
# tried, every choice of prime implicants, and every remainder.
suppressMessages(library(jsonlite))

direct <- function(x, out, cross, full) {
  reach <- ifelse(x > cross, full - cross, cross - out)
  m <- plogis(qlogis(.95) * (x - cross) / reach)
  ifelse(m == .5, .501, m)
}
member <- function(X, term) {
  m <- rep(1, nrow(X))
  for (k in seq_along(term)) if (!is.na(term[k])) m <- pmin(m, if (term[k] == 1) X[, k] else 1 - X[, k])
  m
}
fit_of <- function(m, y) {
  both <- pmin(m, y); unclear <- pmin(m, y, 1 - y)
  c(sum(both) / sum(m), (sum(both) - sum(unclear)) / (sum(m) - sum(unclear)), sum(both) / sum(y))
}
within <- function(inner, outer) all(is.na(outer) | (!is.na(inner) & inner == outer))
label <- function(term, names) {
  keep <- !is.na(term)
  paste(paste0(ifelse(term[keep] == 1, "", "~"), names[keep]), collapse = "*")
}

primes_of <- function(allowed, needed) {
  k <- ncol(allowed)
  terms <- as.matrix(expand.grid(rep(list(c(1, 0, NA)), k)))
  corners <- as.matrix(expand.grid(rep(list(0:1), k)))
  key <- function(M) apply(M, 1, paste, collapse = "")
  ok <- apply(terms, 1, function(term) {
    inside <- apply(corners, 1, within, term)
    all(key(corners[inside, , drop = FALSE]) %in% key(allowed)) && any(apply(needed, 1, within, term))
  })
  terms <- terms[ok, , drop = FALSE]
  prime <- sapply(seq_len(nrow(terms)), function(i) !any(sapply(seq_len(nrow(terms)), function(j)
    i != j && within(terms[i, ], terms[j, ]))))
  terms[prime, , drop = FALSE]
}
models_of <- function(primes, needed) {
  chart <- matrix(apply(primes, 1, function(term) apply(needed, 1, within, term)), nrow(needed))
  for (size in seq_len(nrow(primes))) {
    chosen <- combn(nrow(primes), size, simplify = FALSE)
    good <- Filter(function(own) all(rowSums(chart[, own, drop = FALSE]) > 0), chosen)
    if (length(good)) return(lapply(good, function(own) primes[own, , drop = FALSE]))
  }
}
described <- function(models, X, y, names) {
  rows <- lapply(models, function(terms) {
    M <- sapply(seq_len(nrow(terms)), function(i) member(X, terms[i, ]))
    covered <- function(own) if (length(own)) sum(pmin(apply(M[, own, drop = FALSE], 1, max), y)) / sum(y) else 0
    all_of <- seq_len(ncol(M))
    order_of <- order(apply(terms, 1, label, names))
    list(terms = as.list(apply(terms, 1, label, names)[order_of]),
      fit = lapply(order_of, function(i) fit_of(M[, i], y)),
      unique = as.list(sapply(order_of, function(i) covered(all_of) - covered(setdiff(all_of, i)))),
      whole = fit_of(apply(M, 1, max), y))
  })
  rows[order(sapply(rows, function(r) paste(unlist(r$terms), collapse = "+")))]
}

analysed <- function(X, y, expected, cuts) {
  names <- colnames(X); k <- ncol(X)
  corners <- as.matrix(expand.grid(rep(list(0:1), k))[, k:1])
  n <- apply(corners, 1, function(corner) sum(member(X, corner) > .5))
  fits <- t(apply(corners, 1, function(corner) fit_of(member(X, corner), y)))
  counted <- n >= cuts[1]
  positive <- counted & fits[, 1] >= cuts[2] & fits[, 2] >= cuts[3]
  needed <- corners[positive, , drop = FALSE]
  free <- corners[!counted, , drop = FALSE]
  least <- models_of(primes_of(needed, needed), needed)
  most <- models_of(primes_of(rbind(needed, free), needed), needed)
  between <- list()
  for (C in least) for (P in most) {
    easy <- rep(FALSE, nrow(free))
    for (i in seq_len(nrow(C))) for (j in seq_len(nrow(P))) if (within(C[i, ], P[j, ])) {
      kept <- C[i, ]
      against <- !is.na(kept) & is.na(P[j, ]) & !is.na(expected) & kept != expected
      kept[against] <- NA
      easy <- easy | apply(free, 1, within, kept)
    }
    between <- c(between, models_of(primes_of(rbind(needed, free[easy, , drop = FALSE]), needed), needed))
  }
  between <- between[!duplicated(lapply(between, function(terms) sort(apply(terms, 1, label, names))))]
  both <- cbind(X, 1 - X)
  nec <- t(apply(both, 2, function(x) c(sum(pmin(x, y)) / sum(y), sum(pmin(x, y)) / sum(x), sum(1 - x) / sum(1 - pmin(x, y)))))
  list(n = n, consistency = fits[, 1], pri = fits[, 2], positive = which(positive) - 1, remainder = which(!counted) - 1,
    necessity = unname(nec), conservative = described(least, X, y, names),
    intermediate = described(between, X, y, names), parsimonious = described(most, X, y, names))
}

lipset <- as.matrix(read.csv("../../data/lipset.csv"))
facets <- read.csv("../../data/facets.csv")
scores <- sapply(c("a", "b", "c", "d", "y"), function(letter) rowMeans(facets[paste0(letter, 1:4)]))
S <- apply(scores, 2, direct, 2, 4, 6)
S[scores[, "y"] == 4, "y"] <- .5
a <- commandArgs(TRUE)
write_json(list(R = R.version.string, calibrated = direct(c(1, 2, 2.5, 4, 4.75, 6, 7), 2, 4, 6),
  falling = direct(-c(1, 2, 2.5, 4, 4.75, 6, 7), -6, -4, -2),
  lipset = analysed(lipset[, 1:5], lipset[, 6], rep(1, 5), c(1, .8, 0)),
  negated = analysed(lipset[, 1:5], 1 - lipset[, 6], rep(0, 5), c(1, .8, .5)),
  facets = analysed(S[, 1:4], S[, 5], c(1, 1, 1, NA), c(10, .945, .75)),
  mixed = analysed(S[, 1:4], S[, 5], c(1, 1, NA, 0), c(25, .85, .7))),
  if (length(a)) a[1] else "expected.json", digits = 15, auto_unbox = TRUE, pretty = TRUE)
