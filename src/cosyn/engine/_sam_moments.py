r"""Moments of latents and their products from moments of their scores.

With Bartlett scores :math:`f = M(y - \nu) = \eta + e` and errors :math:`e \sim N(0, M\Theta M')`
independent of the latents, products of scores have moments that exceed those of the latents by
known terms (Wall & Amemiya 2000, section 3; Rosseel, Burghgraeve, Loh & Schermelleh-Engel 2025):

.. math:: cov(f_i f_j, f_k f_l) - cov(\eta_i\eta_j, \eta_k\eta_l) =
          E_{ik}B_{jl} + E_{jl}B_{ik} + E_{il}B_{jk} + E_{jk}B_{il} + B_{ik}B_{jl} + B_{il}B_{jk}

with :math:`E = E(\eta\eta')` and :math:`B = M\Theta M'`. A score itself is its
product with the constant 1, of variable 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.linalg import eigh

if TYPE_CHECKING:
    from cosyn.engine._sam_blocks import Block
    from cosyn.engine._typing import Analytic, Indices, Matrix, Vector


class Pairs(NamedTuple):
    """The two scores of each variable, numbered from 1; 0 is the constant."""

    first: Indices
    second: Indices


class Shrinkage(NamedTuple):
    """By what the moments of error are multiplied before they are taken away: 1, or less."""

    simple: float
    products: float


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Scores and their error.

    Attributes
    ----------
    f : ndarray, shape (n, m + 1)
        A column of ones, then the scores.
    B : ndarray, shape (m + 1, m + 1)
        Covariance of their errors.
    """

    f: Analytic
    B: Analytic


def scores(blocks: tuple[Block, ...], x: Analytic) -> Scores:
    """Bartlett scores of all blocks at their free parameters x, one after the other."""
    parts, errors, at = [np.ones((len(blocks[0].Y), 1))], [np.zeros((1, 1))], 0
    for block in blocks:
        Lambda, Theta, nu = block.matrices(x[at : at + block.size])
        at += block.size
        M = mapping(Lambda, Theta)
        parts.append((block.Y - nu) @ M.T)
        errors.append(M @ Theta @ M.T)
    ends = np.cumsum([0, *(len(error) for error in errors)])
    B = np.zeros((ends[-1], ends[-1]), dtype=np.result_type(*errors))
    for start, end, error in zip(ends, ends[1:], errors, strict=False):
        B[start:end, start:end] = error
    return Scores(np.hstack(parts), B)


def mapping(Lambda: Analytic, Theta: Analytic) -> Analytic:
    """M = (Lambda' Theta^-1 Lambda)^-1 Lambda' Theta^-1, shape (m, p); I for what has no error."""
    if not Theta.any():
        return np.linalg.inv(Lambda)
    weighted = np.linalg.solve(Theta, Lambda)
    return np.asarray(np.linalg.solve(Lambda.T @ weighted, weighted.T))


def corrected(there: Scores, pairs: Pairs, shrinkage: Shrinkage) -> tuple[Analytic, Analytic]:
    """Means (k,) and covariances (k, k) of latents and products."""
    g = there.f[:, pairs.first] * there.f[:, pairs.second]
    centred = g - g.mean(axis=0)
    mean = g.mean(axis=0) - shrinkage.simple * there.B[pairs.first, pairs.second]
    error = error_of_products(there, pairs, shrinkage.simple)
    return mean, centred.T @ centred / len(g) - shrinkage.products * error


def error_of_products(there: Scores, pairs: Pairs, shrinkage: float) -> Analytic:
    """By what the covariances of products of scores exceed those of the latents, shape (k, k)."""
    B = there.B
    E = there.f.T @ there.f / len(there.f) - shrinkage * B
    i, j = pairs
    ii, jj, ij, ji = (np.ix_(a, b) for a, b in ((i, i), (j, j), (i, j), (j, i)))
    mixed = E[ii] * B[jj] + E[jj] * B[ii] + E[ij] * B[ji] + E[ji] * B[ij]
    return np.asarray(mixed + B[ii] * B[jj] + B[ij] * B[ji])


def casewise(there: Scores, pairs: Pairs, shrinkage: Shrinkage) -> Matrix:
    """What each respondent contributes to `corrected`, about the mean, shape (n, k + k(k + 1)/2).

    The means first, then the lower triangle of the covariances row by row.
    """
    f, B = there.f, there.B
    g = f[:, pairs.first] * f[:, pairs.second]
    centred = g - g.mean(axis=0)
    a, b = np.tril_indices(g.shape[1])
    i, j, k, l = pairs.first[a], pairs.second[a], pairs.first[b], pairs.second[b]  # noqa: E741
    error = f[:, i] * f[:, k] * B[j, l] + f[:, j] * f[:, l] * B[i, k]
    error += f[:, i] * f[:, l] * B[j, k] + f[:, j] * f[:, k] * B[i, l]
    found = np.hstack([centred, centred[:, a] * centred[:, b] - shrinkage.products * error])
    return np.asarray(found - found.mean(axis=0))


def shrinkage_of(there: Scores, pairs: Pairs) -> Shrinkage:
    """How much of the error may be taken away so that the latents keep definite covariances.

    Fuller (1987), *Measurement Error Models*, section 2.5.3, as lavaan applies it.
    """
    n, m = there.f.shape
    centred = there.f[:, 1:] - there.f[:, 1:].mean(axis=0)
    root = smallest_root(centred.T @ centred / n, there.B[1:, 1:])
    simple = root - 1 / (n - 1) if root < 1 + 1 / (n - 1) else 1.0
    k = len(pairs.first)
    if k == m - 1:
        return Shrinkage(simple, simple)
    g = there.f[:, pairs.first] * there.f[:, pairs.second]
    centred = g - g.mean(axis=0)
    root = smallest_root(centred.T @ centred / n, error_of_products(there, pairs, simple))
    return Shrinkage(simple, max(0.0, root - k / (n - 1)) if root < 1 + 2 / n else 1.0)


def smallest_root(total: Matrix, error: Matrix) -> float:
    """Smallest lambda of |total - lambda error| = 0; infinite if there is no error."""
    largest = eigh(error, total, eigvals_only=True)[-1]
    return float(1 / largest) if largest > 0 else float("inf")


def reliabilities(there: Scores) -> Vector:
    """Share of the scores' variance that is not error, shape (m,)."""
    return np.asarray(1 - np.diag(there.B)[1:] / there.f[:, 1:].var(axis=0))
