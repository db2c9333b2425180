"""What the free parameters must satisfy, and the search for a minimum under it.

Linear equalities are solved for once, and the search goes on in the parameters that are left.
Others are met by sequential quadratic programming, which Newton steps in the tangent space of the
active constraints then carry to the last digits (Nocedal & Wright 2006, chapter 18).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import null_space
from scipy.optimize import NonlinearConstraint, minimize

from cosyn.engine.estimates import named_values
from cosyn.engine.expression import evaluate
from cosyn.engine.inference import jacobian
from cosyn.engine.linalg import damped_inverse
from cosyn.engine.optimize import Optimum, optimum

if TYPE_CHECKING:
    from collections.abc import Callable

    from cosyn.engine._typing import Analytic, Matrix, Vector
    from cosyn.engine.discrepancy import Discrepancy, Evaluation
    from cosyn.engine.table import ParameterTable

    Search = Callable[..., Optimum]

#: Distance from its bound at which an inequality binds.
_BINDING = 1e-7
#: By how much a constraint may be missed.
_MET = 1e-6
_POLISHING = 50
#: Change of a slope that is rounding error.
_LINEAR = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Constraints:
    """The constraints of a table as functions of its free parameters.

    Attributes
    ----------
    n_equal, n_unequal : int
    """

    table: ParameterTable
    n_equal: int
    n_unequal: int

    def equalities(self, x: Analytic) -> Analytic:
        """Left less right sides of ``==``, shape (n_equal,): to be 0."""
        return self._differences(x, equal=True)

    def inequalities(self, x: Analytic) -> Analytic:
        """Larger less smaller sides, shape (n_unequal,): to be at least 0."""
        return self._differences(x, equal=False)

    def met(self, x: Vector) -> bool:
        """Whether every constraint holds at x."""
        equal, unequal = self.equalities(x), self.inequalities(x)
        return bool((np.abs(equal) < _MET).all() and (unequal > -_MET).all())

    def binding(self, x: Vector) -> Matrix:
        """Slopes of the constraints that hold with equality at x, shape (active, q)."""
        slopes = [jacobian(self.equalities, x)] if self.n_equal else []
        if self.n_unequal:
            tight = np.abs(self.inequalities(x)) < _BINDING
            slopes.append(jacobian(self.inequalities, x)[tight])
        return np.vstack(slopes) if slopes else np.zeros((0, len(x)))

    def _differences(self, x: Analytic, *, equal: bool) -> Analytic:
        named = named_values(self.table, x)
        found = [
            (-1 if c.op.startswith("<") else 1)
            * (evaluate(c.left, named) - evaluate(c.right, named))
            for c in self.table.constraints
            if (c.op == "==") == equal
        ]
        return np.asarray(np.array(found) + 0 * x[:1].sum())


def constraints_of(table: ParameterTable) -> Constraints | None:
    """The constraints of a table, None if it has none."""
    if not table.constraints:
        return None
    equal = sum(each.op == "==" for each in table.constraints)
    return Constraints(table, equal, len(table.constraints) - equal)


def tangent(constraints: Constraints | None, x: Vector) -> Matrix | None:
    """Directions in which the parameters may move, orthonormal, shape (q, f); None: in all."""
    if constraints is None:
        return None
    slopes = constraints.binding(x)
    return np.asarray(null_space(slopes)) if len(slopes) else None


def inverse_within(constraints: Constraints | None, x: Vector, curvature: Matrix) -> Matrix:
    """Inverse of a curvature (q, q) in the directions that constraints leave at x."""
    K = tangent(constraints, x)
    if K is None:
        return damped_inverse(curvature)
    return np.asarray(K @ damped_inverse(K.T @ curvature @ K) @ K.T)


def rank(constraints: Constraints | None, x: Vector) -> int:
    """Degrees of freedom that equalities give, wherever the inequalities stand."""
    if constraints is None or not constraints.n_equal:
        return 0
    return int(np.linalg.matrix_rank(jacobian(constraints.equalities, x)))


@dataclass(frozen=True, slots=True, eq=False)
class _Reduced:
    """A point of the search within x = origin + K y."""

    inner: Evaluation
    K: Matrix
    x: Vector

    @property
    def value(self) -> float:
        return self.inner.value

    def score(self) -> Vector:
        return np.asarray(self.K.T @ self.inner.score())

    def information(self) -> Matrix:
        return np.asarray(self.K.T @ self.inner.information() @ self.K)

    def hessian(self) -> Matrix:
        return np.asarray(self.K.T @ self.inner.hessian() @ self.K)


@dataclass(frozen=True, slots=True, eq=False)
class _Within:
    """A discrepancy as a function of y in x = origin + K y."""

    discrepancy: Discrepancy
    origin: Vector
    K: Matrix

    def at(self, x: Vector) -> _Reduced:
        return _Reduced(self.discrepancy.at(self.origin + self.K @ x), self.K, x)


def search_within(
    constraints: Constraints,
    search: Search,
    discrepancy: Discrepancy,
    start: Vector,
    *,
    tolerance: float,
    max_iterations: int,
) -> Optimum:
    """Minimise under constraints from one starting point.

    Parameters
    ----------
    search : callable
        `cosyn.engine.optimize.minimise`, or what takes its place.
    """
    if constraints.n_unequal or not _linear(constraints, start):
        return _sequential(constraints, discrepancy, start, max_iterations)
    slopes = jacobian(constraints.equalities, start)
    offset = np.linalg.lstsq(slopes, constraints.equalities(start), rcond=None)[0]
    origin, K = start - offset, np.asarray(null_space(slopes))
    within = search(
        _Within(discrepancy, origin, K),
        np.zeros(K.shape[1]),
        tolerance=tolerance,
        max_iterations=max_iterations,
    )
    assert isinstance(within.evaluation, _Reduced)
    inner = within.evaluation.inner
    return Optimum(inner, within.iterations, within.gradient, within.decrement)


def _linear(constraints: Constraints, x: Vector) -> bool:
    here, there = (jacobian(constraints.equalities, x + step) for step in (0.0, 0.37))
    return bool(np.abs(here - there).max() < _LINEAR * max(1.0, np.abs(here).max()))


def _sequential(
    constraints: Constraints, discrepancy: Discrepancy, start: Vector, max_iterations: int
) -> Optimum:
    rules = []
    for kind, count, highest in (
        (constraints.equalities, constraints.n_equal, 0.0),
        (constraints.inequalities, constraints.n_unequal, np.inf),
    ):
        if count:
            rules.append(NonlinearConstraint(kind, 0.0, highest, jac=_slopes_of(kind)))

    def value(x: Vector) -> tuple[float, Vector]:
        here = discrepancy.at(x)
        return (here.value, -here.score()) if np.isfinite(here.value) else (1e10, np.zeros(len(x)))

    found = minimize(
        value,
        start,
        jac=True,
        method="SLSQP",
        constraints=rules,
        options={"maxiter": 10 * max_iterations, "ftol": 1e-12},
    )
    return _polished(constraints, discrepancy, np.asarray(found.x), int(found.nit))


def _slopes_of(function: Callable[[Analytic], Analytic]) -> Callable[[Vector], Matrix]:
    return lambda x: jacobian(function, x)


def _polished(
    constraints: Constraints, discrepancy: Discrepancy, x: Vector, iterations: int
) -> Optimum:
    """Newton steps on the conditions of an optimum, with the constraints that bind held."""
    for _ in range(_POLISHING):
        here = discrepancy.at(x)
        if not np.isfinite(here.value):
            break
        slopes = constraints.binding(x)
        K = np.asarray(null_space(slopes)) if len(slopes) else np.eye(len(x))
        along = K @ damped_inverse(K.T @ here.information() @ K) @ K.T @ here.score()
        missed = _missed(constraints, x)
        back = np.linalg.lstsq(slopes, missed, rcond=None)[0] if len(slopes) else 0.0
        step = along - back
        x = x + step
        if float(np.abs(step).max(initial=0.0)) < 1e-12 * max(1.0, float(np.abs(x).max())):
            break
    here = discrepancy.at(x)
    moves = tangent(constraints, x)
    view = here if moves is None else _Reduced(here, moves, x)
    return optimum(view, iterations, at=here)


def _missed(constraints: Constraints, x: Vector) -> Vector:
    """By how much the constraints that bind are missed."""
    parts = [constraints.equalities(x)] if constraints.n_equal else []
    if constraints.n_unequal:
        values = constraints.inequalities(x)
        parts.append(values[np.abs(values) < _BINDING])
    return np.concatenate(parts) if parts else np.zeros(0)
