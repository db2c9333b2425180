"""Factor solutions: extracted, rotated freely or towards the design, with bootstrap errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment

from cosyn.engine.extraction import extract
from cosyn.engine.rotation import RotationOptions, rotate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cosyn.engine.rotation import Method as RotationMethod

STARTS, STARTS_OF_RESAMPLE = 30, 5
MOST_FAILED = 0.05


@dataclass(frozen=True, slots=True)
class Solution:
    """A rotated factor solution.

    Attributes
    ----------
    loadings : ndarray, shape (p, k)
        Pattern loadings.
    correlations : ndarray, shape (k, k)
        Of the factors.
    """

    loadings: NDArray[np.float64]
    correlations: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Errors:
    """Bootstrap standard errors of a solution, or why there are none."""

    loadings: NDArray[np.float64] | None
    correlations: NDArray[np.float64] | None
    method: str


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to find factors.

    Attributes
    ----------
    k : int
        Factors.
    target : ndarray, shape (p, k), or None
        Loadings wanted of a target rotation, NaN where none is.
    """

    k: int
    extraction: str
    rotation: RotationMethod
    target: NDArray[np.float64] | None = None


def explore(R: NDArray[np.float64], recipe: Recipe, starts: int = STARTS) -> Solution | str:
    """Extract and rotate factors.

    Those of a target rotation keep its order; others are ordered by the variance they explain and
    reflected so that their loadings sum to a positive number, loadings and correlations together.

    Returns
    -------
    Solution or str
        The reason if there is no solution.
    """
    extracted = extract(R, recipe.k, "ml" if recipe.extraction == "ml" else "minres")
    if not extracted.converged:
        return extracted.reason or "not converged"
    options = RotationOptions(target=recipe.target, starts=starts)
    method = recipe.rotation if recipe.k > 1 else "none"
    rotated = rotate(extracted.loadings, method, options)
    if not rotated.converged:
        return rotated.reason or "not converged"
    return Solution(rotated.loadings, rotated.Phi)


def bootstrap_errors(
    resamples: Sequence[NDArray[np.float64] | None], found: Solution, recipe: Recipe
) -> Errors:
    """Standard errors from the correlations of resamples, solutions aligned to the full sample's.

    A resample's factors are matched by permutation and sign to the most similar loadings; a
    resample without a solution is dropped and counted.
    """
    if not resamples:
        return Errors(None, None, "no standard errors")
    loadings, correlations = [], []
    for R in resamples:
        again = "an item does not vary" if R is None else explore(R, recipe, STARTS_OF_RESAMPLE)
        if isinstance(again, str):
            continue
        aligned = align(again, found)
        loadings.append(aligned.loadings)
        correlations.append(aligned.correlations)
    failed = len(resamples) - len(loadings)
    if failed > MOST_FAILED * len(resamples):
        return Errors(None, None, f"no standard errors: {failed} resamples failed")
    return Errors(
        np.std(loadings, axis=0, ddof=1),
        np.std(correlations, axis=0, ddof=1),
        f"bootstrap standard errors, {len(loadings)} resamples",
    )


def align(solution: Solution, target: Solution) -> Solution:
    """Permute and reflect factors so that their loadings are most like the target's."""
    similarity = target.loadings.T @ solution.loadings
    mine, columns = linear_sum_assignment(-np.abs(similarity))
    signs = np.where(similarity[mine, columns] >= 0, 1.0, -1.0)
    return Solution(
        solution.loadings[:, columns] * signs,
        solution.correlations[np.ix_(columns, columns)] * np.outer(signs, signs),
    )
