"""The steps before the models, on small tables made here: every gap is a reason, never a NaN."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from tests.planned import planned

from cosyn.analysis import ANALYSES, Context, Outcome
from cosyn.analysis._factors import Solution, align
from cosyn.findings import Finding, Statistic
from cosyn.instrument.load import load_instrument
from cosyn.instrument.types import Instrument, Missing
from cosyn.plan import LoadedPlan
from cosyn.responses import MISSING_ORDER, ResponseTable
from cosyn.scoring import Scores, facet_scores, keyed
from cosyn.study import bundled

S = Statistic
STEPS = (
    "sample",
    "screening",
    "items",
    "reliability",
    "dimensionality",
    "premises",
    "measurement",
    "validity",
    "criterion",
    "invariance",
    "method_bias",
    "retest",
    "departments",
    "dyads",
    "structure",
    "two_lines",
    "balance",
    "coupling",
    "necessity",
    "configurations",
    "hypotheses",
    "comparison",
)


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return load_instrument(bundled() / "instrument")


@pytest.fixture(scope="module")
def plan() -> LoadedPlan:
    loaded = planned()
    section = loaded.plan.dimensionality
    assert section
    quick = section.model_copy(update={"bootstrap": 20})
    return dataclasses.replace(
        loaded, plan=loaded.plan.model_copy(update={"dimensionality": quick})
    )


def table_of(
    values: np.ndarray, items: tuple[str, ...], departments: tuple[str, ...] | None = None
) -> ResponseTable:
    n = len(values)
    gap = MISSING_ORDER.index(Missing.DONT_KNOW)
    return ResponseTable(
        items=items,
        matrix=values.astype(float),
        missing=np.where(np.isnan(values), gap, 0).astype(np.int8),
        submissions=tuple(str(i) for i in range(n)),
        departments=departments or tuple(f"D{i % 7}" for i in range(n)),
        waves=("2026",) * n,
        languages=("en",) * (n // 2) + ("zh-Hans",) * (n - n // 2),
        respondents=("",) * n,
        forms=("",) * n,
        orders=("",) * n,
        seconds=np.full(n, np.nan),
        simulated=False,
    )


def run(instrument: Instrument, plan: LoadedPlan, table: ResponseTable, *steps: str) -> Outcome:
    items = keyed(table, instrument)
    facets = facet_scores(items, instrument, plan.plan.facet_scores.minimum_answered)
    rows: tuple[Finding, ...] = ()
    warnings: tuple[object, ...] = ()
    for step in steps:
        outcome = ANALYSES[step].run(Context(instrument, plan, table, items, facets, rows))
        rows, warnings = (*rows, *outcome.findings), (*warnings, *outcome.warnings)
    return Outcome(rows, warnings)  # type: ignore[arg-type]


def answers(n: int, p: int, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    common = rng.standard_normal((n, 1))
    return np.clip(np.round(4 + common + rng.standard_normal((n, p))), 1, 7)


def core(instrument: Instrument) -> tuple[str, ...]:
    """Return the forty items of the theory; the marker has no part in these tests."""
    return tuple(item.id for item in instrument.scale_items_of("core-40"))[:40]


def one(rows: tuple[Finding, ...], statistic: Statistic, *subject: str) -> Finding:
    return next(r for r in rows if r.statistic == statistic and r.subject == subject)


@pytest.mark.parametrize(
    "values",
    [
        np.full((1, 40), 4.0),
        np.full((60, 40), 4.0),
        np.full((60, 40), np.nan),
        np.where(np.arange(40) == 3, np.nan, answers(80, 40)),
        np.where(np.arange(40) == 3, 5.0, answers(80, 40)),
        answers(30, 40),
        answers(3, 40),
    ],
    ids=[
        "one row",
        "all equal",
        "all missing",
        "an empty item",
        "a constant item",
        "n < p",
        "n = 3",
    ],
)
def test_poor_data_give_reasons(
    instrument: Instrument, plan: LoadedPlan, values: np.ndarray
) -> None:
    """A finding refuses NaN, so that getting here at all says much; no step may raise."""
    table = table_of(values, core(instrument))
    rows = run(instrument, plan, table, *STEPS).findings
    assert {r.analysis for r in rows} == set(STEPS)
    statuses = [r for r in rows if r.statistic == S.STATUS]
    assert statuses
    assert all(r.label != "ok" and r.reason for r in statuses if r.model in {"a", "b", "c"})


def test_gaps_are_counted_by_reason(instrument: Instrument, plan: LoadedPlan) -> None:
    values = answers(100, 40)
    values[:25, 0] = np.nan
    outcome = run(instrument, plan, table_of(values, core(instrument)), "sample", "items")
    rows = outcome.findings
    assert one(rows, S.MISSING_SHARE, "dont_know").value == pytest.approx(25 / 4000)
    assert one(rows, S.MISSING_SHARE, "refused").value == 0
    assert one(rows, S.COUNT, "complete").value == 75
    item = core(instrument)[0]
    assert one(rows, S.MISSING_SHARE, item, "dont_know").value == pytest.approx(0.25)
    assert one(rows, S.N, item).value == 75
    assert "dont_know" in {w.code for w in outcome.warnings}


def test_descriptives_are_those_of_the_answers(instrument: Instrument, plan: LoadedPlan) -> None:
    values = answers(100, 40)
    rows = run(instrument, plan, table_of(values, core(instrument)), "items").findings
    item, column = core(instrument)[5], values[:, 5]
    mean = one(rows, S.MEAN, item)
    assert mean.value == pytest.approx(column.mean())
    assert mean.se == pytest.approx(column.std(ddof=1) / 10)
    assert one(rows, S.SD, item).value == pytest.approx(column.std(ddof=1))
    assert one(rows, S.CEILING, item).value == pytest.approx((column == 7).mean())
    shares = [one(rows, S.CATEGORY_SHARE, item, str(code)).value or 0 for code in range(1, 8)]
    assert sum(shares) == pytest.approx(1)


def test_a_small_group_is_not_shown(instrument: Instrument, plan: LoadedPlan) -> None:
    table = table_of(answers(20, 40), core(instrument))
    few = dataclasses.replace(table, languages=("en",) * 17 + ("zh-Hans",) * 3)
    rows = run(instrument, plan, few, "sample").findings
    hidden = one(rows, S.COUNT, "language", "zh-Hans")
    assert hidden.value is None
    assert hidden.reason == "below the minimum cell"
    assert one(rows, S.COUNT, "language", "en").value == 17


def test_departments_are_counted(instrument: Instrument, plan: LoadedPlan) -> None:
    rows = run(instrument, plan, table_of(answers(70, 40), core(instrument)), "sample").findings
    assert one(rows, S.COUNT, "departments").value == 7
    assert one(rows, S.MEDIAN, "respondents_per_department").value == 10
    nobody = table_of(answers(70, 40), core(instrument), ("",) * 70)
    outcome = run(instrument, plan, nobody, "sample")
    assert one(outcome.findings, S.COUNT, "departments").reason == "no department recorded"
    assert "no_departments" in {w.code for w in outcome.warnings}


def test_two_items_go_by_spearman_brown(instrument: Instrument, plan: LoadedPlan) -> None:
    values = answers(200, 40)
    rows = run(instrument, plan, table_of(values, core(instrument)), "reliability").findings
    facet = instrument.item(core(instrument)[0]).facet
    r = np.corrcoef(values[:, 0], values[:, 1])[0, 1]
    pair = one(rows, S.SPEARMAN_BROWN, facet)
    assert pair.value == pytest.approx(2 * r / (1 + r))
    assert pair.low is not None
    assert pair.high is not None
    assert pair.low < (pair.value or 0) < pair.high
    assert one(rows, S.OMEGA, facet).reason == "two items"


def test_alpha_agrees_with_our_own_formula(instrument: Instrument, plan: LoadedPlan) -> None:
    """Pingouin's value and interval against engine.reliability: the same formulas, to rounding."""
    from cosyn.engine import reliability as engine

    values = answers(200, 40)
    rows = run(instrument, plan, table_of(values, core(instrument)), "reliability").findings
    construct = instrument.constructs[0].id
    mine = [
        i for i, name in enumerate(core(instrument)) if instrument.item(name).construct == construct
    ]
    found = one(rows, S.ALPHA, construct)
    alpha = engine.alpha(np.cov(values[:, mine], rowvar=False))
    assert alpha is not None
    assert found.value == pytest.approx(alpha, abs=1e-12)
    interval = engine.alpha_interval(alpha, 200, len(mine))
    assert interval == pytest.approx((found.low, found.high), abs=1e-3)


