"""The critical ratio is that of R's t.test, the interval of a share that of prop.test."""

from __future__ import annotations

import numpy as np
import pytest
from tests.golden.golden_cases import FOLDER, csv, expected

from cosyn.engine.discrimination import NO_VARIANCE, TIED, TOO_FEW, upper_lower
from cosyn.engine.proportion import wilson_interval

TRUTH = expected(FOLDER / "cases" / "discrimination")
DATA = csv("teams")
ANSWERS = DATA.of(["a", "b", "c", "d"])
COMPLETE = ANSWERS[~np.isnan(ANSWERS).any(axis=1)]
#: Closed formulas: rounding of fifteen printed digits.
EXACT = 1e-10


@pytest.mark.parametrize(("case", "share"), [("customary", 0.27), ("third", 1 / 3)])
@pytest.mark.parametrize("column", range(4))
def test_groups_and_welch_s_test(case: str, share: float, column: int) -> None:
    truth = TRUTH[case]["abcd"[column]]
    found = upper_lower(COMPLETE[:, column], COMPLETE.sum(axis=1), share)
    assert (found.n_lower, found.n_upper) == (truth["n_lower"], truth["n_upper"])
    assert found.difference == pytest.approx(truth["difference"], rel=EXACT)
    assert found.interval == pytest.approx((truth["lower"], truth["upper"]), rel=EXACT)
    assert found.t == pytest.approx(truth["t"], rel=EXACT)
    assert found.df == pytest.approx(truth["df"], rel=EXACT)
    # The tail of t is an incomplete beta function: two libraries agree to fewer digits.
    assert found.pvalue == pytest.approx(truth["pvalue"], rel=1e-8)


def test_wilson_s_interval() -> None:
    for truth in TRUTH["wilson"]:
        found = wilson_interval(truth["count"], truth["n"])
        assert found == pytest.approx((truth["lower"], truth["upper"]), abs=EXACT)
    assert wilson_interval(0, 0) is None


@pytest.mark.parametrize(
    ("item", "total", "reason"),
    [
        (np.arange(4.0), np.arange(4.0), TOO_FEW),
        (np.arange(12.0), np.full(12, 3.0), TIED),
        (np.full(12, 3.0), np.arange(12.0), NO_VARIANCE),
    ],
)
def test_what_cannot_be_compared_has_a_reason(
    item: np.ndarray, total: np.ndarray, reason: str
) -> None:
    found = upper_lower(item, total)
    assert (found.t, found.pvalue, found.reason) == (None, None, reason)
