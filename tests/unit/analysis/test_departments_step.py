"""The step on departments: the engine's numbers, reasons where there are none, nobody named."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from tests.planned import planned

from cosyn.analysis import ANALYSES, Context, Outcome
from cosyn.engine.aggregation import aggregation, informants_needed, random_intercept
from cosyn.engine.agreement import agreement
from cosyn.engine.group_means import group_means
from cosyn.findings import Finding, Statistic
from cosyn.instrument.load import load_instrument
from cosyn.instrument.types import Missing
from cosyn.plan import LoadedPlan
from cosyn.responses import MISSING_ORDER, ResponseTable
from cosyn.scoring import facet_scores, keyed
from cosyn.study import bundled

S = Statistic
INSTRUMENT = load_instrument(bundled() / "instrument")
PLAN = planned()
ITEMS = tuple(item.id for item in INSTRUMENT.scale_items_of("core-40"))[:40]
FACET = INSTRUMENT.item(ITEMS[0]).facet
CONSTRUCT = INSTRUMENT.item(ITEMS[0]).construct
PAIR = [item for item in ITEMS if INSTRUMENT.item(item).facet == FACET]


def answers(departments: int, size: int, shared: float, seed: int = 3) -> np.ndarray:
    """Forty seven-point answers with some variance between departments."""
    rng = np.random.default_rng(seed)
    between = np.repeat(rng.standard_normal((departments, 1)), size, axis=0)
    within = rng.standard_normal((departments * size, 1))
    common = np.sqrt(shared) * between + np.sqrt(1 - shared) * within
    noise = rng.standard_normal((departments * size, 40))
    return np.asarray(np.clip(np.round(4 + common + noise), 1, 7))


def table_of(values: np.ndarray, departments: tuple[str, ...]) -> ResponseTable:
    n, none = len(values), ("",) * len(values)
    gap = MISSING_ORDER.index(Missing.DONT_KNOW)
    missing = np.where(np.isnan(values), gap, 0).astype(np.int8)
    seconds = np.full(n, np.nan)
    return ResponseTable(
        ITEMS, values, missing, none, departments, none, none, none, none, none, seconds, False
    )


def run(table: ResponseTable, plan: LoadedPlan = PLAN) -> Outcome:
    items = keyed(table, INSTRUMENT)
    facets = facet_scores(items, INSTRUMENT, 2)
    return ANALYSES["departments"].run(Context(INSTRUMENT, plan, table, items, facets))


def one(outcome: Outcome, statistic: Statistic, *subject: str) -> Finding:
    [found] = [r for r in outcome.findings if (r.statistic, r.subject) == (statistic, subject)]
    return found


def names(departments: int, size: int) -> tuple[str, ...]:
    return tuple(f"D{j}" for j in range(departments) for _ in range(size))


def test_the_numbers_are_those_of_the_engine() -> None:
    """The engine's are checked against multilevel and psych in tests/golden/test_aggregation.py."""
    table = table_of(answers(30, 8, 0.3), names(30, 8))
    outcome = run(table)
    score = table.columns(PAIR).mean(axis=1)
    truth = aggregation(score, table.departments, PLAN.plan.confidence)
    icc, f = one(outcome, S.ICC1, FACET), one(outcome, S.F_BETWEEN, FACET)
    assert truth.icc1_interval is not None
    assert truth.anova.icc1 is not None
    assert (icc.value, icc.low, icc.high) == (truth.anova.icc1, *truth.icc1_interval)
    assert one(outcome, S.ICC2, FACET).value == truth.anova.icc2
    assert (f.value, f.p, f.df, f.n) == (truth.f, truth.pvalue, 29, 240)
    assert one(outcome, S.DESIGN_EFFECT, FACET).value == truth.anova.design_effect
    by_reml = random_intercept(score, table.departments)
    assert one(outcome, S.ICC1_REML, FACET).value == by_reml.icc1
    assert one(outcome, S.ICC2_REML, FACET).value == by_reml.icc2
    needed = informants_needed(truth.anova.icc1, 0.7).number
    assert one(outcome, S.INFORMANTS_NEEDED, FACET).value == needed
    for null in ("uniform", "slight", "moderate"):
        found = agreement(table.columns(PAIR), table.departments, (1, 7), null=null)
        values = found.values("rwg")
        assert one(outcome, S.RWG_MEAN, FACET, null).value == pytest.approx(values.mean())
        assert one(outcome, S.RWG_MEDIAN, FACET, null).value == pytest.approx(np.median(values))
        assert one(outcome, S.RWG_SHARE, FACET, null).value == found.share("rwg", 0.7)
    found = agreement(table.columns(PAIR), table.departments, (1, 7))
    deviation = found.values("ad_mean")
    assert one(outcome, S.AD_MEAN, FACET).value == pytest.approx(deviation.mean())
    assert one(outcome, S.AD_SHARE, FACET).value == np.mean(deviation <= 7 / 6)


