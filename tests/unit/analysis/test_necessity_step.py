"""The step `necessity`: departments as cases, by hand and against the function it calls."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.analysis.department_tables import DYNAMICS, changed, departments, found, run, table

from cosyn.findings import Statistic
from cosyn.synergy.necessity import necessity

S = Statistic
# The empty corner holds 1 x 4 above the first peer and 3 x 2 above the second, of 4 x 4.
BY_HAND = ((1, 1), (2, 3), (3, 2), (5, 5))
SHARE = 10 / 16


def corner(sign: int = 1) -> list[dict[str, float]]:
    return [{"IP": x if sign > 0 else 6 - x, "CS": y} for x, y in BY_HAND]


@pytest.mark.parametrize(("side", "sign", "needs"), [("high", 1, 2), ("low", -1, 4)])
def test_the_empty_corner_by_hand(side: str, sign: int, needs: float) -> None:
    plan = changed("necessity", conditions={"IP": side}, replicates=200)
    outcome = run("necessity", departments(corner(sign)), plan)
    assert found(outcome, S.COUNT, "cases").value == 4
    step = found(outcome, S.NECESSITY_EFFECT, "IP", "ce_fdh")
    assert step.value == pytest.approx(SHARE, abs=1e-12)
    assert step.n == 4
    assert found(outcome, S.CEILING_ACCURACY, "IP", "ce_fdh").value == 1
    half = found(outcome, S.BOTTLENECK, "IP", "50")
    assert half.label == "required"
    assert half.value == pytest.approx(needs)
    assert found(outcome, S.BOTTLENECK, "IP", "0").label == "not_necessary"
    assert {w.code for w in outcome.warnings} == {"few_cases"}


def test_the_verdict_follows_the_rule_of_the_plan() -> None:
    """Four cases cannot be rarer than chance, many with one empty corner can."""
    few = changed("necessity", conditions={"IP": "high"}, replicates=200)
    assert (
        found(run("necessity", departments(corner()), few), S.NECESSITY_VERDICT, "IP").label
        == "not_supported"
    )
    random = np.random.default_rng(3)
    x = random.integers(1, 8, 60)
    y = np.minimum(random.integers(1, 8, 60), x)
    answers = departments([{"IP": a, "CS": b} for a, b in zip(x, y, strict=True)])
    assert found(run("necessity", answers, few), S.NECESSITY_VERDICT, "IP").label == "supported"
    strict = changed("necessity", conditions={"IP": "high"}, replicates=200, minimum_effect=0.9)
    assert (
        found(run("necessity", answers, strict), S.NECESSITY_VERDICT, "IP").label == "not_supported"
    )


def test_numbers_are_those_of_the_function_on_the_means() -> None:
    """`synergy.necessity` is checked against R's NCA formulas; the means are known by design."""
    random = np.random.default_rng(8)
    scores = random.integers(1, 8, (40, 2)).astype(float)
    answers = departments([{"IN": x, "CS": y} for x, y in scores])
    plan = changed("necessity", conditions={"IN": "low"}, replicates=500)
    outcome = run("necessity", answers, plan)
    ordered = scores[np.lexsort((scores[:, 0], scores[:, 1]))]
    want = necessity(-ordered[:, 0], ordered[:, 1], replicates=500, seed=plan.plan.seed + 1)
    for kind in ("ce_fdh", "cr_fdh"):
        row, ceiling = found(outcome, S.NECESSITY_EFFECT, "IN", kind), want.ceiling(kind)
        assert (row.value, row.p) == pytest.approx((ceiling.effect, ceiling.pvalue), abs=1e-12)
    drawn = {series.kind: series.columns for series in outcome.series}
    assert sorted(zip(drawn["necessity_cases"]["x"], drawn["necessity_cases"]["y"], strict=True)) == sorted(map(tuple, scores.tolist()))  # fmt: skip
    assert min(x for x in drawn["necessity_step"]["x"] if x is not None) == scores[:, 0].min()


def test_means_leave_out_gaps_and_small_departments() -> None:
    """Departments of 4 are no cases; one gap among 6 leaves 5, two leave 4."""
    answers = departments([{"CS": 2}, {"CS": 4}, {"CS": 6}], size=6)
    cs = [j for j, item in enumerate(answers.items) if item.startswith("CS")]
    values = answers.values.copy()
    values[0, cs[0]] = np.nan
    values[6:8, cs[0]] = np.nan
    outcome = run("necessity", table(values, answers.items, answers.departments))
    assert found(outcome, S.COUNT, "cases").value == 2
    small = run("necessity", departments([{"CS": 2}, {"CS": 6}], size=4))
    assert found(small, S.COUNT, "cases").reason == "no department reaches the minimum cell"
    assert len(small.findings) == 1


@pytest.mark.parametrize(
    ("scores", "names", "reason"),
    [
        ([{"CS": 2, "IP": 3}], None, "fewer than two cases"),
        ([{"CS": 4, "IP": y} for y in (2, 4, 6)], None, "the outcome does not vary"),
        ([{"CS": y, "IP": 4} for y in (2, 4, 6)], None, "the condition does not vary"),
    ],
)
def test_what_cannot_be_computed_has_a_reason(
    scores: list[dict[str, float]], names: None, reason: str
) -> None:
    outcome = run("necessity", departments(scores))
    for condition in DYNAMICS[:1]:
        assert found(outcome, S.NECESSITY_EFFECT, condition, "ce_fdh").reason == reason
        assert found(outcome, S.NECESSITY_VERDICT, condition).label == "undecided"
    assert outcome.series == ()


def test_without_departments_or_outcome_nothing_is_said() -> None:
    answers = departments([{"CS": 2}, {"CS": 6}])
    nobody = table(answers.values, answers.items, [""] * len(answers.values))
    (row,) = run("necessity", nobody).findings
    assert row.reason == "no department recorded"
    kept = [j for j, item in enumerate(answers.items) if not item.startswith("CS")]
    items = tuple(answers.items[j] for j in kept)
    (row,) = run("necessity", table(answers.values[:, kept], items, answers.departments)).findings
    assert row.reason == "fewer than two cases"
