# Structure after measurement by lavaan's sam(), local method with two-step standard errors.
source("../../lavaan.R")
rows <- function(model, data, mm = NULL) {
  fit <- quietly(sam(model, data, mm.list = mm))
  parameterEstimates(fit, ci = FALSE)[, c("lhs", "op", "rhs", "est", "se")]
}
save_json(list(
  lavaan = as.character(packageVersion("lavaan")),
  holzinger = rows("visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9
    speed ~ textual + visual\ntextual ~ visual", HolzingerSwineford1939),
  democracy = rows("ind60 =~ x1 + x2 + x3\ndem60 =~ y1 + y2 + y3 + y4\ndem65 =~ y5 + y6 + y7 + y8
    dem60 ~ ind60\ndem65 ~ ind60 + dem60\ny1 ~~ y5\ny2 ~~ y4 + y6\ny3 ~~ y7\ny4 ~~ y8\ny6 ~~ y8",
    PoliticalDemocracy, list(ind60 = "ind60", dem = c("dem60", "dem65"))),
  observed = rows("visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nvisual ~ textual + ageyr",
    HolzingerSwineford1939)
))
