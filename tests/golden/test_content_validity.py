"""Content validity equals published tables (as printed) and base R (1e-12: both are exact sums).

R's numbers come by other roads: tails from `binom.test`, chance from `dbinom`, agreement from a
loop over every pair of raters. `raw` and `even` are published examples too: Gwet's four raters,
.77544 and .76117 in irrCAC 1.4, and the textbook example of Fleiss' kappa, .210.
"""

from __future__ import annotations

import numpy as np
import pytest
from tests.golden.golden_cases import FOLDER, expected

from cosyn.panel.agreement import agreement
from cosyn.panel.content_validity import (
    critical_cvr,
    item_cvi,
    modified_kappa,
    scale_cvi,
    substantive_validity,
)

TRUTH = expected(FOLDER / "cases" / "content_validity")
EXACT = 1e-12
#: Table 10 of BMC Health Services Research 17:2469 (doi 10.1186/s12913-017-2469-8): agreeing,
#: experts, I-CVI, k* after Polit, Beck & Owen (2007), as printed.
PRINTED = [(10, 10, 1.00, 1.00), (9, 10, 0.90, 0.90), (8, 10, 0.80, 0.79), (7, 10, 0.70, 0.66),
           (8, 9, 0.89, 0.89), (7, 9, 0.78, 0.76), (6, 9, 0.67, 0.60)]  # fmt: skip
#: The same table's columns of six items, and the S-CVI below them.
COLUMNS = [
    ([(10, 10), (9, 10), (7, 10), (10, 10), (10, 10), (10, 10)], 0.93, 0.67),
    ([(10, 10), (7, 10), (7, 9), (10, 10), (10, 10), (10, 10)], 0.91, 0.67),
]
GWET = [[1, 1, 0, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4],
        [4, 4, 4, 4], [1, 1, 2, 1], [2, 2, 2, 2], [0, 5, 5, 5], [0, 0, 1, 1], [0, 0, 3, 0]]  # fmt: skip
EVEN = [[0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7]]  # fmt: skip
SORTED = [{"a": 16, "b": 3, "c": 1}, {"a": 9, "b": 11}, {"a": 20}, {"b": 10, "c": 10}]


@pytest.mark.parametrize(("agreeing", "experts", "cvi", "kappa"), PRINTED)
def test_item_cvi_and_kappa_as_printed(
    agreeing: int, experts: int, cvi: float, kappa: float
) -> None:
    assert item_cvi(agreeing, experts) == pytest.approx(cvi, abs=0.005)
    assert modified_kappa(agreeing, experts) == pytest.approx(kappa, abs=0.0051)


@pytest.mark.parametrize(("items", "average", "universal"), COLUMNS)
def test_scale_cvi_as_printed(
    items: list[tuple[int, int]], average: float, universal: float
) -> None:
    found = scale_cvi([item_cvi(agreeing, experts) for agreeing, experts in items])
    assert found == pytest.approx((average, universal), abs=0.005)


def test_kappa_of_every_panel_up_to_twelve() -> None:
    for row in TRUTH["kappa"]:
        found = modified_kappa(row["agreeing"], row["raters"])
        assert found == pytest.approx(row["value"], abs=EXACT), row


@pytest.mark.parametrize("alpha", [0.05, 0.01])
def test_critical_cvr(alpha: float) -> None:
    """.80 for ten experts at .05 is the value that Ayre & Scally (2014) print."""
    truth = TRUTH[f"critical_{alpha:.2f}".replace("0.", "")]
    found = [critical_cvr(experts, alpha) for experts in range(1, 41)]
    assert found == [None if value is None else pytest.approx(value, abs=EXACT) for value in truth]
    assert critical_cvr(10) == pytest.approx(0.80)


def test_agreement_with_missing_ratings() -> None:
    counts = [[row.count(category) for category in range(1, 6)] for row in GWET]
    found = agreement(counts)
    truth = TRUTH["raw"]
    assert found.items == truth["items"]
    assert found.observed == pytest.approx(truth["observed"], abs=EXACT)
    assert found.fleiss_kappa == pytest.approx(truth["fleiss"], abs=EXACT)
    assert found.gwet_ac1 == pytest.approx(truth["ac1"], abs=EXACT)
    assert found.fleiss_kappa == pytest.approx(0.76117, abs=5e-6)
    assert found.gwet_ac1 == pytest.approx(0.77544, abs=5e-6)


def test_agreement_of_a_full_panel() -> None:
    found = agreement(np.array(EVEN))
    truth = TRUTH["even"]
    assert (found.items, found.reason) == (truth["items"], "")
    assert found.fleiss_kappa == pytest.approx(truth["fleiss"], abs=EXACT)
    assert found.gwet_ac1 == pytest.approx(truth["ac1"], abs=EXACT)
    assert found.fleiss_kappa == pytest.approx(0.210, abs=5e-4)


def test_substantive_validity() -> None:
    found = [substantive_validity(counts, "a") for counts in SORTED]
    assert [f.agreement for f in found] == pytest.approx(TRUTH["psa"], abs=EXACT)
    assert [f.coefficient for f in found] == pytest.approx(TRUTH["csv"], abs=EXACT)
    assert [(f.rival, f.rival_count) for f in found] == [("b", 3), ("b", 11), (None, 0), ("b", 10)]
