# The rows lavaan makes of each model in models.json, with each of three options.
source("../../lavaan.R")
models <- fromJSON("models.json")
found <- list()
for (name in names(models)) for (option in c("default", "std_lv", "orthogonal")) {
  table <- lavaanify(models[[name]], auto = TRUE, model.type = "sem", int.ov.free = FALSE,
    meanstructure = FALSE, fixed.x = FALSE, auto.fix.first = option != "std_lv",
    std.lv = option == "std_lv", orthogonal = option == "orthogonal")
  rows <- table[table$op != "==", ]
  equal <- table[table$op == "==", ]
  found[[paste(name, option)]] <- list(
    rows = paste(rows$lhs, rows$op, rows$rhs, ifelse(rows$op == ":=", "defined",
      ifelse(rows$free > 0, "free", rows$ustart)), rows$label),
    npar = max(rows$free) - nrow(equal))
}
save_json(found)
