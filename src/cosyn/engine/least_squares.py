"""Weighted least squares of thresholds, means, slopes, variances and correlations.

The statistics and their order are those of `cosyn.engine.ordinal.OrdinalMoments`; with S the
implied covariances of the normal variables behind the items, mu their means, Pi their slopes on
covariates and D the scaling factors, a threshold is D (tau - mu), a slope D Pi, a correlation
D S D (Muthén 1984; Muthén & Asparouhov 2002). With covariates mu is where they are zero and S is
what is left given them: both follow from a model whose covariates have no mean and no variance.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.lisrel import structures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Analytic, Flags, Indices, Matrix, Vector
    from cosyn.engine.lisrel import Implied, Structure
    from cosyn.engine.ordinal import OrdinalMoments
    from cosyn.engine.table import Parameter, ParameterTable


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


@dataclass(frozen=True, slots=True, eq=False)
class LeastSquaresEvaluation:
    """The discrepancy at one point.

    Attributes
    ----------
    residuals : tuple of ndarray, shape (s,)
        Sample less implied statistics, one array a group.
    slopes : tuple of ndarray, shape (s, q)
        Derivatives of the implied statistics; empty where the value is infinite.
    """

    discrepancy: LeastSquares
    x: Vector
    value: float
    residuals: tuple[Vector, ...]
    slopes: tuple[Matrix, ...]

    def score(self) -> Vector:
        """Minus the gradient of F/2."""
        found = np.zeros(len(self.x))
        d = self.discrepancy
        for f, w, J, r in zip(d.shares, d.weights, self.slopes, self.residuals, strict=True):
            found += f * (J.T @ (w * r))
        return found

    def information(self) -> Matrix:
        """J'WJ, the curvature where the residuals are small."""
        found = np.zeros((len(self.x), len(self.x)))
        d = self.discrepancy
        for f, w, J in zip(d.shares, d.weights, self.slopes, strict=True):
            found += f * (J.T @ (w[:, None] * J))
        return found

    def hessian(self) -> Matrix:
        """The same: steps are those of Gauss and Newton."""
        return self.information()


@dataclass(frozen=True, slots=True, eq=False)
class LeastSquares:
    """Weighted squares of the residuals, over all groups.

    Attributes
    ----------
    parts : tuple of OrdinalStructure
    statistics, weights : tuple of ndarray, shape (s,)
    shares : ndarray, shape (groups,)
    """

    parts: tuple[OrdinalStructure, ...]
    statistics: tuple[Vector, ...]
    weights: tuple[Vector, ...]
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
            total += float(f) * float(residual @ (w * residual)) / 2
        if not np.isfinite(total):
            return LeastSquaresEvaluation(self, x, float("inf"), tuple(found), ())
        slopes = tuple(part.slopes(x) for part in self.parts)
        return LeastSquaresEvaluation(self, x, total, tuple(found), slopes)


def least_squares(
    table: ParameterTable, groups: Sequence[OrdinalMoments], *, diagonal: bool
) -> LeastSquares:
    """The discrepancy of a table from its samples.

    Parameters
    ----------
    diagonal : bool
        Weigh by the inverse asymptotic variances (DWLS); else equally (ULS).
    """
    sizes = np.array([group.n - 1 for group in groups], dtype=float)
    statistics = tuple(group.statistics for group in groups)
    weights = tuple(
        group.weights if diagonal else np.ones(len(each))
        for group, each in zip(groups, statistics, strict=True)
    )
    return LeastSquares(ordinal_structures(table), statistics, weights, sizes / sizes.sum())
