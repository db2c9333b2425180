"""Whether members may answer for their department: what they share, and how far they agree."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cosyn.analysis._agreement import agreement_findings, pseudo_agreement
from cosyn.analysis._types import Analysis, Context, Outcome
from cosyn.engine.aggregation import aggregation, informants_needed, random_intercept
from cosyn.engine.group_means import group_means
from cosyn.findings import Finding, Series, Statistic, Warned
from cosyn.scoring import clusters_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from cosyn.plan import Departments

NAME = "departments"
NOWHERE = "no department recorded"
SMALL_DESIGN_EFFECT = 1.1
METHOD = "one-way analysis of variance"
REML = "restricted maximum likelihood"
MEANS = "department_means"
DIGITS = 2


@dataclass(frozen=True, slots=True)
class Score:
    """A facet's or a construct's score of those whose department is known.

    Attributes
    ----------
    items : tuple of str
        Those it is made of.
    values, departments : ndarray, shape (n,)
    construct : bool
        Whether it is a construct's.
    """

    id: str
    items: tuple[str, ...]
    values: NDArray[np.float64]
    departments: NDArray[np.str_]
    construct: bool


def run(context: Context) -> Outcome:
    """Reliability of departments' means, agreement within departments, and the means themselves."""
    rules = context.plan.plan.departments
    if rules is None:
        return Outcome(())
    rows: list[Finding] = []
    series: list[Series] = []
    for score in _scores(context):
        rows += _shared(score, rules, context.plan.plan.confidence)
        rows += agreement_findings(context, score.id, score.items, rules)
        if score.construct:
            shown, drawn = _means(context, score)
            rows += shown
            series += drawn
    return Outcome(tuple(rows), tuple(_warnings(context, rows, rules)), tuple(series))


def _scores(context: Context) -> Iterator[Score]:
    """Facet scores, then construct scores: means of the facets' for those who have them all."""
    departments = np.array(context.table.departments, dtype=np.str_)
    known = departments != ""
    items = [context.instrument.item(name) for name in context.table.items]
    for name in context.facets.names:
        [values] = context.facets.columns([name]).T
        mine = tuple(item.id for item in items if item.facet == name)
        yield Score(name, mine, values[known], departments[known], construct=False)
    for construct in context.instrument.constructs:
        parts = [f.id for f in construct.facets if f.id in context.facets.names]
        if not parts or len(construct.facets) == 1:
            continue
        mine = tuple(item.id for item in items if item.construct == construct.id)
        values = context.facets.columns(parts)[known].mean(axis=1)
        yield Score(construct.id, mine, values, departments[known], construct=True)


def _shared(score: Score, rules: Departments, level: float) -> Iterator[Finding]:
    """ICC(1) and ICC(2), by REML too, F test, intervals, design effect, informants needed."""
    found = aggregation(score.values, score.departments, level)
    anova = found.anova
    why = (found.reason or "not defined") if len(score.departments) else NOWHERE
    for statistic, value, ends in (
        (Statistic.ICC1, anova.icc1, found.icc1_interval),
        (Statistic.ICC2, anova.icc2, found.icc2_interval),
    ):
        low, high = ends or (None, None)
        plain = _number(statistic, score, value, why, anova.n)
        yield replace(plain, low=low, high=high, level=level if ends else None)
    by_reml = random_intercept(score.values, score.departments)
    for statistic, value in (
        (Statistic.ICC1_REML, by_reml.icc1),
        (Statistic.ICC2_REML, by_reml.icc2),
    ):
        none = (by_reml.reason or "not defined") if len(score.departments) else NOWHERE
        yield replace(_number(statistic, score, value, none, anova.n), method=REML)
    f_test = _number(Statistic.F_BETWEEN, score, found.f, why, anova.n)
    yield f_test if found.f is None else replace(f_test, p=found.pvalue, df=found.df[0])
    yield _number(Statistic.DESIGN_EFFECT, score, anova.design_effect, why, anova.n)
    if anova.icc1 is None:
        yield _number(Statistic.INFORMANTS_NEEDED, score, None, why, anova.n)
        return
    needed = informants_needed(anova.icc1, rules.reliability.at_least)
    why = needed.reason
    yield _number(Statistic.INFORMANTS_NEEDED, score, needed.number, why, anova.n)


