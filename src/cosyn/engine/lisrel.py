r"""The matrices of one group, the moments they imply and the derivatives of these.

.. math:: \Sigma = \Lambda A \Psi A' \Lambda' + \Theta, \quad
          \mu = \nu + \Lambda A \alpha, \quad A = (I - B)^{-1}

(Jöreskog 1973; all-y LISREL). Every derivative of the covariances has rank two,
:math:`\partial\Sigma/\partial\theta_k = s_k (u_k v_k' + v_k u_k')`, and every derivative of the
means is :math:`\partial\mu/\partial\theta_k = t_k u_k`, with columns u and v drawn from
:math:`G = [I \mid \Lambda A \mid \Lambda V]`, :math:`V = A \Psi A'`. Scores, information and
Hessians therefore need only the Gram matrices of G.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Analytic, Flags, Indices, Matrix, Vector
    from cosyn.engine.table import Parameter, ParameterTable

LAMBDA, PSI, BETA, THETA, NU, ALPHA = range(6)


class Matrices(NamedTuple):
    """Loadings (p, m), latent covariances (m, m), regressions (m, m), residuals (p, p).

    Then intercepts (p, 1) and latent means (m, 1), columns so that all have two indices.
    """

    Lambda: Analytic
    Psi: Analytic
    Beta: Analytic
    Theta: Analytic
    nu: Analytic
    alpha: Analytic


@dataclass(frozen=True, slots=True, eq=False)
class Implied:
    """What parameters imply.

    Attributes
    ----------
    Sigma : ndarray, shape (p, p)
        Covariance of the observed variables.
    mu : ndarray, shape (p,)
        Their means.
    V : ndarray, shape (m, m)
        Covariance of the latents.
    eta : ndarray, shape (m,)
        Their means.
    A : ndarray, shape (m, m)
        Inverse of I - B.
    LA, LV : ndarray, shape (p, m)
        Products of the loadings with A and V.
    Psi : ndarray, shape (m, m)
        Residual covariances of the latents, with those that follow from scaling factors.
    """

    Sigma: Analytic
    mu: Analytic
    V: Analytic
    eta: Analytic
    A: Analytic
    LA: Analytic
    LV: Analytic
    Psi: Analytic

    def columns(self) -> Analytic:
        """G, the columns from which derivatives are made, shape (p, p + 2m)."""
        return np.hstack([np.eye(len(self.Sigma)), self.LA, self.LV])


@dataclass(frozen=True, slots=True, eq=False)
class Structure:
    """Where the free parameters of a table stand in the matrices of one group.

    Attributes
    ----------
    observed, latent : tuple of str
        Names of the p rows of the loadings and of their m columns: latents, then observed
        variables that take part in regressions and so need a column of their own.
    base : Matrices
        Fixed values, 0 where free.
    matrix, row, column, parameter : ndarray of int, shape (c,)
        The c free cells, sorted by parameter; `parameter` counts from 0.
    left, right : ndarray of int, shape (c,)
        Columns u and v of G.
    scale : ndarray, shape (c,)
        The factors s.
    local : ndarray of int, shape (k,)
        The parameters that occur in this group, in order.
    items : ndarray of int, shape (i,)
        Places of the ordinal items among the observed variables.
    scale_values, scale_parameters : ndarray, shape (i,)
        Scaling factors of the items: values where fixed, and numbers of the parameters, -1 where
        fixed. Unused with `theta`.
    theta : bool
        Whether scaling factors follow from residual variances, rather than these from those.
    given : ndarray of int, shape (k,)
        Columns of the covariates that have an effect; given them the scaling factors of items are
        to be understood.
    item_columns : ndarray of int, shape (i,)
        Columns of the items that have one of their own and whose residual variance, there in Psi,
        follows from their scaling factor; -1 of the others.
    """

    observed: tuple[str, ...]
    latent: tuple[str, ...]
    base: Matrices
    matrix: Indices
    row: Indices
    column: Indices
    parameter: Indices
    left: Indices
    right: Indices
    scale: Vector
    local: Indices
    items: Indices = field(default_factory=lambda: np.zeros(0, dtype=np.intp))
    scale_values: Vector = field(default_factory=lambda: np.zeros(0))
    scale_parameters: Indices = field(default_factory=lambda: np.zeros(0, dtype=np.intp))
    theta: bool = False
    given: Indices = field(default_factory=lambda: np.zeros(0, dtype=np.intp))
    item_columns: Indices = field(default_factory=lambda: np.zeros(0, dtype=np.intp))

    def matrices(self, x: Analytic) -> Matrices:
        """The matrices at free parameters x (q,), real or complex."""
        filled = Matrices(*(base.astype(x.dtype) for base in self.base))
        for number, target in enumerate(filled):
            here = self.matrix == number
            rows, columns, values = self.row[here], self.column[here], x[self.parameter[here]]
            target[rows, columns] = values
            if number in {PSI, THETA}:
                target[columns, rows] = values
        return filled

    def implied(self, x: Analytic) -> Implied:
        """Implied moments at free parameters x (q,)."""
        Lambda, Psi, Beta, Theta, nu, alpha = self.matrices(x)
        A = np.linalg.inv(np.eye(len(Beta)) - Beta)
        LA = Lambda @ A
        scaled = len(self.items) > 0 and not self.theta
        total = np.zeros(0)
        if scaled:
            total = 1 / self.scales(x) ** 2 + self._by_covariates(Psi, LA)
            self._complete(Psi, LA, total)
        V = A @ Psi @ A.T
        LV = Lambda @ V
        mu = nu[:, 0] + LA @ alpha[:, 0]
        Sigma = LV @ Lambda.T + Theta
        if scaled:
            Sigma[self.items, self.items] = total
        return Implied(Sigma, mu, V, A @ alpha[:, 0], A, LA, LV, Psi)

    def _by_covariates(self, Psi: Analytic, LA: Analytic) -> Analytic:
        """Variances of the items that the covariates explain, shape (i,)."""
        loads = LA[np.ix_(self.items, self.given)]
        return np.asarray(
            np.einsum("ik,kl,il->i", loads, Psi[np.ix_(self.given, self.given)], loads)
        )

    def own_columns(self) -> tuple[Indices, Indices]:
        """The items whose residual variance in Psi follows from their scaling factor.

        Returns
        -------
        tuple of ndarray of int, shape (a,)
            Their numbers among the items, and their columns.
        """
        own = np.flatnonzero(self.item_columns >= 0)
        return own, self.item_columns[own]

    def _complete(self, Psi: Analytic, LA: Analytic, total: Analytic) -> None:
        """Fill in the residual variances with which the items have the variances `total`."""
        own, columns = self.own_columns()
        if len(own):
            loads = LA[self.items[own]]
            known = np.einsum("am,mn,an->a", loads, Psi, loads)
            Psi[columns, columns] = np.linalg.solve(loads[:, columns] ** 2, total[own] - known)

    def scales(self, x: Analytic) -> Analytic:
        """Scaling factors of the ordinal items that are parameters or fixed, shape (i,)."""
        free = self.scale_parameters >= 0
        found = self.scale_values.astype(x.dtype)
        found[free] = x[self.scale_parameters[free]]
        return found

    def mean_factors(self, implied: Implied) -> Vector:
        """The factors t, shape (c,): how the means move along u."""
        loads = np.isin(self.matrix, (LAMBDA, BETA))
        eta = implied.eta[np.where(loads, self.column, 0)] if len(implied.eta) else 0.0
        located = np.isin(self.matrix, (NU, ALPHA))
        return np.asarray(np.where(loads, eta, np.where(located, 1.0, 0.0)))

    def pooled(self, cells: Matrix) -> Matrix:
        """Sum over the cells of each parameter along the first axis: (c, ...) to (k, ...)."""
        if len(cells) == len(self.local):
            return cells
        return np.add.reduceat(cells, np.searchsorted(self.parameter, self.local))

    def jacobian(self, implied: Implied, *, means: bool) -> Matrix:
        """Derivatives of the implied moments, shape (moments, k).

        The means first, if there are any, then the lower triangle of the covariances row by row.
        """
        G = implied.columns()
        rows, columns = np.tril_indices(len(self.observed))
        U, V = G[:, self.left], G[:, self.right]
        cells = self.scale * (U[rows] * V[columns] + V[rows] * U[columns])
        if means:
            cells = np.vstack([self.mean_factors(implied) * U, cells])
        return self.pooled(cells.T).T

    def effects_jacobian(self, implied: Implied, columns: Indices) -> Matrix:
        """Derivatives of effects on the observed variables, shape (len(columns), p, k).

        Parameters
        ----------
        columns : ndarray of int
            Of the variables whose effects are meant: columns of Lambda A.
        """
        leads = np.isin(self.matrix, (LAMBDA, BETA))
        onto = np.where(leads[:, None], implied.A[np.ix_(self.column * leads, columns)], 0.0)
        U = implied.columns()[:, self.left]
        cells = self.pooled(onto[:, :, None] * U.T[:, None, :])
        return np.moveaxis(cells, 0, -1)

    def turns(self, implied: Implied) -> tuple[Matrix, Matrix]:
        """How the columns of G turn as a cell moves: dG[:, a] = alpha[:, a] u + beta[:, a] v.

        Returns
        -------
        tuple of ndarray, shape (c, p + 2m)
            alpha and beta, one row a cell.
        """
        p, m = len(self.observed), len(self.latent)
        alpha, beta = np.zeros((2, len(self.matrix), p + 2 * m))
        leads = np.isin(self.matrix, (LAMBDA, BETA))
        alpha[leads, p : p + m] = implied.A[self.column[leads]]
        alpha[leads, p + m :] = implied.V[self.column[leads]]
        regresses = self.matrix == BETA
        beta[regresses, p + m :] = implied.A[:, self.row[regresses]].T
        varies = self.matrix == PSI
        s = self.scale[varies, None]
        alpha[varies, p + m :] = s * implied.A[:, self.column[varies]].T
        beta[varies, p + m :] = s * implied.A[:, self.row[varies]].T
        return alpha, beta


def structure(table: ParameterTable, group: int = 1) -> Structure:
    """Place the rows of a table for one group, counted from 1, in the matrices."""
    observed = table.observed_of(group)
    columns = (*table.latent_of(group), *_observed_columns(table, group))
    rows = [row for row in table.of_group(group) if row.op not in {"|", "~*~"}]
    placed = [(row, *place(row, observed, columns)) for row in rows]
    base = _base(placed, observed, columns)
    free = sorted((entry for entry in placed if entry[0].free), key=lambda entry: entry[0].free)
    matrix, row, column, parameter = (
        np.array([(m, r, c, parameter.free - 1) for parameter, m, r, c in free], dtype=np.intp)
        .reshape(-1, 4)
        .T
    )
    left, right = _factors(matrix, row, column, len(observed), len(columns))
    symmetric = np.isin(matrix, (PSI, THETA))
    scale = np.where(symmetric & (row == column), 0.5, 1.0)
    scale[np.isin(matrix, (NU, ALPHA))] = 0.0
    return Structure(
        observed,
        columns,
        base,
        matrix,
        row,
        column,
        parameter,
        left,
        right,
        scale,
        np.unique(parameter),
        *_scaling(table, group),
        table.theta,
        np.array([columns.index(n) for n in table.covariates if n in columns], dtype=np.intp),
        _item_columns(table, group, columns),
    )


def _scaling(table: ParameterTable, group: int) -> tuple[Indices, Vector, Indices]:
    """Places of the ordinal items, and their scaling factors: values and parameters."""
    rows = [row for row in table.of_group(group) if row.op == "~*~"]
    items = np.array([table.observed.index(row.lhs) for row in rows], dtype=np.intp)
    values = np.array([1.0 if row.value is None else row.value for row in rows])
    return items, values, np.array([row.free - 1 for row in rows], dtype=np.intp)


def _item_columns(table: ParameterTable, group: int, columns: Sequence[str]) -> Indices:
    """Columns of the ordinal items that have a derived residual variance there, else -1."""
    rows = table.of_group(group)
    derived = {row.lhs for row in rows if row.is_variance and row.derived and row.lhs in columns}
    items = [row.lhs for row in rows if row.op == "~*~"]
    return np.array([columns.index(n) if n in derived else -1 for n in items], dtype=np.intp)


def structures(table: ParameterTable) -> tuple[Structure, ...]:
    """One structure a group."""
    return tuple(structure(table, group + 1) for group in range(len(table.groups)))


def _observed_columns(table: ParameterTable, group: int) -> tuple[str, ...]:
    """Observed variables that regress, are regressed or covary with something that does.

    The same in all groups, so that their matrices are alike; those of one level.
    """
    rows = table.of_group(group) if table.levels else table.rows
    latent = set(table.latent_of(group))
    found = {name for row in rows if row.op == "~" for name in (row.lhs, row.rhs)}
    found &= set(table.observed)
    while True:
        columns = found | latent
        mixed = {
            name
            for row in rows
            if row.op == "~~" and (row.lhs in columns) != (row.rhs in columns)
            for name in (row.lhs, row.rhs)
        }
        if mixed <= columns:
            return tuple(name for name in table.observed_of(group) if name in found)
        found |= mixed - latent


def place(row: Parameter, observed: Sequence[str], columns: Sequence[str]) -> tuple[int, int, int]:
    """Matrix, row and column of a row of the table."""
    match row.op:
        case "=~" if row.rhs not in columns:
            return LAMBDA, observed.index(row.rhs), columns.index(row.lhs)
        case "=~":
            return BETA, columns.index(row.rhs), columns.index(row.lhs)
        case "~":
            return BETA, columns.index(row.lhs), columns.index(row.rhs)
    inside = row.lhs in columns
    names = columns if inside else observed
    if row.op == "~1":
        return ALPHA if inside else NU, names.index(row.lhs), 0
    return PSI if inside else THETA, names.index(row.lhs), names.index(row.rhs)


def _base(
    placed: Sequence[tuple[Parameter, int, int, int]],
    observed: Sequence[str],
    columns: Sequence[str],
) -> Matrices:
    p, m = len(observed), len(columns)
    shapes = ((p, m), (m, m), (m, m), (p, p), (p, 1), (m, 1))
    base = Matrices(*(np.zeros(shape) for shape in shapes))
    for k, name in enumerate(columns):
        if name in observed:
            base.Lambda[observed.index(name), k] = 1.0
    for parameter, matrix, row, column in placed:
        if parameter.value is not None:
            base[matrix][row, column] = parameter.value
            if matrix in {PSI, THETA}:
                base[matrix][column, row] = parameter.value
    return base


def _factors(
    matrix: Indices, row: Indices, column: Indices, p: int, m: int
) -> tuple[Indices, Indices]:
    """Columns of G: u is e_r or (Lambda A)_r; v is e_c, (Lambda A)_c or (Lambda V)_c."""
    whole: Flags = np.isin(matrix, (LAMBDA, THETA, NU))
    left = np.where(whole, row, p + row)
    located = np.isin(matrix, (NU, ALPHA))
    right = np.select(
        [matrix == THETA, matrix == PSI, located],
        [column, p + column, left],
        default=p + m + column,
    )
    return left, right
