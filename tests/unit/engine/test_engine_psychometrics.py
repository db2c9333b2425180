"""Edges of the psychometric functions; their values are golden tests."""

from __future__ import annotations

import numpy as np
import pingouin
import pytest
from semopy.examples import holzinger39

from cosyn.engine import efa, reliability
from cosyn.engine.clustering import icc1
from cosyn.engine.descriptives import CONSTANT, NOBODY, TOO_FEW, describe
from cosyn.engine.parallel import parallel_analysis
from cosyn.engine.products import double_mean_centred_products


def test_alpha_of_parallel_items_is_spearman_brown() -> None:
    S = np.array([[1, 0.5], [0.5, 1]])
    assert reliability.alpha(S) == pytest.approx(reliability.spearman_brown(0.5))
    assert reliability.spearman_brown(0.5) == pytest.approx(2 / 3)
    assert reliability.spearman_brown(-1) is None
    assert reliability.item_rest_correlations(S) == pytest.approx((0.5, 0.5))


def test_alpha_without_meaning_is_none() -> None:
    assert reliability.alpha(np.ones((1, 1))) is None
    assert reliability.alpha(np.array([[1.0, -1.0], [-1.0, 1.0]])) is None
    assert reliability.alpha_if_deleted(np.eye(2)) == (None, None)
    assert reliability.item_rest_correlations(np.zeros((2, 2))) == (None, None)
    assert reliability.alpha_interval(0.5, 1, 3) is None


def test_alpha_interval_is_that_of_pingouin() -> None:
    frame = holzinger39.get_data()[["x1", "x2", "x3"]]
    value, interval = pingouin.cronbach_alpha(frame, ci=0.9)
    found = reliability.alpha_interval(float(value), len(frame), 3, 0.9)
    assert found == pytest.approx(list(interval), abs=6e-4)  # pingouin rounds to three digits


def test_descriptives_say_why_something_is_undefined() -> None:
    nan = np.nan
    X = np.array([[nan, 1, 5, 1], [nan, 2, 5, 2], [nan, nan, 5, 4], [nan, nan, 5, nan], [nan] * 4])
    found = describe(X)
    assert found.reasons == (NOBODY, TOO_FEW, CONSTANT, TOO_FEW)
    assert list(found.n) == [0, 2, 4, 3]
    assert found.mean[1] == 1.5
    assert found.sd[1] == pytest.approx(np.sqrt(0.5))
    assert found.sd[2] == 0
    assert np.isnan(found.skewness).all()
    assert describe(np.empty((0, 2))).reasons == (NOBODY, NOBODY)


def test_a_constant_that_rounding_blurs_is_constant() -> None:
    assert describe(np.full((7, 1), 0.1)).reasons == (CONSTANT,)


@pytest.mark.parametrize("method", ["minres", "ml"])
def test_exact_factors_are_found(method: efa.Method) -> None:
    L = np.array([[0.8, 0], [0.7, 0], [0.6, 0], [0, 0.8], [0, 0.7], [0, 0.6]])
    R = L @ L.T
    np.fill_diagonal(R, 1)
    found = efa.extract(R, 2, method)
    assert found.converged
    np.testing.assert_allclose(found.loadings @ found.loadings.T, L @ L.T, atol=1e-5)
    np.testing.assert_allclose(efa.communalities(found.loadings), 1 - found.uniquenesses, atol=1e-5)


def test_objective_of_ml_is_the_discrepancy() -> None:
    R = np.asarray(np.corrcoef(np.random.default_rng(8).standard_normal((40, 6)), rowvar=False))
    found = efa.extract(R, 1, "ml")
    Sigma = found.loadings @ found.loadings.T + np.diag(found.uniquenesses)
    ratio = np.linalg.solve(Sigma, R)
    discrepancy = np.trace(ratio) - np.linalg.slogdet(ratio)[1] - 6
    assert found.objective == pytest.approx(discrepancy, rel=1e-6)


