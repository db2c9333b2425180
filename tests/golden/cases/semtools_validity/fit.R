# Average variance extracted and heterotrait-monotrait ratios by semTools.
source("../../lavaan.R")
suppressMessages(library(semTools))
HS <- HolzingerSwineford1939
model <- "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
save_json(list(
  lavaan = as.character(packageVersion("lavaan")), semTools = as.character(packageVersion("semTools")),
  ave = as.list(quietly(AVE(cfa(model, HS)))),
  htmt = unclass(quietly(htmt(model, data = HS, htmt2 = FALSE))),
  htmt2 = unclass(quietly(htmt(model, data = HS, htmt2 = TRUE)))
))
