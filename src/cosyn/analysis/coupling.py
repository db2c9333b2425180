"""Coupling coordination degree of departments or respondents: a description, no test."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from cosyn.analysis._cases import complete_cases
from cosyn.analysis._constructs import scored
from cosyn.analysis._types import Analysis, Context, Outcome
from cosyn.findings import Finding, Statistic
from cosyn.scoring import Scores
from cosyn.synergy.coupling import (
    ALL_ZERO,
    LEVELS,
    coupling,
    gain_of_coordination,
    reclassification,
    theoretical_scale,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from cosyn.analysis._constructs import Scored
    from cosyn.plan import Coupling as Section
    from cosyn.synergy.coupling import Coupling

NAME = "coupling"
NO_CASES = "no complete answers"
NO_UNIT = "no unit has this degree"
DEGREES = {
    Statistic.COUPLING: "C",
    Statistic.COORDINATION_INDEX: "T",
    Statistic.COORDINATION: "D",
    Statistic.COUPLING_MODIFIED: "C_modified",
    Statistic.COORDINATION_MODIFIED: "D_modified",
}
LEVEL_OF = {
    Statistic.COORDINATION: "levels",
    Statistic.COORDINATION_MODIFIED: "levels_modified",
}
SUMMARIES: dict[str, Callable[[NDArray[np.float64]], float]] = {
    "mean": lambda values: float(values.mean()),
    "minimum": lambda values: float(values.min()),
    "median": lambda values: float(np.median(values)),
    "maximum": lambda values: float(values.max()),
}
PATTERNS = 3
"""Different patterns of answers behind what is told of one department (as in public files)."""
DIGITS = 3
_row = partial(Finding, NAME)


def run(context: Context) -> Outcome:
    """Describe each department of the minimum size, or each respondent where there is none."""
    section = context.plan.plan.coupling
    if section is None:
        return Outcome(())
    chosen = [scored(context, name) for name in (*section.favourable, *section.adverse)]
    U = np.column_stack([_scaled(each, turned=each.id in section.adverse) for each in chosen])
    lacking = next((f"{each.reason}; {each.id}" for each in chosen if each.reason), "")
    complete = np.asarray(~np.isnan(U).any(axis=1))
    if lacking or not complete.any():
        reason = lacking or NO_CASES
        return Outcome((_row(Statistic.COORDINATION, ("mean",), reason=reason),))
    means = _departments(context, U, complete)
    unit = "departments" if len(means) else "respondents"
    units = means if len(means) else U[complete]
    found = coupling(units)
    rows = [_row(Statistic.COUNT, (unit,), len(units), n=int(complete.sum()))]
    rows += _summaries(found)
    rows += _levels(found)
    rows += _flaws(units, found)
    rows += _gain(context, section, chosen, U)
    if len(means):
        rows += _each(found)
    return Outcome(tuple(rows))


def _scaled(each: Scored, *, turned: bool) -> NDArray[np.float64]:
    if each.reason:
        return each.values
    U = theoretical_scale(each.values[:, None], each.low, each.high, [0] if turned else [])
    return np.asarray(U[:, 0])


def _departments(
    context: Context, U: NDArray[np.float64], complete: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Mean scores of departments that may be described, shape (J, k), in no order of names.

    Enough complete respondents are not enough: where all answered alike, a mean tells what each of
    them said.
    """
    recorded = np.array(context.table.departments, object)
    least = context.plan.plan.minimum_cell
    sizes = Counter(name for name in recorded[complete] if name)
    blocks = [U[complete & (recorded == name)] for name, size in sizes.items() if size >= least]
    told = [rows.mean(axis=0) for rows in blocks if len(np.unique(rows, axis=0)) >= PATTERNS]
    means = np.array(told).reshape(len(told), U.shape[1])
    return means[np.lexsort(means.T[::-1])]


def _summaries(found: Coupling) -> Iterator[Finding]:
    for statistic, attribute in DEGREES.items():
        values = getattr(found, attribute)
        known = values[np.isfinite(values)]
        for name, summarise in SUMMARIES.items():
            if len(known):
                yield _row(statistic, (name,), summarise(known), n=len(known))
            else:
                yield _row(statistic, (name,), reason=NO_UNIT)


def _levels(found: Coupling) -> Iterator[Finding]:
    """How many units are at each level: subject the level and the degree it is of."""
    for statistic, attribute in LEVEL_OF.items():
        counts = Counter(getattr(found, attribute))
        for level in LEVELS:
            yield _row(Statistic.COORDINATION_LEVEL, (level, statistic.value), counts[level])


def _flaws(units: NDArray[np.float64], found: Coupling) -> Iterator[Finding]:
    """How far D is the root of the geometric mean, and how far it depends on the scaling."""
    error = found.identity_error
    yield _row(Statistic.IDENTITY_ERROR, (), error, reason=found.identity_reason)
    again = reclassification(units)
    yield _row(Statistic.RECLASSIFIED, (), again.share, reason=again.reason, n=again.n)


def _gain(
    context: Context, section: Section, chosen: list[Scored], U: NDArray[np.float64]
) -> Iterator[Finding]:
    """What respondents' own D explains of their outcome beyond their scores and products."""
    if section.outcome is None:
        return
    outcome = scored(context, section.outcome)
    if outcome.reason:
        reason = f"{outcome.reason}; {outcome.id}"
        yield _row(Statistic.R_SQUARED_GAIN, (section.outcome,), reason=reason)
        return
    names = tuple(each.id for each in (*chosen, outcome))
    scores = Scores(names, np.column_stack([U, outcome.values]))
    cases = complete_cases(context, scores)
    systems, result = cases.values[:, :-1], cases.values[:, -1]
    gained = gain_of_coordination(systems, result, cluster=cases.cluster)
    reason = "" if gained.gain is not None else gained.test.reason or "not defined"
    n = len(result)
    yield _row(
        Statistic.R_SQUARED, (section.outcome,), gained.r_squared_restricted, reason=reason, n=n
    )
    yield _row(
        Statistic.R_SQUARED_GAIN,
        (section.outcome,),
        gained.gain,
        reason=reason,
        p=gained.test.pvalue if gained.gain is not None else None,
        df=gained.test.df1,
        n=n,
        method="cluster-robust, CR1" if cases.cluster is not None else "classical",
    )


def _each(found: Coupling) -> Iterator[Finding]:
    """The degrees of each department, the lowest first, by a number that tells no name.

    Degrees are rounded: exact means tell how many people they are of. Those of single respondents
    are nobody's business.
    """
    order = np.argsort(found.D, kind="stable")
    for number, k in enumerate(order.tolist(), start=1):
        for statistic, attribute in DEGREES.items():
            value = round(float(getattr(found, attribute)[k]), DIGITS)
            known = np.isfinite(value)
            yield _row(
                statistic,
                ("department", str(number)),
                value if known else None,
                label=(getattr(found, LEVEL_OF[statistic])[k] or "")
                if statistic in LEVEL_OF
                else "",
                reason="" if known else found.reasons[k] or ALL_ZERO,
            )


ANALYSIS = Analysis(NAME, run, reads=("coupling",), after=())
