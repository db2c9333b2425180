"""Response surfaces equal those of base R, and a published one.

All are closed formulas: 1e-9 is their rounding on these scores, 1e-8 where they are divided by
b4^2 - 4 b3 b5, here a tenth of its parts, and in probabilities of the tails. R differentiates
symbolically, we by a complex step.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.golden.golden_cases import FOLDER, csv, expected

from cosyn.engine.polynomial import NAMES, curvature, fit_polynomial, quadratic_terms, surface
from cosyn.engine.regression import Quantity, coefficients
from cosyn.engine.surface_grid import surface_grid
from cosyn.synergy.balance import Balance, balance
from cosyn.synergy.congruence import discrepancy

TRUTH = expected(FOLDER / "cases" / "polynomial")
CLUSTER, X, Y, Z, W = csv("balance").values.T
KINDS = ("classical", "clustered", "covariate")


def found(kind: str, **options: Any) -> Balance:
    cluster = None if kind == "classical" else CLUSTER
    covariates = W[:, None] if kind == "covariate" else None
    return balance(X, Y, Z, midpoint=4, cluster=cluster, covariates=covariates, **options)


def column(rows: tuple[Quantity, ...], name: str) -> np.ndarray:
    return np.array([getattr(row, name) for row in rows], dtype=float)


@pytest.mark.parametrize("kind", KINDS)
def test_coefficients(kind: str) -> None:
    truth = TRUTH[kind]
    result = found(kind)
    rows = result.coefficients
    np.testing.assert_allclose(column(rows, "value"), truth["b"], rtol=1e-9)
    np.testing.assert_allclose(column(rows, "se"), truth["se"], rtol=1e-9)
    np.testing.assert_allclose(column(rows, "t"), truth["t"], rtol=1e-9)
    np.testing.assert_allclose(column(rows, "pvalue"), truth["p"], rtol=1e-8)
    np.testing.assert_allclose(column(rows, "lower"), truth["lower"], rtol=1e-8)
    np.testing.assert_allclose(column(rows, "upper"), truth["upper"], rtol=1e-8)
    assert result.r_squared == pytest.approx(truth["r_squared"], rel=1e-9)
    assert [row.name for row in rows][:6] == list(NAMES)


@pytest.mark.parametrize("kind", KINDS)
def test_surface_quantities(kind: str) -> None:
    """a1 to a5, stationary point and principal axes."""
    truth, read = TRUTH[kind], found(kind).surface
    assert read is not None
    quantities = read.quantities()
    np.testing.assert_allclose(column(quantities, "value"), truth["features"], rtol=1e-8)
    np.testing.assert_allclose(column(quantities, "se"), truth["features_se"], rtol=1e-8)


@pytest.mark.parametrize("kind", KINDS)
def test_joint_tests(kind: str) -> None:
    truth, result = TRUTH[kind], found(kind)
    assert result.surface is not None
    joint, curved = result.surface.congruence, result.curvature.test
    assert joint.chi_square == pytest.approx(truth["wald"], rel=1e-8)
    assert joint.pvalue_chi_square == pytest.approx(truth["wald_p"], rel=1e-8)
    assert joint.pvalue == pytest.approx(truth["F_p"], rel=1e-8)
    assert curved.chi_square == pytest.approx(truth["curved"], rel=1e-8)
    assert curved.pvalue == pytest.approx(truth["curved_F_p"], rel=1e-8)


def test_full_against_additive() -> None:
    truth, result = TRUTH["nested"], curvature(X - 4, Y - 4, Z)
    assert result.r_squared == pytest.approx(truth["r2"], rel=1e-9)
    assert result.r_squared_restricted == pytest.approx(truth["r2_less"], rel=1e-9)
    assert pytest.approx(truth["F"], rel=1e-9) == result.test.F
    assert result.test.pvalue == pytest.approx(truth["p"], rel=1e-9)


def test_discrepant_cases() -> None:
    truth = TRUTH["discrepancy"]
    for scale in ("each", "pooled"):
        shares = discrepancy(X, Y, scale)
        assert [shares.x_higher, shares.y_higher] == pytest.approx(truth[scale], abs=1e-12)
        assert shares.enough


def test_figure_data() -> None:
    b = np.array(TRUTH["classical"]["b"])
    grid = surface_grid(b, X - 4, Y - 4, points=21)
    hull = np.array(TRUTH["hull"])
    assert grid.hull is not None
    assert grid.inside is not None
    first = int(np.flatnonzero((grid.hull == hull[0]).all(axis=1))[0])
    np.testing.assert_allclose(np.roll(grid.hull, -first, axis=0), hull, atol=1e-12)
    points = np.array([[-2.0, 1.0], [0.0, 0.0], [1.0, 2.0]])
    np.testing.assert_allclose(
        quadratic_terms(points[:, 0], points[:, 1]) @ b, TRUTH["predicted"], rtol=1e-9
    )
    i, j = 5, 12
    assert grid.z[i, j] == pytest.approx(
        float(quadratic_terms(grid.x[[j]], grid.y[[i]])[0] @ b), rel=1e-12
    )


def test_published_surface() -> None:
    """Lenth (2009, Journal of Statistical Software 32(7)): a chemical reaction.

    Printed to seven digits from coefficients printed to five decimals; and R's solve and eigen.
    """
    truth = TRUTH["reaction"]
    read = surface(np.array(truth["b"]), None, np.inf)
    point, slopes = [read.x0.value, read.y0.value], [read.p11.value, read.p21.value]
    assert point == pytest.approx(truth["point"], rel=1e-9)
    assert slopes == pytest.approx(truth["slopes"], rel=1e-9)
    assert point == pytest.approx([0.3722954, 0.3343802], abs=1e-5)
    assert slopes == pytest.approx([0.9870947 / 0.1601375, -0.1601375 / 0.9870947], rel=1e-4)


def test_published_data() -> None:
    """SAS/IML User's Guide, "Quadratic response surface regression": nine runs.

    As the guide prints them, and as R's lm, solve and eigen find them.
    """
    truth = TRUTH["runs"]
    z = np.array([71.7, 75.2, 76.3, 79.2, 81.5, 80.2, 80.1, 79.1, 75.8])
    x, y = np.repeat([-1.0, 0, 1], 3), np.tile([-1.0, 0, 1], 3)
    fit = fit_polynomial(x, y, z)
    assert fit.b is not None
    np.testing.assert_allclose(fit.b, truth["b"], rtol=1e-9)
    printed = [81.222222, 1.9666667, 0.2166667, -3.933333, -2.225, -1.383333]
    np.testing.assert_allclose(fit.b, printed, rtol=1e-6)
    read = surface(fit.b, fit.vcov, fit.df)
    point = [read.x0.value, read.y0.value]
    assert point == pytest.approx(truth["point"], rel=1e-9)
    assert [read.p11.value, read.p21.value] == pytest.approx(truth["slopes"], rel=1e-9)
    assert point == pytest.approx([0.2949376, -0.158881], abs=1e-6)


def test_bootstrap_is_that_of_refitted_clusters() -> None:
    """By an independent route: clusters drawn and the whole analysis repeated."""
    result = found("clustered", replicates=60, seed=3)
    labels = np.unique(CLUSTER)
    drawn = []
    for number in range(60):
        random = np.random.default_rng(np.random.SeedSequence(3, spawn_key=(number,)))
        picked = labels[random.integers(0, len(labels), len(labels))]
        rows = np.concatenate([np.flatnonzero(label == CLUSTER) for label in picked])
        again = balance(X[rows], Y[rows], Z[rows], midpoint=4).surface
        assert again is not None
        drawn.append([q.value for q in again.quantities()])
    wanted = np.std(np.array(drawn, dtype=float), axis=0, ddof=1)
    np.testing.assert_allclose(column(result.bootstrap, "se"), wanted, rtol=1e-6)
    assert all(q.lower < q.value < q.upper for q in result.bootstrap[:5])  # type: ignore[operator]


def test_coefficients_of_a_regression_by_hand() -> None:
    fit = fit_polynomial(X - 4, Y - 4, Z)
    assert fit.vcov is not None
    assert [row.se for row in coefficients(fit)] == pytest.approx(list(np.sqrt(np.diag(fit.vcov))))
