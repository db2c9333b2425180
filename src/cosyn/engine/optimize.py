"""Fisher scoring that turns into quasi-Newton where scoring alone is slow.

Scoring steps use the expected information. Under misfit they converge only linearly, so the
inverse information is then updated by BFGS (Nocedal & Wright 2006, eq. 6.17), which keeps its
scale and becomes superlinear.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import cho_factor, cho_solve

if TYPE_CHECKING:
    from cosyn.engine._typing import Matrix, Vector
    from cosyn.engine.discrepancy import Discrepancy, Evaluation

_SCORING_STEPS = 3
_HALVINGS = 40
_SUFFICIENT = 1e-4
#: Changes of the value that are rounding error.
_ROUNDING = 1e-12
#: The point is a minimum if the scaled gradient and Newton's decrement are at most these.
LARGEST_GRADIENT = 1e-6
LARGEST_DECREMENT = 1e-10


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """Where the search ended.

    Attributes
    ----------
    evaluation : Evaluation
    iterations : int
    gradient : float
        Largest gradient, each divided by the root of its information.
    decrement : float
        Squared Newton step in the metric of the information.
    """

    evaluation: Evaluation
    iterations: int
    gradient: float
    decrement: float

    @property
    def converged(self) -> bool:
        """Whether the point is stationary."""
        return self.gradient < LARGEST_GRADIENT and self.decrement < LARGEST_DECREMENT


def minimise(
    discrepancy: Discrepancy, start: Vector, *, tolerance: float, max_iterations: int
) -> Optimum:
    """Minimise a discrepancy from one starting point.

    Parameters
    ----------
    start : ndarray, shape (q,)
    tolerance : float
        Length of the Newton step, in the metric of the information, at which to stop.
    """
    here = discrepancy.at(start)
    if not np.isfinite(here.value) or not len(start):
        return _optimum(here, 0)
    score, inverse, age, iteration = here.score(), damped_inverse(here.information()), 0, 0
    for iteration in range(1, max_iterations + 1):
        step = inverse @ score
        there = _line_search(discrepancy, here, step, float(step @ score))
        if there is not None:
            new_score = there.score()
            moved, change = there.x - here.x, score - new_score
            here, score = there, new_score
        stop = there is None or float(score @ inverse @ score) < tolerance**2
        if stop and age == 0:
            break
        if stop or iteration < _SCORING_STEPS:
            inverse, age = damped_inverse(here.information()), 0
        else:
            inverse, age = _updated(inverse, moved, change), age + 1
    return _optimum(here, iteration)


def _optimum(here: Evaluation, iterations: int) -> Optimum:
    if not np.isfinite(here.value):
        return Optimum(here, iterations, float("inf"), float("inf"))
    score, information = here.score(), here.information()
    decrement = float(score @ damped_inverse(information) @ score)
    gradient = np.abs(score) / np.sqrt(np.maximum(np.diag(information), _ROUNDING))
    return Optimum(here, iterations, float(gradient.max(initial=0.0)), decrement)


def _line_search(
    discrepancy: Discrepancy, here: Evaluation, step: Vector, slope: float
) -> Evaluation | None:
    """First of the halved steps that decreases the value enough, None if none does."""
    if not slope > 0:
        return None
    length = 1.0
    slack = _ROUNDING * max(1.0, abs(here.value))
    for _ in range(_HALVINGS):
        there = discrepancy.at(here.x + length * step)
        if there.value <= here.value - _SUFFICIENT * length * slope + slack:
            return there
        length /= 2
    return None


def _updated(inverse: Matrix, moved: Vector, change: Vector) -> Matrix:
    """BFGS update of an inverse Hessian; left as it is where the curvature is not positive."""
    curvature = float(moved @ change)
    if curvature <= _ROUNDING * np.linalg.norm(moved) * np.linalg.norm(change):
        return inverse
    product = inverse @ change
    factor = (curvature + change @ product) / curvature**2
    cross = np.outer(product, moved) / curvature
    return inverse + factor * np.outer(moved, moved) - cross - cross.T


def damped_inverse(information: Matrix) -> Matrix:
    """Inverse of an information matrix, with the least ridge that makes it definite."""
    scale = 1 / np.sqrt(np.maximum(np.diag(information), np.finfo(float).tiny))
    scaled = information * np.outer(scale, scale)
    for ridge in (0.0, *10.0 ** np.arange(-10, 3)):
        try:
            factor = cho_factor(scaled + ridge * np.eye(len(scaled)), lower=True)
        except np.linalg.LinAlgError:
            continue
        return np.asarray(cho_solve(factor, np.diag(scale)) * scale[:, None])
    return np.diag(scale**2)
