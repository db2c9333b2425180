"""Weighted least squares of thresholds, means, slopes, variances and correlations.

The statistics and their order are those of `cosyn.engine.ordinal.OrdinalMoments`; with S the
implied covariances of the normal variables behind the items, mu their means, Pi their slopes on
covariates and D the scaling factors, a threshold is D (tau - mu), a slope D Pi, a correlation
D S D (Muthén 1984; Muthén & Asparouhov 2002). With covariates mu is where they are zero and S is
what is left given them: both follow from a model whose covariates have no mean and no variance.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np

from cosyn.engine.linalg import definite_inverse
from cosyn.engine.lisrel import structures
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Analytic, Flags, Indices, Matrix, Vector
    from cosyn.engine.lisrel import Implied, Structure
    from cosyn.engine.ordinal import OrdinalMoments
    from cosyn.engine.table import Parameter, ParameterTable


Kind = Literal["DWLS", "WLS", "ULS"]


class Part(Protocol):
    """What the parameters of one group imply for its statistics."""

    @property
    def structure(self) -> Structure:
        """Where the parameters stand."""
        ...

    def statistics(self, x: Analytic) -> Analytic:
        """Implied statistics, shape (s,), at free parameters x (q,), real or complex."""
        ...

    def slopes(self, x: Vector) -> Matrix:
        """Derivatives of the statistics, shape (s, q)."""
        ...

    def bending(self, x: Vector, weights: Vector, /) -> Matrix:
        """Second derivatives of the statistics, summed with weights (s,), shape (q, q)."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class OrdinalStructure:
    """What the parameters of one group imply for the statistics.

    Attributes
    ----------
    structure : Structure
    n_parameters : int
        q, of all groups.
    variable : ndarray of int, shape (l,)
        Variable of each threshold or mean.
    is_threshold : ndarray of bool, shape (l,)
    tau_values : ndarray, shape (l,)
    tau_parameters : ndarray of int, shape (l,)
        Numbers of the parameters, -1 where fixed.
    continuous : ndarray of int
        Places of the continuous variables.
    responses : ndarray of int
        Places of all variables but the covariates.
    """

    structure: Structure
    n_parameters: int
    variable: Indices
    is_threshold: Flags
    tau_values: Vector
    tau_parameters: Indices
    continuous: Indices
    responses: Indices

    def statistics(self, x: Analytic) -> Analytic:
        """Implied statistics, shape (s,), at free parameters x (q,), real or complex."""
        implied = self.structure.implied(x)
        D = self._scales(implied, x)
        j = self.variable
        locations = np.where(self.is_threshold, D[j] * self._tau(x), 0) - D[j] * implied.mu[j]
        rows, columns = self._pairs()
        correlations = D[rows] * D[columns] * implied.Sigma[rows, columns]
        variances = np.diag(implied.Sigma)[self.continuous]
        return np.concatenate([locations, self._effects(implied, D), variances, correlations])

    def _effects(self, implied: Implied, D: Analytic) -> Analytic:
        """Slopes of the responses on the covariates, covariate by covariate."""
        slopes = D[:, None] * implied.LA[:, self.structure.given]
        return slopes[self.responses].T.ravel()

    def slopes(self, x: Vector) -> Matrix:
        """Derivatives of the statistics, shape (s, q)."""
        implied = self.structure.implied(x)
        p = len(self.structure.observed)
        base = np.zeros((p + p * (p + 1) // 2, self.n_parameters))
        base[:, self.structure.local] = self.structure.jacobian(implied, means=True)
        of_means, of_covariances = base[:p], base[p:]
        diagonal = np.cumsum(np.arange(1, p + 1)) - 1
        D, dD = self._scale_slopes(implied, x, of_covariances[diagonal])
        of_covariances = self._completed(implied, of_covariances, D, dD)
        j = self.variable
        bare = np.where(self.is_threshold, self._tau(x), 0) - implied.mu[j]
        locations = dD[j] * bare[:, None] + D[j, None] * (self._tau_slopes() - of_means[j])
        rows, columns = self._pairs()
        S = implied.Sigma[rows, columns][:, None]
        at = rows * (rows + 1) // 2 + columns
        correlations = (
            dD[rows] * D[columns, None] * S
            + D[rows, None] * dD[columns] * S
            + (D[rows] * D[columns])[:, None] * of_covariances[at]
        )
        variances = of_covariances[diagonal[self.continuous]]
        return np.vstack([locations, self._effect_slopes(implied, D, dD), variances, correlations])

    def _effect_slopes(self, implied: Implied, D: Vector, dD: Matrix) -> Matrix:
        given = self.structure.given
        found = dD * implied.LA[:, given].T[:, :, None]
        found[:, :, self.structure.local] += D[:, None] * self.structure.effects_jacobian(
            implied, given
        )
        rows = len(given) * len(self.responses)
        return found[:, self.responses].reshape(rows, self.n_parameters)

    def _completed(self, implied: Implied, slopes: Matrix, D: Vector, dD: Matrix) -> Matrix:
        """Let residual variances that keep the variances of items at 1 / D^2 move along."""
        own, columns = self.structure.own_columns()
        if not len(own):
            return slopes
        items = self.structure.items[own]
        loads = implied.LA[:, columns]
        rows, others = np.tril_indices(len(loads))
        total = -2 * dD[items] / D[items, None] ** 3
        missing = total - slopes[items * (items + 3) // 2]
        moves = np.linalg.solve(loads[items] ** 2, missing)
        return np.asarray(slopes + (loads[rows] * loads[others]) @ moves)

    def bending(self, _x: Vector, _weights: Vector, /) -> Matrix:
        """Left out, so that steps are those of Gauss and Newton."""
        return np.zeros((self.n_parameters, self.n_parameters))

    def _pairs(self) -> tuple[Indices, Indices]:
        """Lower triangle without the diagonal, column by column."""
        columns, rows = np.triu_indices(len(self.responses), 1)
        return self.responses[rows], self.responses[columns]

    def _tau(self, x: Analytic) -> Analytic:
        found = self.tau_values.astype(x.dtype)
        free = self.tau_parameters >= 0
        found[free] = x[self.tau_parameters[free]]
        return found

    def _tau_slopes(self) -> Matrix:
        found = np.zeros((len(self.variable), self.n_parameters))
        free = np.flatnonzero(self.tau_parameters >= 0)
        found[free, self.tau_parameters[free]] = 1.0
        return found

    def _scales(self, implied: Implied, x: Analytic) -> Analytic:
        D = np.ones(len(self.structure.observed), dtype=x.dtype)
        items = self.structure.items
        total = np.diag(implied.Sigma)[items]
        D[items] = total**-0.5 if self.structure.theta else self.structure.scales(x)
        return D

    def _scale_slopes(
        self, implied: Implied, x: Vector, variances: Matrix
    ) -> tuple[Vector, Matrix]:
        D = self._scales(implied, x)
        dD = np.zeros((len(D), self.n_parameters))
        items, parameters = self.structure.items, self.structure.scale_parameters
        if self.structure.theta:
            dD[items] = -0.5 * D[items, None] ** 3 * variances[items]
        else:
            free = parameters >= 0
            dD[items[free], parameters[free]] = 1.0
        return D, dD


def ordinal_structures(table: ParameterTable) -> tuple[OrdinalStructure, ...]:
    """One structure a group, of the distribution given the covariates."""
    rows = (replace(row, value=0.0) if row.exogenous else row for row in table.rows)
    given = replace(table, rows=tuple(rows))
    return tuple(_of_group(table, part, k + 1) for k, part in enumerate(structures(given)))


def _of_group(table: ParameterTable, part: Structure, group: int) -> OrdinalStructure:
    thresholds = {(row.lhs, row.rhs): row for row in table.of_group(group) if row.op == "|"}
    counts = dict(table.ordered)
    variable: list[int] = []
    rows: list[Parameter | None] = []
    responses = [table.observed.index(name) for name in table.responses]
    for j, name in zip(responses, table.responses, strict=True):
        mine: list[Parameter | None] = [
            thresholds[name, f"t{k}"] for k in range(1, counts.get(name, 0) + 1)
        ]
        mine = mine or [None]
        variable += [j] * len(mine)
        rows += mine
    return OrdinalStructure(
        part,
        table.n_free,
        np.array(variable, dtype=np.intp),
        np.array([row is not None for row in rows]),
        np.array([row.value if row and row.value is not None else 0.0 for row in rows]),
        np.array([row.free - 1 if row else -1 for row in rows], dtype=np.intp),
        np.array([j for j in responses if table.observed[j] not in counts], dtype=np.intp),
        np.array(responses, dtype=np.intp),
    )


@dataclass(frozen=True, eq=False)
class LeastSquaresEvaluation:
    """The discrepancy at one point.

    Attributes
    ----------
    residuals : tuple of ndarray, shape (s,)
        Sample less implied statistics, one array a group.
    """

    discrepancy: LeastSquares
    x: Vector
    value: float
    residuals: tuple[Vector, ...]

    @cached_property
    def slopes(self) -> tuple[Matrix, ...]:
        """Derivatives (s, q) of the implied statistics; none where the value is infinite.

        A search that tries several lengths of a step asks for them once it has chosen.
        """
        if not np.isfinite(self.value):
            return ()
        return tuple(part.slopes(self.x) for part in self.discrepancy.parts)

    def score(self) -> Vector:
        """Minus the gradient of F/2."""
        found = np.zeros(len(self.x))
        d = self.discrepancy
        for f, w, J, r in zip(d.shares, d.weights, self.slopes, self.residuals, strict=True):
            found += f * (J.T @ weighted(w, r))
        return found

    def information(self) -> Matrix:
        """J'WJ, the curvature where the residuals are small."""
        found = np.zeros((len(self.x), len(self.x)))
        d = self.discrepancy
        for f, w, J in zip(d.shares, d.weights, self.slopes, strict=True):
            found += f * (J.T @ weighted(w, J))
        return found

    def hessian(self) -> Matrix:
        """Second derivatives of F/2."""
        found = self.information()
        d = self.discrepancy
        for f, w, part, r in zip(d.shares, d.weights, d.parts, self.residuals, strict=True):
            found -= f * part.bending(self.x, weighted(w, r))
        return found


@dataclass(frozen=True, slots=True, eq=False)
class LeastSquares:
    """Weighted squares of the residuals, over all groups.

    Attributes
    ----------
    parts : tuple of Part
    statistics : tuple of ndarray, shape (s,)
    weights : tuple of ndarray, shape (s,) or (s, s)
        Of single statistics, or a matrix.
    shares : ndarray, shape (groups,)
    """

    parts: tuple[Part, ...]
    statistics: tuple[Vector, ...]
    weights: tuple[Matrix, ...]
    shares: Vector

    def at(self, x: Vector) -> LeastSquaresEvaluation:
        """Evaluate at free parameters x; infinite where an item has no positive variance."""
        found, total = [], 0.0
        for part, observed, w, f in zip(
            self.parts, self.statistics, self.weights, self.shares, strict=True
        ):
            with np.errstate(invalid="ignore", divide="ignore"):
                residual = observed - part.statistics(x)
            found.append(residual)
            total += float(f) * float(residual @ weighted(w, residual)) / 2
        if not np.isfinite(total):
            return LeastSquaresEvaluation(self, x, float("inf"), tuple(found))
        return LeastSquaresEvaluation(self, x, total, tuple(found))


def weighted(weights: Matrix, block: Matrix) -> Matrix:
    """Weights (s,) or (s, s) times a vector (s,) or a block of columns (s, k)."""
    if weights.ndim == 2:
        return np.asarray(weights @ block)
    return np.asarray((weights * block.T).T)


def net_weights(weights: Matrix, last: int) -> Matrix:
    """Weights of the last statistics where all the others are fitted as well as they can be."""
    if weights.ndim == 1:
        return np.asarray(weights[-last:])
    first = np.s_[: len(weights) - last]
    cross = weights[first, -last:]
    explained = cross.T @ np.linalg.solve(weights[first, first], cross)
    return np.asarray(weights[-last:, -last:] - explained)


def least_squares(
    table: ParameterTable, groups: Sequence[OrdinalMoments], kind: Kind
) -> LeastSquares:
    """The discrepancy of a table from its samples.

    Parameters
    ----------
    kind : {"DWLS", "WLS", "ULS"}
        Weigh by the inverse asymptotic variances, by the inverse of their whole matrix, or
        equally.
    """
    sizes = np.array([group.n - 1 for group in groups], dtype=float)
    statistics = tuple(group.statistics for group in groups)
    weights = tuple(_weights(group, kind) for group in groups)
    return LeastSquares(ordinal_structures(table), statistics, weights, sizes / sizes.sum())


def _weights(group: OrdinalMoments, kind: Kind) -> Matrix:
    if kind == "WLS":
        assert group.Gamma is not None
        return inverse_of_covariance(group.Gamma, group.n)
    return group.weights if kind == "DWLS" else np.ones_like(group.avar)


def inverse_of_covariance(Gamma: Matrix, n: int) -> Matrix:
    """The weights of WLS (Browne 1984) from the asymptotic covariance of s statistics.

    Raises
    ------
    IdentificationError
        If there are not more respondents than statistics, or the matrix is singular for other
        reasons.
    """
    inverse = definite_inverse(Gamma) if n > len(Gamma) else None
    if inverse is None:
        raise IdentificationError(
            "data.too-few-respondents",
            "estimator 'WLS'",
            f"the covariance of {len(Gamma)} statistics cannot be inverted from {n} respondents",
            "Use WLSMV for ordinal items, else MLR or ULSMV",
        )
    return inverse
