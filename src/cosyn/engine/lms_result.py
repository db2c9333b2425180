"""A model with products of latents, fitted by maximum likelihood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine._lms_nodes import cover, exogenous, grid
from cosyn.engine._lms_structure import at_nodes, nonlinear

if TYPE_CHECKING:
    from cosyn.engine._typing import Analytic, Matrix, Vector
    from cosyn.engine.estimates import Estimate
    from cosyn.engine.fit import SemFit
    from cosyn.engine.product_terms import ProductTerm
    from cosyn.engine.table import ParameterTable

#: Nodes that integrate the latents' moments, which are polynomials, exactly.
_NODES_OF_MOMENTS = 16


@dataclass(frozen=True, slots=True, eq=False)
class LikelihoodRatio:
    """Test of all products' effects being zero; chi-square None if there is none."""

    chisq: float | None
    df: int
    pvalue: float | None


@dataclass(frozen=True, slots=True, eq=False)
class LmsFit:
    """A model with products of latents, fitted by maximum likelihood.

    Attributes
    ----------
    table : ParameterTable
        The linear part's rows, then one a product.
    terms : tuple of ProductTerm
    linear : SemFit
        The same model without the products' effects.
    x : ndarray, shape (q,)
    vcov : ndarray, shape (q, q), or None
    rows : tuple of Estimate
        No values unless it converged.
    logl : float or None
    test : LikelihoodRatio
        Against `linear`.
    aic, bic : float or None
    nodes : int
        Points at which the moderating latents are integrated.
    integration_error : float or None
        By how much the log-likelihood changes with 1.4 times as many nodes a dimension.
    iterations : int
    problem : str
        What is wrong, "" if nothing is.
    """

    table: ParameterTable
    terms: tuple[ProductTerm, ...]
    linear: SemFit
    x: Vector
    vcov: Matrix | None
    rows: tuple[Estimate, ...]
    logl: float | None
    test: LikelihoodRatio
    aic: float | None
    bic: float | None
    nodes: int
    integration_error: float | None
    iterations: int
    problem: str = ""

    def row(self, lhs: str, op: str, rhs: str = "") -> Estimate:
        """One row, such as ``("Y", "~", "X:Z")``.

        Raises
        ------
        KeyError
            If there is no such row.
        """
        return self.rows[self.table.index(lhs, op, rhs)]


def latent_moments(fit: LmsFit, x: Analytic) -> tuple[Analytic, Analytic]:
    """Means (m,) and covariances (m, m) of the latents, products at work.

    Parameters
    ----------
    x : ndarray, shape (q,)
        Such as ``fit.x``; complex for derivatives.
    """
    part = fit.linear.structures[0]
    nodal = cover(fit.terms, exogenous(fit.table))
    nodes = grid(len(nodal), _NODES_OF_MOMENTS)
    weights = np.exp(nodes.log_weights)
    linear, omega = x[: len(x) - len(fit.terms)], x[len(x) - len(fit.terms) :]
    where = nonlinear(part.latent, nodal, fit.terms)
    there = at_nodes(part.matrices(linear), omega, where, nodes.z)
    mean = weights @ there.a
    centred = there.a - mean
    cov = (centred * weights[:, None]).T @ centred + np.einsum("q,qij->ij", weights, there.C)
    return mean, cov