def test_an_item_against_its_scale_is_named(instrument: Instrument, plan: LoadedPlan) -> None:
    values = answers(200, 40)
    values[:, 0] = 8 - values[:, 0]
    outcome = run(instrument, plan, table_of(values, core(instrument)), "reliability")
    (warned,) = [w for w in outcome.warnings if w.code == "negative_item_rest"]
    assert core(instrument)[0] in warned.values["items"]


def test_scores_are_keyed_once_and_averaged(instrument: Instrument) -> None:
    turned = dataclasses.replace(instrument.items[0], reverse=True)
    again = dataclasses.replace(instrument, items=(turned, *instrument.items[1:]))
    items = core(instrument)
    values = answers(10, 40)
    values[0, 1] = np.nan
    table = table_of(values, items)
    scores = keyed(table, again)
    assert np.array_equal(scores.values[:, 0], 8 - values[:, 0])
    assert np.array_equal(table.values[:, 0], values[:, 0])
    facets = facet_scores(scores, again, 2)
    assert np.isnan(facets.values[0, 0])
    assert facets.values[1, 0] == pytest.approx(scores.values[1, :2].mean())
    assert facet_scores(scores, again, 1).values[0, 0] == scores.values[0, 0]
    assert len(facets.names) == 20


def test_complete_rows_only() -> None:
    scores = Scores(("a", "b"), np.array([[1.0, 2.0], [np.nan, 1.0]]))
    assert scores.complete().values.tolist() == [[1.0, 2.0]]


def test_alignment_undoes_any_order_and_sign() -> None:
    rng = np.random.default_rng(3)
    target = Solution(rng.normal(size=(12, 4)), np.eye(4))
    mixed = Solution(target.loadings[:, [2, 0, 3, 1]] * [1, -1, 1, -1], np.eye(4))
    assert np.allclose(align(mixed, target).loadings, target.loadings)


def test_the_same_seed_gives_the_same_findings(instrument: Instrument, plan: LoadedPlan) -> None:
    table = table_of(answers(150, 40), core(instrument))
    first, second = (run(instrument, plan, table, "dimensionality") for _ in range(2))
    assert first.findings == second.findings
    assert any(r.se is not None for r in first.findings if r.statistic == S.EFA_LOADING)
