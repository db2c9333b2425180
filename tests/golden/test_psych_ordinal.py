"""Dimensionality of ordinal items, and scores on two occasions, equal psych."""

from __future__ import annotations

import numpy as np
import pytest
from factor_analyzer.factor_analyzer import calculate_bartlett_sphericity
from tests.golden.golden_cases import FOLDER, expected, holzinger

from cosyn.engine.adequacy import sampling_adequacy
from cosyn.engine.correlation import correlation
from cosyn.engine.factor_agreement import tucker_congruence
from cosyn.engine.map_test import map_test
from cosyn.engine.parallel import parallel_analysis_of_codes
from cosyn.engine.polychoric_matrix import polychoric_matrix, polychoric_of_codes
from cosyn.engine.stability import Agreement, agreement_of_occasions

TRUTH = expected(FOLDER / "cases" / "psych_ordinal")
OCCASIONS = expected(FOLDER / "cases" / "psych_occasions")
R = np.array(TRUTH["R"])

#: Closed formulas: rounding only.
EXACT = 1e-10
#: R's `optimize` ends within 1e-9 of the maximum by its own measure, in a flat likelihood.
OPTIMISED = 1e-6
#: psych's own polychoric stops at 1e-4 of its bracket.
AS_CALLED = 1e-4
#: Means of 100 and 400 draws of eigenvalues whose standard deviation is about 0.05, and 95th
#: percentiles of as many, whose standard errors are about twice as large.
SIMULATED, SIMULATED_QUANTILE = 0.02, 0.04


def codes() -> np.ndarray:
    """The nine tests in four categories, cut as the script cuts them."""
    columns = [np.searchsorted(np.quantile(x, [0.2, 0.5, 0.8]), x) for x in holzinger().values.T]
    return np.column_stack(columns).astype(float)


def test_polychoric_matrix() -> None:
    found = polychoric_matrix(codes(), holzinger().names)
    np.testing.assert_allclose(found.R, R, atol=OPTIMISED, rtol=0)
    np.testing.assert_allclose(found.R, TRUTH["rho"], atol=AS_CALLED, rtol=0)
    np.testing.assert_allclose(polychoric_of_codes(found.codes), found.R, atol=EXACT)
    assert found.definite


def test_sampling_adequacy_and_sphericity() -> None:
    found, wanted = sampling_adequacy(R), TRUTH["kmo"]
    assert found.overall == pytest.approx(wanted["overall"], rel=EXACT)
    np.testing.assert_allclose(found.each, wanted["each"], rtol=EXACT)
    value, p = calculate_bartlett_sphericity(codes())
    assert value == pytest.approx(TRUTH["bartlett"]["chisq"], rel=EXACT)
    assert p == pytest.approx(TRUTH["bartlett"]["p.value"], rel=1e-8)


def test_minimum_average_partials_of_polychoric_correlations() -> None:
    """psych leaves out the average before any component is taken out."""
    found = map_test(R)
    np.testing.assert_allclose(found.squared[1:8], TRUTH["map"], rtol=1e-8)
    assert found.n_squared == 1 + int(np.argmin(TRUTH["map"]))


def test_parallel_analysis_of_permuted_answers() -> None:
    data = polychoric_matrix(codes(), holzinger().names)
    found = parallel_analysis_of_codes(data.R, data.codes, draws=400, quantile=0.95, seed=4)
    np.testing.assert_allclose(found.observed_pc, TRUTH["observed"]["pc"], atol=OPTIMISED)
    np.testing.assert_allclose(found.observed_fa, TRUTH["observed"]["fa"], atol=10 * OPTIMISED)
    mean = np.concatenate([found.random_pc_mean, found.random_fa_mean])
    np.testing.assert_allclose(mean, TRUTH["random"]["mean"], atol=SIMULATED)
    quantile = np.concatenate([found.random_pc_quantile, found.random_fa_quantile])
    np.testing.assert_allclose(quantile, TRUTH["random"]["quantile"], atol=SIMULATED_QUANTILE)


def test_congruence_with_a_pattern() -> None:
    pattern = np.repeat(np.eye(3), 3, axis=0)
    found = tucker_congruence(np.array(TRUTH["loadings"]), pattern)
    np.testing.assert_allclose(found, TRUTH["congruence"], rtol=EXACT)


def assert_icc(found: Agreement, wanted: dict[str, float]) -> None:
    assert found.value == pytest.approx(wanted["ICC"], rel=EXACT)
    assert found.interval == pytest.approx(
        (wanted["lower bound"], wanted["upper bound"]), rel=1e-8, abs=1e-10
    )


def test_agreement_of_occasions() -> None:
    Y = holzinger().values[:60]
    shifted = np.column_stack([Y[:, 3], Y[:, 5] + 0.8])
    assert_icc(agreement_of_occasions(Y[:, 3:6]), OCCASIONS["three"])
    assert_icc(agreement_of_occasions(shifted), OCCASIONS["shifted"])
    assert_icc(agreement_of_occasions(shifted, 0.90), OCCASIONS["narrow"])


def test_correlations_of_values_and_ranks() -> None:
    Y, wanted = holzinger().values[:60], OCCASIONS["correlation"]
    found = correlation(Y[:, 3], Y[:, 5], 0.90)
    assert found.value == pytest.approx(wanted["r"], rel=EXACT)
    assert found.interval == pytest.approx(tuple(wanted["interval"]), rel=1e-9)
    assert found.ranks == pytest.approx(wanted["rho"], rel=EXACT)
