"""Are scores the same on a second occasion: of the same people, or else of their departments."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from cosyn.analysis._scale_scores import means_by_department, scale_scores
from cosyn.analysis._types import Analysis, Context, Outcome
from cosyn.engine.correlation import correlation
from cosyn.engine.stability import agreement_of_occasions
from cosyn.findings import Finding, Statistic, Warned
from cosyn.responses import select
from cosyn.scoring import facet_scores, keyed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from cosyn.plan import Retest
    from cosyn.responses import ResponseTable

NAME = "retest"
ONE_OCCASION = "there is one occasion only"
NOT_LINKED = "neither respondents nor departments of the two occasions can be linked"
RESPONDENTS, DEPARTMENTS = "respondents", "departments"
FEWEST = 4
ICC = "ICC(2,1); Shrout & Fleiss 1979"
_row = partial(Finding, NAME)


@dataclass(frozen=True, slots=True)
class Occasions:
    """Who answered when: the first answers, and those of the second occasion.

    Attributes
    ----------
    first, second : Context
        Of tables of their own.
    """

    first: Context
    second: Context


def run(context: Context) -> Outcome:
    """Compare the occasions scale by scale.

    Respondents are linked by their codes. An anonymous study has none: then the means of
    departments are compared, which says how stable departments are, and less of the instrument.
    """
    rules = context.plan.plan.retest
    if rules is None:
        return Outcome(())
    when = occasions_of(context, rules)
    if when is None:
        return Outcome((_row(Statistic.COUNT, ("linked",), reason=ONE_OCCASION),))
    rows = [
        _row(Statistic.COUNT, ("first",), when.first.table.n),
        _row(Statistic.COUNT, ("second",), when.second.table.n),
    ]
    pairs, repeated = linked_respondents(when)
    if len(pairs) >= FEWEST:
        rows.append(_row(Statistic.COUNT, ("linked", RESPONDENTS), len(pairs)))
        rows.append(_row(Statistic.COUNT, ("repeated",), repeated))
        found = list(_of_respondents(when, pairs))
    else:
        found = list(_of_departments(when))
        most = max((row.n or 0 for row in found), default=0)
        if most < FEWEST:
            rows.append(_row(Statistic.COUNT, ("linked",), reason=NOT_LINKED))
            return Outcome(tuple(rows))
        rows.append(_row(Statistic.COUNT, ("linked", DEPARTMENTS), most))
    return Outcome((*rows, *found), tuple(_warnings(rules, found)))


def occasions_of(context: Context, rules: Retest) -> Occasions | None:
    """The two occasions: the second by its form if it has its own, else the wave after the first.

    Whoever has no score at all was on neither.
    """
    later = context.later
    if later is None:
        return None
    again = np.array([form == rules.form for form in later.forms], bool)
    if not again.any():
        again = np.array([wave == min(later.waves) for wave in later.waves], bool)
    second = _answered(_of_table(context, select(later, again)))
    first = _answered(context)
    return Occasions(first, second) if first.table.n and second.table.n else None


def _of_table(context: Context, table: ResponseTable) -> Context:
    """Another table with its scores."""
    items = keyed(table, context.instrument)
    least = context.plan.plan.facet_scores.minimum_answered
    facets = facet_scores(items, context.instrument, least)
    return replace(context, table=table, items=items, facets=facets)


def _answered(context: Context) -> Context:
    """Whoever has a score."""
    known = np.asarray(~np.isnan(context.facets.values).all(axis=1), bool)
    return context if known.all() else _of_table(context, select(context.table, known))


def linked_respondents(when: Occasions) -> tuple[list[tuple[int, int]], int]:
    """Rows of the same person on both occasions, and codes that could not be used.

    A code that stands several times on one occasion is of nobody in particular.
    """
    codes = [each.table.respondents for each in (when.first, when.second)]
    rows = [{code: i for i, code in enumerate(each)} for each in codes]
    counts = [Counter(each) for each in codes]
    shared = sorted(code for code in rows[0].keys() & rows[1].keys() if code)
    once = [code for code in shared if all(count[code] == 1 for count in counts)]
    return [(rows[0][code], rows[1][code]) for code in once], len(shared) - len(once)


def scales_of(context: Context) -> Iterator[str]:
    """Facets and constructs that are measured as scales, in the instrument's order."""
    for construct in context.instrument.constructs:
        mine = [f.id for f in construct.facets if f.id in context.facets.names]
        if construct.measurement != "reflective" or not mine:
            continue
        yield construct.id
        if mine != [construct.id] and len(mine) > 1:
            yield from mine


def _of_respondents(when: Occasions, pairs: Sequence[tuple[int, int]]) -> Iterator[Finding]:
    rows = [np.array([pair[k] for pair in pairs]) for k in (0, 1)]
    for name in scales_of(when.first):
        both = [scale_scores(each, name) for each in (when.first, when.second)]
        columns = [scores[mine] for scores, mine in zip(both, rows, strict=True)
                   if scores is not None]  # fmt: skip
        if len(columns) == len(both):
            yield from _compared(when.first, name, np.column_stack(columns), RESPONDENTS)


def _of_departments(when: Occasions) -> Iterator[Finding]:
    least = when.first.plan.plan.minimum_cell
    for name in scales_of(when.first):
        means = []
        for each in (when.first, when.second):
            scores, table = scale_scores(each, name), each.table
            if scores is not None:
                everybody = np.ones(table.n, bool)
                means.append(means_by_department(scores, table.departments, everybody, least))
        if len(means) < 2:
            continue
        first, second = means
        shared = sorted(first.keys() & second.keys())
        both = np.array([(first[key], second[key]) for key in shared]).reshape(-1, 2)
        yield from _compared(when.first, name, both, DEPARTMENTS)


def _compared(
    context: Context, name: str, both: NDArray[np.float64], unit: str
) -> Iterator[Finding]:
    """Agreement and correlation of the two occasions, and how far the mean moved."""
    level = context.plan.plan.confidence
    icc, r = agreement_of_occasions(both, level), correlation(both[:, 0], both[:, 1], level)
    for statistic, value, interval, n, reason, method in (
        (Statistic.RETEST_ICC, icc.value, icc.interval, icc.n, icc.reason, ICC),
        (Statistic.RETEST_CORRELATION, r.value, r.interval, r.n, r.reason, "Pearson; Fisher 1921"),
    ):
        low, high = interval or (None, None)
        yield _row(
            statistic,
            (name,),
            value,
            reason=reason,
            low=low,
            high=high,
            level=level if interval else None,
            n=n,
            method=method,
            model=unit,
        )
    whole = both[~np.isnan(both).any(axis=1)]
    shift = float(np.mean(whole[:, 1] - whole[:, 0])) if len(whole) else None
    reason = "" if len(whole) else icc.reason
    yield _row(Statistic.RETEST_SHIFT, (name,), shift, reason=reason, n=len(whole), model=unit)


def _warnings(rules: Retest, found: Sequence[Finding]) -> Iterator[Warned]:
    of_icc = [row for row in found if row.statistic == Statistic.RETEST_ICC]
    most = max(row.n or 0 for row in of_icc)
    if most < rules.linked:
        yield Warned(NAME, "few_linked", {"n": str(most), "least": str(rules.linked)})
    below = [
        row.subject[0]
        for row in of_icc
        if row.value is not None and row.value < rules.stable.at_least
    ]
    if below:
        values = {
            "subjects": ", ".join(below),
            "value": f"{rules.stable.at_least:g}",
            "source": rules.stable.source,
        }
        yield Warned(NAME, "unstable_scales", values)


ANALYSIS = Analysis(NAME, run, after=())
