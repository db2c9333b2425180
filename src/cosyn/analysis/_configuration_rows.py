"""Turn a comparative analysis into findings."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cosyn.findings import Finding, Statistic
from cosyn.synergy.asymmetry import contradictory_assumptions, mirrored
from cosyn.synergy.truth_table import covers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.synergy.calibration_robustness import Kind, Robustness
    from cosyn.synergy.configurations import Configurations, Path, Solution
    from cosyn.synergy.set_relations import SufficiencyFit

NAME = "configurations"
SOLUTIONS: tuple[Kind, ...] = ("conservative", "intermediate", "parsimonious")
NOT_DEFINED = "not defined"
_row = partial(Finding, NAME)


def necessity_rows(outcome: str, found: Configurations) -> Iterator[Finding]:
    """Each condition and its absence as necessary for the outcome."""
    for fit in found.necessity:
        for statistic, value in (
            (Statistic.SET_NECESSITY, fit.consistency),
            (Statistic.NECESSITY_COVERAGE, fit.coverage),
            (Statistic.RELEVANCE, fit.relevance),
        ):
            yield _value(statistic, (outcome, fit.name), value, fit.reason, found.n)


def table_rows(outcome: str, found: Configurations) -> Iterator[Finding]:
    """The rows of the truth table; a row is named by its digits, one a condition."""
    table = found.table
    if table is None:
        return
    yield _row(Statistic.FREQUENCY_CUT, (outcome,), table.frequency, n=found.n)
    yield _row(Statistic.CASES_KEPT, (outcome,), table.kept, n=found.n)
    for row in table.rows:
        subject = (outcome, "".join(map(str, row.pattern)))
        yield _row(Statistic.CONFIGURATION_CASES, subject, len(row.cases), label=row.output)
        yield _value(Statistic.SET_CONSISTENCY, subject, row.consistency, "", found.n)
        yield _value(Statistic.PRI, subject, row.pri, "", found.n)


def solution_rows(outcome: str, found: Configurations) -> Iterator[Finding]:
    """Every model of every solution with its paths."""
    for kind in SOLUTIONS:
        solution: Solution = getattr(found, kind)
        count = len(solution.models)
        reason = solution.reason or found.reason
        yield _value(Statistic.SOLUTION_MODELS, (outcome, kind), count or None, reason, found.n)
        for number, model in enumerate(solution.models, start=1):
            subject = (outcome, kind, str(number))
            yield from _fit_rows(subject, model.fit, found.n)
            for path in model.paths:
                yield from _path_rows((*subject, path.label), path, found)


def _path_rows(subject: tuple[str, ...], path: Path, found: Configurations) -> Iterator[Finding]:
    yield from _fit_rows(subject, path.fit, found.n)
    yield _value(Statistic.UNIQUE_COVERAGE, subject, path.unique_coverage, "", found.n)
    yield _row(Statistic.CONFIGURATION_CASES, subject, len(path.cases), n=found.n)
    core = _core(path, found.parsimonious)
    for number, (name, side) in enumerate(zip(found.names, path.term, strict=True)):
        if side is not None:
            weight = "core" if number in core else "peripheral"
            label = f"{'present' if side else 'absent'}_{weight}"
            yield _row(Statistic.PATH_CONDITION, (*subject, name), label=label)


def _core(path: Path, parsimonious: Solution) -> set[int]:
    """Conditions that a path shares with a parsimonious path it lies in (Fiss 2011)."""
    terms = (term for model in parsimonious.models for term in model.terms)
    return {
        number
        for term in terms
        if covers(term, path.term)
        for number, side in enumerate(term)
        if side is not None
    }


def _fit_rows(subject: tuple[str, ...], fit: SufficiencyFit, n: int) -> Iterator[Finding]:
    for statistic, value in (
        (Statistic.SET_CONSISTENCY, fit.consistency),
        (Statistic.PRI, fit.pri),
        (Statistic.RAW_COVERAGE, fit.coverage),
    ):
        yield _value(statistic, subject, value, fit.reason, n)


def robustness_rows(outcome: str, found: Robustness) -> Iterator[Finding]:
    """How much of the intermediate solution stays when one anchor moves."""
    yield _value(Statistic.CALIBRATION_STABLE, (outcome,), found.share, found.reason)
    for shift in found.shifts:
        subject = (outcome, shift.name, shift.anchor, f"{shift.by:+g}")
        label = {True: "same", False: "other", None: ""}[shift.same]
        reason = shift.reason or NOT_DEFINED
        yield _row(
            Statistic.CALIBRATION_OVERLAP,
            subject,
            shift.overlap,
            label=label,
            reason="" if shift.overlap is not None else reason,
        )


def asymmetry_rows(
    outcome: str, present: Configurations, absent: Configurations
) -> Iterator[Finding]:
    """Whether the intermediate solution of the outcome, turned round, is that of its absence."""
    first, second = present.intermediate, absent.intermediate
    if not first.models or not second.models:
        reason = first.reason or second.reason or NOT_DEFINED
        yield _row(Statistic.MIRRORED, (outcome,), reason=reason, n=present.n)
        return
    turned = any(mirrored(one, other) for one in first.models for other in second.models)
    label = "mirrored" if turned else "not_mirrored"
    yield _row(Statistic.MIRRORED, (outcome,), label=label, n=present.n)
    both = len(contradictory_assumptions(first, second))
    yield _row(Statistic.CONTRADICTORY_ASSUMPTIONS, (outcome,), both, n=present.n)


def _value(
    statistic: Statistic,
    subject: tuple[str, ...],
    value: float | None,
    reason: str,
    n: int | None = None,
) -> Finding:
    why = "" if value is not None else reason or NOT_DEFINED
    return _row(statistic, subject, value, reason=why, n=n)