def test_a_construct_s_score_is_the_mean_of_its_facets() -> None:
    table = table_of(answers(30, 8, 0.3), names(30, 8))
    mine = [item for item in ITEMS if INSTRUMENT.item(item).construct == CONSTRUCT]
    truth = aggregation(table.columns(mine).mean(axis=1), table.departments)
    assert one(run(table), S.ICC1, CONSTRUCT).value == pytest.approx(truth.anova.icc1, abs=1e-12)


def test_small_departments_are_counted_and_not_drawn() -> None:
    sizes = [12] * 6 + [3] * 4
    departments = tuple(f"D{j}" for j, size in enumerate(sizes) for _ in range(size))
    outcome = run(table_of(answers(1, 84, 0.0), departments))
    assert one(outcome, S.COUNT, CONSTRUCT, "large_enough").value == 6
    assert one(outcome, S.COUNT, CONSTRUCT, "too_small").value == 4
    [drawn] = [s for s in outcome.series if s.subject == (CONSTRUCT,)]
    mean = [value or 0.0 for value in drawn.columns["mean"]]
    assert len(mean) == 6
    assert mean == sorted(mean)
    assert not any("D1" in part for row in outcome.findings for part in row.subject)


def test_members_who_agree_where_departments_do_not_differ() -> None:
    values = np.clip(np.round(6 + 0.5 * np.random.default_rng(2).standard_normal((240, 40))), 1, 7)
    codes = {w.code: w.values for w in run(table_of(values, names(30, 8))).warnings}
    assert FACET in codes["pseudo_agreement"]["subjects"].split(", ")
    assert FACET in codes["unreliable_means"]["subjects"].split(", ")
    assert codes["exploratory_departments"] == {"n": "30", "least": "200"}
    differ = run(table_of(answers(30, 8, 0.6), names(30, 8)))
    assert "pseudo_agreement" not in {w.code for w in differ.warnings}


def test_enough_departments_are_not_exploratory() -> None:
    outcome = run(table_of(answers(200, 3, 0.3), names(200, 3)))
    assert "exploratory_departments" not in {w.code for w in outcome.warnings}


@pytest.mark.parametrize(
    ("values", "departments", "reason"),
    [
        (answers(1, 12, 0.0), ("D",) * 12, "fewer than two clusters"),
        (answers(1, 12, 0.0), ("",) * 12, "no department recorded"),
        (answers(1, 12, 0.0), tuple(f"D{i}" for i in range(12)), "no cluster has two respondents"),
        (np.full((12, 40), 4.0), ("D", "E") * 6, "everyone has the same value"),
        (np.full((12, 40), np.nan), ("D", "E") * 6, "fewer than two clusters"),
    ],
    ids=["one department", "no department", "one respondent each", "no variance", "no answers"],
)
def test_poor_data_give_reasons(
    values: np.ndarray, departments: tuple[str, ...], reason: str
) -> None:
    outcome = run(table_of(values, departments))
    for statistic in (S.ICC1, S.ICC2, S.F_BETWEEN, S.DESIGN_EFFECT, S.INFORMANTS_NEEDED):
        found = one(outcome, statistic, FACET)
        assert (found.value, found.reason) == (None, reason)
    if len(set(departments)) != 2:
        assert one(outcome, S.RWG_MEAN, FACET, "uniform").value is None
        assert one(outcome, S.AD_MEAN, FACET).reason


def test_a_plan_without_the_section_asks_for_nothing() -> None:
    bare = PLAN.plan.model_copy(update={"departments": None})
    table = table_of(answers(4, 5, 0.2), names(4, 5))
    assert run(table, dataclasses.replace(PLAN, plan=bare)) == Outcome(())


def test_intervals_do_not_tell_how_many_answered() -> None:
    """Departments of 5 to 9 people have one width, those of 10 to 19 another."""
    sizes = (5, 6, 9, 10, 13, 19)
    places = tuple(f"D{j}" for j, size in enumerate(sizes) for _ in range(size))
    values = answers(1, len(places), 0.0)
    outcome = run(table_of(values, places))
    [drawn] = [s for s in outcome.series if s.subject == (CONSTRUCT,)]
    ends = zip(drawn.columns["low"], drawn.columns["high"], strict=True)
    widths = [high - low for low, high in ends if low is not None and high is not None]
    assert len(widths) == 6
    assert len({round(width, 1) for width in widths}) == 2
    # A department of ten has the width of ten: it is drawn as it is.
    items = keyed(table_of(values, places), INSTRUMENT)
    parts = [f.id for f in INSTRUMENT.construct(CONSTRUCT).facets]
    scores = facet_scores(items, INSTRUMENT, 2).columns(parts).mean(axis=1)
    exact = group_means(scores, places, level=0.95, minimum=5)
    ten = next(g for g in exact.groups if g.n == 10)
    assert ten.interval
    assert min(widths) == pytest.approx(ten.interval[1] - ten.interval[0], abs=0.02)
    assert all(round(m or 0.0, 2) == m for m in drawn.columns["mean"])
