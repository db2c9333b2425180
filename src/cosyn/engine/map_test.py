"""Velicer's minimum average partial test of the number of components."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cosyn.engine._typing import Matrix, Vector

#: Share of its variance below which nothing of a variable is left to correlate.
_NOTHING_LEFT = 1e-10


@dataclass(frozen=True, slots=True, eq=False)
class MapTest:
    """Averages after 0, 1, ... components have been partialled out of all variables.

    Attributes
    ----------
    squared, fourth : ndarray, shape (m,)
        Average squared (Velicer 1976) and fourth power (Velicer, Eaton & Fava 2000) of partial
        correlations; m = p unless components leave nothing of some variable earlier.
    n_squared, n_fourth : int
        Components with the smallest average, 0 included.
    """

    squared: Vector
    fourth: Vector
    n_squared: int
    n_fourth: int


def map_test(R: Matrix) -> MapTest:
    """Velicer (1976), *Determining the number of components from partial correlations*, eq. 5-8.

    The revision is Velicer, Eaton & Fava (2000), *Construct explication through factor or
    component analysis*.

    Parameters
    ----------
    R : ndarray, shape (p, p)
        Correlations, p > 1.
    """
    values, vectors = np.linalg.eigh(R)
    C = (vectors * np.sqrt(np.maximum(values, 0)))[:, ::-1]
    partial = [_off_diagonal(R)]
    for m in range(1, len(R)):
        left = R - C[:, :m] @ C[:, :m].T
        variance = np.diag(left)
        if variance.min() < _NOTHING_LEFT:
            break
        partial.append(_off_diagonal(left / np.sqrt(np.outer(variance, variance))))
    squared, fourth = (np.array([np.mean(r**q) for r in partial]) for q in (2, 4))
    return MapTest(squared, fourth, int(squared.argmin()), int(fourth.argmin()))


def _off_diagonal(A: Matrix) -> Vector:
    return np.asarray(A[np.tril_indices(len(A), -1)])
