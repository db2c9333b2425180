"""Rectangles under the standard bivariate normal distribution, one a respondent and pair.

Where covariates shift the thresholds of items, every respondent has limits of their own and there
are no tables: of each pair of answers the likelihood is the probability of a rectangle.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.bivariate import density, interval, normal_density
from cosyn.engine.polychoric import SMALLEST, maximize, newton_terms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from cosyn.engine._typing import Flags, Indices, Matrix, Vector

#: Gauss-Legendre rules with errors below 1e-13 up to a correlation (limits within six standard
#: deviations); the last is that of `cosyn.engine.bivariate`.
_RULES = tuple(
    (upto, *np.polynomial.legendre.leggauss(nodes))
    for upto, nodes in ((0.18, 4), (0.44, 6), (0.64, 8), (0.76, 10), (0.84, 12), (1.0, 20))
)
#: Numbers handled at a time: the temporary arrays stay in the cache.
_CHUNK = 2**13
#: The last step of Newton's method; what is left after it is of the order of its square.
_TOLERANCE = 1e-7


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """Where normal variables lie, each array (n, A); finite, NaN where an answer is missing.

    What has no limit has one so far out (`cosyn.engine.bivariate.FAR`) that its density is zero.

    Attributes
    ----------
    lower, upper : ndarray
    inside : ndarray
        Probability between them.
    """

    lower: Matrix
    upper: Matrix
    inside: Matrix

    def of(self, which: Indices) -> Limits:
        """Limits of some of the variables, which may be named more than once."""
        return Limits(self.lower[:, which], self.upper[:, which], self.inside[:, which])

    def ends(self) -> Matrix:
        """Both limits, shape (2, n, A)."""
        return np.stack([self.lower, self.upper])


def limits(lower: Matrix, upper: Matrix) -> Limits:
    """Limits (n, A) with the probability between them."""
    return Limits(lower, upper, interval(lower, upper))


if TYPE_CHECKING:
    #: Blocks of respondents: the limits of the first and of the second variables of some pairs.
    Blocks = Callable[[Indices], Iterable[tuple[Limits, Limits]]]


@dataclass(frozen=True, slots=True, eq=False)
class RectangleScores:
    """Casewise derivatives of the log-likelihood of P pairs, each of shape (n, P).

    Attributes
    ----------
    rho : ndarray
        By the correlation.
    x, y : tuple of ndarray
        By the lower and the upper limit of the first and of the second variable.
    """

    rho: Matrix
    x: tuple[Matrix, Matrix]
    y: tuple[Matrix, Matrix]


def probabilities(x: Limits, y: Limits, rho: Vector) -> Matrix:
    """Probabilities (n, P) that both variables lie between their limits.

    The integral of the density over the angle asin(rho), as in `cosyn.engine.bivariate`, of all
    four corners at once; independence is exact in both tails.

    Parameters
    ----------
    rho : ndarray, shape (P,)
    """
    found = x.inside * y.inside
    for pairs, nodes, weights in _by_rule(rho):
        angle = np.arcsin(rho[pairs])
        sines = np.sin(angle * (nodes[:, None] + 1) / 2)
        integral = _integral(x.of(pairs).ends(), y.of(pairs).ends(), sines, weights)
        found[:, pairs] += integral * (angle / (4 * np.pi))
    return np.asarray(np.maximum(found, SMALLEST))


def _by_rule(rho: Vector) -> Iterator[tuple[Indices, Vector, Vector]]:
    """The pairs of each rule, with its nodes and weights."""
    above = 0.0
    for upto, nodes, weights in _RULES:
        pairs = np.flatnonzero((np.abs(rho) > above) & (np.abs(rho) <= upto))
        if len(pairs):
            yield pairs, nodes, weights
        above = upto


def _integral(x: Matrix, y: Matrix, sines: Matrix, weights: Vector) -> Matrix:
    """Sum over nodes of the integrand, over corners with their signs, (n, A).

    Parameters
    ----------
    x, y : ndarray, shape (2, n, A)
        Lower and upper limits.
    sines : ndarray, shape (nodes, A)
    """
    found = np.empty(x.shape[1:])
    scale = 1 / (1 - sines * sines)
    step = max(1, _CHUNK // (4 * x.shape[2]))
    for start in range(0, len(found), step):
        rows = slice(start, start + step)
        h, k = x[:, None, rows], y[None, :, rows]
        product, squares = h * k, (h * h + k * k) / 2
        total, term = np.zeros_like(product), np.empty_like(product)
        for sine, c, weight in zip(sines, scale, weights, strict=True):
            np.multiply(product, sine, out=term)
            term -= squares
            term *= c
            np.exp(term, out=term)
            term *= weight
            total += term
        found[rows] = _signed(total)
    return found


def _signed(corners: Matrix) -> Matrix:
    """Upper corners less mixed ones, plus lower ones: (2, 2, n, A) to (n, A)."""
    return np.asarray(corners[1, 1] - corners[0, 1] - corners[1, 0] + corners[0, 0])


def derivatives(x: Limits, y: Limits, rho: Vector) -> tuple[Matrix, Matrix]:
    """First and second derivative by rho of the probabilities, relative to them, (n, P) each."""
    probability = probabilities(x, y, rho)
    h, k = x.ends()[:, None], y.ends()[None, :]
    dense = density(h, k, rho)
    first = _signed(dense)
    rest = 1 - rho * rho
    dense *= h * k * ((1 + rho * rho) / rest**2) + rho / rest - (h * h + k * k) * (rho / rest**2)
    return first / probability, _signed(dense) / probability


def correlation_scores(x: Limits, y: Limits, rho: Vector) -> Matrix:
    """Scores of the correlations only, (n, P); NaN where an answer is missing."""
    return _slopes(x, y, rho) / probabilities(x, y, rho)


def _slopes(x: Limits, y: Limits, rho: Vector) -> Matrix:
    """Derivatives of the probabilities by rho: the density has that of the distribution."""
    return _signed(density(x.ends()[:, None], y.ends()[None, :], rho))


def residual_polychoric(blocks: Blocks, start: Vector) -> tuple[Vector, Flags]:
    """Polychoric correlations of P pairs given every respondent's limits, by Newton's method.

    Parameters
    ----------
    blocks : callable
        Gives, for the numbers of some pairs (A,), blocks of rows of the limits of both (m, A).
    start : ndarray, shape (P,)

    Returns
    -------
    tuple of ndarray
        Correlations (P,), and whether they are at the bound (P,).
    """

    def likelihood(pairs: Indices, rho: Vector) -> tuple[Vector, Vector]:
        parts = (derivatives(x, y, rho) for x, y in blocks(pairs))
        return newton_terms(parts, len(pairs))

    return maximize(likelihood, start, tolerance=_TOLERANCE)


def rectangle_scores(x: Limits, y: Limits, rho: Vector) -> RectangleScores:
    """Scores of pairs of answers between limits, (n, P); NaN where one is missing.

    Parameters
    ----------
    rho : ndarray, shape (P,)
    """
    probability = probabilities(x, y, rho)
    sides = (
        (-_edge(a.lower, b, rho) / probability, _edge(a.upper, b, rho) / probability)
        for a, b in ((x, y), (y, x))
    )
    return RectangleScores(_slopes(x, y, rho) / probability, *sides)


def _edge(limit: Matrix, other: Limits, rho: Vector) -> Matrix:
    """Density at a limit times the probability that the other variable is within its own."""
    root = np.sqrt(1 - rho * rho)
    shift = rho * limit
    inside = interval((other.lower - shift) / root, (other.upper - shift) / root)
    return np.asarray(normal_density(limit) * inside)
