"""The graded response model of one construct, and how likely each respondent's answers are.

Normal ogive (Samejima 1969) with one factor: loadings of polychoric correlations by minimum
residuals, thresholds of the margins (Takane & de Leeuw 1987).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from cosyn.engine.contingency import contingency, margins, tables
from cosyn.engine.extraction import extract
from cosyn.engine.polychoric import polychoric, thresholds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cosyn.screening._categories import Categories

    Vector = NDArray[np.float64]

#: Points of the trait among which the most likely one is sought.
TRAIT = np.linspace(-4, 4, 161)
BLOCK = 8_192
_LARGEST_LOADING = 0.95
_IMPOSSIBLE = 1e-10


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """Of each respondent, shape (n,): log-likelihood at the trait, its mean and its variance."""

    observed: Vector
    expected: Vector
    variance: Vector


def category_probabilities(loadings: Vector, cuts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probability of each category at each point of `TRAIT`.

    Parameters
    ----------
    loadings : ndarray, shape (k,)
    cuts : ndarray, shape (k, K - 1)
        Increasing; infinite where an item has no further category.

    Returns
    -------
    ndarray, shape (k, K, points)
    """
    k, points = len(loadings), len(TRAIT)
    noise = np.sqrt(1 - loadings**2)[:, None, None]
    located = (cuts[:, :, None] - loadings[:, None, None] * TRAIT) / noise
    ends = np.zeros((k, 1, points)), np.ones((k, 1, points))
    below = np.concatenate([ends[0], ndtr(located), ends[1]], axis=1)
    return np.maximum(np.diff(below, axis=1), _IMPOSSIBLE)


def fit(answers: Categories) -> NDArray[np.float64] | None:
    """Category probabilities (k, K, points) as the sample's answers give them.

    None if an item does not vary or no factor can be found.
    """
    k, categories = answers.codes.shape[1], max(answers.counts)
    counts = contingency(answers.codes, categories)
    rows, columns = np.triu_indices(k, 1)
    pairs = tables(counts, rows, columns)
    shares = margins(counts)
    if (pairs.sum(axis=(1, 2)) == 0).any() or ((shares > 0).sum(axis=1) < 2).any():
        return None
    # A category that nobody chose has no width; half an answer keeps its thresholds finite.
    cuts = thresholds(np.where(shares == 0, 0, 2 * shares) + (shares == 0))
    cuts = np.where(np.arange(1, categories) < np.array(answers.counts)[:, None], cuts, np.inf)
    R = np.eye(k)
    R[rows, columns] = R[columns, rows] = polychoric(pairs, cuts[rows], cuts[columns]).rho
    found = extract(R, 1)
    if not np.isfinite(found.loadings).all():
        return None
    loadings = np.clip(found.loadings[:, 0], -_LARGEST_LOADING, _LARGEST_LOADING)
    return category_probabilities(loadings, cuts)


def likelihoods(codes: NDArray[np.int8], probabilities: NDArray[np.float64]) -> Parts:
    """Log-likelihood of each respondent's answers at his or her most likely trait.

    The trait is the mode of the posterior with a standard normal prior, among `TRAIT`.
    """
    n, k = codes.shape
    logs = np.log(probabilities)
    mean = (probabilities * logs).sum(axis=1)
    spread = (probabilities * logs**2).sum(axis=1) - mean**2
    found = [np.zeros(n) for _ in range(3)]
    for start in range(0, n, BLOCK):
        block = codes[start : start + BLOCK]
        known = block >= 0
        curves = np.zeros((len(block), len(TRAIT)))
        for j in range(k):
            curves += logs[j][np.maximum(block[:, j], 0)] * known[:, [j]]
        best = np.argmax(curves - TRAIT**2 / 2, axis=1)
        here = slice(start, start + len(block))
        found[0][here] = curves[np.arange(len(block)), best]
        found[1][here] = (known * mean[:, best].T).sum(axis=1)
        found[2][here] = (known * spread[:, best].T).sum(axis=1)
    return Parts(*found)
