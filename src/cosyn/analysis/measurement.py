"""Competing measurement models of the items, fitted to the same complete cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.analysis._cases import Cases, complete_cases, fitted, table_options
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
from cosyn.engine.partable import parameter_table
from cosyn.engine.standardize import standardized
from cosyn.engine.syntax import parse
from cosyn.errors import IdentificationError
from cosyn.findings import Finding, Warned

if TYPE_CHECKING:
    from cosyn.engine.estimation import SemFit
    from cosyn.engine.syntax import Statement
    from cosyn.plan import Measurement, ModelEntry

NAME = "measurement"
CROSS_CHECKED_ITEMS = 20
"""Larger models take semopy many seconds."""


def run(context: Context) -> Outcome:
    """Fit every measurement model of the plan, compare the nested ones and cross-check one."""
    section = context.plan.plan.measurement
    if section is None or not section.models:
        return Outcome(())
    models = {entry.id: _statements(context, entry) for entry in section.models}
    cases = _cases(context, models)
    rows: list[Finding] = []
    warnings: list[Warned] = []
    fits: dict[str, SemFit] = {}
    for entry in section.models:
        context.progress(f"{NAME} {entry.id}")
        about = About(NAME, entry.id, context.plan.plan.confidence)
        found = _fit(context, models[entry.id], cases, about)
        if isinstance(found, Finding):
            rows.append(found)
            warnings.append(
                Warned(NAME, "not_estimated", {"model": entry.id, "reason": found.reason})
            )
            continue
        fits[entry.id] = found
        standard = standardized(found) if found.status.converged else None
        rows += fit_findings(about, found, standard)
        warnings += status_warnings(about, found)
    rows += _comparisons(context, section, fits)
    checks = _cross_check(context, section, fits, cases)
    warnings += [warned for check in checks for warned in cross_check_warnings(check)]
    rows += checks
    return Outcome(tuple(rows), tuple(warnings))


def _statements(context: Context, entry: ModelEntry) -> list[Statement]:
    where = f"analysis/models/{entry.file}.lav"
    return list(parse(context.plan.models[entry.file], where))


def _cases(context: Context, models: dict[str, list[Statement]]) -> Cases:
    """Respondents who answered every item that any model uses: models must share their data."""
    known = [item.id for item in context.instrument.items]
    tables = (parameter_table(statements, known) for statements in models.values())
    used = {name for table in tables for name in table.observed}
    return complete_cases(context, context.items, [n for n in context.items.names if n in used])


def _fit(
    context: Context, statements: list[Statement], cases: Cases, about: About
) -> SemFit | Finding:
    # Against every item of the instrument, so that only real slips are errors of syntax.
    known = [item.id for item in context.instrument.items]
    table = parameter_table(statements, known, table_options(cases))
    missing = missing_variables(table.observed, cases.names)
    n = len(cases.values)
    if missing:
        return not_estimated(about, f"no data for {', '.join(missing)}", n)
    try:
        return fitted(context, table, cases)
    except IdentificationError as error:
        return not_estimated(about, error.what, n)


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
    context: Context, section: Measurement, fits: dict[str, SemFit], cases: Cases
) -> list[Finding]:
    fit = fits.get(section.expected or "")
    if fit is None or not fit.status.ok or len(fit.table.observed) > CROSS_CHECKED_ITEMS:
        return []
    about = About(NAME, section.expected or "", context.plan.plan.confidence)
    places = [cases.names.index(name) for name in fit.table.observed]
    return [cross_check(about, fit, cases.values[:, places])]


ANALYSIS = Analysis(NAME, run)
