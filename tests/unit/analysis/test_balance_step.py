"""Balance and coupling as steps: the golden-tested functions on construct scores, reasons for gaps."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from tests.planned import planned

from cosyn.analysis import ANALYSES, Context, Outcome
from cosyn.engine.dominance import dominance_of
from cosyn.findings import Finding, Statistic
from cosyn.instrument.load import load_instrument
from cosyn.instrument.types import Instrument, Missing
from cosyn.plan import LoadedPlan
from cosyn.responses import MISSING_ORDER, ResponseTable
from cosyn.scoring import facet_scores, keyed
from cosyn.study import bundled
from cosyn.synergy import Scores
from cosyn.synergy.balance import balance
from cosyn.synergy.coupling import coupling, gain_of_coordination, reclassification
from cosyn.synergy.latent_balance import Measured, latent_balance

S = Statistic
PAIR = ("CS", "IP", "EP")
INSTRUMENT = load_instrument(bundled() / "instrument")
ITEMS = tuple(item.id for item in INSTRUMENT.scale_items_of("core-40"))[:40]


@pytest.fixture(scope="module")
def plan() -> LoadedPlan:
    loaded = planned()
    assert loaded.plan.balance
    quick = loaded.plan.balance.model_copy(update={"bootstrap": 20})
    return dataclasses.replace(loaded, plan=loaded.plan.model_copy(update={"balance": quick}))


def table_of(
    values: np.ndarray, items: tuple[str, ...] = ITEMS, departments: tuple[str, ...] | None = None
) -> ResponseTable:
    n = len(values)
    gap = MISSING_ORDER.index(Missing.DONT_KNOW)
    return ResponseTable(
        items=items,
        matrix=values.astype(float),
        missing=np.where(np.isnan(values), gap, 0).astype(np.int8),
        submissions=tuple(str(i) for i in range(n)),
        departments=departments or tuple(f"D{i % 20}" for i in range(n)),
        waves=("2026",) * n,
        languages=("en",) * n,
        respondents=("",) * n,
        forms=("",) * n,
        orders=("",) * n,
        seconds=np.full(n, np.nan),
        simulated=False,
    )


def answers(n: int, p: int = 40, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    common = rng.standard_normal((n, 1))
    return np.clip(np.round(4 + common + rng.standard_normal((n, p))), 1, 7)


def context(plan: LoadedPlan, table: ResponseTable, instrument: Instrument = INSTRUMENT) -> Context:
    items = keyed(table, instrument)
    return Context(instrument, plan, table, items, facet_scores(items, instrument, 2))


def run(step: str, plan: LoadedPlan, table: ResponseTable) -> Outcome:
    return ANALYSES[step].run(context(plan, table))


def one(rows: tuple[Finding, ...], statistic: Statistic, *subject: str) -> Finding:
    return next(r for r in rows if r.statistic == statistic and r.subject == subject)


def construct(plan: LoadedPlan, table: ResponseTable, name: str) -> np.ndarray:
    """Mean of facet scores, reached from the items by another way."""
    columns = []
    for facet in INSTRUMENT.construct(name).facets:
        mine = [
            (i, INSTRUMENT.item(x))
            for i, x in enumerate(table.items)
            if INSTRUMENT.item(x).facet == facet.id
        ]
        if mine:
            turned = [
                8 - table.values[:, i] if item.reverse else table.values[:, i] for i, item in mine
            ]
            columns.append(np.mean(turned, axis=0))
    return np.asarray(np.mean(columns, axis=0))


def test_the_surface_is_that_of_construct_scores(plan: LoadedPlan) -> None:
    """Same arithmetic in another order: 1e-9 leaves room for rounding alone."""
    table = table_of(answers(200))
    rows = run("balance", plan, table).findings
    z, x, y = (construct(plan, table, name) for name in PAIR)
    truth = balance(x, y, z, midpoint=4, cluster=table.departments)
    assert truth.clusters == 20
    for each in truth.coefficients:
        found = one(rows, S.SURFACE_COEFFICIENT, *PAIR, each.name)
        wanted = (each.value, each.se, each.lower, each.upper, each.pvalue)
        assert (found.value, found.se, found.low, found.high, found.p) == pytest.approx(
            wanted, rel=1e-9, abs=1e-9
        )
        assert found.df == 19
    assert truth.surface
    for each in truth.surface.quantities():
        found = one(rows, S.SURFACE_QUANTITY, *PAIR, each.name)
        assert found.value == pytest.approx(each.value, rel=1e-6)
        resampled = each.name not in {"a1", "a2", "a3", "a4", "a5"}
        assert ("bootstrap" in found.method) == resampled
        assert (found.p is None) == resampled
    ridge = one(rows, S.JOINT_TEST, *PAIR, "ridge_on_congruence")
    assert ridge.value == pytest.approx(truth.surface.congruence.F, rel=1e-9)
    assert one(rows, S.JOINT_TEST, *PAIR, "curvature").p == pytest.approx(
        truth.curvature.test.pvalue, rel=1e-9
    )
    assert one(rows, S.R_SQUARED_GAIN, *PAIR).value == pytest.approx(truth.curvature.gain, rel=1e-9)
    assert one(rows, S.CONGRUENCE, *PAIR).label == truth.congruence.verdict
    sides = [one(rows, S.DISCREPANT, *PAIR, s).value for s in ("x_higher", "y_higher", "agreement")]
    assert sides == pytest.approx(
        [truth.discrepancy.x_higher, truth.discrepancy.y_higher, truth.discrepancy.agreement]
    )


def test_the_latent_surface_is_that_of_facet_scores(plan: LoadedPlan) -> None:
    """The engine's is checked against lavaan in tests/golden/test_latent_surface.py."""
    rng = np.random.default_rng(6)
    levels = rng.standard_normal((500, 5))
    cells = {c: 4 + levels[:, [k]] for k, c in enumerate(("IP", "IN", "EP", "EN", "CS"))}
    cells["CS"] = cells["CS"] + 0.5 * (cells["IP"] - 4)
    means = np.hstack([cells[INSTRUMENT.item(item).construct] for item in ITEMS])
    table = table_of(np.clip(np.round(means + rng.standard_normal((500, 40))), 1, 7))
    rows = [r for r in run("balance", plan, table).findings if r.model == "latent"]
    scores = context(plan, table).facets
    latents = tuple(
        Measured(name, tuple(f.id for f in INSTRUMENT.construct(name).facets)) for name in PAIR
    )
    codes = np.unique(table.departments, return_inverse=True)[1]
    truth = latent_balance(Scores(scores.names, scores.values, codes), latents, 4.0)  # type: ignore[arg-type]
    assert truth.surface
    for each in truth.surface.quantities()[:5]:
        found = one(tuple(rows), S.SURFACE_QUANTITY, *PAIR, each.name)
        assert (found.value, found.se) == pytest.approx((each.value, each.se), rel=1e-6)
    ridge = one(tuple(rows), S.JOINT_TEST, *PAIR, "ridge_on_congruence")
    assert ridge.p == pytest.approx(truth.surface.congruence.pvalue_chi_square, rel=1e-6)
    assert one(tuple(rows), S.CONGRUENCE, *PAIR).label == truth.congruence.verdict


