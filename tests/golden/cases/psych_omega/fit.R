# Omega of exploratory factors after Schmid and Leiman, by psych.
source("../../lavaan.R")
suppressMessages(library(psych))
R <- cor(HolzingerSwineford1939[paste0("x", 1:9)])
found <- quietly(suppressMessages(omega(R, 3, plot = FALSE)))
sl <- unclass(found$schmid$sl)
save_json(list(psych = as.character(packageVersion("psych")), omega_h = found$omega_h, omega_total = found$omega.tot,
  general = unname(sl[, "g"]), group = unname(sl[, 2:4])))
