source("../../lavaan.R")
write_case(HolzingerSwineford1939, std.lv = TRUE)
