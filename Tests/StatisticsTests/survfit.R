# What the R package survival makes of sets of lives: reads set, entry, exit, event from the CSV
# file named first, writes steps, quantiles and restricted means as CSV to standard output.
suppressPackageStartupMessages(library(survival))
options(digits = 17)
lives <- read.csv(commandArgs(TRUE)[1])
near <- 1e-9

put <- function(...) cat(paste(c(...), collapse = ","), "\n", sep = "")
exact <- function(x) ifelse(is.na(x), "NA", formatC(x, digits = 17, format = "g", width = 1))

for (set in unique(lives$set)) {
  group <- lives[lives$set == set, ]
  fit <- survfit(Surv(entry, exit, event) ~ 1, data = group, conf.type = "log-log")
  for (i in which(fit$n.event > 0))
    put("step", set, exact(fit$time[i]), fit$n.risk[i], fit$n.event[i], exact(fit$surv[i]),
        exact(fit$std.err[i]), exact(fit$lower[i]), exact(fit$upper[i]))
  shares <- c(0.1, 0.5, 0.9, 0.95, 0.99)
  found <- quantile(fit, shares)
  for (i in seq_along(shares)) {
    # Where S is level at the share R takes the middle of the level, others its beginning. Where
    # few are at risk a band may rise again; R looks its values up in the order of their size then.
    level <- 1 - shares[i]
    begins <- function(s) fit$time[which(s <= level + near)[1]]
    is_level <- function(s) any(abs(s - level) < 1e-7, na.rm = TRUE)
    rises <- function(s) any(diff(s) > 0, na.rm = TRUE)
    told <- function(q, s) exact(if (is_level(s) || rises(s)) begins(s) else q)
    put("quantile", set, shares[i], told(found$quantile[i], fit$surv),
        told(found$lower[i], fit$lower), told(found$upper[i], fit$upper))
  }
  for (part in c(0.3, 0.8, 1)) {
    until <- part * max(group$exit)
    # R refuses a horizon before all that happened.
    if (until < min(fit$time)) next
    row <- summary(fit, rmean = until)$table
    put("mean", set, exact(until), exact(row[["rmean"]]), exact(row[["se(rmean)"]]))
  }
}
