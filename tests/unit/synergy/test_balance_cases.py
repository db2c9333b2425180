"""Surfaces whose shape is known, and those that have none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cosyn import synergy
from cosyn.engine.polynomial import NO_AXES, NO_STATIONARY_POINT, VERTICAL, quadratic_terms, surface
from cosyn.engine.regression import (
    CONSTANT_OUTCOME,
    DEPENDENT,
    NO_ERROR,
    TOO_FEW_CASES,
    TOO_FEW_CLUSTERS,
    ols,
)
from cosyn.engine.surface_grid import ON_A_LINE, surface_grid
from cosyn.errors import IdentificationError
from cosyn.synergy import SYNERGIES
from cosyn.synergy.balance import OFTEN_UNDEFINED, balance
from cosyn.synergy.congruence import CONSTANT, discrepancy

RANDOM = np.random.default_rng(7)
X, Y = RANDOM.uniform(1, 7, (2, 400))
NOISE = 0.5 * RANDOM.standard_normal(400)


def outcome(*b: float) -> np.ndarray:
    return np.asarray(quadratic_terms(X - 4, Y - 4) @ np.array(b))


@pytest.mark.parametrize(
    ("b", "verdict"),
    [
        ((5, 0, 0, -0.3, 0.6, -0.3), "strict_congruence"),
        ((5, 0.4, 0.4, -0.3, 0.6, -0.3), "broad_congruence"),
        ((5, 0.4, 0.4, 0.0, 0.0, 0.0), "no_congruence"),
        ((5, 0, 0, 0.3, -0.6, 0.3), "no_congruence"),  # best where they differ
        ((5, 0.6, -0.6, -0.3, 0.6, -0.3), "no_congruence"),  # the ridge lies beside balance
        ((5, 0, 0, -0.6, 0.6, -0.1), "no_congruence"),  # the ridge is turned
    ],
)
def test_verdicts(b: tuple[float, ...], verdict: str) -> None:
    result = balance(X, Y, outcome(*b) + NOISE, midpoint=4)
    assert result.congruence.verdict == verdict
    assert (verdict == "no_congruence") == (
        not (result.congruence.met["a4_negative"] and result.congruence.met["ridge_on_congruence"])
    )


def test_a_ridge_has_no_stationary_point_but_axes() -> None:
    read = surface(np.array([5, 0.4, 0.4, -0.3, 0.6, -0.3]), None, np.inf)
    assert (read.x0.value, read.x0.reason) == (None, NO_STATIONARY_POINT)
    assert (read.p10.value, read.p10.reason) == (None, NO_STATIONARY_POINT)
    assert read.p11.value == pytest.approx(1)
    assert read.p21.value == pytest.approx(-1)


def test_axes_without_interaction() -> None:
    """Either axis may be parallel to that of y; then it has no slope, and the other slope 0."""
    along_x = surface(np.array([0, 0.2, 0.6, -0.1, 0.0, -0.3]), np.eye(6), 20)
    assert [along_x.p11.value, along_x.p10.value] == pytest.approx([0, 1])
    assert (along_x.p21.value, along_x.p21.reason) == (None, VERTICAL)
    along_y = surface(np.array([0, 0.6, 0.2, -0.3, 0.0, -0.1]), np.eye(6), 20)
    assert (along_y.p11.value, along_y.p11.reason) == (None, VERTICAL)
    assert along_y.p21.value == 0
    bowl = surface(np.array([0, 0.6, 0.2, -0.3, 0.0, -0.3]), np.eye(6), 20)
    assert {q.reason for q in (bowl.p10, bowl.p11, bowl.p20, bowl.p21)} == {NO_AXES}
    assert [bowl.x0.value, bowl.y0.value] == pytest.approx([1, 1 / 3])


def test_slopes_do_not_cancel() -> None:
    """[b5 - b3 + root] / b4 loses all digits where b4 is small; it is b4 / 2 (b3 - b5)."""
    read = surface(np.array([0, 0, 0, 2.0, 1e-9, 1.0]), None, np.inf)
    assert read.p11.value == pytest.approx(5e-10, rel=1e-9)
    assert read.p21.value == pytest.approx(-2e9, rel=1e-9)


@pytest.mark.parametrize(
    ("x", "z", "cluster", "reason"),
    [
        (np.full(400, 3.0), NOISE, None, CONSTANT),
        (np.where(X > 4, 5.0, 3.0), NOISE, None, DEPENDENT),
        (X, np.full(400, 2.0), None, CONSTANT_OUTCOME),
        (X, outcome(5, 1, 0, 1, 0, 0), None, NO_ERROR),
        (X, NOISE, np.ones(400), TOO_FEW_CLUSTERS),
        (np.full(400, np.nan), NOISE, None, TOO_FEW_CASES),
    ],
)
def test_what_cannot_be_computed_has_a_reason(
    x: np.ndarray, z: np.ndarray, cluster: np.ndarray | None, reason: str
) -> None:
    result = balance(x, Y, z, midpoint=4, cluster=cluster, replicates=20)
    assert result.reason == reason
    assert result.congruence.verdict is None
    assert result.congruence.reason == reason
    assert all(row.se is None and row.reason for row in result.coefficients)
    assert result.curvature.test.F is None


def test_coefficients_of_latents_are_tested_by_normal_quantiles() -> None:
    b = np.array([0, 0.1, 0.2, -0.1, 0.2, -0.15])
    latent, observed = (surface(b, 0.01 * np.eye(6), df) for df in (np.inf, 1e9))
    assert latent.congruence.pvalue == latent.congruence.pvalue_chi_square
    for one, other in zip(latent.quantities(), observed.quantities(), strict=True):
        assert one.pvalue == pytest.approx(other.pvalue, rel=1e-6)
        assert one.upper == pytest.approx(other.upper, rel=1e-6)


def test_missing_scores_are_left_out_and_counted() -> None:
    x, z = X.copy(), outcome(5, 0, 0, -0.3, 0.6, -0.3) + NOISE
    x[:7], z[-5:] = np.nan, np.nan
    result = balance(x, Y, z, midpoint=4)
    kept = np.s_[7:-5]
    assert (result.n, result.n_dropped) == (388, 12)
    assert result.coefficients == balance(X[kept], Y[kept], z[kept], midpoint=4).coefficients


def test_what_is_often_undefined_has_no_interval() -> None:
    """Of six cases few replicates have six different ones."""
    result = balance(X[:7], Y[:7], NOISE[:7], midpoint=4, replicates=50)
    assert {q.reason for q in result.bootstrap} == {OFTEN_UNDEFINED}
    assert all(q.lower is None for q in result.bootstrap)


def test_half_a_standard_deviation() -> None:
    x = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    shares = discrepancy(x, x + 3)
    assert (shares.x_higher, shares.y_higher, shares.agreement) == (0, 0, 1)
    assert shares.enough is False
    pooled = discrepancy(x, x + 3, "pooled")
    assert (pooled.x_higher, pooled.y_higher) == (0, 1)
    assert discrepancy(x, np.ones(6)).reason == CONSTANT


def test_hull_of_cases_on_a_line() -> None:
    grid = surface_grid(np.array([0, 1, 0, 0, 0, 0.0]), X - 4, X - 4, points=5)
    assert (grid.hull, grid.inside, grid.reason) == (None, None, ON_A_LINE)
    np.testing.assert_allclose(grid.z, np.tile(grid.x, (5, 1)), atol=1e-12)


def test_grid_points_outside_the_cases_are_marked() -> None:
    corners = np.array([[0, 0], [4, 0], [0, 4.0]])
    grid = surface_grid(np.zeros(6), corners[:, 0], corners[:, 1], points=5)
    assert grid.inside is not None
    np.testing.assert_array_equal(grid.inside, grid.x[None, :] + grid.y[:, None] <= 4 + 1e-9)


def test_levels_of_confidence_are_checked() -> None:
    with pytest.raises(IdentificationError) as caught:
        balance(X, Y, NOISE, midpoint=4, level=95)
    assert caught.value.code == "interval.level"


def test_more_columns_than_clusters_leave_some_tests_undone() -> None:
    fit = ols(np.column_stack([np.ones(400), X]), NOISE, ("1", "x"), cluster=np.arange(400) % 2)
    assert fit.df == 1


def test_only_models_are_entries_of_the_registry() -> None:
    """Each of them can be imported, and what lies beside them is there but not among them."""
    assert {model.name for model in SYNERGIES} == set(SYNERGIES.names())
    assert set(SYNERGIES.names()) >= {"additive", "interaction", "second_order"}
    folder = {path.stem for path in Path(synergy.__file__).parent.glob("[!_]*.py")}
    assert folder - set(SYNERGIES.names()) == synergy.BESIDE
