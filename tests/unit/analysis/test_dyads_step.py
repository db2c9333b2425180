"""Lead and cooperating departments: sides are means by role, and no pair is told by itself."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy import stats
from tests.planned import planned
from tests.unit.analysis.department_tables import INSTRUMENT, table

from cosyn.analysis import ANALYSES, Context, Outcome
from cosyn.findings import Finding, Statistic
from cosyn.plan import Dyads, Pair
from cosyn.responses import ResponseTable
from cosyn.scoring import facet_scores, keyed

S = Statistic
ITEMS = tuple(item.id for item in INSTRUMENT.scale_items_of("core-40"))[:40]
RULES = Dyads(
    role="BGROLE",
    lead=1,
    cooperating=2,
    outcome="CS",
    constructs=("IP", "CS"),
    pairs=tuple(Pair(lead=f"L{k}", cooperating=f"C{k}") for k in range(14)),
)


def answers(size: int = 6) -> tuple[np.ndarray, list[str], np.ndarray]:
    """Return answers of fourteen pairs whose sides have something in common, with roles."""
    rng = np.random.default_rng(11)
    rows, places, roles = [], [], []
    for k in range(14):
        shared = rng.standard_normal()
        for role, name in ((1, f"L{k}"), (2, f"C{k}")):
            level = 4 + 0.8 * shared + 0.6 * rng.standard_normal()
            rows.append(level + rng.standard_normal((size, 40)))
            places += [name] * size
            roles += [role] * size
    return np.clip(np.round(np.vstack(rows)), 1, 7), places, np.array(roles, float)


def run(
    values: np.ndarray, places: list[str], roles: np.ndarray | None, rules: Dyads = RULES
) -> Outcome:
    plan = planned()
    plan = dataclasses.replace(plan, plan=plan.plan.model_copy(update={"dyads": rules}))
    here = table(values, ITEMS, places)
    asked: ResponseTable | None = None
    if roles is not None:
        asked = table(np.column_stack([values, roles]), (*ITEMS, "BGROLE"), places)
    items = keyed(here, INSTRUMENT)
    context = Context(
        INSTRUMENT, plan, here, items, facet_scores(items, INSTRUMENT, 2), asked=asked
    )
    return ANALYSES["dyads"].run(context)


def one(outcome: Outcome, statistic: Statistic, *subject: str) -> Finding:
    [found] = [r for r in outcome.findings if (r.statistic, r.subject) == (statistic, subject)]
    return found


def means(values: np.ndarray, places: list[str], construct: str) -> np.ndarray:
    """Return the sides' means, reached from the items by another way."""
    mine = [k for k, item in enumerate(ITEMS) if INSTRUMENT.item(item).construct == construct]
    score = values[:, mine].mean(axis=1)
    here = np.array(places)
    return np.array([[score[here == f"{side}{k}"].mean() for side in "LC"] for k in range(14)])


def test_sides_are_compared() -> None:
    values, places, roles = answers()
    found = run(values, places, roles)
    assert one(found, S.COUNT, "pairs").value == 14
    M = means(values, places, "IP")
    assert one(found, S.SIDES_CORRELATION, "IP").value == pytest.approx(stats.pearsonr(*M.T)[0])
    gap = one(found, S.SIDES_DIFFERENCE, "IP")
    truth = stats.ttest_rel(*M.T)
    assert (gap.value, gap.p) == pytest.approx((np.diff(-M).mean(), truth.pvalue))
    Y = means(values, places, "CS")
    b = np.linalg.lstsq(np.column_stack([np.ones(14), M]), Y[:, 0], rcond=None)[0]
    assert one(found, S.DYAD_EFFECT, "CS", "IP", "lead", "actor").value == pytest.approx(b[1])
    assert one(found, S.DYAD_EFFECT, "CS", "IP", "lead", "partner").value == pytest.approx(b[2])
    assert {w.code for w in found.warnings} == {"exploratory_pairs"}


def test_nobody_counts_for_a_role_that_the_pair_does_not_have() -> None:
    values, places, roles = answers(7)
    usual = run(values, places, roles)
    values[0], roles[0] = 7, 2  # of a lead department, but says that it cooperates
    again = run(values, places, roles)
    without = run(values[1:], places[1:], roles[1:])
    for statistic in (S.SIDES_CORRELATION, S.SIDES_DIFFERENCE):
        assert one(again, statistic, "IP").value == one(without, statistic, "IP").value
        assert one(again, statistic, "IP").value != one(usual, statistic, "IP").value


@pytest.mark.parametrize(
    ("size", "pairs", "role", "reason"),
    [
        (6, 0, True, "neither the plan nor the answers name pairs of departments"),
        (6, 14, False, "nobody was asked for the role of the department"),
        (6, 9, True, "fewer pairs with both sides than the plan asks for"),
        (4, 14, True, "fewer pairs with both sides than the plan asks for"),
    ],
)
def test_what_may_not_be_told_is_a_reason(
    size: int, pairs: int, *, role: bool, reason: str
) -> None:
    values, places, roles = answers(size)
    rules = RULES.model_copy(update={"pairs": RULES.pairs[:pairs]})
    [found] = run(values, places, roles if role else None, rules).findings
    assert (found.value, found.reason) == (None, reason)


def test_a_side_that_answered_alike_is_not_told() -> None:
    values, places, roles = answers()
    for k in range(5):
        values[[i for i, place in enumerate(places) if place == f"L{k}"]] = 5
    [found] = run(values, places, roles).findings
    assert found.reason == "fewer pairs with both sides than the plan asks for"


def test_findings_name_no_department() -> None:
    values, places, roles = answers()
    words = {word for row in run(values, places, roles).findings for word in row.subject}
    assert not words & set(places)
