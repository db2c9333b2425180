# Records below k under both readings of a gap, by base R: a loop over every pair of records.
# The data are Capobianchi, Polettini & Lucarelli's example as sdcMicro carries it (francdat), as they
# are and with three cells suppressed, and 120 pseudo-random records.
out <- commandArgs(TRUE)[1]
franc <- cbind(c(1, 1, 1, 3, 4, 4, 6, 1), c(2, 2, 2, 3, 3, 3, 2, 2), c(5, 1, 1, 1, 1, 1, 1, 5), c(1, 1, 1, 5, 4, 1, 5, 1))
gaps <- franc
gaps[1, 3] <- NA
gaps[4, 1] <- NA
gaps[4, 4] <- NA
i <- 0:119
drawn <- cbind((i * 7919) %% 11 %% 4, (i * 104729) %% 13 %% 3, (i * 1299709) %% 17 %% 5)
drawn[i %% 9 == 0, 1] <- NA
drawn[i %% 14 == 3, 3] <- NA
matching <- function(x) sapply(seq_len(nrow(x)), function(a) sum(sapply(seq_len(nrow(x)), function(b) {
  all(is.na(x[a, ]) | is.na(x[b, ]) | x[a, ] == x[b, ])
})))
alike <- function(x) {
  key <- apply(x, 1, paste, collapse = "|")
  as.vector(table(key)[key])
}
cells <- function(x) lapply(seq_len(nrow(x)), function(a) ifelse(is.na(x[a, ]), -1, x[a, ]))
show <- function(v) paste0("[", paste(v, collapse = ", "), "]")
one <- function(name, x) paste0('"', name, '": {"rows": [', paste(sapply(cells(x), show), collapse = ", "),
  '], "matching": ', show(matching(x)), ', "alike": ', show(alike(x)),
  ', "below": ', show(sapply(c(2, 3, 5), function(k) sum(matching(x) < k))),
  ', "below_alike": ', show(sapply(c(2, 3, 5), function(k) sum(alike(x) < k))), "}")
writeLines(paste0("{", paste(one("franc", franc), one("gaps", gaps), one("drawn", drawn), sep = ",\n"), "}"), out)