def test_no_latent_surface_is_a_reason(plan: LoadedPlan) -> None:
    few = tuple(i for i in ITEMS if INSTRUMENT.item(i).facet != "EPL")
    rows = run("balance", plan, table_of(answers(150, len(few)), few)).findings
    [found] = [r for r in rows if r.model == "latent"]
    assert found.reason == "the two constructs have different numbers of facets"


def test_dominance_is_that_of_construct_scores(plan: LoadedPlan) -> None:
    table = table_of(answers(200))
    rows = run("balance", plan, table).findings
    names = ("IP", "IN", "EP", "EN")
    X = np.column_stack([construct(plan, table, name) for name in names])
    truth = dominance_of(X, construct(plan, table, "CS"), names)
    assert truth.general is not None
    found = [one(rows, S.GENERAL_DOMINANCE, "CS", name) for name in names]
    assert [row.value for row in found] == pytest.approx(truth.general, rel=1e-9)
    assert all(row.low is not None and row.high is not None for row in found)
    assert sum(row.value or 0 for row in found) == pytest.approx(one(rows, S.R_SQUARED, "CS").value)
    relations = [row for row in rows if row.statistic == S.DOMINATES]
    assert len(relations) == 6
    for row in relations:
        _, above, below = row.subject
        share = dict(zip(names, truth.general, strict=True))
        assert share[above] > share[below]
        assert row.value is not None
        assert 0 <= row.value <= 1


