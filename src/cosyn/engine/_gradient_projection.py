"""Gradient projection over rotation matrices, many starting points at once.

Jennrich (2001), *A simple general procedure for orthogonal rotation*; Jennrich (2002), *A simple
general method for oblique rotation*; Bernaards & Jennrich (2005). The first step tried is that of
Barzilai & Borwein (1988) in place of twice the last one: on flat criteria, as geomin's with a
small epsilon, it needs half the evaluations and arrives where doubling stalls in rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._rotation_criteria import Criterion
    from cosyn.engine._typing import Flags, Matrix, Vector

_MAX_ITERATIONS = 5000
_MAX_HALVINGS = 30
_SMALLEST_STEP, _LARGEST_STEP = 1e-6, 1e6
#: Length of the projected gradient at a minimum.
_TOLERANCE = 1e-7
#: A criterion so little larger than wanted is so by rounding.
_ROUNDING = 1e-14


@dataclass(frozen=True, slots=True)
class Space:
    """Rotations of unrotated loadings A (p, k).

    Orthogonal: L = A T with T'T = 1. Oblique: L = A inv(T)' and factor correlations T'T, of
    columns of length one.
    """

    A: Matrix
    criterion: Criterion
    oblique: bool

    def loadings(self, T: Matrix) -> Matrix:
        """Rotated loadings (s, p, k) of matrices T (s, k, k)."""
        return np.asarray(self.A @ (np.linalg.inv(T).swapaxes(1, 2) if self.oblique else T))

    def gradient(self, T: Matrix) -> tuple[Vector, Matrix]:
        """Criterion (s,) and its gradient by T (s, k, k), as if T were free."""
        L = self.loadings(T)
        value, Gq = self.criterion(L)
        if self.oblique:
            return value, -(L.swapaxes(1, 2) @ Gq @ np.linalg.inv(T)).swapaxes(1, 2)
        return value, self.A.T @ Gq

    def tangent(self, T: Matrix, G: Matrix) -> Matrix:
        """The part of a gradient along which T remains a rotation."""
        if self.oblique:
            return np.asarray(G - T * np.sum(T * G, axis=1, keepdims=True))
        M = T.swapaxes(1, 2) @ G
        return np.asarray(G - T @ (M + M.swapaxes(1, 2)) / 2)

    def nearest(self, X: Matrix) -> Matrix:
        """The rotations nearest to any matrices (s, k, k)."""
        if self.oblique:
            return np.asarray(X / np.linalg.norm(X, axis=1, keepdims=True))
        U, _, Vt = np.linalg.svd(X)
        return np.asarray(U @ Vt)


@dataclass(frozen=True, slots=True, eq=False)
class Minima:
    """Where each start ended: T (s, k, k), criterion (s,), whether converged (s,)."""

    T: Matrix
    value: Vector
    converged: Flags


@dataclass(slots=True, eq=False)
class _Search:
    """Current points of the searches that go on, all arrays with the start first."""

    T: Matrix
    value: Vector
    direction: Matrix
    step: Vector

    def of(self, chosen: Flags) -> _Search:
        return _Search(
            self.T[chosen], self.value[chosen], self.direction[chosen], self.step[chosen]
        )


def random_rotations(k: int, streams: Sequence[np.random.SeedSequence]) -> Matrix:
    """Orthogonal matrices (s, k, k), uniformly distributed (Stewart 1980), one per stream."""
    draws = [np.random.default_rng(stream).standard_normal((k, k)) for stream in streams]
    Q, R = np.linalg.qr(np.array(draws))
    return np.asarray(Q * np.sign(np.einsum("sii->si", R))[:, None, :])


def minimise(space: Space, starts: Matrix) -> Minima:
    """Minimise the criterion from each of starts (s, k, k)."""
    found = Minima(starts.copy(), np.full(len(starts), np.inf), np.zeros(len(starts), dtype=bool))
    value, G = space.gradient(starts)
    search = _Search(starts, value, space.tangent(starts, G), np.ones(len(starts)))
    going = np.arange(len(starts))
    for _ in range(_MAX_ITERATIONS):
        ended = _norm(search.direction) < _TOLERANCE
        found.T[going], found.value[going], found.converged[going] = search.T, search.value, ended
        going, search = going[~ended], search.of(~ended)
        if not going.size:
            break
        search = _step(space, search)
    return found


def _step(space: Space, search: _Search) -> _Search:
    """Go down until Armijo's condition holds; the next step is Barzilai & Borwein's."""
    T, value, G, step = _line_search(space, search)
    direction = space.tangent(T, G)
    moved, changed = T - search.T, direction - search.direction
    curvature = np.abs(np.sum(moved * changed, axis=(1, 2)))
    length = np.sum(moved**2, axis=(1, 2)) / np.maximum(curvature, np.finfo(float).tiny)
    step = np.where(curvature > 0, length, 2 * step)
    return _Search(T, value, direction, np.clip(step, _SMALLEST_STEP, _LARGEST_STEP))


def _line_search(space: Space, search: _Search) -> tuple[Matrix, Vector, Matrix, Vector]:
    step = search.step.copy()
    slope = _norm(search.direction) ** 2
    allowed = search.value + _ROUNDING * (1 + np.abs(search.value))
    for _ in range(_MAX_HALVINGS):
        T = space.nearest(search.T - step[:, None, None] * search.direction)
        value, G = space.gradient(T)
        too_far = value > allowed - 0.5 * slope * step
        if not too_far.any():
            break
        step[too_far] /= 2
    return T, value, G, step


def _norm(G: Matrix) -> Vector:
    return np.asarray(np.linalg.norm(G, axis=(1, 2)))