def _number(statistic: Statistic, score: Score, value: float | None, why: str, n: int) -> Finding:
    reason = why if value is None else ""
    return Finding(NAME, statistic, (score.id,), value, reason=reason, n=n, method=METHOD)


def _means(context: Context, score: Score) -> tuple[list[Finding], list[Series]]:
    """Means of the departments, in order and without names; small ones are counted alone."""
    plan = context.plan.plan
    found = group_means(
        score.values, score.departments, level=plan.confidence, minimum=plan.minimum_cell
    )
    large = [group for group in found.groups if group.name]
    rows = [
        Finding(NAME, Statistic.COUNT, (score.id, "large_enough"), len(large)),
        Finding(NAME, Statistic.COUNT, (score.id, "too_small"), len(found.groups) - len(large)),
    ]
    drawn = [
        _blurred(g.mean, g.interval, g.n, plan.minimum_cell)
        for g in large
        if g.mean is not None and g.interval is not None and g.n is not None
    ]
    if not drawn or found.grand is None:
        return rows, []
    mean, low, high = zip(*drawn, strict=True)
    columns = {"mean": mean, "low": low, "high": high, "grand": (found.grand,) * len(mean)}
    return rows, [Series(NAME, MEANS, (score.id,), columns)]


def _blurred(
    mean: float, interval: tuple[float, float], n: int, least: int
) -> tuple[float, float, float]:
    """The mean and its interval, as of a department of a rounder size.

    Width and mean would tell how many answered: the width is that of the least cell doubled as
    often as the department is large enough for, which makes it wider and never narrower.
    """
    banded = least * 2 ** int(np.log2(n / least))
    half = (interval[1] - interval[0]) / 2 * float(np.sqrt(n / banded))
    middle = round(mean, DIGITS)
    return middle, round(middle - half, DIGITS), round(middle + half, DIGITS)


def _warnings(context: Context, rows: Sequence[Finding], rules: Departments) -> Iterator[Warned]:
    sizes = Counter(name for name in context.table.departments if name)
    if not sizes:
        return
    if len(sizes) < rules.exploratory_below:
        least = str(rules.exploratory_below)
        yield Warned(NAME, "exploratory_departments", {"n": str(len(sizes)), "least": least})
    design = [r.value for r in rows if r.statistic == Statistic.DESIGN_EFFECT and r.value]
    ignored = clusters_of(context.table, context.plan.plan.estimation) is None
    if ignored and design and float(np.mean(design)) > SMALL_DESIGN_EFFECT:
        yield Warned(NAME, "nested", {"effect": f"{np.mean(design):.2f}"})
    judged = (
        ("unreliable_means", unreliable_means(rows, rules), rules.reliability),
        ("pseudo_agreement", pseudo_agreement(rows, rules), rules.distinct),
    )
    for code, subjects, rule in judged:
        if subjects:
            yield Warned(
                NAME,
                code,
                {
                    "subjects": ", ".join(subjects),
                    "value": f"{rule.at_least:g}",
                    "source": rule.source,
                },
            )


def unreliable_means(rows: Iterable[Finding], rules: Departments) -> list[str]:
    """Scores whose means by department have less than the least ICC(2)."""
    least = rules.reliability.at_least
    found = (row for row in rows if row.statistic == Statistic.ICC2 and row.value is not None)
    return [row.subject[0] for row in found if (row.value or 0.0) < least]


ANALYSIS = Analysis(NAME, run, reads=("departments",), after=())
