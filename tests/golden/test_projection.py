"""The projection of a wave equals R's glm with a quasi-Poisson family.

Both iterate to the maximum of one concave likelihood, here until steps are below 1e-10: 1e-8 is far
above what is left of it, and far below any digit that is shown.
"""

from __future__ import annotations

import numpy as np
import pytest
from tests.golden.golden_cases import FOLDER, expected

from cosyn.fielding.projection import expected_sum, projected
from cosyn.fielding.suppression import Stretch

TRUTH = expected(FOLDER / "cases" / "projection")
DATA = {
    "falling": ([30, 22, 25, 12, 9, 7], [1, 1, 2, 1, 1, 1], [0, 1, 2.5, 4, 5, 6], range(7, 14)),
    "steady": ([6, 5, 6, 5], [1] * 4, range(4), range(4, 6)),
    "rising": ([5, 5, 9, 14, 40], [3, 1, 1, 1, 2], [1, 3, 4, 5, 6.5], range(8, 11)),
}


@pytest.mark.parametrize("name", DATA)
def test_expected_sum(name: str) -> None:
    found = expected_sum(*(np.array([*column], float) for column in DATA[name]))
    assert found is not None
    np.testing.assert_allclose(found, [TRUTH[name]["mean"], TRUTH[name]["error"]], rtol=1e-8)


def test_stretches_are_read_as_days() -> None:
    days = [("02", "02", 30), ("03", "03", 22), ("04", "05", 25), ("06", "06", 12), ("07", "07", 9)]
    stretches = [Stretch(f"2026-11-{a}", f"2026-11-{b}", n) for a, b, n in days]
    stretches += [Stretch("2026-11-08", "2026-11-08", 4), Stretch("2026-11-08", "2026-11-08", 3)]
    found = projected(stretches, "2026-11-15", "2026-11-09", 500)
    assert found.expected == pytest.approx(105 + TRUTH["falling"]["mean"], rel=1e-8)


@pytest.mark.parametrize(
    ("until", "count", "reason"),
    [("", 9, "no end"), ("2026-11-01", 9, "over"), ("2026-11-30", 3, "not enough days")],
)
def test_what_cannot_be_projected_says_why(until: str, count: int, reason: str) -> None:
    stretches = [Stretch(f"2026-11-0{n}", f"2026-11-0{n}", 5) for n in range(1, count + 1)]
    found = projected(stretches, until, "2026-11-10", 500)
    assert (found.expected, found.reason) == (None, reason)
