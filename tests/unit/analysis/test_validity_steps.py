"""Validity, invariance and common method: the steps say what the engine and pandas say."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from tests.planned import planned
from tests.unit.analysis.test_steps import run, table_of

from cosyn.analysis import Outcome
from cosyn.analysis.invariance import _holds
from cosyn.engine import cfa
from cosyn.engine.fit_reliability import reliabilities
from cosyn.engine.invariance import invariance
from cosyn.engine.standardize import standardized
from cosyn.findings import Finding, Statistic
from cosyn.instrument.load import load_instrument
from cosyn.instrument.types import Instrument
from cosyn.plan import InvarianceRule, LoadedPlan, OrdinalLadder
from cosyn.responses import ResponseTable
from cosyn.scoring import facet_scores, keyed
from cosyn.study import bundled

CONSTRUCTS = ("IP", "IN", "EP", "EN", "CS")
N = 900


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return load_instrument(bundled() / "instrument")


@pytest.fixture(scope="module")
def plan() -> LoadedPlan:
    loaded = planned()
    assert loaded.plan.validity
    assert loaded.plan.invariance
    quick = {
        "validity": loaded.plan.validity.model_copy(update={"replicates": 100}),
        "invariance": loaded.plan.invariance.model_copy(update={"categories": None}),
    }
    return dataclasses.replace(loaded, plan=loaded.plan.model_copy(update=quick))


@pytest.fixture(scope="module")
def table(instrument: Instrument) -> ResponseTable:
    """Five correlated factors over facets over items, and a marker with something of all."""
    rng = np.random.default_rng(5)
    items = instrument.scale_items_of("core-40")
    style = rng.standard_normal(N)
    latent = {name: 0.6 * rng.standard_normal(N) for name in CONSTRUCTS}
    shared = 0.5 * rng.standard_normal(N)
    facets = {
        f.id: latent.get(c.id, 0.0)
        + (shared if c.id in CONSTRUCTS else 0.0)
        + 0.4 * rng.standard_normal(N)
        for c in instrument.constructs
        for f in c.facets
    }
    columns = [
        np.clip(np.round(4 + 1.3 * facets[i.facet] + 0.4 * style + rng.standard_normal(N)), 1, 7)
        for i in items
    ]
    departments = tuple(f"D{k % 60}" for k in range(N))
    return table_of(np.column_stack(columns), tuple(i.id for i in items), departments)


@pytest.fixture(scope="module")
def found(instrument: Instrument, plan: LoadedPlan, table: ResponseTable) -> Outcome:
    return run(instrument, plan, table, "validity", "invariance", "method_bias")


def frame_of(instrument: Instrument, table: ResponseTable) -> pd.DataFrame:
    scores = facet_scores(keyed(table, instrument), instrument, 2)
    frame = pd.DataFrame(scores.values, columns=list(scores.names))
    return frame.assign(department=list(table.departments), language=list(table.languages))


def model(instrument: Instrument) -> str:
    named = {c.id: [f.id for f in c.facets] for c in instrument.constructs}
    return "\n".join(f"{c} =~ {' + '.join(named[c])}" for c in CONSTRUCTS)


def get(
    found: Outcome, analysis: str, statistic: Statistic, *subject: str, model: str = ""
) -> Finding:
    [row] = [
        r
        for r in found.findings
        if (r.analysis, r.statistic, r.subject, r.model) == (analysis, statistic, subject, model)
    ]
    return row


def test_variance_extracted_is_the_engines(
    instrument: Instrument, table: ResponseTable, found: Outcome
) -> None:
    frame = frame_of(instrument, table)
    fit = cfa(model(instrument), frame, estimator="MLR", cluster="department").result
    known = {row.latent: row for row in reliabilities(fit)}
    for name in CONSTRUCTS:
        ave = get(found, "validity", Statistic.AVE, name)
        assert ave.value == pytest.approx(known[name].ave, abs=1e-6)
    r = get(found, "validity", Statistic.FACTOR_CORRELATION, "IP", "CS")
    assert r.value == pytest.approx(standardized(fit).row("IP", "~~", "CS").value, abs=1e-6)


def test_ratios_are_those_of_the_correlations(
    instrument: Instrument, table: ResponseTable, found: Outcome
) -> None:
    """Geometric means of correlations between and within, by pandas alone."""
    R = frame_of(instrument, table).drop(columns=["department", "language"]).corr()
    named = {c.id: [f.id for f in c.facets] for c in instrument.constructs}

    def mean(block: pd.DataFrame) -> float:
        return float(np.exp(np.log(np.abs(block.to_numpy())).mean()))

    def within(name: str) -> float:
        block = R.loc[named[name], named[name]].to_numpy()
        return float(np.exp(np.log(block[np.triu_indices(len(block), 1)]).mean()))

    between = mean(R.loc[named["IP"], named["CS"]])
    row = get(found, "validity", Statistic.HTMT, "IP", "CS")
    assert row.value == pytest.approx(between / np.sqrt(within("IP") * within("CS")), abs=1e-9)
    assert None not in {row.low, row.value, row.high}
    assert (row.low or 0.0) < (row.value or 0.0) < (row.high or 0.0)


def test_the_ladder_is_the_engines(
    instrument: Instrument, plan: LoadedPlan, table: ResponseTable, found: Outcome
) -> None:
    assert plan.plan.invariance
    ladder = invariance(
        plan.models[plan.plan.invariance.file],
        frame_of(instrument, table),
        "language",
        estimator="MLR",
        cluster="department",
    )
    for step in ladder.steps:
        row = get(found, "invariance", Statistic.CHI_SQUARE, "language", step.name)
        assert step.fit.measures
        assert row.value == pytest.approx(step.fit.measures.chisq_scaled, rel=1e-6)
    assert get(found, "invariance", Statistic.INVARIANCE, "language").label == "strict"
    nobody = get(found, "invariance", Statistic.INVARIANCE, "BGRANK")
    assert nobody.reason == "no such answers"


def test_a_shifted_intercept_is_not_scalar(
    instrument: Instrument, plan: LoadedPlan, table: ResponseTable
) -> None:
    values = table.columns(table.items)
    chinese = np.array(table.languages) == "zh-Hans"
    facet = [k for k, name in enumerate(table.items) if name.startswith("IPT")]
    values[np.ix_(chinese, facet)] = np.clip(values[np.ix_(chinese, facet)] + 2, 1, 7)
    shifted = dataclasses.replace(table, matrix=values)
    outcome = run(instrument, plan, shifted, "invariance")
    assert get(outcome, "invariance", Statistic.INVARIANCE, "language").label == "metric"
    assert [w.code for w in outcome.warnings] == ["not_invariant"]
    again = get(outcome, "invariance", Statistic.INVARIANCE, "language", model="partial")
    assert again.label == "strict"
    freed = [r.subject for r in outcome.findings if r.statistic == Statistic.FREED]
    assert ("language", "scalar, partial", "IPT ~1") in freed


def regions(table: ResponseTable) -> dict[str, str]:
    """Sixty departments: few in the south, and one of which nothing is known."""
    names = sorted(set(table.departments))
    return {
        name: "" if k == 59 else "south" if k < 5 else "east" if k % 2 else "west"
        for k, name in enumerate(names)
    }


def test_groups_may_come_from_what_is_known_of_departments(
    instrument: Instrument, plan: LoadedPlan, table: ResponseTable
) -> None:
    known = dataclasses.replace(plan, departments={"region": regions(table)})
    outcome = run(instrument, known, table, "invariance")
    assert get(outcome, "invariance", Statistic.INVARIANCE, "region").label == "strict"
    counts: dict[str, tuple[float | None, str]] = {
        r.subject[1]: (r.value, r.label)
        for r in outcome.findings
        if r.statistic == Statistic.COUNT and r.subject[0] == "region"
    }
    assert set(counts) == {"east", "south", "west"}
    assert {name: label for name, (_, label) in counts.items() if label} == {"south": "left_out"}
    assert counts["south"][0] == 75
    assert sum(value or 0 for value, _ in counts.values()) == N - 15
    nowhere = get(outcome, "invariance", Statistic.INVARIANCE, "level")
    assert nowhere.reason == "no such answers"


def test_items_are_compared_as_categories_where_the_plan_asks(
    instrument: Instrument, plan: LoadedPlan, table: ResponseTable
) -> None:
    """The engine's own ladder of the same items gives the same tests."""
    syntax = "IPG =~ IPG1 + IPG2\nIPB =~ IPB1 + IPB3"
    of_items = OrdinalLadder(file="small", groups=("language",))
    plain = plan.plan.invariance
    assert plain
    rules = plain.model_copy(update={"groups": ("language",), "categories": of_items})
    small = dataclasses.replace(
        plan,
        plan=plan.plan.model_copy(update={"invariance": rules}),
        models={**plan.models, "small": syntax},
    )
    outcome = run(instrument, small, table, "invariance")
    names = ["IPG1", "IPG2", "IPB1", "IPB3"]
    frame = pd.DataFrame(table.columns(names), columns=names)
    frame = frame.assign(department=list(table.departments), language=list(table.languages))
    ladder = invariance(
        syntax, frame, "language", ordered=True, cluster="department", collapse=True
    )
    assert [step.name for step in ladder.steps][:3] == ["configural", "thresholds", "loadings"]
    for step in ladder.steps:
        row = get(
            outcome, "invariance", Statistic.CHI_SQUARE, "language", step.name, model="ordinal"
        )
        assert step.fit.measures
        assert row.value == pytest.approx(step.fit.measures.chisq_scaled, rel=1e-6)


