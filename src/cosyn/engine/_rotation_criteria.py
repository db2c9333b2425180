"""Rotation criteria: what they make of loadings, and their gradients.

Each takes a batch of loadings (s, p, k) and gives values (s,) and gradients (s, p, k), scaled as
by Bernaards & Jennrich (2005), *Gradient projection algorithms and software for arbitrary
rotation criteria in factor analysis*, so that values compare with those of GPArotation.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cosyn.engine._typing import Matrix, Vector

Criterion = Callable[[Matrix], tuple[Vector, Matrix]]


def varimax(L: Matrix) -> tuple[Vector, Matrix]:
    """Kaiser (1958): minus the variance of squared loadings within factors."""
    deviation = L**2 - np.mean(L**2, axis=1, keepdims=True)
    return -np.sum(deviation**2, axis=(1, 2)) / 4, -L * deviation


def quartimax(L: Matrix) -> tuple[Vector, Matrix]:
    """Neuhaus & Wrigley (1954): minus the fourth powers."""
    return -np.sum(L**4, axis=(1, 2)) / 4, -(L**3)


def oblimin(gamma: float) -> Criterion:
    """Jennrich & Sampson (1966): products of the squared loadings of different factors."""

    def evaluate(L: Matrix) -> tuple[Vector, Matrix]:
        square = L**2
        others = square.sum(axis=2, keepdims=True) - square
        others = others - gamma * others.mean(axis=1, keepdims=True)
        return np.sum(square * others, axis=(1, 2)) / 4, L * others

    return evaluate


def geomin(epsilon: float) -> Criterion:
    """Yates (1987), Browne (2001): geometric means of a variable's squared loadings."""

    def evaluate(L: Matrix) -> tuple[Vector, Matrix]:
        square = L**2 + epsilon
        mean = np.exp(np.log(square).mean(axis=2, keepdims=True))
        return mean.sum(axis=(1, 2)), (2 / L.shape[2]) * L / square * mean

    return evaluate


def target(wanted: Matrix) -> Criterion:
    """Browne (1972): squared distances from the wanted loadings (p, k); NaN is not asked for."""
    asked = np.isfinite(wanted)
    goal = np.where(asked, wanted, 0.0)

    def evaluate(L: Matrix) -> tuple[Vector, Matrix]:
        distance = np.where(asked, L - goal, 0.0)
        return np.sum(distance**2, axis=(1, 2)), 2 * distance

    return evaluate


def bifactor(L: Matrix) -> tuple[Vector, Matrix]:
    """Jennrich & Bentler (2011): quartimin of all factors but the first, which is general."""
    square = L[:, :, 1:] ** 2
    others = square.sum(axis=2, keepdims=True) - square
    gradient = np.zeros_like(L)
    gradient[:, :, 1:] = 4 * L[:, :, 1:] * others
    return np.sum(square * others, axis=(1, 2)), gradient
