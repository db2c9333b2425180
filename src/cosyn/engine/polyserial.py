"""Correlations of continuous variables with ordinal items, and with each other.

As for two ordinal items, the moments of each variable are held fixed while the correlation of a
pair is estimated (Olsson, Drasgow & Dorans 1982, *Psychometrika* 47, 337-347: the two-step
estimator). A missing answer (NaN) contributes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.bivariate import interval, normal_density
from cosyn.engine.polychoric import SMALLEST, maximize, newton_terms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cosyn.engine._typing import Flags, Indices, Matrix, Vector

    #: Blocks of respondents: continuous values, and the thresholds below and above the answers.
    Blocks = Callable[[Indices], Iterable[tuple[Matrix, Matrix, Matrix]]]


@dataclass(frozen=True, slots=True, eq=False)
class SerialScores:
    """Casewise derivatives of the log-likelihood of P pairs, each of shape (n, P).

    Attributes
    ----------
    rho, mean, variance : ndarray
        By the correlation, and by the mean and the variance of the standardized variable.
    lower, upper : ndarray
        By the thresholds below and above the answer.
    """

    rho: Matrix
    mean: Matrix
    variance: Matrix
    lower: Matrix
    upper: Matrix


def serial_scores(z: Matrix, lower: Matrix, upper: Matrix, rho: Vector) -> SerialScores:
    """Scores of pairs of a standardized variable z and an answer between two thresholds.

    Parameters
    ----------
    z, lower, upper : ndarray, shape (n, P)
        NaN where either is missing.
    rho : ndarray, shape (P,)
    """
    root = np.sqrt(1 - rho * rho)
    low, high = (lower - rho * z) / root, (upper - rho * z) / root
    probability = np.maximum(interval(low, high), SMALLEST)
    at_low, at_high = normal_density(low) / probability, normal_density(high) / probability
    by_z = -(rho / root) * (at_high - at_low)
    by_rho = (at_high * (rho * upper - z) - at_low * (rho * lower - z)) / root**3
    return SerialScores(
        by_rho, z - by_z, (z * z - 1 - z * by_z) / 2, -at_low / root, at_high / root
    )


def polyserial(blocks: Blocks, start: Vector) -> tuple[Vector, Flags]:
    """Polyserial correlations of P pairs by Newton's method.

    Parameters
    ----------
    blocks : callable
        Gives, for the numbers of some pairs (A,), blocks of rows of z, lower and upper (m, A).
    start : ndarray, shape (P,)

    Returns
    -------
    tuple of ndarray
        Correlations (P,), and whether they are at the bound (P,).
    """

    def likelihood(pairs: Indices, rho: Vector) -> tuple[Vector, Vector]:
        parts = (_derivatives(z, lower, upper, rho) for z, lower, upper in blocks(pairs))
        return newton_terms(parts, len(pairs))

    return maximize(likelihood, start)


def _derivatives(z: Matrix, lower: Matrix, upper: Matrix, rho: Vector) -> tuple[Matrix, Matrix]:
    """Score, and second derivative of the probability relative to it, by the correlation."""
    root = np.sqrt(1 - rho * rho)
    ends = [_end(z, threshold, rho, root) for threshold in (lower, upper)]
    probability = np.maximum(interval(ends[0][0], ends[1][0]), SMALLEST)
    return (
        (ends[1][1] - ends[0][1]) / probability,
        (ends[1][2] - ends[0][2]) / probability,
    )


def _end(z: Matrix, threshold: Matrix, rho: Vector, root: Vector) -> tuple[Matrix, Matrix, Matrix]:
    """A standardized threshold t given z; first and second derivative of its distribution."""
    t = (threshold - rho * z) / root
    first = (rho * threshold - z) / root**3
    second = threshold / root**3 + 3 * rho * first / root**2
    dense = normal_density(t)
    return t, dense * first, dense * (second - t * first * first)


def product_moment(sums: tuple[Vector, Vector, Vector], n: Vector) -> tuple[Vector, Flags]:
    """Correlations of standardized variables, their variances held at one.

    With complete data this is Pearson's correlation. Where respondents lack one of the two, the
    squares of those who have both do not sum to n, and the estimate differs from it.

    Parameters
    ----------
    sums : tuple of ndarray, each of shape (P,)
        Sums of squares of the first and of the second variable, and of products.
    n : ndarray, shape (P,)
        Respondents who have both.
    """
    squares, products = sums[0] + sums[1], sums[2]

    def likelihood(pairs: Indices, rho: Vector) -> tuple[Vector, Vector]:
        rest = 1 - rho * rho
        distance = squares[pairs] - 2 * rho * products[pairs]
        score = (n[pairs] * rho + products[pairs] - distance * rho / rest) / rest
        return score, n[pairs] * (1 + rho * rho) / rest**2

    start = products / np.sqrt(np.maximum(sums[0] * sums[1], SMALLEST))
    return maximize(likelihood, np.clip(start, -0.9, 0.9))
