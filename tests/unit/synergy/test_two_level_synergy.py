"""A synergy model of two levels: slopes by level, variances fixed at 0, few clusters."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.golden.golden_cases import csv

from cosyn.errors import PlanError
from cosyn.synergy import SYNERGIES, Levels, Scores, Task

MODEL = """
level: 1
  P =~ p1 + l2*p2 + l3*p3
  C =~ c1 + m2*c2 + m3*c3
  C ~ bw*P
level: 2
  P =~ p1 + l2*p2 + l3*p3
  C =~ c1 + m2*c2 + m3*c3
  C ~ bb*P
contextual := bb - bw
"""
NULL = MODEL.replace("bw*", "b*").replace("bb*", "b*").replace("contextual := bb - bw", "")
TASK = Task(MODEL, "two.lav", "C", NULL, "one.lav")
DATA = csv("departments")
DEPARTMENT = DATA.values[:, 0].astype(np.intp)
SCORES = Scores(DATA.names, DATA.values, DEPARTMENT)


def levels_of(scores: Scores, task: Task) -> Levels:
    levels = SYNERGIES["two_level"].run(scores, task).levels
    assert levels is not None
    return levels


def of(first: int, last: int) -> Scores:
    here = np.isin(DEPARTMENT, np.arange(first, last + 1))
    return Scores(DATA.names, DATA.values[here], DEPARTMENT[here])


def test_slopes_of_both_levels_with_intervals() -> None:
    result = SYNERGIES["two_level"].run(SCORES, TASK)
    assert result.levels is not None
    found = {(row.level, row.label): row for row in result.levels.estimates if row.label}
    within, between = found["within", "bw"], found["between", "bb"]
    assert within.value is not None
    assert between.low is not None
    assert between.high is not None
    assert within.value == pytest.approx(0.5, abs=0.1)  # what the data were drawn with
    assert between.low < 0.9 < between.high
    contextual = found["", "contextual"]
    assert contextual.value == pytest.approx((between.value or 0) - within.value)
    assert found["within", "l2"].value == found["between", "l2"].value
    assert result.difference is not None
    assert result.difference.df == 1
    assert result.difference.pvalue is not None
    assert result.difference.pvalue < 0.05
    assert (result.levels.fixed, result.levels.reason) == ((), "")


def test_intervals_are_as_wide_as_the_confidence_asks() -> None:
    narrow, wide = (levels_of(SCORES, replace(TASK, level=c)).estimates for c in (0.8, 0.99))
    pairs = [(a, b) for a, b in zip(narrow, wide, strict=True) if a.low is not None]
    assert pairs
    for a, b in pairs:
        assert a.value == b.value
        assert b.low is not None
        assert a.low is not None
        assert b.low < a.low
        if a.standard_low is not None and b.standard_low is not None:
            assert b.standard_low < a.standard_low


def test_negative_variances_are_fixed_at_zero_and_named() -> None:
    found = levels_of(of(61, 90), TASK)
    assert "negative" in found.free.status.messages[0]
    assert found.fixed == ("p2",)
    assert found.reason == ""
    [row] = [r for r in found.estimates if (r.level, r.lhs, r.rhs) == ("between", "p2", "p2")]
    assert (row.value, row.low, row.high) == (0, None, None)
    result = SYNERGIES["two_level"].run(of(61, 90), TASK)
    assert result.fit.table.df == found.free.table.df + 1
    assert result.null is not None
    assert result.null.estimate("p2", "~~", "p2", 2) == 0
    assert result.difference is not None
    assert result.difference.df == 1
    assert all(
        r.value is None or r.value >= 0 for r in found.estimates if r.op == "~~" and r.lhs == r.rhs
    )


def test_few_clusters_are_exploratory_by_the_threshold_that_is_passed_in() -> None:
    assert levels_of(SCORES, TASK).exploratory
    enough = levels_of(SCORES, replace(TASK, enough_clusters=160))
    assert (enough.exploratory, enough.clusters) == (False, 160)


def test_a_fit_that_says_nothing_has_a_reason() -> None:
    model = MODEL.replace("C ~ bb*P", "C ~ bb*P\n  p1 ~~ p2 + p3 + c1 + c2 + c3\n  p2 ~~ p3")
    found = levels_of(SCORES, replace(TASK, syntax=model, null=""))
    assert found.estimates == ()
    assert found.reason


def test_clusters_are_needed() -> None:
    with pytest.raises(PlanError) as caught:
        SYNERGIES["two_level"].run(Scores(DATA.names, DATA.values), TASK)
    assert caught.value.code == "synergy.no-clusters"


def test_robust_intervals_rest_on_the_sandwich() -> None:
    plain, robust = (
        SYNERGIES["two_level"].run(SCORES, replace(TASK, robust=robust)) for robust in (False, True)
    )
    assert robust.fit.estimator == "MLR"
    assert robust.difference is not None
    assert robust.difference.method == "sb2001"
    np.testing.assert_allclose(robust.fit.estimates, plain.fit.estimates, rtol=1e-8, atol=1e-10)
    assert plain.levels is not None
    assert robust.levels is not None
    pairs = zip(plain.levels.estimates, robust.levels.estimates, strict=True)
    assert any(a.low != b.low for a, b in pairs if a.low is not None)
