"""Whether correlations are suited to factor analysis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cosyn.engine._typing import Matrix, Vector


@dataclass(frozen=True, slots=True, eq=False)
class Adequacy:
    """Measure of sampling adequacy.

    Attributes
    ----------
    overall : float
    each : ndarray, shape (p,)
    """

    overall: float
    each: Vector


def sampling_adequacy(R: Matrix) -> Adequacy:
    """Kaiser's measure: squared correlations against squared partial correlations.

    sum r_ij^2 / (sum r_ij^2 + sum q_ij^2) over i != j, with q the anti-image correlations
    (Kaiser 1970, *Psychometrika* 35; Kaiser & Rice 1974, *Educational and Psychological
    Measurement* 34, eq. 1 and 2).

    Parameters
    ----------
    R : ndarray, shape (p, p)
        Correlations, Pearson's or polychoric, not singular, p > 1.
    """
    inverse = np.linalg.inv(R)
    scale = np.sqrt(np.diag(inverse))
    partial = (inverse / np.outer(scale, scale)) ** 2
    simple = np.asarray(R) ** 2
    np.fill_diagonal(partial, 0.0)
    off = simple - np.diag(np.diag(simple))
    each = off.sum(axis=0) / (off.sum(axis=0) + partial.sum(axis=0))
    return Adequacy(float(off.sum() / (off.sum() + partial.sum())), each)