def test_the_marker_is_taken_out(
    instrument: Instrument, table: ResponseTable, found: Outcome
) -> None:
    frame = frame_of(instrument, table)
    named = {c.id: [f.id for f in c.facets] for c in instrument.constructs}
    scores = pd.DataFrame({c: frame[named[c]].mean(axis=1) for c in (*CONSTRUCTS, "MK")})
    R = np.corrcoef(scores.to_numpy(), rowvar=False)
    common = R[-1, :-1].min()
    assert common > 0
    less = (R[0, 4] - common) / (1 - common)
    row = get(found, "method_bias", Statistic.FACTOR_CORRELATION, "IP", "CS", "marker")
    assert row.value == pytest.approx(less, abs=1e-9)
    items = np.atleast_2d(np.corrcoef(table.columns(table.items), rowvar=False))
    share = np.linalg.eigvalsh(items).max() / len(items)
    assert get(found, "method_bias", Statistic.HARMAN).value == pytest.approx(share, abs=1e-9)


@pytest.mark.parametrize(
    ("cfi", "rmsea", "held"),
    [(-0.010, 0.015, True), (-0.011, 0.0, False), (0.0, 0.016, False), (None, 0.0, False)],
)
def test_a_step_may_lose_as_much_as_the_plan_allows(
    cfi: float | None, rmsea: float, held: bool
) -> None:
    rules = InvarianceRule(file="x", groups=())
    step: Any = SimpleNamespace(change=SimpleNamespace(cfi=cfi, rmsea=rmsea))
    assert _holds(step, rules) is held
    assert _holds(cast("Any", SimpleNamespace(change=None)), rules)
