# What lavaan reads in each text of models.json: its rows, and what they become in each group.
source("../../lavaan.R")
models <- fromJSON("models.json")
columns <- c("lhs", "op", "rhs", "block", "fixed", "start", "label")

# Rows of groups as "group lhs op rhs state label"; equality constraints follow from the labels.
in_groups <- function(text, groups) {
  table <- lavaanify(text, ngroups = groups, warn = FALSE)
  rows <- table[table$user == 1 & !table$op %in% c("==", "<", ">", ":="), ]
  state <- ifelse(rows$free > 0, ifelse(is.na(rows$ustart), "free", paste("start", rows$ustart)),
    ifelse(is.na(rows$ustart), "free", paste("fixed", rows$ustart)))
  paste(rows$group, rows$lhs, rows$op, rows$rhs, state, rows$label)
}

found <- list()
for (name in names(models)) {
  flat <- suppressWarnings(lavParseModelString(models[[name]]))
  constraints <- sapply(attr(flat, "constraints"), function(x) paste(x$lhs, x$op, x$rhs))
  case <- list(rows = unname(as.matrix(as.data.frame(lapply(flat[columns], as.character)))), constraints = I(as.character(constraints)))
  if (grepl("groups", name)) {
    case$groups <- in_groups(models[[name]], as.integer(sub(" groups.*", "", name)))
  }
  found[[name]] <- case
}
save_json(found)
