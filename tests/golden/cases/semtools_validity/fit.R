# Average variance extracted and heterotrait-monotrait ratios by semTools.
source("../../lavaan.R")
suppressMessages(library(semTools))
HS <- HolzingerSwineford1939
model <- "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
items <- paste0("x", 1:9)
ORD <- HS
ORD[items] <- lapply(HS[items], function(x) as.integer(cut(x, c(-Inf, quantile(x, c(.2, .5, .8)), Inf))))
save_json(list(
  lavaan = as.character(packageVersion("lavaan")), semTools = as.character(packageVersion("semTools")),
  ave = as.list(quietly(AVE(cfa(model, HS)))),
  htmt = unclass(quietly(htmt(model, data = HS, htmt2 = FALSE))),
  htmt2 = unclass(quietly(htmt(model, data = HS, htmt2 = TRUE))),
  htmt_ordinal = unclass(quietly(htmt(model, data = ORD, ordered = items, htmt2 = FALSE))),
  htmt2_ordinal = unclass(quietly(htmt(model, data = ORD, ordered = items)))
))
