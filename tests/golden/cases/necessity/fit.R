# Necessary condition analysis in base R: ceilings found case by case, areas added up on a fine cut.
suppressMessages(library(jsonlite))

# Cases that no case with at most their condition reaches.
peers_of <- function(x, y) {
  is_peer <- sapply(seq_along(x), function(i) all(y[x <= x[i] & !(x == x[i] & y == y[i])] < y[i]))
  d <- data.frame(x = x[is_peer], y = y[is_peer])
  d[order(d$x), ]
}

# Area of the scope above a function of x, exact for functions that are linear between the cuts.
above <- function(f, cuts, scope) {
  cuts <- sort(unique(pmin(pmax(cuts, scope[1]), scope[2])))
  total <- 0
  for (i in seq_len(length(cuts) - 1)) {
    inner <- cuts[i] + (cuts[i + 1] - cuts[i]) * c(.25, .75)
    empty <- scope[4] - pmin(pmax(f(inner), scope[3]), scope[4])
    total <- total + mean(empty) * (cuts[i + 1] - cuts[i])
  }
  total
}

analysed <- function(x, y, scope = c(range(x), range(y))) {
  peers <- peers_of(x, y)
  step <- function(at) sapply(at, function(a) if (any(x <= a)) max(y[x <= a]) else scope[3])
  line <- lm(y ~ x, peers)
  a <- coef(line)[[1]]; b <- coef(line)[[2]]
  straight <- function(at) a + b * at
  area <- (scope[2] - scope[1]) * (scope[4] - scope[3])
  zones <- c(above(step, c(scope[1:2], x), scope), above(straight, c(scope[1:2], (scope[3:4] - a) / b), scope))
  levels <- scope[3] + (0:10) / 10 * (scope[4] - scope[3])
  by_step <- sapply(levels, function(v) { k <- which(peers$y >= v - 1e-9); if (length(k)) peers$x[k[1]] else Inf })
  by_line <- (levels - a) / b
  percent <- function(needed) ifelse(needed > scope[2] + 1e-9, -2, ifelse(needed <= scope[1] + 1e-9, -1,
    100 * (needed - scope[1]) / (scope[2] - scope[1])))
  list(zones = zones, effects = zones / area, slope = b, intercept = a, n_above = sum(y > a + b * x + 1e-9),
    peers = unname(as.matrix(unique(peers))), percent_step = percent(by_step), percent_line = percent(by_line))
}

d <- read.csv("../../data/innovation.csv")
facets <- read.csv("../../data/facets.csv")
a <- commandArgs(TRUE)
write_json(list(R = R.version.string,
  individualism = analysed(d$individualism, d$innovation),
  risk_taking = analysed(d$risk_taking, d$innovation),
  # Few levels, many ties; in the scope of a scale that is wider than the answers.
  ties = analysed(round(facets$a1), round(facets$y1)),
  scale = analysed(round(facets$a1), round(facets$y1), c(0, 8, 0, 8))),
  if (length(a)) a[1] else "expected.json", digits = 15, auto_unbox = TRUE, pretty = TRUE)
