r"""The normal-theory discrepancy of many samples at once, each at a point of its own.

As `cosyn.engine.normal`, with a leading axis of replicates on every array. Scores need no columns
of G beside B = [Lambda A | Lambda V]: with M = W (S + dd') W - W they are cells of M B, of
(Lambda A)' M B, and of M itself where residual covariances are free.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.linalg import lapack

from cosyn.engine.lisrel import ALPHA, BETA, LAMBDA, NU, PSI, THETA, place

if TYPE_CHECKING:
    from cosyn.engine._typing import Flags, Indices, Matrix, Vector
    from cosyn.engine.lisrel import Structure
    from cosyn.engine.table import ParameterTable


#: Share of a variance that is left over by the variables before it, if it is rounding error.
_SINGULAR = 1e-10


class BatchedMoments(NamedTuple):
    """Implied moments of R points.

    Attributes
    ----------
    Sigma : ndarray, shape (R, p, p)
    mu : ndarray, shape (R, p)
    V : ndarray, shape (R, m, m)
    eta : ndarray, shape (R, m)
    B : ndarray, shape (R, p, 2m)
        Lambda A beside Lambda V.
    """

    Sigma: Matrix
    mu: Matrix
    V: Matrix
    eta: Matrix
    B: Matrix


@dataclass(frozen=True, slots=True, eq=False)
class BatchedGroup:
    """One group of R samples.

    Attributes
    ----------
    structure : Structure
    S : ndarray, shape (R, p, p)
    mean : ndarray, shape (R, p), or None
        None without a mean structure.
    weight : ndarray, shape (R,)
        Share of the group in each sample.
    given : tuple of (int, int, int)
        Matrix, row and column of the moments of covariates, which are fixed at the samples'.
    values : ndarray, shape (R, given)
        Those moments.
    """

    structure: Structure
    S: Matrix
    mean: Matrix | None
    weight: Vector
    given: tuple[tuple[int, int, int], ...]
    values: Matrix

    def only(self, kept: Flags) -> BatchedGroup:
        """Some of the samples."""
        mean = None if self.mean is None else self.mean[kept]
        weight, values = self.weight[kept], self.values[kept]
        return BatchedGroup(self.structure, self.S[kept], mean, weight, self.given, values)

    def matrices(self, x: Matrix) -> tuple[Matrix, ...]:
        """The six matrices at free parameters x (R, q)."""
        part = self.structure
        filled = tuple(np.tile(base, (len(x), 1, 1)) for base in part.base)
        for number, target in enumerate(filled):
            here = part.matrix == number
            rows, columns, values = part.row[here], part.column[here], x[:, part.parameter[here]]
            target[:, rows, columns] = values
            if number in {PSI, THETA}:
                target[:, columns, rows] = values
        for k, (number, row, column) in enumerate(self.given):
            filled[number][:, row, column] = self.values[:, k]
            if number in {PSI, THETA}:
                filled[number][:, column, row] = self.values[:, k]
        return filled

    def implied(self, x: Matrix) -> BatchedMoments:
        """Implied moments at free parameters x (R, q)."""
        Lambda, Psi, Beta, Theta, nu, alpha = self.matrices(x)
        if Beta.any():
            A = np.linalg.inv(np.eye(Beta.shape[1]) - Beta)
            LA, V = Lambda @ A, A @ Psi @ A.swapaxes(1, 2)
            eta = A @ alpha
        else:
            LA, V, eta = Lambda, Psi, alpha
        LV = Lambda @ V
        Sigma = LV @ Lambda.swapaxes(1, 2) + Theta
        mu = nu + LA @ alpha
        return BatchedMoments(Sigma, mu[..., 0], V, eta[..., 0], np.concatenate([LA, LV], axis=2))

    def at(self, x: Matrix) -> tuple[Vector, Matrix]:
        """Value (R,) of F/2 up to the samples' part, and minus its gradient (R, k)."""
        implied = self.implied(x)
        log_det, W = inverses(implied.Sigma)
        S, d = self.S, None
        if self.mean is not None:
            d = self.mean - implied.mu
            S = S + d[:, :, None] * d[:, None, :]
        value = 0.5 * (log_det + np.einsum("rij,rij->r", S, W))
        return value, self._score(implied, W, W @ S, d)

    def _score(self, implied: BatchedMoments, W: Matrix, WS: Matrix, d: Matrix | None) -> Matrix:
        part = self.structure
        u, v, p, m = part.left, part.right, len(part.observed), len(part.latent)
        LA = implied.B[:, :, :m].swapaxes(1, 2)
        WB = W @ implied.B
        MB = WS @ WB - WB
        cells = np.zeros((len(W), len(part.matrix)))
        residual, whole = part.matrix == THETA, part.matrix == LAMBDA
        i, j = u[residual], v[residual]
        cells[:, residual] = np.einsum("rck,rck->rc", WS[:, i], W[:, j]) - W[:, i, j]
        cells[:, whole] = MB[:, u[whole], v[whole] - p]
        inner = np.isin(part.matrix, (PSI, BETA))
        if inner.any():
            cells[:, inner] = (LA @ MB)[:, u[inner] - p, v[inner] - p]
        cells *= part.scale
        if d is not None:
            Wd = W @ d[:, :, None]
            slope = np.concatenate([Wd, LA @ Wd], axis=1)[:, u, 0]
            cells += slope * self._mean_factors(implied.eta)
        return part.pooled(cells.T).T

    def _mean_factors(self, eta: Matrix) -> Matrix:
        """The factors t of `Structure.mean_factors`, shape (R, c)."""
        part = self.structure
        found = np.zeros((len(eta), len(part.matrix)))
        loads = np.isin(part.matrix, (LAMBDA, BETA))
        found[:, loads] = eta[:, part.column[loads]]
        found[:, np.isin(part.matrix, (NU, ALPHA))] = 1.0
        return found


