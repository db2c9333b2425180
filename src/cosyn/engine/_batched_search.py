"""Minimise many discrepancies at once from one starting point.

Where samples are replicates of one sample, the inverse Hessian of that sample is nearly theirs.
Each replicate starts from it and updates it by its own steps (BFGS in the form of two loops over
past steps, Nocedal & Wright 2006, algorithm 7.4, with all of them kept), so that the end is
superlinear and nothing but scores is computed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cosyn.engine._batched_ml import BatchedML
    from cosyn.engine._typing import Flags, Indices, Matrix, Vector

_SUFFICIENT = 1e-4
#: Changes of the value that are rounding error.
_ROUNDING = 1e-12
#: Shortest share of a step that is tried.
_SHORTEST = 2.0**-20


@dataclass(frozen=True, slots=True, eq=False)
class BatchedOptimum:
    """Where the searches ended.

    Attributes
    ----------
    x : ndarray, shape (R, q)
    value : ndarray, shape (R,)
    converged : ndarray of bool, shape (R,)
    """

    x: Matrix
    value: Vector
    converged: Flags


@dataclass(slots=True, eq=False)
class _Search:
    """The searches that have not ended."""

    discrepancy: BatchedML
    number: Indices
    x: Matrix
    value: Vector
    score: Matrix
    direction: Matrix
    length: Vector
    pairs: list[tuple[Matrix, Matrix, Vector]]

    def slope(self) -> Vector:
        return np.asarray(np.einsum("rq,rq->r", self.direction, self.score))

    def keep(self, kept: Flags) -> None:
        self.discrepancy = self.discrepancy.only(kept)
        for name in ("number", "x", "value", "score", "direction", "length"):
            setattr(self, name, getattr(self, name)[kept])
        self.pairs = [(s[kept], y[kept], rho[kept]) for s, y, rho in self.pairs]

    def redirect(self, inverse: Matrix) -> Matrix:
        """Inverse Hessians times scores, shape (A, q)."""
        found, shares = self.score.copy(), []
        for s, y, rho in reversed(self.pairs):
            share = rho * np.einsum("rq,rq->r", s, found)
            found -= share[:, None] * y
            shares.append(share)
        found = found @ inverse
        for (s, y, rho), share in zip(self.pairs, reversed(shares), strict=True):
            found += (share - rho * np.einsum("rq,rq->r", y, found))[:, None] * s
        return found


def minimise_batch(
    discrepancy: BatchedML,
    start: Vector,
    inverse: Matrix,
    replicates: int,
    *,
    tolerance: float,
    max_iterations: int = 40,
) -> BatchedOptimum:
    """Minimise the discrepancies of all replicates.

    Parameters
    ----------
    start : ndarray, shape (q,)
    inverse : ndarray, shape (q, q)
        Inverse Hessian near the minima, positive definite.
    tolerance : float
        Length of the step, in the metric of the Hessian, at which to stop.
    """
    x = np.tile(start, (replicates, 1))
    value, score = discrepancy.at(x)
    ended = BatchedOptimum(x.copy(), value.copy(), np.zeros(replicates, dtype=np.bool_))
    search = _Search(
        discrepancy,
        np.arange(replicates),
        x,
        value,
        score,
        score @ inverse,
        np.ones(replicates),
        [],
    )
    for _ in range(max_iterations):
        if not len(search.number):
            break
        _advance(search, inverse, ended, tolerance)
    return ended


def _advance(search: _Search, inverse: Matrix, ended: BatchedOptimum, tolerance: float) -> None:
    """Try a step of every replicate; take it where it leads down, else halve it."""
    slope = search.slope()
    there = search.x + search.length[:, None] * search.direction
    value, score = search.discrepancy.at(there)
    slack = _ROUNDING * np.maximum(1.0, np.abs(search.value))
    down = value <= search.value - _SUFFICIENT * search.length * slope + slack
    moved = np.where(down[:, None], there - search.x, 0.0)
    change = np.where(down[:, None], search.score - score, 0.0)
    curvature = np.einsum("rq,rq->r", moved, change)
    sizes = np.sqrt(np.einsum("rq,rq->r", moved, moved) * np.einsum("rq,rq->r", change, change))
    bends = curvature > _ROUNDING * sizes
    rho = np.where(bends, 1 / np.where(bends, curvature, 1.0), 0.0)
    search.pairs.append((moved, change, rho))
    search.x = np.where(down[:, None], there, search.x)
    search.value = np.where(down, value, search.value)
    search.score = np.where(down[:, None], score, search.score)
    done = down & (slope < tolerance**2)
    search.length = np.where(down, 1.0, search.length / 2)
    search.direction = np.where(down[:, None], search.redirect(inverse), search.direction)
    ended.x[search.number], ended.value[search.number] = search.x, search.value
    ended.converged[search.number[done]] = True
    lost = (search.length < _SHORTEST) | ~(search.slope() >= 0)
    if (done | lost).any():
        search.keep(~(done | lost))
