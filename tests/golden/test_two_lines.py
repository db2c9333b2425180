"""Two lines, and the curve their breakpoint is read from, equal those of base R.

The penalty is found by a search that stops at 1e-8 of its logarithm here and in R, which moves curve
and degrees of freedom by less than 1e-6; lines are closed formulas once the breakpoint is the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.golden.golden_cases import FOLDER, csv, expected

from cosyn.engine.smoothing import smooth
from cosyn.engine.two_lines import FEW_VALUES, TwoLines, two_lines

TRUTH = expected(FOLDER / "cases" / "two_lines")
CLUSTER, X, _, Z, W = csv("balance").values.T
BENT = Z - 0.35 * (X - 4.4) ** 2
RISEN = Z + 0.35 * (X - 4.4) ** 2
CASES: dict[str, tuple[np.ndarray, dict[str, Any]]] = {
    "bent": (BENT, {}),
    "clustered": (BENT, {"cluster": CLUSTER}),
    "covariate": (BENT, {"covariates": W[:, None]}),
    "valley": (RISEN, {"peak": False}),
    "as_it_is": (Z, {}),
}


def found(name: str) -> TwoLines:
    y, options = CASES[name]
    return two_lines(X, y, **options)


@pytest.mark.parametrize("name", CASES)
def test_the_curve(name: str) -> None:
    y, options = CASES[name]
    curve, truth = smooth(X, y, options.get("covariates")), TRUTH[name]
    assert curve.edf == pytest.approx(truth["edf"], abs=1e-4)
    assert curve.gcv == pytest.approx(truth["gcv"], rel=1e-9)
    np.testing.assert_allclose(curve.value[:20], truth["value"], rtol=1e-5)
    np.testing.assert_allclose(curve.standard_error[:20], truth["standard_error"], rtol=1e-5)


@pytest.mark.parametrize("name", CASES)
def test_the_two_lines(name: str) -> None:
    result, truth = found(name), TRUTH[name]
    assert result.breakpoint == pytest.approx(truth["breakpoint"], rel=1e-6)
    assert result.low
    assert result.high
    for side, k in ((result.low, 0), (result.high, 1)):
        assert side.value == pytest.approx(truth["slope"][k], rel=1e-6)
        assert side.se == pytest.approx(truth["se"][k], rel=1e-6)
        assert side.pvalue == pytest.approx(truth["p"][k], rel=1e-5)


def test_a_bend_is_told_from_a_change_of_sign() -> None:
    """A curve that only flattens has a significant square, but its second line does not fall."""
    rng = np.random.default_rng(2)
    x = rng.uniform(1, 7, 600)
    y = np.log(x) + rng.normal(0, 0.3, 600)
    flattening = two_lines(x, y)
    assert flattening.high
    assert flattening.high.lower is not None
    assert flattening.high.lower > 0
    peaked = two_lines(x, -((x - 4) ** 2) + rng.normal(0, 0.5, 600))
    assert peaked.low
    assert peaked.high
    assert peaked.low.lower is not None
    assert peaked.low.lower > 0
    assert peaked.high.upper is not None
    assert peaked.high.upper < 0
    assert peaked.breakpoint == pytest.approx(4, abs=0.3)


def test_too_few_values_are_a_reason() -> None:
    result = two_lines(np.tile([1.0, 2.0, 3.0], 20), np.arange(60.0))
    assert (result.breakpoint, result.reason) == (None, FEW_VALUES)


def test_gaps_are_left_out_and_counted() -> None:
    x = np.concatenate([X, [np.nan, 4.0]])
    y = np.concatenate([BENT, [1.0, np.nan]])
    result = two_lines(x, y)
    assert result.n_dropped == 2
    assert result.breakpoint == found("bent").breakpoint
