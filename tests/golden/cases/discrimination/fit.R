# Upper and lower 27 % of the totals of four items of teams, compared by t.test(); shares of one answer by
# prop.test() without continuity correction, whose interval is Wilson's.
suppressMessages(library(jsonlite))
teams <- read.csv("../../data/teams.csv")
items <- c("a", "b", "c", "d")
teams <- teams[complete.cases(teams[, items]), ]
total <- rowSums(teams[, items])
compared <- function(share) {
  k <- floor(share * length(total) + 0.5)
  low <- sort(total)[k]; high <- sort(total, decreasing = TRUE)[k]
  lapply(teams[, items], function(x) {
    test <- t.test(x[total >= high], x[total <= low])
    list(n_lower = sum(total <= low), n_upper = sum(total >= high), difference = -diff(test$estimate)[[1]],
      lower = test$conf.int[1], upper = test$conf.int[2], t = test$statistic[[1]], df = test$parameter[[1]],
      pvalue = test$p.value)
  })
}
wilson <- lapply(list(c(7, 9), c(0, 12), c(61, 100)), function(x) {
  ends <- suppressWarnings(prop.test(x[1], x[2], correct = FALSE))$conf.int
  list(count = x[1], n = x[2], lower = ends[1], upper = ends[2])
})
write_json(list(customary = compared(0.27), third = compared(1 / 3), wilson = wilson), commandArgs(TRUE)[1],
  auto_unbox = TRUE, digits = NA, pretty = TRUE)
