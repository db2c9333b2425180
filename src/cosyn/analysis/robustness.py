"""The same hypotheses under every combination of choices that could have been made otherwise.

Simonsohn, Simmons & Nelson (2020, *Nature Human Behaviour* 4, 1208-1214): a conclusion that rests
on one choice is none. Decisions here use p-values that are not adjusted.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scipy.stats import norm

from cosyn.analysis._grid import Specification, not_tried, specifications, unfit
from cosyn.analysis._specified import Effects, effects_of, specified
from cosyn.analysis._types import Analysis, Context, Outcome, Parts
from cosyn.analysis.hypotheses import decide_effect
from cosyn.findings import Decision, Finding, Series, Statistic, Warned
from cosyn.screening import screen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from cosyn.plan import Hypotheses, Hypothesis, StructureEntry

NAME = "robustness"
CURVE = "specification_curve"
_PATH = re.compile(r"^\s*(\S+)\s*~\s*(\S+)\s*$")


Task = tuple[tuple[Specification, ...], "NDArray[np.bool_] | None"]
TOGETHER = 6
"""Specifications that make up one piece of work."""


def run(context: Context) -> Outcome:
    """Fit the models of the hypotheses under every specification."""
    return joined(context, [one(context, task) for task in tasks(context)])


def tasks(context: Context) -> list[Task]:
    """The grid in pieces, each with the respondents that screening would keep."""
    rules = context.plan.plan.robustness
    if rules is None or not _tests(context):
        return []
    grid = specifications(context, rules)
    kept = _unflagged(context) if rules.flagged else None
    return [(grid[k : k + TOGETHER], kept) for k in range(0, len(grid), TOGETHER)]


def one(context: Context, task: Task) -> list[Finding]:
    """The hypotheses under some specifications."""
    decide = context.plan.plan.hypotheses
    assert decide is not None, "looked at before"
    rows = []
    for choice in task[0]:
        here = specified(context, choice, task[1])
        fits: dict[str, Effects | str] = {}
        for test, entry in _tests(context):
            if unfit(context, test, entry, choice) is None:
                if test.model not in fits:
                    fits[test.model] = effects_of(here, entry, choice)
                rows.append(_row(test, choice, fits[test.model], decide))
    return rows


def joined(context: Context, pieces: Sequence[list[Finding]]) -> Outcome:
    """All specifications, where they depart from the plan's, and what was not combined."""
    rules, tests = context.plan.plan.robustness, _tests(context)
    if rules is None or not tests:
        return Outcome(())
    rows = [row for piece in pieces for row in piece]
    ids = [test.id for test, _ in tests]
    series = [curve(name, rows) for name in ids]
    apart = [row for name in ids for row in departures(name, rows)]
    none = [
        Finding(NAME, Statistic.NOT_COMBINED, subject, reason=reason)
        for subject, reason in not_tried(context, rules, tests, specifications(context, rules))
    ]
    return Outcome(
        (*rows, *apart, *none),
        tuple(_warnings(ids, rows)),
        tuple(each for each in series if each is not None),
    )


def _tests(context: Context) -> list[tuple[Hypothesis, StructureEntry]]:
    """The hypotheses of the grid with their models."""
    plan = context.plan.plan
    if plan.robustness is None or plan.structure is None or plan.hypotheses is None:
        return []
    entries = {entry.id: entry for entry in plan.structure.models}
    chosen = [test for test in plan.hypotheses.tests if test.id in plan.robustness.hypotheses]
    return [(t, entries[t.model]) for t in chosen if t.model in entries and context.table.n]


def departures(hypothesis: str, rows: Sequence[Finding]) -> Iterator[Finding]:
    """Under each option the share of specifications that decide otherwise than the plan's."""
    mine = [row for row in rows if row.subject[0] == hypothesis and row.label]
    first = _first(mine, hypothesis)
    if first is None or first is not _first(rows, hypothesis):
        return
    for place in range(1, len(first.subject)):
        options = dict.fromkeys(row.subject[place] for row in mine)
        for option in options if len(options) > 1 else ():
            under = [row for row in mine if row.subject[place] == option]
            share = sum(row.label != first.label for row in under) / len(under)
            subject = hypothesis, str(place), option
            yield Finding(NAME, Statistic.DEPARTING_SHARE, subject, share, n=len(under))


def _unflagged(context: Context) -> NDArray[np.bool_] | None:
    if context.plan.screening is None:
        return None
    table = context.table if context.asked is None else context.asked
    rules = context.plan.screening
    return ~screen(table, context.instrument, rules, context.frame).excluded


def _row(
    test: Hypothesis,
    choice: Specification,
    effects: Effects | str,
    rules: Hypotheses,
) -> Finding:
    subject = (test.id, *choice.subject())
    path = _PATH.match(test.effect)
    if isinstance(effects, str) or path is None or path.groups() not in effects:
        reason = effects if isinstance(effects, str) else "no such path"
        return Finding(NAME, Statistic.SPECIFICATION, subject, reason=reason, model=test.model)
    value, se = effects[path.group(1), path.group(2)]
    alpha = test.alpha or rules.alpha
    p = float(2 * norm.sf(abs(value / se))) if se > 0 else 0.0
    wide = float(norm.ppf(1 - alpha)) * se
    sign = 1 if test.predicted == "positive" else -1
    decision = decide_effect(
        value, (value - wide, value + wide), p, sign, (alpha, rules.smallest_effect)
    )
    reach = float(norm.ppf(1 - alpha / 2)) * se
    return Finding(
        NAME,
        Statistic.SPECIFICATION,
        subject,
        value,
        label=decision,
        se=se,
        low=value - reach,
        high=value + reach,
        level=1 - alpha,
        p=p,
        model=test.model,
    )


def curve(hypothesis: str, rows: Sequence[Finding]) -> Series | None:
    """Estimates in order of size, with the choices behind each."""
    mine = [row for row in rows if row.subject[0] == hypothesis and row.value is not None]
    if not mine:
        return None
    mine.sort(key=lambda row: row.value or 0.0)
    columns: dict[str, tuple[float | None, ...]] = {
        "value": tuple(row.value for row in mine),
        "low": tuple(row.low for row in mine),
        "high": tuple(row.high for row in mine),
        "supported": tuple(float(row.label == Decision.SUPPORTED) for row in mine),
        "plan": tuple(float(row is _first(rows, hypothesis)) for row in mine),
    }
    for place in range(1, len(mine[0].subject)):
        for option in sorted({row.subject[place] for row in mine}):
            chosen = tuple(float(row.subject[place] == option) for row in mine)
            columns[f"{place} {option}"] = chosen
    return Series(NAME, CURVE, (hypothesis,), columns, mine[0].model)


def _first(rows: Sequence[Finding], hypothesis: str) -> Finding | None:
    return next((row for row in rows if row.subject[0] == hypothesis), None)


def _warnings(tests: Sequence[str], rows: Sequence[Finding]) -> Iterator[Warned]:
    """Name hypotheses on which specifications disagree."""
    changing = []
    for test in tests:
        labels = {row.label for row in rows if row.subject[0] == test and row.label}
        if len(labels) > 1:
            changing.append(test)
    if changing:
        yield Warned(NAME, "conclusions_change", {"names": ", ".join(changing)})


ANALYSIS = Analysis(
    NAME,
    run,
    reads=("robustness", "structure", "hypotheses", "screening"),
    after=(),
    parts=Parts(tasks, one, joined),
)