def test_extraction_that_cannot_be_is_told() -> None:
    assert efa.extract(np.eye(3), 3).reason == "3 factors of 3 variables"
    assert "singular" in efa.extract(np.ones((3, 3)), 1).reason
    heywood = np.array([[1, 0.8, 0.8], [0.8, 1, 0.6], [0.8, 0.6, 1]])
    assert "variable 1" in efa.extract(heywood, 1).reason


def test_order_and_reflection_move_loadings_and_correlations_together() -> None:
    L = np.array([[0.1, -0.9], [0.2, -0.8], [0.7, 0.1]])
    Phi = np.array([[1, 0.3], [0.3, 1]])
    ordered, correlations = efa.order_and_reflect(L, Phi)
    np.testing.assert_allclose(ordered @ correlations @ ordered.T, L @ Phi @ L.T)
    assert (ordered.sum(axis=0) >= 0).all()
    assert efa.explained_variances(ordered, correlations)[0] == pytest.approx(
        efa.explained_variances(L, Phi).max()
    )
    assert correlations[0, 1] == -0.3


def test_random_eigenvalues_are_those_of_simulated_data() -> None:
    """Bartlett's decomposition against data drawn and correlated, 400 draws of each."""
    n, p = 10, 6
    rng = np.random.default_rng(2)
    simulated = [
        np.linalg.eigvalsh(np.corrcoef(rng.standard_normal((n, p)), rowvar=False))[::-1]
        for _ in range(400)
    ]
    found = parallel_analysis(np.eye(p), n, draws=400, seed=1)
    spread = np.std(simulated, axis=0) / np.sqrt(200)
    assert (np.abs(found.random_pc_mean - np.mean(simulated, axis=0)) < 4 * spread).all()
    assert (found.n_components, found.n_factors) == (0, 0)


def test_parallel_analysis_repeats_itself() -> None:
    a, b = (parallel_analysis(np.eye(4), 50, draws=20, seed=9) for _ in range(2))
    np.testing.assert_array_equal(a.random_fa_quantile, b.random_fa_quantile)


def test_parallel_analysis_counts_only_leading_eigenvalues() -> None:
    R = np.eye(6)
    R[:3, :3] = R[3:, 3:] = 0.6
    np.fill_diagonal(R, 1)
    found = parallel_analysis(R, 200, draws=50)
    assert (found.n_components, found.n_factors) == (2, 2)


def test_products_are_centred_twice() -> None:
    rng = np.random.default_rng(3)
    A, B = rng.standard_normal((2, 50, 2)) + 4
    P = double_mean_centred_products(A, B)
    np.testing.assert_allclose(P.mean(axis=0), 0, atol=1e-12)
    centred = (A[:, 1] - A[:, 1].mean()) * (B[:, 1] - B[:, 1].mean())
    np.testing.assert_allclose(P[:, 1], centred - centred.mean())
    with pytest.raises(ValueError, match="shapes"):
        double_mean_centred_products(A, B[:, :1])


def test_intraclass_correlation_recovers_the_share_between() -> None:
    rng = np.random.default_rng(4)
    cluster = np.repeat(np.arange(400), rng.integers(2, 12, size=400))
    y = np.sqrt(0.2) * rng.standard_normal(400)[cluster]
    y += np.sqrt(0.8) * rng.standard_normal(len(cluster))
    found = icc1(y, cluster)
    assert found.icc1 == pytest.approx(0.2, abs=0.05)
    assert found.design_effect is not None
    assert found.design_effect > 2
    with_gaps = icc1(np.append(y, np.nan), np.append(cluster, 999))
    assert with_gaps == found


@pytest.mark.parametrize(
    ("values", "cluster", "reason"),
    [
        ([1.0, 2.0], ["a", "a"], "fewer than two clusters"),
        ([], [], "fewer than two clusters"),
        ([1.0, 2.0], ["a", "b"], "no cluster has two respondents"),
        ([1.0, 1.0, 1.0], ["a", "b", "b"], "everyone has the same value"),
    ],
)
def test_intraclass_correlation_says_why_there_is_none(
    values: list[float], cluster: list[str], reason: str
) -> None:
    found = icc1(np.array(values), cluster)
    assert found.icc1 is None
    assert found.reason == reason
