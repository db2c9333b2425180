"""Who shares quasi-identifiers, under both readings of a gap, equals base R (whole numbers)."""

from __future__ import annotations

import numpy as np
import pytest
from tests.golden.golden_cases import FOLDER, expected

from cosyn.release.classes import matched_by, shared_by

TRUTH = expected(FOLDER / "cases" / "release")


@pytest.mark.parametrize("name", TRUTH)
def test_frequencies_and_violations(name: str) -> None:
    case = TRUTH[name]
    rows = np.array(case["rows"], dtype=np.int64)
    matching, alike = matched_by(rows), shared_by(rows)
    assert matching.tolist() == case["matching"]
    assert alike.tolist() == case["alike"]
    assert [int((matching < k).sum()) for k in (2, 3, 5)] == case["below"]
    assert [int((alike < k).sum()) for k in (2, 3, 5)] == case["below_alike"]
