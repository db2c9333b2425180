"""Competing measurement models of the items, fitted to the same complete cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.analysis._models import (
    About,
    cross_check,
    cross_check_warnings,
    difference_findings,
    fit_findings,
    missing_variables,
    not_estimated,
    status_warnings,
)
from cosyn.analysis._types import Analysis, Context, Outcome
from cosyn.engine.difference import chi_square_difference
from cosyn.engine.estimation import fit_sem
from cosyn.engine.moments import sample_moments
from cosyn.engine.partable import parameter_table
from cosyn.engine.standardize import standardized
from cosyn.engine.syntax import parse
from cosyn.errors import IdentificationError
from cosyn.findings import Finding, Warned
from cosyn.scoring import Scores

if TYPE_CHECKING:
    from cosyn.engine.estimation import SemFit
    from cosyn.engine.table import ParameterTable
    from cosyn.plan import Measurement, ModelEntry

NAME = "measurement"
CROSS_CHECKED_ITEMS = 20
"""Larger models take semopy many seconds."""


def run(context: Context) -> Outcome:
    """Fit every measurement model of the plan, compare the nested ones and cross-check one."""
    section = context.plan.plan.measurement
    if section is None or not section.models:
        return Outcome(())
    tables = {entry.id: _table(context, entry) for entry in section.models}
    cases = _cases(context, tables)
    rows: list[Finding] = []
    warnings: list[Warned] = []
    fits: dict[str, SemFit] = {}
    for entry in section.models:
        context.progress(f"{NAME} {entry.id}")
        about = About(NAME, entry.id, context.plan.plan.confidence)
        fitted = _fit(tables[entry.id], cases, about)
        if isinstance(fitted, Finding):
            rows.append(fitted)
            warnings.append(
                Warned(NAME, "not_estimated", {"model": entry.id, "reason": fitted.reason})
            )
            continue
        fits[entry.id] = fitted
        standard = standardized(fitted) if fitted.status.converged else None
        rows += fit_findings(about, fitted, standard)
        warnings += status_warnings(about, fitted)
    rows += _comparisons(context, section, fits)
    checks = _cross_check(context, section, fits, cases)
    warnings += [warned for check in checks for warned in cross_check_warnings(check)]
    rows += checks
    return Outcome(tuple(rows), tuple(warnings))


def _table(context: Context, entry: ModelEntry) -> ParameterTable:
    """Read a model against every item of the instrument, so that only real slips are errors."""
    where = f"analysis/models/{entry.file}.lav"
    statements = parse(context.plan.models[entry.file], where)
    return parameter_table(statements, [item.id for item in context.instrument.items])


def _cases(context: Context, tables: dict[str, ParameterTable]) -> Scores:
    """Respondents who answered every item that any model uses: models must share their data."""
    used = {name for table in tables.values() for name in table.observed}
    names = tuple(name for name in context.items.names if name in used)
    return Scores(names, context.items.columns(names)).complete()


def _fit(table: ParameterTable, cases: Scores, about: About) -> SemFit | Finding:
    missing = missing_variables(table.observed, cases.names)
    n = len(cases.values)
    if missing:
        return not_estimated(about, f"no data for {', '.join(missing)}", n)
    try:
        moments = sample_moments(cases.columns(table.observed), table.observed)
    except IdentificationError as error:
        return not_estimated(about, error.what, n)
    return fit_sem(table, (moments,))


def _comparisons(context: Context, section: Measurement, fits: dict[str, SemFit]) -> list[Finding]:
    rows: list[Finding] = []
    for restricted, full in section.nested:
        if restricted in fits and full in fits:
            about = About(NAME, restricted, context.plan.plan.confidence)
            pair = fits[restricted], fits[full]
            difference = chi_square_difference(restricted=pair[0], full=pair[1])
            rows += difference_findings(about, (restricted, full), difference, pair)
    return rows


def _cross_check(
    context: Context, section: Measurement, fits: dict[str, SemFit], cases: Scores
) -> list[Finding]:
    fitted = fits.get(section.expected or "")
    if fitted is None or not fitted.status.ok or len(fitted.table.observed) > CROSS_CHECKED_ITEMS:
        return []
    about = About(NAME, section.expected or "", context.plan.plan.confidence)
    return [cross_check(about, fitted, cases.columns(fitted.table.observed))]


ANALYSIS = Analysis(NAME, run)
