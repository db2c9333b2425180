"""What must hold of every rotation, whatever the loadings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cosyn.engine import _rotation_criteria as criteria
from cosyn.engine._gradient_projection import Space, minimise, random_rotations
from cosyn.engine.rotation import Method, RotationOptions, rotate

TARGET = np.where(np.kron(np.eye(3), np.ones((4, 1))) > 0, 0.7, 0.0)
TARGET[::5] = np.nan
CRITERIA: dict[str, tuple[criteria.Criterion, bool]] = {
    "varimax": (criteria.varimax, False),
    "quartimax": (criteria.quartimax, False),
    "bifactor": (criteria.bifactor, False),
    "quartimin": (criteria.oblimin(0.0), True),
    "oblimin": (criteria.oblimin(-0.5), True),
    "geomin": (criteria.geomin(0.01), True),
    "orthogonal geomin": (criteria.geomin(0.01), False),
    "target": (criteria.target(TARGET), True),
    "orthogonal target": (criteria.target(TARGET), False),
}
METHODS: tuple[Method, ...] = (
    "none",
    "varimax",
    "quartimax",
    "bifactor",
    "promax",
    "oblimin",
    "geomin",
    "target",
)
OPTIONS = RotationOptions(target=TARGET)
seeds = st.integers(0, 2**32 - 1)
few = settings(max_examples=15, deadline=None)


def draw(seed: int) -> np.ndarray:
    """Unrotated loadings of twelve variables on three factors, not quite simple."""
    rng = np.random.default_rng(seed)
    simple = np.kron(np.eye(3), np.ones((4, 1))) * rng.uniform(0.4, 0.8, (12, 1))
    mixed = simple + rng.uniform(-0.15, 0.15, (12, 3))
    return np.asarray(mixed @ np.linalg.qr(rng.standard_normal((3, 3)))[0])


def streams(seed: int, count: int) -> list[np.random.SeedSequence]:
    return np.random.SeedSequence(seed).spawn(count)


@few
@given(seed=seeds, method=st.sampled_from(METHODS))
def test_rotation_leaves_what_it_explains(seed: int, method: Method) -> None:
    A = draw(seed)
    found = rotate(A, method, OPTIONS)
    assert found.converged
    np.testing.assert_allclose(found.loadings @ found.Phi @ found.loadings.T, A @ A.T, atol=1e-8)
    np.testing.assert_allclose(np.diag(found.Phi), 1, atol=1e-12)


@few
@given(seed=seeds, method=st.sampled_from(METHODS))
def test_starts_do_not_matter(seed: int, method: Method) -> None:
    A = draw(seed)
    a, b = (rotate(A, method, OPTIONS, seed=number) for number in (1, 2))
    assert a.criterion == pytest.approx(b.criterion, abs=1e-10)
    np.testing.assert_allclose(a.loadings, b.loadings, atol=1e-5)
    np.testing.assert_allclose(a.Phi, b.Phi, atol=1e-5)


@few
@given(seed=seeds, method=st.sampled_from(METHODS[1:]))
def test_order_of_variables_and_factors_does_not_matter(seed: int, method: Method) -> None:
    A = draw(seed)
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(12), rng.permutation(3)
    moved = rotate(A[rows][:, columns], method, RotationOptions(target=TARGET[rows]))
    found = rotate(A, method, OPTIONS)
    np.testing.assert_allclose(moved.loadings, found.loadings[rows], atol=1e-5)
    np.testing.assert_allclose(moved.Phi, found.Phi, atol=1e-5)


@few
@given(seed=seeds, name=st.sampled_from(sorted(CRITERIA)))
def test_no_start_ends_lower_than_the_result(seed: int, name: str) -> None:
    criterion, oblique = CRITERIA[name]
    A = draw(seed)
    space = Space(A, criterion, oblique)
    starts = random_rotations(3, streams(seed, 10))
    found = minimise(space, starts)
    assert (found.value <= space.gradient(starts)[0] + 1e-12).all()
    methods: dict[str, tuple[Method, RotationOptions]] = {
        "quartimin": ("oblimin", OPTIONS),
        "varimax": ("varimax", RotationOptions(kaiser=False)),
        "geomin": ("geomin", OPTIONS),
        "target": ("target", OPTIONS),
    }
    if name in methods:
        assert (rotate(A, *methods[name]).criterion <= found.value + 1e-9).all()


@few
@given(seed=seeds, name=st.sampled_from(sorted(CRITERIA)))
def test_gradients_are_slopes(seed: int, name: str) -> None:
    """Of the criterion by loadings, and by the rotation matrix, as if it were free."""
    criterion, oblique = CRITERIA[name]
    A = draw(seed)
    rng = np.random.default_rng(seed)
    space, h = Space(A, criterion, oblique), 1e-6
    T = space.nearest(np.eye(3) + 0.2 * rng.standard_normal((1, 3, 3)))
    for function, x in ((criterion, A[None]), (space.gradient, T)):
        way = rng.standard_normal(x.shape)
        slope = (function(x + h * way)[0] - function(x - h * way)[0]) / (2 * h)
        np.testing.assert_allclose(slope, np.sum(function(x)[1] * way), rtol=1e-6, atol=1e-7)


@few
@given(seed=seeds, name=st.sampled_from(sorted(CRITERIA)))
def test_minima_do_not_slope(seed: int, name: str) -> None:
    """No small rotation of any converged result lowers the criterion."""
    criterion, oblique = CRITERIA[name]
    space = Space(draw(seed), criterion, oblique)
    found = minimise(space, random_rotations(3, streams(seed, 4)))
    T, value = found.T[found.converged], found.value[found.converged]
    nudge = 1e-3 * np.random.default_rng(seed).standard_normal((20, 1, 3, 3))
    around = [space.gradient(space.nearest(T + step))[0] for step in nudge]
    assert found.converged.all()
    assert (np.array(around) >= value - 1e-9).all()


@given(seed=seeds, k=st.integers(1, 5))
def test_random_rotations_are_rotations(seed: int, k: int) -> None:
    T = random_rotations(k, streams(seed, 5))
    np.testing.assert_allclose(
        T @ T.swapaxes(1, 2), np.broadcast_to(np.eye(k), T.shape), atol=1e-12
    )
    np.testing.assert_array_equal(random_rotations(k, streams(seed, 5)), T)
