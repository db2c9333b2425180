# Fits each model of the plan to the same respondents, as cosyn did, and prints JSON:
# Rscript lavaan.R [FILE.json]
suppressMessages(library(lavaan))

models <- list(
# MODELS
)

argument <- grep("^--file=", commandArgs(FALSE), value = TRUE)
# R spells a blank in this argument as ~+~.
script <- gsub("~+~", " ", sub("^--file=", "", argument[1]), fixed = TRUE)
folder <- if (length(argument)) dirname(script) else "."

# Departments may be any text, also one that looks like a number or like NA.
read_data <- function(name) {
  path <- file.path(folder, name)
  header <- names(read.csv(path, nrows = 1, check.names = FALSE))
  classes <- c("character", rep("numeric", length(header) - 1))
  data <- read.csv(path, colClasses = classes, check.names = FALSE, encoding = "UTF-8",
                   na.strings = character(0))
  data[-1] <- lapply(data[-1], as.numeric)
  data
}

fit_model <- function(m) {
  syntax <- paste(readLines(file.path(folder, "models", paste0(m$id, ".lav")),
                            encoding = "UTF-8"), collapse = "\n")
  sem(syntax, read_data(m$data), estimator = m$estimator, missing = m$missing,
      cluster = m$cluster, ordered = m$ordered)
}

# Written here, so that the script needs nothing but lavaan.
quoted <- function(x) {
  x <- gsub("\\", "\\\\", x, fixed = TRUE)
  x <- gsub("\"", "\\\"", x, fixed = TRUE)
  paste0("\"", gsub("[\r\n\t]", " ", x), "\"")
}
as_json <- function(x) {
  if (is.list(x)) {
    parts <- vapply(x, as_json, "")
    if (is.null(names(x))) return(paste0("[", paste(parts, collapse = ","), "]"))
    return(paste0("{", paste(paste0(quoted(names(x)), ":", parts), collapse = ","), "}"))
  }
  if (length(x) != 1 || is.na(x)) return("null")
  if (is.character(x)) return(quoted(x))
  if (is.logical(x)) return(if (x) "true" else "false")
  if (!is.finite(x)) return("null")
  sprintf("%.15g", as.numeric(x))
}

found <- lapply(models, function(m) {
  said <- character(0)
  fit <- tryCatch(
    withCallingHandlers(fit_model(m), warning = function(w) {
      said <<- c(said, conditionMessage(w))
      invokeRestart("muffleWarning")
    }),
    error = function(e) e
  )
  if (inherits(fit, "error")) return(list(model = m$id, error = conditionMessage(fit)))
  rows <- parameterEstimates(fit, ci = FALSE, remove.nonfree = FALSE)
  if (is.null(rows$se)) rows$se <- NA_real_
  estimates <- lapply(seq_len(nrow(rows)), function(i)
    list(lhs = rows$lhs[i], op = rows$op[i], rhs = rows$rhs[i], est = rows$est[i], se = rows$se[i]))
  measures <- if (lavInspect(fit, "converged")) as.list(fitMeasures(fit)) else list()
  list(model = m$id, converged = lavInspect(fit, "converged"), n = lavInspect(fit, "ntotal"),
       estimates = estimates, measures = lapply(measures, as.numeric),
       warnings = as.list(unname(said)))
})

document <- as_json(list(schema = "cosyn.emit-lavaan/1",
                         lavaan = as.character(packageVersion("lavaan")), models = found))
to <- commandArgs(TRUE)
if (length(to)) writeLines(document, to[1], useBytes = TRUE) else cat(document, "\n")
