# Dominance analysis by brute force in base R: a regression for every subset of predictors.
suppressMessages(library(jsonlite))
d <- read.csv("../../data/facets.csv")
y <- rowMeans(d[paste0("y", 1:4)])
X <- d[c("a1", "a3", "b1", "b3", "c1", "c3")]
p <- ncol(X)
explained <- function(own) if (length(own)) summary(lm(y ~ ., data.frame(y = y, X[own])))$r.squared else 0
subsets <- unlist(lapply(0:p, function(k) combn(p, k, simplify = FALSE)), recursive = FALSE)
key <- function(own) paste0("r2:", paste(sort(own), collapse = ","))
r2 <- setNames(sapply(subsets, explained), sapply(subsets, key))
gain <- function(i, own) unname(r2[key(c(own, i))] - r2[key(own)])
without <- function(...) Filter(function(own) !any(c(...) %in% own), subsets)
conditional <- sapply(1:p, function(i) sapply(0:(p - 1), function(k)
  mean(sapply(Filter(function(own) length(own) == k, without(i)), function(own) gain(i, own)))))
general <- colMeans(conditional)
related <- function(differences) if (all(differences > 0)) 1 else if (all(differences < 0)) 0 else .5
pairwise <- function(f) outer(1:p, 1:p, Vectorize(function(i, j) if (i == j) .5 else related(f(i, j))))
a <- commandArgs(TRUE)
write_json(list(R = R.version.string, r2 = unname(r2[key(1:p)]), general = general, conditional = conditional,
  complete = pairwise(function(i, j) sapply(without(i, j), function(own) gain(i, own) - gain(j, own))),
  conditionally = pairwise(function(i, j) conditional[, i] - conditional[, j]),
  generally = pairwise(function(i, j) general[i] - general[j])),
  if (length(a)) a[1] else "expected.json", digits = 15, auto_unbox = TRUE, pretty = TRUE)
