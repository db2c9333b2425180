"""Edges of exploratory factor analysis; its values are golden tests."""

from __future__ import annotations

import numpy as np
import pytest

from cosyn.engine import rotation
from cosyn.engine.efa import Efa, explore
from cosyn.engine.map_test import map_test
from cosyn.engine.rotation import Method, RotationOptions, rotate

#: Two factors with loadings that belong to one of them each, correlated .5.
L = np.array([[0.8, 0], [0.7, 0], [0.6, 0], [0, 0.75], [0, 0.65], [0, 0.55]])
PHI = np.array([[1, 0.5], [0.5, 1]])
R = L @ PHI @ L.T + np.diag(1 - np.diag(L @ PHI @ L.T))
#: Their unrotated loadings.
A = L @ np.linalg.cholesky(PHI)
METHODS: tuple[Method, ...] = (
    "none",
    "varimax",
    "quartimax",
    "bifactor",
    "promax",
    "oblimin",
    "geomin",
)


def test_perfect_simple_structure_is_recovered() -> None:
    for method in ("oblimin", "geomin"):
        found = rotate(A, method, RotationOptions(epsilon=1e-6))
        assert found.converged
        np.testing.assert_allclose(found.loadings, L, atol=1e-3)
        np.testing.assert_allclose(found.Phi, PHI, atol=2e-3)


def test_target_recovers_what_it_asks_for_in_its_order_and_direction() -> None:
    wanted = np.where(L[:, ::-1] == 0, 0, np.nan)
    wanted[3, 0] = -0.75
    found = rotate(A, "target", RotationOptions(target=wanted))
    np.testing.assert_allclose(found.loadings, L[:, ::-1] * [-1, 1], atol=1e-6)
    assert found.Phi[0, 1] == pytest.approx(-0.5, abs=1e-6)
    assert found.criterion == pytest.approx(0, abs=1e-12)


def test_bifactor_recovers_orthogonal_group_factors_and_keeps_the_general_one_first() -> None:
    general = np.full((12, 1), 0.4)
    groups = np.kron(np.eye(3), np.array([[0.7], [0.6], [0.5], [0.6]]))
    wanted = np.hstack([general, groups[:, [0, 1, 2]]])
    mixed = wanted @ np.linalg.qr(np.random.default_rng(1).standard_normal((4, 4)))[0]
    found = rotate(mixed, "bifactor")
    assert found.criterion == pytest.approx(0, abs=1e-10)
    np.testing.assert_allclose(found.loadings[:, 0], 0.4, atol=1e-4)
    np.testing.assert_array_equal(found.Phi, np.eye(4))


@pytest.mark.parametrize("method", METHODS)
def test_one_factor_stays_as_it_is(method: Method) -> None:
    found = rotate(-A[:, :1], method)
    assert found.converged
    np.testing.assert_allclose(found.loadings, A[:, :1], atol=1e-12)
    np.testing.assert_allclose(found.Phi, [[1]])


def test_local_minima_are_told() -> None:
    """Loadings without any structure give geomin several minima."""
    rng = np.random.default_rng(5)
    found = rotate(rng.uniform(-1, 1, (12, 4)), "geomin", RotationOptions(epsilon=1e-3))
    assert found.starts == 30
    assert found.minima > 1
    assert found.spread > 1e-3
    assert 0 < found.reached < found.starts


def test_kaiser_makes_variables_of_every_communality_count_the_same() -> None:
    size = np.array([[1.0], [0.2], [0.5], [1.0], [0.3], [0.9]])
    for method in ("varimax", "oblimin"):
        whole = rotate(A, method, RotationOptions(kaiser=True))
        shrunken = rotate(size * A, method, RotationOptions(kaiser=True))
        np.testing.assert_allclose(shrunken.Phi, whole.Phi, atol=1e-6)
        assert shrunken.criterion == pytest.approx(whole.criterion, abs=1e-10)


def test_variable_without_communality_is_left_at_zero() -> None:
    found = rotate(np.vstack([A, np.zeros((1, 2))]), "varimax")
    assert found.converged
    np.testing.assert_array_equal(found.loadings[-1], 0)


