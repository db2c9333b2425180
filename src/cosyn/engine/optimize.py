"""Fisher scoring, then Newton's or a quasi-Newton method.

Scoring steps use the expected information, which is always definite and is right far from the
minimum. Under misfit they converge only linearly, so after a few of them the Hessian takes over
wherever it is definite, which makes the end quadratic. Where a Hessian costs many evaluations,
the inverse information is updated by BFGS instead (Nocedal & Wright 2006, eq. 6.17).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import eigh

from cosyn.engine.linalg import damped_inverse, definite_inverse

if TYPE_CHECKING:
    from cosyn.engine._typing import Matrix, Vector
    from cosyn.engine.discrepancy import Discrepancy, Evaluation

_SCORING_STEPS = 3
#: Iterations in which scoring, which goes far, replaces an indefinite Hessian.
_PATIENCE = 40
#: Least curvature, relative to the information's, of a direction that is followed.
_FLATTEST = 1e-2
_RIDGE = 1e-8
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
        return optimum(here, 0)
    iteration = 0
    for iteration in range(1, max_iterations + 1):
        score, curvature = here.score(), _curvature(here, iteration)
        step = curvature @ score
        slope = float(step @ score)
        there = _line_search(discrepancy, here, step, slope)
        if there is None:
            break
        here = there
        if slope < tolerance**2:
            break
    return optimum(here, iteration)


def minimise_without_hessian(
    discrepancy: Discrepancy, start: Vector, *, tolerance: float, max_iterations: int
) -> Optimum:
    """As `minimise`, for a discrepancy whose Hessian is dear.

    Its information is that of complete data: too large, but of the right shape.
    """
    here = discrepancy.at(start)
    if not np.isfinite(here.value) or not len(start):
        return optimum(here, 0)
    score, inverse, age, taken = here.score(), damped_inverse(here.information()), 0, 0
    while taken < max_iterations:
        taken += 1
        step = inverse @ score
        there = _line_search(discrepancy, here, step, float(step @ score))
        if there is not None:
            new_score = there.score()
            moved, change = there.x - here.x, score - new_score
            here, score = there, new_score
        stop = there is None or float(score @ inverse @ score) < tolerance**2
        if stop and age == 0:
            break
        if stop:
            inverse, age = damped_inverse(here.information()), 0
        else:
            inverse, age = _updated(inverse, moved, change), age + 1
    return optimum(here, taken)


def _updated(inverse: Matrix, moved: Vector, change: Vector) -> Matrix:
    """BFGS update of an inverse Hessian; left as it is where the curvature is not positive."""
    curvature = float(moved @ change)
    if curvature <= _ROUNDING * np.linalg.norm(moved) * np.linalg.norm(change):
        return inverse
    product = inverse @ change
    factor = (curvature + change @ product) / curvature**2
    cross = np.outer(product, moved) / curvature
    return inverse + factor * np.outer(moved, moved) - cross - cross.T


def _curvature(here: Evaluation, iteration: int) -> Matrix:
    """Inverse of the Hessian where it is definite, after the first steps; else of information."""
    if iteration <= _SCORING_STEPS:
        return damped_inverse(here.information())
    hessian = here.hessian()
    inverse = definite_inverse(hessian)
    if inverse is not None:
        return inverse
    information = here.information()
    patient = iteration <= _PATIENCE
    return damped_inverse(information) if patient else _bent_inverse(hessian, information)


def _bent_inverse(hessian: Matrix, information: Matrix) -> Matrix:
    """Inverse of an indefinite Hessian with its curvatures made positive.

    Curvatures are those in the metric of the information; a step along a negative one leads away
    from the saddle (Nocedal & Wright 2006, section 3.4).
    """
    scale = 1 / np.sqrt(np.maximum(np.diag(information), np.finfo(float).tiny))
    metric = information * np.outer(scale, scale) + _RIDGE * np.eye(len(scale))
    curvatures, vectors = eigh(hessian * np.outer(scale, scale), metric)
    vectors = scale[:, None] * vectors
    return np.asarray((vectors / np.maximum(np.abs(curvatures), _FLATTEST)) @ vectors.T)


def optimum(here: Evaluation, iterations: int, at: Evaluation | None = None) -> Optimum:
    """What is known of the point where a search ended.

    Parameters
    ----------
    at : Evaluation, optional
        The point itself, if `here` is only its view along some directions.
    """
    if not np.isfinite(here.value):
        return Optimum(at or here, iterations, float("inf"), float("inf"))
    score, information = here.score(), here.information()
    decrement = float(score @ damped_inverse(information) @ score)
    gradient = np.abs(score) / np.sqrt(np.maximum(np.diag(information), _ROUNDING))
    return Optimum(at or here, iterations, float(gradient.max(initial=0.0)), decrement)


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
