r"""How far implied moments are from the sample's, with score and information.

A discrepancy is evaluated at a point; the evaluation then answers for value, score and
information without computing the implied moments again. All are those of F/2, so that the
information is that of one respondent and the covariance of the estimates is its inverse over n.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy.linalg import lapack

if TYPE_CHECKING:
    from cosyn.engine._typing import Matrix, Vector
    from cosyn.engine.lisrel import Implied, Structure


class Evaluation(Protocol):
    """A discrepancy at one point."""

    @property
    def x(self) -> Vector:
        """The point, shape (q,)."""
        ...

    @property
    def value(self) -> float:
        """F/2; infinite where it is undefined."""
        ...

    def score(self) -> Vector:
        """Minus the gradient of F/2, shape (q,)."""
        ...

    def information(self) -> Matrix:
        """Expected information of one respondent, shape (q, q)."""
        ...


class Discrepancy(Protocol):
    """Something to minimise."""

    def at(self, x: Vector) -> Evaluation:
        """Evaluate at free parameters x, shape (q,)."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class MLEvaluation:
    """The normal-theory discrepancy at one point.

    Attributes
    ----------
    implied : Implied
    W : ndarray, shape (p, p)
        Inverse of the implied covariance.
    """

    structure: Structure
    S: Matrix
    x: Vector
    value: float
    implied: Implied
    W: Matrix

    def score(self) -> Vector:
        """Minus the gradient: s_k u_k' W (S - Sigma) W v_k."""
        structure = self.structure
        WG = self.W @ structure.gather(self.implied)
        inner = WG.T @ (self.S - self.implied.Sigma) @ WG
        return structure.pooled(structure.scale * inner[structure.left, structure.right])

    def information(self) -> Matrix:
        """Expected information: s_k s_l [(u_k'W u_l)(v_k'W v_l) + (u_k'W v_l)(v_k'W u_l)]."""
        structure = self.structure
        G = structure.gather(self.implied)
        Q = G.T @ self.W @ G
        u, v = structure.left, structure.right
        uv = Q[np.ix_(u, v)]
        cells = (Q[np.ix_(u, u)] * Q[np.ix_(v, v)] + uv * uv.T) * np.outer(
            structure.scale, structure.scale
        )
        return structure.pooled(structure.pooled(cells).T)


@dataclass(frozen=True, slots=True, eq=False)
class MLDiscrepancy:
    r"""The normal-theory discrepancy :math:`F = \ln|\Sigma| + tr(S\Sigma^{-1}) - \ln|S| - p`.

    Jöreskog (1967), eq. 5.

    Attributes
    ----------
    S : ndarray, shape (p, p)
        Positive definite, with divisor n.
    log_det : float
        ln|S|.
    """

    structure: Structure
    S: Matrix
    log_det: float

    def at(self, x: Vector) -> MLEvaluation:
        """Evaluate at free parameters x; the value is infinite unless Sigma is definite."""
        implied = self.structure.implied(x)
        log_det, W = inverse_and_log_det(implied.Sigma)
        value = 0.5 * (log_det - self.log_det + float(np.sum(self.S * W)) - len(W))
        return MLEvaluation(self.structure, self.S, x, value, implied, W)


def ml_discrepancy(structure: Structure, S: Matrix) -> MLDiscrepancy:
    """The discrepancy of a structure from a sample covariance S (p, p)."""
    return MLDiscrepancy(structure, S, float(np.linalg.slogdet(S)[1]))


def inverse_and_log_det(Sigma: Matrix) -> tuple[float, Matrix]:
    """ln|Sigma| and the inverse of a symmetric matrix; infinity and zeros unless definite."""
    factor, fault = lapack.dpotrf(Sigma, lower=1)
    if fault:
        return float("inf"), np.zeros_like(Sigma)
    lower, _ = lapack.dpotri(factor, lower=1)
    inverse = np.tril(lower) + np.tril(lower, -1).T
    return float(2 * np.log(np.diag(factor)).sum()), inverse