def test_the_drawn_surface_lies_over_the_cases(plan: LoadedPlan) -> None:
    outcome = run("balance", plan, table_of(answers(200)))
    series = {s.kind: s.columns for s in outcome.series if s.kind != "surface_line"}
    b = [one(outcome.findings, S.SURFACE_COEFFICIENT, *PAIR, f"b{k}").value for k in range(6)]
    grid = {k: np.array(v, dtype=float) for k, v in series["surface"].items()}
    x, y = grid["x"], grid["y"]
    terms = np.column_stack([np.ones_like(x), x, y, x * x, x * y, y * y])
    assert grid["z"] == pytest.approx(terms @ np.array(b, dtype=float), abs=1e-9)
    assert 0 < grid["inside"].mean() < 1
    hull = np.array([series["surface_hull"]["x"], series["surface_hull"]["y"]], dtype=float).T
    for line in (s for s in outcome.series if s.kind == "surface_line"):
        sign = 1 if line.subject[3] == "congruence" else -1
        u, v = (np.array(line.columns[k], dtype=float) for k in ("x", "y"))
        assert v == pytest.approx(sign * u)
        sides, start = np.roll(hull, -1, axis=0) - hull, hull
        cross = [
            (s[0] * (v - c[1]) - s[1] * (u - c[0])).min() for s, c in zip(sides, start, strict=True)
        ]
        assert min(cross) > -1e-9
        ends = [
            min(
                s[0] * (v[k] - c[1]) - s[1] * (u[k] - c[0])
                for s, c in zip(sides, start, strict=True)
            )
            for k in (0, -1)
        ]
        assert ends == pytest.approx([0, 0], abs=1e-9)


def test_few_discrepant_cases_are_warned_of(plan: LoadedPlan) -> None:
    values = answers(200)
    ip = [i for i, x in enumerate(ITEMS) if INSTRUMENT.item(x).construct == "IP"]
    ep = [i for i, x in enumerate(ITEMS) if INSTRUMENT.item(x).construct == "EP"]
    values[:, ep] = values[:, ip[:1]]
    values[:, ip] = values[:, ip[:1]]
    values[0, ep] = 8 - values[0, ep]
    warned = run("balance", plan, table_of(values)).warnings
    assert [w.code for w in warned] == ["few_discrepant"]
    assert {warned[0].values["x"], warned[0].values["y"]} == {"IP", "EP"}


def test_degrees_are_those_of_department_means(plan: LoadedPlan) -> None:
    table = table_of(answers(200))
    rows = run("coupling", plan, table).findings
    raw = np.column_stack([construct(plan, table, name) for name in ("IP", "EP", "IN", "EN")])
    U = (raw - 1) / 6
    U[:, 2:] = 1 - U[:, 2:]
    names = sorted(set(table.departments))
    here = np.array(table.departments)
    means = np.array([U[here == name].mean(axis=0) for name in names])
    truth = coupling(means)
    for number, k in enumerate(np.argsort(truth.D), start=1):
        found = one(rows, S.COORDINATION, "department", str(number))
        assert found.value == round(truth.D[k], 3)
        assert found.label == truth.levels[k]
        geometric = float(np.prod(means[k])) ** (1 / 8)
        assert found.value == pytest.approx(geometric, abs=5e-4)
        modified = one(rows, S.COUPLING_MODIFIED, "department", str(number))
        assert modified.value == round(float(truth.C_modified[k]), 3)
    counts = [r.value for r in rows if r.statistic == S.COORDINATION_LEVEL]
    assert len(counts) == 20
    assert sum(c or 0 for c in counts) == 40
    assert one(rows, S.RECLASSIFIED).value == pytest.approx(reclassification(means).share)
    gain = one(rows, S.R_SQUARED_GAIN, "CS")
    wanted = gain_of_coordination(U, construct(plan, table, "CS"), cluster=table.departments)
    assert gain.value == pytest.approx(wanted.gain, abs=1e-9)
    assert gain.p == pytest.approx(wanted.test.pvalue, rel=1e-4)