@dataclass(frozen=True, slots=True, eq=False)
class BatchedML:
    """The discrepancies of R samples of one or more groups.

    Attributes
    ----------
    groups : tuple of BatchedGroup
    q : int
        Free parameters.
    """

    groups: tuple[BatchedGroup, ...]
    q: int

    def at(self, x: Matrix) -> tuple[Vector, Matrix]:
        """Value (R,), infinite where a Sigma is not definite, and minus the gradient (R, q)."""
        value, score = np.zeros(len(x)), np.zeros((len(x), self.q))
        for group in self.groups:
            one, slopes = group.at(x)
            value += group.weight * one
            score[:, group.structure.local] += group.weight[:, None] * slopes
        return value, score

    def only(self, kept: Flags) -> BatchedML:
        """Some of the samples."""
        return BatchedML(tuple(group.only(kept) for group in self.groups), self.q)


def inverses(Sigma: Matrix) -> tuple[Vector, Matrix]:
    """ln|Sigma| (R,) and inverses (R, p, p) of symmetric matrices.

    Infinity and zeros where one is not definite. One by one: numpy has no inverse of many positive
    definite matrices, and its general one takes twice as long.
    """
    R, p, _ = Sigma.shape
    W, diagonals = np.zeros_like(Sigma), np.full((R, p), np.inf)
    for k in np.flatnonzero(np.isfinite(Sigma).all(axis=(1, 2))):
        factor, fault = lapack.dpotrf(Sigma[k].T, clean=0)
        if not fault:
            diagonals[k] = factor.diagonal()
            W[k] = lapack.dpotri(factor, overwrite_c=1)[0].T
    W = np.tril(W)
    own = np.arange(p)
    halves = W[:, own, own] / 2
    W[:, own, own] = halves
    return 2 * np.log(diagonals).sum(axis=1), W + W.swapaxes(1, 2)


def log_determinants(S: Matrix) -> Vector:
    """ln|S| of symmetric matrices, shape (R,); infinite where one is singular but for rounding."""
    found = np.full(len(S), np.inf)
    for k in np.flatnonzero(np.isfinite(S).all(axis=(1, 2))):
        factor, fault = lapack.dpotrf(S[k].T, clean=0)
        pivots = factor.diagonal() ** 2
        if not fault and (pivots > _SINGULAR * S[k].diagonal()).all():
            found[k] = np.log(pivots).sum()
    return found


def given_moments(
    table: ParameterTable, group: int, S: Matrix, mean: Matrix
) -> tuple[Indices, Matrix]:
    """The rows of a group, counted from 1, that hold moments of covariates, and these (R, given).

    Parameters
    ----------
    S : ndarray, shape (R, p, p)
    mean : ndarray, shape (R, p)
    """
    rows = _given_rows(table, group)
    place_of = {name: k for k, name in enumerate(table.observed)}
    values = np.empty((len(S), len(rows)))
    for k, number in enumerate(rows):
        row = table.rows[number]
        i = place_of[row.lhs]
        values[:, k] = mean[:, i] if row.op == "~1" else S[:, i, place_of[row.rhs]]
    return rows, values


def given_cells(
    table: ParameterTable, structure: Structure, rows: Indices
) -> tuple[tuple[int, int, int], ...]:
    """Matrix, row and column of each of the rows."""
    return tuple(place(table.rows[k], structure.observed, structure.latent) for k in rows)


def given_group(
    table: ParameterTable, structure: Structure, group: int, values: Matrix
) -> BatchedGroup:
    """A group without samples, for implied moments at known values of all rows (R, rows)."""
    rows = _given_rows(table, group)
    nothing = np.empty((len(values), 0, 0))
    cells = given_cells(table, structure, rows)
    return BatchedGroup(structure, nothing, None, np.ones(len(values)), cells, values[:, rows])


def _given_rows(table: ParameterTable, group: int) -> Indices:
    found = [k for k, row in enumerate(table.rows) if row.exogenous and row.group == group]
    return np.array(found, dtype=np.intp)
