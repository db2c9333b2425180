"""Scores of the latents, and how well they are determined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from cosyn.engine._typing import Matrix, Vector
    from cosyn.engine.estimation import SemFit

Method = Literal["regression", "bartlett"]


@dataclass(frozen=True, slots=True, eq=False)
class FactorScores:
    """Scores of one group.

    Attributes
    ----------
    names : tuple of str, length m
    values : ndarray, shape (n, m)
    determinacy : ndarray, shape (m,)
        Correlation of each score with its latent.
    method : str
    """

    names: tuple[str, ...]
    values: Matrix
    determinacy: Vector
    method: Method


def factor_scores(fit: SemFit, method: Method = "regression", group: int = 1) -> FactorScores:
    """Score the latents of a fitted model.

    ``regression``: Thurstone (1935), V L' Sigma^-1 (y - mu), which has the least error.
    ``bartlett``: Bartlett (1937), (L' Theta^-1 L)^-1 L' Theta^-1 (y - mu), which is unbiased; of
    indicators' own latents, so that only models without latents of latents have it.

    Raises
    ------
    IdentificationError
        If only moments, not the data, are at hand.
    """
    sample, structure = fit.groups[group - 1], fit.structures[group - 1]
    implied = fit.implied[group - 1]
    Y = sample.rows() - (implied.mu if fit.table.means else sample.mean)
    k = [structure.latent.index(name) for name in fit.table.latent]
    loadings = implied.LV
    if method == "regression":
        weights = np.linalg.solve(implied.Sigma, loadings)[:, k]
    else:
        weights = _bartlett(fit, group)[:, k]
    covariance = (weights.T @ loadings)[:, k]
    spread = np.einsum("ij,ik,kj->j", weights, implied.Sigma, weights)
    variances = np.diag(implied.V)[k]
    determinacy = np.diag(covariance) / np.sqrt(spread * variances)
    means = implied.eta[k] if fit.table.means else np.zeros(len(k))
    return FactorScores(fit.table.latent, means + Y @ weights, determinacy, method)


def _bartlett(fit: SemFit, group: int) -> Matrix:
    matrices = fit.structures[group - 1].matrices(fit.x)
    scaled = np.linalg.solve(matrices.Theta, matrices.Lambda)
    return np.asarray(np.linalg.solve(matrices.Lambda.T @ scaled, scaled.T).T)
