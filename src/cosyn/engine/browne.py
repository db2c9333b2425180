"""Browne's residual statistic: a test of any consistent estimates, with normal-theory weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cosyn.engine._typing import Matrix
    from cosyn.engine.discrepancy import NormalEvaluation


def residual_statistic(evaluation: NormalEvaluation, n: int, inverse: Matrix) -> float:
    """Squared distance of the sample's moments that no change of the parameters could take away.

    Browne (1984), eq. 2.20a. The weights are those of the evaluation: at the implied moments
    (lavaan's ``browne.residual.nt.model``) or at the sample's (``browne.residual.nt``).

    Parameters
    ----------
    n : int
        What stands for the sample size.
    inverse : ndarray, shape (q, q)
        Of the evaluation's information, in the directions that constraints leave.
    """
    distance, slope = 0.0, np.zeros(len(evaluation.x))
    for weight, point in zip(evaluation.weights, evaluation.points, strict=True):
        residual = point.W @ (point.S - point.implied.Sigma)
        squares = float(np.sum(residual * residual.T) / 2 + point.d @ point.W @ point.d)
        distance += weight * squares
        slope[point.structure.local] += weight * point.residual_score()
    return n * float(distance - slope @ inverse @ slope)
