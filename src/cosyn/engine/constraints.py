"""What the free parameters must satisfy, and the search for a minimum under it.

Linear equalities are solved for once, and the search goes on in the parameters that are left.
Others are met by sequential quadratic programming, which Newton steps in the tangent space of the
active constraints then carry to the last digits (Nocedal & Wright 2006, chapter 18).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import null_space
from scipy.optimize import Bounds, NonlinearConstraint, linprog, minimize

from cosyn.engine.expression import evaluate
from cosyn.engine.linalg import damped_inverse
from cosyn.engine.optimize import Optimum, optimum

if TYPE_CHECKING:
    from collections.abc import Callable

    from cosyn.engine._typing import Analytic, Flags, Matrix, Vector
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
#: Where else it is looked for: nearby, and far on both sides, beyond the kink of ``abs``.
_ELSEWHERE = (0.37, 1e3, -1e3)
#: What `linprog` says when nothing meets all.
_INFEASIBLE = 2
_STEP = 1e-30


@dataclass(frozen=True, slots=True, eq=False)
class Constraints:
    """The constraints of a table as functions of its free parameters.

    Attributes
    ----------
    n_equal, n_unequal : int
    lower, upper : ndarray, shape (q,)
        Bounds of the parameters, infinite where there are none.
    """

    table: ParameterTable
    n_equal: int
    n_unequal: int
    lower: Vector
    upper: Vector

    @property
    def bounded(self) -> bool:
        """Whether some parameter has a bound."""
        return bool(np.isfinite(self.lower).any() or np.isfinite(self.upper).any())

    def equalities(self, x: Analytic) -> Analytic:
        """Left less right sides of ``==``, shape (n_equal,): to be 0."""
        return self._differences(x, equal=True)

    def inequalities(self, x: Analytic) -> Analytic:
        """Larger less smaller sides, shape (n_unequal,): to be at least 0."""
        return self._differences(x, equal=False)

    def met(self, x: Vector) -> bool:
        """Whether every constraint holds at x."""
        equal, unequal = self.equalities(x), self.inequalities(x)
        within = (x > self.lower - _MET).all() and (x < self.upper + _MET).all()
        return bool((np.abs(equal) < _MET).all() and (unequal > -_MET).all() and within)

    def possible(self, x: Vector) -> bool:
        """Whether some point meets those that are linear, and the bounds; x is any point."""
        equal, unequal = (self.lines(x, equal=each) for each in (True, False))
        found = linprog(
            np.zeros(len(x)),
            A_eq=equal[0],
            b_eq=-equal[1],
            A_ub=-unequal[0],
            b_ub=unequal[1],
            bounds=list(zip(self.lower, self.upper, strict=True)),
        )
        return bool(found.status != _INFEASIBLE)

    def lines(self, x: Vector, *, equal: bool) -> tuple[Matrix, Vector]:
        """Slopes (n, q) and values at 0 (n,) of the linear equalities, or inequalities."""
        slopes = self.slopes(x, equal=equal)
        with np.errstate(all="ignore"):  # what overflows far away is not linear
            others = [self.slopes(x + far, equal=equal) for far in _ELSEWHERE]
        change = np.abs(slopes - others).max(axis=(0, 2), initial=0.0)
        linear = change < _LINEAR * np.maximum(1.0, np.abs(slopes).max(axis=1, initial=0.0))
        values = self._differences(x, equal=equal) - slopes @ x
        return slopes[linear], np.asarray(values[linear])

    def binding(self, x: Vector) -> Matrix:
        """Slopes of the constraints that hold with equality at x, shape (active, q)."""
        slopes = [self.slopes(x, equal=True)]
        if self.n_unequal:
            tight = np.abs(self.inequalities(x)) < _BINDING
            slopes.append(self.slopes(x, equal=False)[tight])
        slopes.append(np.eye(len(x))[self.at_bound(x)])
        return np.vstack(slopes)

    def at_bound(self, x: Vector) -> Flags:
        """Which parameters are on one of their bounds, shape (q,)."""
        near = np.minimum(np.abs(x - self.lower), np.abs(x - self.upper))
        return np.asarray(near < _BINDING)

    def missed(self, x: Vector) -> Vector:
        """By how much the constraints that bind are missed, shape (active,)."""
        parts = [self.equalities(x)] if self.n_equal else []
        if self.n_unequal:
            values = self.inequalities(x)
            parts.append(values[np.abs(values) < _BINDING])
        near = self.at_bound(x)
        closest = np.where(np.abs(x - self.lower) < np.abs(x - self.upper), self.lower, self.upper)
        return np.concatenate([*parts, (x - closest)[near]])

    def clipped(self, x: Vector) -> Vector:
        """The nearest point within the bounds."""
        return np.asarray(np.clip(x, self.lower, self.upper))

    def only_equal(self) -> Constraints | None:
        """Its equalities, None if it has none."""
        if not self.n_equal:
            return None
        constraints = tuple(each for each in self.table.constraints if each.op == "==")
        table, everywhere = (
            replace(self.table, constraints=constraints),
            np.full_like(self.lower, np.inf),
        )
        return Constraints(table, self.n_equal, 0, -everywhere, everywhere)

    def slopes(self, x: Vector, *, equal: bool) -> Matrix:
        """Derivatives of the equalities, or of the inequalities, by a complex step, (n, q)."""
        moved = x + 1j * _STEP * np.eye(len(x))
        return np.asarray(self._differences(moved, equal=equal).imag.T / _STEP)

    def _differences(self, x: Analytic, *, equal: bool) -> Analytic:
        """Of one point (q,) or of several, shape (..., q)."""
        chosen = [c for c in self.table.constraints if (c.op == "==") == equal]
        if not chosen:
            return np.zeros((*x.shape[:-1], 0), dtype=x.dtype)
        named = _named(self.table, x)
        found = [
            (-1 if c.op.startswith("<") else 1)
            * (evaluate(c.left, named) - evaluate(c.right, named))
            for c in chosen
        ]
        return np.stack([np.broadcast_to(each, x.shape[:-1]) for each in found], axis=-1)


def _named(table: ParameterTable, x: Analytic) -> dict[str, Analytic]:
    """The value of every label and definition at points (..., q)."""
    named: dict[str, Analytic] = {}
    for row in table.rows:
        if not row.label or row.label in named:
            continue
        if row.expression is not None:
            named[row.label] = evaluate(row.expression, named)
        else:
            fixed = np.asarray(0.0 if row.value is None else row.value)
            named[row.label] = x[..., row.free - 1] if row.free else fixed
    return named


def constraints_of(table: ParameterTable) -> Constraints | None:
    """The constraints and bounds of a table, None if it has none."""
    equal = sum(each.op == "==" for each in table.constraints)
    found = Constraints(table, equal, len(table.constraints) - equal, *table.bounds)
    return found if table.constraints or found.bounded else None


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
    return int(np.linalg.matrix_rank(constraints.slopes(x, equal=True)))


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
    options = {"tolerance": tolerance, "max_iterations": max_iterations}
    if constraints.n_unequal or constraints.bounded:
        rules = constraints.only_equal()
        free = partial(search_within, rules, search) if rules else search
        found = free(discrepancy, start, **options)
        if found.converged and constraints.met(found.evaluation.x):
            return found
        start = constraints.clipped(found.evaluation.x if found.converged else start)
        return _sequential(constraints, discrepancy, start, max_iterations)
    if len(constraints.lines(start, equal=True)[0]) < constraints.n_equal:
        return _sequential(constraints, discrepancy, start, max_iterations)
    slopes = constraints.slopes(start, equal=True)
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


def _sequential(
    constraints: Constraints, discrepancy: Discrepancy, start: Vector, max_iterations: int
) -> Optimum:
    rules = [
        NonlinearConstraint(kind, 0.0, highest, jac=partial(constraints.slopes, equal=equal))
        for kind, count, highest, equal in (
            (constraints.equalities, constraints.n_equal, 0.0, True),
            (constraints.inequalities, constraints.n_unequal, np.inf, False),
        )
        if count
    ]

    def value(x: Vector) -> tuple[float, Vector]:
        here = discrepancy.at(x)
        return (here.value, -here.score()) if np.isfinite(here.value) else (1e10, np.zeros(len(x)))

    found = minimize(
        value,
        start,
        jac=True,
        method="SLSQP",
        bounds=Bounds(constraints.lower, constraints.upper),
        constraints=rules,
        options={"maxiter": 10 * max_iterations, "ftol": 1e-12},
    )
    return _polished(constraints, discrepancy, np.asarray(found.x), int(found.nit))


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
        missed = constraints.missed(x)
        back = np.linalg.lstsq(slopes, missed, rcond=None)[0] if len(slopes) else 0.0
        step = along - back
        x = x + step
        if float(np.abs(step).max(initial=0.0)) < 1e-12 * max(1.0, float(np.abs(x).max())):
            break
    here = discrepancy.at(x)
    moves = tangent(constraints, x)
    view = here if moves is None else _Reduced(here, moves, x)
    return optimum(view, iterations, at=here)