@pytest.mark.parametrize(
    ("method", "options", "reason"),
    [
        ("varimax", RotationOptions(oblique=True), "varimax rotation is orthogonal"),
        ("promax", RotationOptions(oblique=False), "promax rotation is oblique"),
        ("target", RotationOptions(), "needs a target"),
        ("target", RotationOptions(target=np.eye(2)), "needs a target"),
        ("oblimin", RotationOptions(gamma=0.5), "gamma"),
        ("geomin", RotationOptions(epsilon=0.0), "epsilon"),
        ("geomin", RotationOptions(starts=0), "no starting point"),
    ],
)
def test_rotation_that_cannot_be_is_told(
    method: Method, options: RotationOptions, reason: str
) -> None:
    found = rotate(A, method, options)
    assert not found.converged
    assert reason in found.reason
    np.testing.assert_allclose(found.loadings @ found.loadings.T, A @ A.T)


@pytest.mark.parametrize("method", ["promax", "oblimin"])
def test_more_factors_than_loadings_hold_are_not_made_oblique(method: Method) -> None:
    short = np.hstack([A, np.zeros((6, 1))])
    found = rotate(short, method)
    assert not found.converged
    assert "fewer factors" in found.reason
    assert rotate(short, "varimax").converged
    assert "fewer factors" in rotate(np.zeros((6, 2)), method).reason


def test_collapse_in_the_search_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def collapse(*_: object) -> None:
        raise np.linalg.LinAlgError

    monkeypatch.setattr(rotation, "minimise", collapse)
    assert "collapse" in rotate(A).reason


def test_same_seed_same_digits() -> None:
    a, b = (rotate(A, "geomin", seed=7) for _ in range(2))
    np.testing.assert_array_equal(a.loadings, b.loadings)
    assert (a.reached, a.spread) == (b.reached, b.spread)


def test_solution_of_an_exact_model() -> None:
    found = explore(R, 300, 2, "ml", "oblimin")
    assert found.converged
    assert not found.reasons
    assert found.test is not None
    assert found.test.model.value == pytest.approx(0, abs=1e-6)
    assert found.rmsr == pytest.approx(0, abs=1e-6)
    np.testing.assert_allclose(found.structure, found.loadings @ found.Phi)
    np.testing.assert_allclose(found.communalities, np.sum(A**2, axis=1), atol=1e-5)
    np.testing.assert_allclose(found.communalities + found.uniquenesses, 1)
    assert found.explained.sum() == pytest.approx(found.communalities.mean())


def test_uls_is_minres() -> None:
    a, b = (explore(R, None, 2, method) for method in ("uls", "minres"))
    np.testing.assert_array_equal(a.loadings, b.loadings)


def untested(found: Efa) -> str:
    assert found.test is None
    return found.untested


def test_what_has_no_test_says_why() -> None:
    assert "least squares" in untested(explore(R, 300, 2))
    assert "polychoric" in untested(explore(R, 300, 2, "ml", correlations="polychoric"))
    assert "respondents" in untested(explore(R, None, 2, "ml"))
    assert "respondents" in untested(explore(R, 5, 2, "ml"))
    assert "degrees" in untested(explore(R, 300, 4, "ml"))
    assert "6 factors" in untested(explore(R, 300, 6, "ml"))


def test_heywood_case_names_its_variable() -> None:
    heywood = np.array([[1, 0.8, 0.8], [0.8, 1, 0.6], [0.8, 0.6, 1]])
    found = explore(heywood, 100, 1)
    assert found.extraction.at_bound == (0,)
    assert "variable 1" in found.reasons[0]


def test_impossible_extraction_is_no_solution() -> None:
    found = explore(np.ones((3, 3)), 100, 1)
    assert not found.converged
    assert found.reasons == ("the correlation matrix is singular",)
    np.testing.assert_array_equal(found.loadings, 0)


def test_average_partials_of_two_clusters() -> None:
    blocks = np.kron(np.eye(2), np.full((4, 4), 0.6))
    np.fill_diagonal(blocks, 1)
    found = map_test(blocks)
    assert (found.n_squared, found.n_fourth) == (2, 2)
    assert found.squared[0] == pytest.approx(12 * 0.36 / 28)
    assert map_test(np.eye(5)).n_squared == 0


def test_average_partials_end_where_components_leave_nothing() -> None:
    alone = np.eye(4)
    alone[:2, :2] = 0.9
    np.fill_diagonal(alone, 1)
    found = map_test(alone)
    assert len(found.squared) < 4
    assert np.isfinite(found.fourth).all()
