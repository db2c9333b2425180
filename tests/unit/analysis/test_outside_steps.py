"""What others know of the departments, and a second occasion: linked by code or by department."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy import stats
from tests.planned import planned
from tests.unit.analysis.test_steps import core, table_of

from cosyn.analysis import ANALYSES, Context, Outcome
from cosyn.engine.stability import agreement_of_occasions
from cosyn.findings import Finding, Statistic
from cosyn.instrument.load import load_instrument
from cosyn.instrument.types import Instrument, Missing
from cosyn.occasions import parted
from cosyn.plan import LoadedPlan
from cosyn.responses import Cell, ResponseTable, Submission, submissions_of
from cosyn.scoring import facet_scores, keyed
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
def first(instrument: Instrument) -> ResponseTable:
    return table_of(respondents(5), core(instrument), (*np.repeat(names(), EACH),))


@pytest.fixture(scope="module")
def coordinators(instrument: Instrument) -> ResponseTable:
    """One of each department but the last, who knows it."""
    others = tuple(i.id for i in instrument.items_of("coordinator"))
    known = np.random.default_rng(1).standard_normal(DEPARTMENTS)[:-1]
    values = np.full((DEPARTMENTS - 1, len(others)), np.nan)
    told = {"RCMONTHS": np.round(60 + 20 * known), "RCSTATE": np.where(known > -1, 1.0, 2.0)}
    told |= {f"ST{k}": np.clip(np.round(4 + known), 1, 7) for k in (1, 2, 4, 5, 6)}
    for name, column in told.items():
        values[:, others.index(name)] = column
    return table_of(values, others, names()[:-1])


def run(
    instrument: Instrument,
    plan: LoadedPlan,
    table: ResponseTable,
    step: str,
    later: ResponseTable | None = None,
    told: ResponseTable | None = None,
) -> Outcome:
    items = keyed(table, instrument)
    facets = facet_scores(items, instrument, 2)
    here = Context(instrument, plan, table, items, facets, later=later, told=told)
    return ANALYSES[step].run(here)


def get(found: Outcome, statistic: Statistic, *subject: str) -> Finding:
    [row] = [r for r in found.findings if (r.statistic, r.subject) == (statistic, subject)]
    return row


def test_criteria_are_correlated_over_departments(
    instrument: Instrument, plan: LoadedPlan, first: ResponseTable, coordinators: ResponseTable
) -> None:
    found = run(instrument, plan, first, "criterion", told=coordinators)
    outcome = [i for i, name in enumerate(core(instrument)) if name.startswith("CS")]
    scores = respondents(5)[:, outcome].mean(axis=1).reshape(DEPARTMENTS, EACH).mean(axis=1)
    months = coordinators.columns(["RCMONTHS"])[:, 0]
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
    instrument: Instrument, plan: LoadedPlan, first: ResponseTable, coordinators: ResponseTable
) -> None:
    values = first.columns(first.items)
    values[: 2 * EACH] = np.where(
        np.arange(2 * EACH)[:, None] % EACH < 2, np.nan, values[: 2 * EACH]
    )
    table = dataclasses.replace(first, matrix=values)
    found = run(instrument, plan, table, "criterion", told=coordinators)
    assert get(found, Statistic.CRITERION, "CS", "RCMONTHS").n == DEPARTMENTS - 3


def test_without_coordinators_the_reason_is_told(instrument: Instrument, plan: LoadedPlan) -> None:
    found = run(instrument, plan, table_of(respondents(5), core(instrument)), "criterion")
    [row] = found.findings
    assert row.reason == "nobody answered the form of the criteria"


def again(
    instrument: Instrument, codes: tuple[str, ...], form: str = "retest", wave: str = "2"
) -> ResponseTable:
    table = table_of(respondents(6), core(instrument), (*np.repeat(names(), EACH),))
    return dataclasses.replace(table, forms=(form,) * N, waves=(wave,) * N, respondents=codes)


def test_respondents_are_linked_by_their_codes(
    instrument: Instrument, plan: LoadedPlan, first: ResponseTable
) -> None:
    """All but one, whose code stands twice on the first occasion."""
    codes = tuple(f"R{k}" for k in range(N))
    table = dataclasses.replace(first, respondents=(*codes[:-1], "R0"))
    found = run(instrument, plan, table, "retest", again(instrument, codes))
    assert get(found, Statistic.COUNT, "first").value == N
    assert get(found, Statistic.COUNT, "second").value == N
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
    instrument: Instrument, plan: LoadedPlan, first: ResponseTable
) -> None:
    """The second wave is the second occasion where it has no form of its own."""
    second = again(instrument, ("",) * N, "core-40")
    third = again(instrument, ("",) * N, "core-40", "3")
    later = dataclasses.replace(
        second,
        matrix=np.vstack([second.columns(second.items), 8 - third.columns(third.items)]),
        missing=np.vstack([second.missing, third.missing]),
        **{
            name: getattr(second, name) + getattr(third, name)
            for name in ("submissions", "departments", "waves", "languages", "respondents")
        },
        forms=second.forms + third.forms,
        orders=second.orders + third.orders,
        seconds=np.concatenate([second.seconds, third.seconds]),
    )
    found = run(instrument, plan, first, "retest", later)
    assert get(found, Statistic.COUNT, "linked", "departments").value == DEPARTMENTS
    row = get(found, Statistic.RETEST_ICC, "CS")
    assert (row.model, row.n) == ("departments", DEPARTMENTS)
    assert (row.value or 0) > 0.9
    assert "few_linked" in {w.code for w in found.warnings}


def test_one_occasion_has_nothing_to_compare(
    instrument: Instrument, plan: LoadedPlan, first: ResponseTable
) -> None:
    [row] = run(instrument, plan, first, "retest").findings
    assert row.reason == "there is one occasion only"
    nowhere = dataclasses.replace(first, departments=("",) * N)
    [*_, last] = run(instrument, plan, nowhere, "retest", again(instrument, ("",) * N)).findings
    assert last.reason == "neither respondents nor departments of the two occasions can be linked"


def sent(form: str, department: str, respondent: str, wave: str) -> Submission:
    cells = {"IPG1": Cell("6", 6.0, Missing.ANSWERED)}
    key = f"{form}{department}{respondent}{wave}"
    return Submission(key, respondent, department, wave, "en", form, "", 0, cells)


def test_each_respondent_is_once_among_the_first(instrument: Instrument, plan: LoadedPlan) -> None:
    """Later waves, the retest's form, coordinators and other forms are no first answers."""
    rows = [
        ("first", sent("core-40", "D1", "a", "1")),
        ("first", sent("", "D1", "", "1")),
        ("later", sent("core-40", "D1", "a", "2")),
        ("first", sent("core-40", "D1", "b", "2")),  # has a code that is new
        ("later", sent("core-40", "D1", "", "2")),  # may have answered before
        ("first", sent("core-40", "D2", "", "2")),
        ("first", sent("core-40", "D2", "a", "2")),  # another department's person of that code
        ("first", sent("long", "D3", "c", "1")),  # asks all that the plan's form asks
        ("first", sent("core-40", "D1", "", "")),
        ("later", sent("retest", "D1", "a", "1")),
        ("told", sent("coordinator", "D1", "", "1")),
        ("formats", sent("core-40-five", "D4", "d", "1")),
    ]
    found = parted(submissions_of([row for _, row in rows]), instrument, plan.plan)
    for part, got in (("first", found.first), ("later", found.later), ("told", found.told)):
        assert [s.id for s in got] == [row.id for name, row in rows if name == part]
    assert found.other_formats == 1
    assert found.aside == {}
    bare = plan.plan.model_copy(update={"retest": None, "criterion": None})
    alone = parted(submissions_of([row for _, row in rows]), instrument, bare)
    assert alone.aside == {"retest": 1, "coordinator": 1}
    assert len(alone.told) == 0
