"""Indices of careless answering equal those of a script in base R that looks at one respondent at a time.

The packages careless and PerFit were not at hand: the script follows the formulas that they
document. Counts are exact. Sums of whole numbers and their roots agree to rounding (1e-10);
distances with gaps to what two searches by EM leave open (R's stops at a change of 1e-11, ours
at one of the likelihood; near the maximum that is a change of its root, hence 1e-5).
"""

from __future__ import annotations

import numpy as np
import pytest
from tests.golden.golden_cases import FOLDER, expected
from tests.unit.screening.screening_helpers import instrument_of, judge, sheet

from cosyn.screening._categories import Categories
from cosyn.screening._distance import moments, squared_distances
from cosyn.screening._guttman import errors
from cosyn.screening._likelihood import category_probabilities, likelihoods
from cosyn.screening._pairs import correlations
from cosyn.screening.longstring import longest_runs
from cosyn.screening.variability import deviations

CASE = FOLDER / "cases" / "screening"
TRUTH = expected(CASE)
EXACT, SEARCHED = 1e-10, 1e-5
X = np.genfromtxt(CASE / "answers.csv", delimiter=",", skip_header=1)
STEPS = np.loadtxt(CASE / "steps.csv", delimiter=",", skiprows=1).astype(np.int8)
INSTRUMENT = instrument_of([3, 3, 3, 3], reverse=(2, 7))


def compare(found: np.ndarray, wanted: list[float | None]) -> None:
    """The same values, and none for the same respondents."""
    truth = np.array([np.nan if v is None else v for v in wanted])
    assert (np.isnan(found) == np.isnan(truth)).all()
    np.testing.assert_allclose(found[~np.isnan(truth)], truth[~np.isnan(truth)], atol=EXACT)


def test_longest_run_and_variability() -> None:
    on = sheet(X, INSTRUMENT)
    np.testing.assert_allclose(longest_runs(on), TRUTH["longstring"], atol=0)
    np.testing.assert_allclose(deviations(on), TRUTH["irv"], atol=EXACT)


def test_even_odd() -> None:
    found = judge("even_odd", sheet(X, INSTRUMENT))
    compare(found.value, TRUTH["evenodd"])


@pytest.mark.parametrize(("name", "cut"), [("synonyms", 0.45), ("antonyms", -0.35)])
def test_pairs(name: str, cut: float) -> None:
    on = sheet(X, INSTRUMENT)
    r = correlations(on)[np.tril_indices(12, -1)]
    assert ((r > cut) if cut > 0 else (r < cut)).sum() == TRUTH[name]["pairs"]
    found = judge(name, on, correlation=cut, pairs=3)
    compare(found.value, TRUTH[name]["r"])


def test_distances_of_complete_rows() -> None:
    complete = X[~np.isnan(X).any(axis=1)]
    at = moments(complete, robust=False)
    assert at
    found, _ = squared_distances(complete, at)
    np.testing.assert_allclose(found, TRUTH["mahad"]["complete"], rtol=1e-9)


def test_distances_with_gaps() -> None:
    at = moments(X, robust=False)
    assert at
    found, answered = squared_distances(X, at)
    np.testing.assert_allclose(found, TRUTH["mahad"]["gaps"], rtol=SEARCHED)
    assert (answered == (~np.isnan(X)).sum(axis=1)).all()
    p = judge("mahalanobis", sheet(X, INSTRUMENT), robust=False).value
    np.testing.assert_allclose(p, TRUTH["mahad"]["p"], atol=SEARCHED)


def test_robust_distances() -> None:
    found = judge("mahalanobis", sheet(X, INSTRUMENT), robust=True)
    np.testing.assert_allclose(found.value, TRUTH["mahad"]["robust"], atol=SEARCHED)
    assert (found.flag == (np.array(TRUTH["mahad"]["robust"]) < 0.001)).all()


def test_guttman_errors() -> None:
    found, most = errors(Categories(STEPS, (4,) * 5))
    np.testing.assert_allclose(found, TRUTH["guttman"]["errors"], atol=0)
    np.testing.assert_allclose(most, TRUTH["guttman"]["most"], atol=0)


def test_standardised_log_likelihood() -> None:
    loadings = np.array([0.7, 0.6, 0.8, 0.5, -0.6])
    cuts = np.array([[-1, 0, 1], [-0.5, 0.3, 1.2], [-1.2, -0.4, 0.6], [-0.2, 0.8, 1.5], [-1.5, -0.3, 0.4]])  # fmt: skip
    parts = likelihoods(STEPS, category_probabilities(loadings, cuts))
    lz = (parts.observed - parts.expected) / np.sqrt(parts.variance)
    np.testing.assert_allclose(lz, TRUTH["lz"], atol=EXACT)
