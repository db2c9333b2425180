r"""The matrices of a model, its implied covariance and the derivatives of it.

.. math:: \Sigma = \Lambda A \Psi A' \Lambda' + \Theta, \qquad A = (I - B)^{-1}

(Jöreskog 1973; all-y LISREL). Every derivative has rank two,
:math:`\partial\Sigma/\partial\theta_k = s_k (u_k v_k' + v_k u_k')`, with columns u and v drawn
from :math:`G = [I \mid \Lambda A \mid \Lambda V]`, :math:`V = A \Psi A'`, and s = 1/2 for a
variance. Gradients and information therefore need only the Gram matrices of G.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Analytic, Flags, Indices, Matrix, Vector
    from cosyn.engine.table import Parameter, ParameterTable

LAMBDA, PSI, BETA, THETA = range(4)


class Matrices(NamedTuple):
    """Loadings (p, m), latent covariances (m, m), regressions (m, m), residuals (p, p)."""

    Lambda: Analytic
    Psi: Analytic
    Beta: Analytic
    Theta: Analytic


@dataclass(frozen=True, slots=True, eq=False)
class Implied:
    """What parameters imply.

    Attributes
    ----------
    Sigma : ndarray, shape (p, p)
        Covariance of the observed variables.
    V : ndarray, shape (m, m)
        Covariance of the latents.
    LA, LV : ndarray, shape (p, m)
        Products of the loadings with A and V.
    """

    Sigma: Analytic
    V: Analytic
    LA: Analytic
    LV: Analytic


@dataclass(frozen=True, slots=True, eq=False)
class Structure:
    """Where the q free parameters of a table stand in the matrices.

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
    n_parameters : int
        q.
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
    n_parameters: int

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
        """Implied covariances at free parameters x (q,)."""
        Lambda, Psi, Beta, Theta = self.matrices(x)
        A = np.linalg.inv(np.eye(len(Beta)) - Beta)
        LA = Lambda @ A
        V = A @ Psi @ A.T
        LV = Lambda @ V
        return Implied(LV @ Lambda.T + Theta, V, LA, LV)

    def gather(self, implied: Implied) -> Matrix:
        """The matrix G, shape (p, p + 2m)."""
        return np.hstack([np.eye(len(self.observed)), implied.LA, implied.LV])

    def pooled(self, cells: Vector) -> Vector:
        """Sum over the cells of each parameter along the first axis: (c, ...) to (q, ...)."""
        if len(cells) == self.n_parameters:
            return cells
        return np.add.reduceat(cells, np.searchsorted(self.parameter, range(self.n_parameters)))


def structure(table: ParameterTable) -> Structure:
    """Place the rows of a table in the matrices."""
    columns = (*table.latent, *_observed_columns(table))
    placed = [(row, *_place(row, table.observed, columns)) for row in table.rows if row.op != ":="]
    base = _base(placed, table.observed, columns)
    free = sorted((entry for entry in placed if entry[0].free), key=lambda entry: entry[0].free)
    matrix, row, column, parameter = (
        np.array([(m, r, c, parameter.free - 1) for parameter, m, r, c in free], dtype=np.intp)
        .reshape(-1, 4)
        .T
    )
    left, right = _factors(matrix, row, column, len(table.observed), len(columns))
    symmetric = (matrix == PSI) | (matrix == THETA)
    scale = np.where(symmetric & (row == column), 0.5, 1.0)
    return Structure(
        table.observed,
        columns,
        base,
        matrix,
        row,
        column,
        parameter,
        left,
        right,
        scale,
        table.n_free,
    )


def _observed_columns(table: ParameterTable) -> tuple[str, ...]:
    """Observed variables that regress, are regressed or covary with something that does."""
    found = {name for row in table.rows if row.op == "~" for name in (row.lhs, row.rhs)}
    found &= set(table.observed)
    while True:
        columns = found | set(table.latent)
        mixed = {
            name
            for row in table.rows
            if row.op == "~~" and (row.lhs in columns) != (row.rhs in columns)
            for name in (row.lhs, row.rhs)
        }
        if mixed <= columns:
            return tuple(name for name in table.observed if name in found)
        found |= mixed - set(table.latent)


def _place(row: Parameter, observed: Sequence[str], columns: Sequence[str]) -> tuple[int, int, int]:
    """Matrix, row and column of a row of the table."""
    if row.op == "=~" and row.rhs not in columns:
        return LAMBDA, observed.index(row.rhs), columns.index(row.lhs)
    if row.op == "=~":
        return BETA, columns.index(row.rhs), columns.index(row.lhs)
    if row.op == "~":
        return BETA, columns.index(row.lhs), columns.index(row.rhs)
    if row.lhs in columns:
        return PSI, columns.index(row.lhs), columns.index(row.rhs)
    return THETA, observed.index(row.lhs), observed.index(row.rhs)


def _base(
    placed: Sequence[tuple[Parameter, int, int, int]],
    observed: Sequence[str],
    columns: Sequence[str],
) -> Matrices:
    p, m = len(observed), len(columns)
    base = Matrices(np.zeros((p, m)), np.zeros((m, m)), np.zeros((m, m)), np.zeros((p, p)))
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
    whole: Flags = (matrix == LAMBDA) | (matrix == THETA)
    left = np.where(whole, row, p + row)
    right = np.select(
        [matrix == THETA, matrix == PSI], [column, p + column], default=p + m + column
    )
    return left, right
