r"""Means and covariances of the latents at the nodes of those that are integrated over.

With :math:`\xi_N = \alpha_N + Lz`, :math:`LL' = \Psi_{NN}`, the model is linear given z: the
products turn regressions of the outcome,

.. math:: B(z) = B + \sum_t \omega_t\, \xi_{a(t)}\, e_{o(t)} e_{b(t)}', \quad
          E(\eta) = A(z)(\alpha + Uz), \quad V(\eta) = A(z)(\Psi - UU')A(z)'

with :math:`A(z) = (I - B(z))^{-1}` and :math:`U = \Psi_{\cdot N}L^{-T}`
(Klein & Moosbrugger 2000, section 2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cosyn.engine.lisrel import ALPHA, BETA, PSI

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Analytic, Indices, Matrix, Vector
    from cosyn.engine.lisrel import Matrices, Structure
    from cosyn.engine.product_terms import ProductTerm


class AtNodes(NamedTuple):
    """Means (Q, m) and covariances (Q, m, m) of the latents, and what they are made of."""

    a: Analytic
    C: Analytic
    A: Analytic
    v: Analytic
    U: Analytic
    L: Analytic


@dataclass(frozen=True, slots=True, eq=False)
class Nonlinear:
    """Where products act.

    Attributes
    ----------
    nodal : ndarray of int, shape (k,)
        Latents that are integrated over numerically.
    outcome, other : ndarray of int, shape (t,)
        Of each term, the outcome and the factor that is integrated over exactly.
    moderator : ndarray of int, shape (t,)
        The other factor, as a place in `nodal`.
    """

    nodal: Indices
    outcome: Indices
    other: Indices
    moderator: Indices


def nonlinear(
    latent: Sequence[str], nodal: Sequence[str], terms: Sequence[ProductTerm]
) -> Nonlinear:
    """Place the terms among the latents."""
    first = [t.first if t.first in nodal else t.second for t in terms]
    other = [t.second if t.first in nodal else t.first for t in terms]

    def places(names: Sequence[str], among: Sequence[str]) -> Indices:
        return np.array([among.index(name) for name in names], dtype=np.intp)

    return Nonlinear(
        places(nodal, latent),
        places([t.outcome for t in terms], latent),
        places(other, latent),
        places(first, nodal),
    )


def at_nodes(matrices: Matrices, omega: Analytic, where: Nonlinear, z: Matrix) -> AtNodes:
    """The latents at nodes z (Q, k), with effects omega (t,) of the products."""
    Psi, alpha = matrices.Psi, matrices.alpha[:, 0]
    N = where.nodal
    L = cholesky(Psi[np.ix_(N, N)])
    U = np.linalg.solve(L, Psi[N]).T
    v = alpha[N] + z @ L.T
    B = np.repeat(matrices.Beta[None].astype(v.dtype), len(z), axis=0)
    for t, (o, b, j) in enumerate(zip(where.outcome, where.other, where.moderator, strict=True)):
        B[:, o, b] += omega[t] * v[:, j]
    A = np.linalg.inv(np.eye(len(Psi)) - B)
    a = np.einsum("qij,qj->qi", A, alpha + z @ U.T)
    C = A @ (Psi - U @ U.T) @ np.swapaxes(A, 1, 2)
    return AtNodes(a, C, A, v, U, L)


def cholesky(M: Analytic) -> Analytic:
    """Lower factor of a small symmetric matrix, real or complex; NaN unless definite."""
    L = np.zeros_like(M)
    for j in range(len(M)):
        rest = M[j:, j] - L[j:, :j] @ L[j, :j]
        if not rest[0].real > 0:
            return np.full_like(M, np.nan)
        L[j:, j] = rest / np.sqrt(rest[0])
    return L


def moved(
    structure: Structure, omega: Analytic, where: Nonlinear, z: Matrix, here: AtNodes
) -> tuple[Matrix, Matrix]:
    """How means and covariances at the nodes move.

    Returns
    -------
    da : ndarray, shape (c + t, Q, m)
        By the c free cells of regressions, latent covariances and means, then by the t products.
    dC : ndarray, shape (c + t, Q, m, m)
    """
    cells = structural_cells(structure)
    Q, m = here.a.shape
    number = len(cells) + len(omega)
    da, dC = np.zeros((number, Q, m)), np.zeros((number, Q, m, m))
    for place, cell in enumerate(cells):
        kind, row, column = structure.matrix[cell], structure.row[cell], structure.column[cell]
        dB, dm, dv, dPsi = np.zeros((Q, m, m)), np.zeros((Q, m)), np.zeros_like(here.v), None
        if kind == BETA:
            dB[:, row, column] = 1.0
        elif kind == ALPHA:
            dm[:, row] = 1.0
            dv[:, where.nodal == row] = 1.0
        else:
            dv, dm, dPsi = _by_covariance(row, column, where, z, here)
        _turn(dB, dv, omega, where)
        da[place], dC[place] = _through(dB, dm, dPsi, here)
    for t, (o, b, j) in enumerate(zip(where.outcome, where.other, where.moderator, strict=True)):
        dB = np.zeros((Q, m, m))
        dB[:, o, b] = here.v[:, j]
        da[len(cells) + t], dC[len(cells) + t] = _through(dB, np.zeros((Q, m)), None, here)
    return da, dC


def _turn(dB: Matrix, dv: Matrix, omega: Analytic, where: Nonlinear) -> None:
    """Add what moving nodes do to the regressions that products turn."""
    for t, (o, b, j) in enumerate(zip(where.outcome, where.other, where.moderator, strict=True)):
        dB[:, o, b] += omega[t] * dv[:, j]


def _through(dB: Matrix, dm: Matrix, dPsi: Matrix | None, here: AtNodes) -> tuple[Matrix, Matrix]:
    a = (here.A @ (dB @ here.a[..., None] + dm[..., None]))[..., 0]
    half = here.A @ dB @ here.C
    C = half + np.swapaxes(half, 1, 2)
    return a, C if dPsi is None else C + here.A @ dPsi @ np.swapaxes(here.A, 1, 2)


def _by_covariance(
    row: int, column: int, where: Nonlinear, z: Matrix, here: AtNodes
) -> tuple[Matrix, Matrix, Matrix]:
    """By one residual covariance of latents: nodes (Q, k), means (Q, m), conditional covariance."""
    dL, dU, dPsi = _factors(row, column, where, here)
    return z @ dL.T, z @ dU.T, dPsi


def _factors(
    row: int, column: int, where: Nonlinear, here: AtNodes
) -> tuple[Matrix, Matrix, Matrix]:
    """How L (k, k), U (m, k) and the conditional covariance (m, m) move."""
    m = here.a.shape[1]
    dPsi = np.zeros((m, m))
    dPsi[row, column] = dPsi[column, row] = 1.0
    N = where.nodal
    inverse = np.linalg.inv(here.L)
    inner = inverse @ dPsi[np.ix_(N, N)] @ inverse.T
    dL = here.L @ (np.tril(inner) - np.diag(np.diag(inner)) / 2)
    dU = np.asarray((dPsi[:, N] - here.U @ dL.T) @ inverse.T)
    return dL, dU, dPsi - dU @ here.U.T - here.U @ dU.T


def pulled(
    structure: Structure,
    omega: Analytic,
    where: Nonlinear,
    z: Matrix,
    here: AtNodes,
    slopes: tuple[Matrix, Matrix],
) -> Vector:
    """Slopes by the cells and products of `moved`, shape (c + t,), all nodes together.

    Parameters
    ----------
    slopes : (ndarray of shape (Q, m), ndarray of shape (Q, m, m))
        By the means and by the covariances at the nodes.
    """
    by_mean, by_cov = slopes
    back = np.swapaxes(here.A, 1, 2)
    dm = (back @ by_mean[..., None])[..., 0]
    dB = back @ (by_mean[:, :, None] * here.a[:, None] + 2 * by_cov @ here.C)
    dPsi = (back @ by_cov @ here.A).sum(axis=0)
    dv, terms = np.zeros_like(here.v), []
    for t, (o, b, j) in enumerate(zip(where.outcome, where.other, where.moderator, strict=True)):
        dv[:, j] += omega[t] * dB[:, o, b]
        terms.append(float(here.v[:, j] @ dB[:, o, b]))
    total, mean = dB.sum(axis=0), dm.sum(axis=0)
    np.add.at(mean, where.nodal, dv.sum(axis=0))
    by_L, by_U = dv.T @ z, dm.T @ z
    found = []
    for cell in structural_cells(structure):
        kind, row, column = structure.matrix[cell], structure.row[cell], structure.column[cell]
        if kind == PSI:
            parts = _factors(row, column, where, here)
            pairs = zip((by_L, by_U, dPsi), parts, strict=True)
            found.append(sum(float(np.sum(slope * part)) for slope, part in pairs))
        else:
            found.append(float(total[row, column] if kind == BETA else mean[row]))
    return np.array([*found, *terms])


def structural_cells(structure: Structure) -> Indices:
    """Free cells of regressions, latent covariances and latent means."""
    return np.flatnonzero(np.isin(structure.matrix, (PSI, BETA, ALPHA)))