def test_small_departments_are_not_described(plan: LoadedPlan) -> None:
    places = ("SMALL",) * 4 + ("LARGE",) * 5 + ("",) * 51
    rows = run("coupling", plan, table_of(answers(60), departments=places)).findings
    named = {r.subject[1] for r in rows if r.subject[:1] == ("department",)}
    assert named == {"1"}
    assert one(rows, S.COUNT, "departments").value == 1


def test_findings_name_no_department_and_tell_none_that_answered_alike(plan: LoadedPlan) -> None:
    values = answers(60)
    values[:20] = values[0]
    places = ("ALIKE",) * 20 + ("OTHER",) * 20 + ("THIRD",) * 20
    rows = run("coupling", plan, table_of(values, departments=places)).findings
    assert one(rows, S.COUNT, "departments").value == 2
    words = {word for row in rows for word in (*row.subject, row.label)}
    assert not words & {"ALIKE", "OTHER", "THIRD"}


def test_without_large_departments_respondents_are_the_units(plan: LoadedPlan) -> None:
    places = tuple(f"D{i // 2}" for i in range(60))
    rows = run("coupling", plan, table_of(answers(60), departments=places)).findings
    assert one(rows, S.COUNT, "respondents").value == 60
    assert not any(r.subject[:1] == ("department",) for r in rows)


@pytest.mark.parametrize("step", ["balance", "coupling"])
@pytest.mark.parametrize(
    ("values", "departments"),
    [
        (answers(12), None),
        (answers(60), ("D",) * 60),
        (answers(60), ("",) * 60),
        (np.full((60, 40), 4.0), None),
        (np.full((60, 40), 1.0), None),
        (np.full((60, 40), np.nan), None),
        (answers(30), tuple(f"D{i % 2}" for i in range(30))),
        (answers(2), None),
    ],
    ids=["12 people", "one department", "none", "equal", "lowest", "missing", "two", "2 people"],
)
def test_poor_data_give_reasons(
    plan: LoadedPlan, step: str, values: np.ndarray, departments: tuple[str, ...] | None
) -> None:
    """A finding refuses NaN, so that every gap has a reason."""
    rows = run(step, plan, table_of(values, departments=departments)).findings
    assert rows
    if np.isnan(values).all() or np.ptp(values) == 0:
        assert any(r.reason for r in rows)


@pytest.mark.parametrize(
    ("step", "statistic"), [("balance", S.CONGRUENCE), ("coupling", S.R_SQUARED_GAIN)]
)
def test_without_items_of_the_outcome(plan: LoadedPlan, step: str, statistic: Statistic) -> None:
    kept = [i for i, x in enumerate(ITEMS) if INSTRUMENT.item(x).construct != "CS"]
    items = tuple(ITEMS[i] for i in kept)
    rows = run(step, plan, table_of(answers(60)[:, kept], items)).findings
    [found] = [r for r in rows if r.statistic == statistic]
    assert (found.value, found.reason) == (None, "no items in the data; CS")


def test_an_unknown_construct_is_a_reason(plan: LoadedPlan) -> None:
    assert plan.plan.balance
    other = plan.plan.balance.model_copy(update={"pairs": (("IP", "NONE"),), "dominance": ()})
    changed = dataclasses.replace(plan, plan=plan.plan.model_copy(update={"balance": other}))
    [found] = run("balance", changed, table_of(answers(60))).findings
    assert found.reason == "no such construct; NONE"


def test_a_plan_without_the_sections_asks_for_nothing(plan: LoadedPlan) -> None:
    empty = plan.plan.model_copy(update={"balance": None, "coupling": None})
    changed = dataclasses.replace(plan, plan=empty)
    for step in ("balance", "coupling"):
        assert run(step, changed, table_of(answers(20))) == Outcome(())
