"""Competing measurement models, those of the same data fitted to the same complete cases."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cosyn.analysis._cases import Cases, complete_cases, fitted, table_options
from cosyn.analysis._general import general_findings
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
from cosyn.analysis._ordinal_models import fit_to_categories, ordinal_findings, ordinal_id
from cosyn.analysis._types import Analysis, Context, Outcome
from cosyn.engine.difference import chi_square_difference
from cosyn.engine.partable import parameter_table
from cosyn.engine.standardize import standardized
from cosyn.engine.syntax import parse
from cosyn.errors import IdentificationError
from cosyn.findings import Finding, Statistic, Warned

if TYPE_CHECKING:
    from cosyn.engine.estimation import SemFit
    from cosyn.engine.syntax import Statement
    from cosyn.plan import Measurement, ModelEntry

NAME = "measurement"
CROSS_CHECKED_ITEMS = 20
"""Larger models take semopy many seconds."""
OTHER_DATA = "the models are of different data"
ITEMS, FACETS = "items", "facets"


@dataclass(frozen=True, slots=True)
class _Run:
    """What is fitted to what, and what has been found so far."""

    context: Context
    section: Measurement
    statements: dict[str, list[Statement]]
    cases: dict[str, Cases]
    fits: dict[str, SemFit] = field(default_factory=dict)
    rows: list[Finding] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)

    def about(self, model: str) -> About:
        return About(NAME, model, self.context.plan.plan.confidence)


def run(context: Context) -> Outcome:
    """Fit every measurement model of the plan, compare the nested ones and cross-check one."""
    section = context.plan.plan.measurement
    if section is None or not section.models:
        return Outcome(())
    statements = {entry.id: _statements(context, entry) for entry in section.models}
    cases = {
        kind: _cases(context, [e for e in section.models if e.data == kind], statements)
        for kind in (ITEMS, FACETS)
    }
    state = _Run(context, section, statements, cases)
    for entry in section.models:
        context.progress(f"{NAME} {entry.id}")
        _fit_one(state, entry)
        if section.ordinal and entry.data == ITEMS and entry.id in state.fits:
            context.progress(f"{NAME} {ordinal_id(entry.id)}")
            _fit_categories(state, entry)
    _compare(state)
    checks = _cross_check(state)
    warned = [warned for check in checks for warned in cross_check_warnings(check)]
    return Outcome((*state.rows, *checks), (*state.warnings, *warned))


def _statements(context: Context, entry: ModelEntry) -> list[Statement]:
    where = f"analysis/models/{entry.file}.lav"
    return list(parse(context.plan.models[entry.file], where))


def _known(context: Context, kind: str) -> list[str]:
    """Every variable of the instrument, so that only real slips are errors of syntax."""
    if kind == FACETS:
        return [facet.id for facet in context.instrument.facets()]
    return [item.id for item in context.instrument.items]


def _cases(
    context: Context, entries: list[ModelEntry], statements: dict[str, list[Statement]]
) -> Cases:
    """Respondents with all that any of the models uses: models must share their data."""
    kind = entries[0].data if entries else ITEMS
    scores = context.facets if kind == FACETS else context.items
    known = _known(context, kind)
    tables = (parameter_table(statements[entry.id], known) for entry in entries)
    used = {name for table in tables for name in table.observed}
    return complete_cases(context, scores, [n for n in scores.names if n in used])


def _fit_one(state: _Run, entry: ModelEntry) -> None:
    about, cases = state.about(entry.id), state.cases[entry.data]
    found = _fit(state.context, state.statements[entry.id], cases, about, entry.data)
    if isinstance(found, Finding):
        state.rows.append(found)
        values = {"model": entry.id, "reason": found.reason}
        state.warnings.append(Warned(NAME, "not_estimated", values))
        return
    state.fits[entry.id] = found
    standard = standardized(found) if found.status.converged else None
    state.rows.extend(fit_findings(about, found, standard))
    state.rows.extend(general_findings(about, found))
    state.warnings.extend(status_warnings(about, found))


def _fit(
    context: Context, statements: list[Statement], cases: Cases, about: About, kind: str
) -> SemFit | Finding:
    table = parameter_table(statements, _known(context, kind), table_options(cases))
    missing = missing_variables(table.observed, cases.names)
    n = len(cases.values)
    if missing:
        return not_estimated(about, f"no data for {', '.join(missing)}", n)
    try:
        return fitted(context, table, cases)
    except IdentificationError as error:
        return not_estimated(about, error.what, n)


def _fit_categories(state: _Run, entry: ModelEntry) -> None:
    """The same model of ordered categories; that it cannot be fitted is told, and no more."""
    about, cases = state.about(ordinal_id(entry.id)), state.cases[ITEMS]
    try:
        found = fit_to_categories(state.statements[entry.id], cases)
    except IdentificationError as error:
        state.rows.append(not_estimated(about, error.what, len(cases.values)))
        values = {"model": about.model, "reason": error.what}
        state.warnings.append(Warned(NAME, "not_estimated", values))
        return
    state.fits[about.model] = found
    state.rows.extend(ordinal_findings(about, found))
    state.warnings.extend(status_warnings(about, found))


def _compare(state: _Run) -> None:
    """Nested models, as they were fitted to numbers and to categories."""
    kinds = {entry.id: entry.data for entry in state.section.models}
    for restricted, full in state.section.nested:
        if kinds[restricted] != kinds[full]:
            test, pair = Statistic.CHI_SQUARE_DIFFERENCE, (restricted, full)
            state.rows.append(Finding(NAME, test, pair, reason=OTHER_DATA, model=restricted))
            continue
        for pair in ((restricted, full), (ordinal_id(restricted), ordinal_id(full))):
            if not set(pair) <= set(state.fits):
                continue
            fits = state.fits[pair[0]], state.fits[pair[1]]
            difference = chi_square_difference(restricted=fits[0], full=fits[1])
            state.rows.extend(difference_findings(state.about(pair[0]), pair, difference, fits))


def _cross_check(state: _Run) -> list[Finding]:
    expected = state.section.expected or ""
    fit = state.fits.get(expected)
    if fit is None or not fit.status.ok or len(fit.table.observed) > CROSS_CHECKED_ITEMS:
        return []
    cases = state.cases[next(e.data for e in state.section.models if e.id == expected)]
    places = [cases.names.index(name) for name in fit.table.observed]
    return [cross_check(state.about(expected), fit, cases.values[:, places])]


ANALYSIS = Analysis(NAME, run, reads=("measurement",), after=())
