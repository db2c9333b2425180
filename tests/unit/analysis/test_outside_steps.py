"""What others know of the departments, and a second occasion: linked by code or by department."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy import stats
from tests.planned import planned
from tests.unit.analysis.test_steps import core, run, table_of

from cosyn.analysis import Outcome
from cosyn.engine.stability import agreement_of_occasions
from cosyn.findings import Finding, Statistic
from cosyn.instrument.load import load_instrument
from cosyn.instrument.types import Instrument
from cosyn.plan import LoadedPlan
from cosyn.responses import ResponseTable
from cosyn.screening import screening_items
from cosyn.study import bundled

DEPARTMENTS, EACH = 40, 6
N = DEPARTMENTS * EACH


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return load_instrument(bundled() / "instrument")


@pytest.fixture(scope="module")
def plan() -> LoadedPlan:
    return planned()


def respondents(seed: int) -> np.ndarray:
    """Answers to the forty items with a share of the department; shape (N, 40)."""
    rng = np.random.default_rng(seed)
    shared = np.repeat(np.random.default_rng(1).standard_normal(DEPARTMENTS), EACH)
    person = np.random.default_rng(2).standard_normal(N)
    latent = 4 + 0.8 * shared + 0.8 * person
    return np.clip(np.round(latent[:, None] + 0.8 * rng.standard_normal((N, 40))), 1, 7)


def names() -> tuple[str, ...]:
    return tuple(f"D{k:02d}" for k in range(DEPARTMENTS))


@pytest.fixture(scope="module")
def with_coordinators(instrument: Instrument) -> ResponseTable:
    """Respondents, and below them a coordinator a department but the last, who knows it."""
    items = core(instrument)
    others = tuple(i.id for i in instrument.items_of("coordinator"))
    known = np.random.default_rng(1).standard_normal(DEPARTMENTS)[:-1]
    values = np.full((N + DEPARTMENTS - 1, len(items) + len(others)), np.nan)
    values[:N, : len(items)] = respondents(5)
    told = {"RCMONTHS": np.round(60 + 20 * known), "RCSTATE": np.where(known > -1, 1.0, 2.0)}
    told |= {f"ST{k}": np.clip(np.round(4 + known), 1, 7) for k in (1, 2, 4, 5, 6)}
    for name, column in told.items():
        values[N:, len(items) + others.index(name)] = column
    table = table_of(values, (*items, *others), (*np.repeat(names(), EACH), *names()[:-1]))
    forms = ("core-40",) * N + ("coordinator",) * (DEPARTMENTS - 1)
    return dataclasses.replace(table, forms=forms)


def get(found: Outcome, statistic: Statistic, *subject: str) -> Finding:
    [row] = [r for r in found.findings if (r.statistic, r.subject) == (statistic, subject)]
    return row


def test_criteria_are_correlated_over_departments(
    instrument: Instrument, plan: LoadedPlan, with_coordinators: ResponseTable
) -> None:
    found = run(instrument, plan, with_coordinators, "criterion")
    outcome = [i for i, name in enumerate(core(instrument)) if name.startswith("CS")]
    scores = respondents(5)[:, outcome].mean(axis=1).reshape(DEPARTMENTS, EACH).mean(axis=1)
    months = with_coordinators.columns(["RCMONTHS"])[N:, 0]
    row = get(found, Statistic.CRITERION, "CS", "RCMONTHS")
    assert row.value == pytest.approx(np.corrcoef(scores[:-1], months)[0, 1])
    assert row.n == DEPARTMENTS - 1
    assert row.low is not None
    assert row.low > 0
    ranks = get(found, Statistic.CRITERION_RANKS, "CS", "RCMONTHS")
    assert ranks.value == pytest.approx(stats.spearmanr(scores[:-1], months).statistic)
    assert get(found, Statistic.COUNT, "forms").value == DEPARTMENTS - 1
    assert (
        get(found, Statistic.CRITERION, "CS", "RCMEETINGS").reason == "no answers to the criterion"
    )
    # An index of which five of seven items were answered; the disputed pair goes the other way.
    assert (get(found, Statistic.CRITERION, "CS", "STR").value or 0) > 0.5
    [warned] = [w for w in found.warnings if w.code == "weak_criterion"]
    assert "INM-ST4" in warned.values["pairs"]


def test_departments_below_the_minimum_cell_have_no_mean(
    instrument: Instrument, plan: LoadedPlan, with_coordinators: ResponseTable
) -> None:
    values = with_coordinators.columns(with_coordinators.items)
    values[: 2 * EACH, :40] = np.where(
        np.arange(2 * EACH)[:, None] % EACH < 2, np.nan, values[: 2 * EACH, :40]
    )
    table = dataclasses.replace(with_coordinators, matrix=values)
    found = run(instrument, plan, table, "criterion")
    assert get(found, Statistic.CRITERION, "CS", "RCMONTHS").n == DEPARTMENTS - 3


def test_without_coordinators_the_reason_is_told(instrument: Instrument, plan: LoadedPlan) -> None:
    found = run(instrument, plan, table_of(respondents(5), core(instrument)), "criterion")
    [row] = found.findings
    assert row.reason == "nobody answered the form of the criteria"


def test_what_a_coordinator_is_asked_lies_beside_the_answers(instrument: Instrument) -> None:
    asked = screening_items(instrument, "core-40")
    own = [item.id for item in instrument.items_of("core-40")]
    others = [item.id for item in instrument.items_of("coordinator")]
    assert asked == [*own, *others]


def twice(instrument: Instrument, codes: tuple[str, ...], form: str = "retest") -> ResponseTable:
    values = np.vstack([respondents(5), respondents(6)])
    table = table_of(values, core(instrument), (*np.repeat(names(), EACH),) * 2)
    forms = ("core-40",) * N + (form,) * N
    return dataclasses.replace(table, forms=forms, waves=("1",) * N + ("2",) * N, respondents=codes)


def test_respondents_are_linked_by_their_codes(instrument: Instrument, plan: LoadedPlan) -> None:
    """All but one, whose code stands twice on the first occasion."""
    first = [f"R{k}" for k in range(N)]
    codes = (*first[:-1], "R0", *first)
    found = run(instrument, plan, twice(instrument, codes), "retest")
    assert get(found, Statistic.COUNT, "linked", "respondents").value == N - 2
    assert get(found, Statistic.COUNT, "repeated").value == 1
    place = [i for i, name in enumerate(core(instrument)) if instrument.item(name).facet == "IPG"]
    both = np.column_stack([respondents(seed)[1:-1, place].mean(axis=1) for seed in (5, 6)])
    row = get(found, Statistic.RETEST_ICC, "IPG")
    known = agreement_of_occasions(both)
    assert row.value == pytest.approx(known.value)
    assert (row.low, row.high) == pytest.approx(known.interval)
    assert get(found, Statistic.RETEST_CORRELATION, "IPG").value == pytest.approx(
        np.corrcoef(both.T)[0, 1]
    )
    assert get(found, Statistic.RETEST_SHIFT, "IPG").value == pytest.approx(
        (both[:, 1] - both[:, 0]).mean()
    )


def test_anonymous_answers_are_compared_by_department(
    instrument: Instrument, plan: LoadedPlan
) -> None:
    """The second wave is the second occasion where it has no form of its own."""
    found = run(instrument, plan, twice(instrument, ("",) * 2 * N, "core-40"), "retest")
    assert get(found, Statistic.COUNT, "linked", "departments").value == DEPARTMENTS
    row = get(found, Statistic.RETEST_ICC, "CS")
    assert (row.model, row.n) == ("departments", DEPARTMENTS)
    assert (row.value or 0) > 0.9
    assert "few_linked" in {w.code for w in found.warnings}


def test_one_occasion_has_nothing_to_compare(instrument: Instrument, plan: LoadedPlan) -> None:
    found = run(instrument, plan, table_of(respondents(5), core(instrument)), "retest")
    [row] = found.findings
    assert row.reason == "there is one occasion only"
    alone = dataclasses.replace(
        table_of(
            np.vstack([respondents(5)[:50], respondents(6)[:50]]), core(instrument), ("",) * 100
        ),
        waves=("1",) * 50 + ("2",) * 50,
    )
    [*_, last] = run(instrument, plan, alone, "retest").findings
    assert last.reason == "neither respondents nor departments of the two occasions can be linked"


def test_coordinators_are_no_respondents(
    instrument: Instrument, plan: LoadedPlan, with_coordinators: ResponseTable
) -> None:
    scales = dataclasses.replace(
        with_coordinators,
        items=with_coordinators.items[:40],
        matrix=with_coordinators.columns(with_coordinators.items[:40]),
        missing=with_coordinators.missing[:, :40],
    )
    rows = run(instrument, plan, scales, "sample")
    assert get(rows, Statistic.COUNT, "respondents").value == N
    assert get(rows, Statistic.COUNT, "complete").value == N
