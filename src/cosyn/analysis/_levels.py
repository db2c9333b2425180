"""Turn a fitted model of two levels into findings: each subject ends with its level."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cosyn.analysis._models import KINDS, estimate_finding, summary_findings
from cosyn.findings import Finding, Statistic, Warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.analysis._models import About
    from cosyn.engine.estimation import SemFit
    from cosyn.engine.standardize import Standardized
    from cosyn.synergy import Levels, SynergyResult

FIXED = "fixed at 0"
APART = "each level has standard deviations of its own"


def level_findings(about: About, result: SynergyResult, levels: Levels) -> list[Finding]:
    """Measures of the fit, the departments it rests on, and the estimates of each level.

    What `:=` defines belongs to no level. Explained variance is 1 less the standardised residual
    variance of the level; where that was fixed at 0 it is not estimated.
    """
    rows = summary_findings(about, result.fit)
    rows.append(
        Finding(
            about.analysis,
            Statistic.COUNT,
            ("clusters",),
            levels.clusters,
            label="exploratory" if levels.exploratory else "",
            model=about.model,
        )
    )
    if result.fit.measures is not None:
        m = result.fit.measures
        for level, value in (("within", m.srmr_within), ("between", m.srmr_between)):
            if value is not None:
                rows.append(
                    Finding(about.analysis, Statistic.SRMR, (level,), value, model=about.model)
                )
    for name in levels.fixed:
        subject = name, "between"
        rows.append(
            Finding(about.analysis, Statistic.VARIANCE, subject, 0.0, FIXED, model=about.model)
        )
    if result.standard is None or not levels.estimates:
        return rows
    rows += _estimates(about, result.fit, result.standard)
    rows += _explained(about, result.fit, result.standard, levels)
    return rows


def level_warnings(about: About, levels: Levels, least: int) -> Iterator[Warned]:
    """Say that there are few departments, and which variances were fixed."""
    if levels.exploratory:
        values = {"model": about.model, "n": str(levels.clusters), "least": str(least)}
        yield Warned(about.analysis, "exploratory_model", values)
    if levels.fixed:
        named = {"model": about.model, "subjects": ", ".join(levels.fixed)}
        yield Warned(about.analysis, "variances_fixed", named)


def _estimates(about: About, fit: SemFit, standard: Standardized) -> Iterator[Finding]:
    for row, plain, scaled in zip(fit.table.rows, fit.rows(), standard.rows(), strict=True):
        if row.op not in KINDS:
            continue
        latent = fit.table.latent_of(row.group) if row.group else ()
        if row.op == "~~" and (row.lhs == row.rhs or not {row.lhs, row.rhs} <= set(latent)):
            continue
        level = (fit.table.groups[row.group - 1],) if row.group else ()
        for statistic, estimate in zip(KINDS[row.op], (plain, scaled), strict=True):
            found = estimate_finding(about, statistic, estimate, fit)
            if statistic is Statistic.DEFINED_STD:
                found = Finding(
                    about.analysis, statistic, found.subject, reason=APART, model=about.model
                )
            yield replace(found, subject=(*found.subject, *level))


def _explained(
    about: About, fit: SemFit, standard: Standardized, levels: Levels
) -> Iterator[Finding]:
    outcomes = {(row.group, row.lhs) for row in fit.table.rows if row.op == "~"}
    for row, scaled in zip(fit.table.rows, standard.rows(), strict=True):
        if row.op != "~~" or row.lhs != row.rhs or (row.group, row.lhs) not in outcomes:
            continue
        level = fit.table.groups[row.group - 1]
        fixed = level == "between" and row.lhs in levels.fixed
        value = None if fixed or scaled.value is None else 1 - scaled.value
        reason = "the residual variance is fixed at 0" if fixed else "no value"
        yield Finding(
            about.analysis,
            Statistic.R_SQUARED,
            (row.lhs, level),
            value,
            reason="" if value is not None else reason,
            model=about.model,
        )
