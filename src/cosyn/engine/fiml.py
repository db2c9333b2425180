"""Full-information maximum likelihood: the discrepancy of incomplete rows.

By Fisher's identity the score of incomplete rows is that of complete rows at their expected
moments (Dempster, Laird & Rubin 1977; Jamshidian & Bentler 1999), so that the normal-theory
score of `cosyn.engine.normal` serves here too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.incomplete import completed, moment_information
from cosyn.engine.normal import normal_point

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Matrix, Vector
    from cosyn.engine.incomplete import Completed, IncompleteRows
    from cosyn.engine.lisrel import Structure
    from cosyn.engine.normal import NormalPoint


@dataclass(frozen=True, slots=True, eq=False)
class FIMLEvaluation:
    """The discrepancy of incomplete rows at one point.

    Attributes
    ----------
    points : tuple of NormalPoint
        The expected complete moments of each group.
    completions : tuple of Completed
    """

    discrepancy: FIMLDiscrepancy
    x: Vector
    value: float
    points: tuple[NormalPoint, ...]
    completions: tuple[Completed, ...]

    @property
    def weights(self) -> Vector:
        """Shares of the groups in the sample."""
        return self.discrepancy.weights

    def score(self) -> Vector:
        """Minus the gradient of F/2."""
        total = np.zeros(len(self.x))
        for weight, point in zip(self.weights, self.points, strict=True):
            total[point.structure.local] += weight * point.score()
        return total

    def information(self) -> Matrix:
        """Expected information of complete rows: more than these hold, but of their shape."""
        total = np.zeros((len(self.x), len(self.x)))
        for weight, point in zip(self.weights, self.points, strict=True):
            local = point.structure.local
            total[np.ix_(local, local)] += weight * point.information()
        return total

    def hessian(self) -> Matrix:
        """Observed information: that of the moments, by the chain rule."""
        total = np.zeros((len(self.x), len(self.x)))
        parts = zip(self.weights, self.points, self.discrepancy.rows, strict=True)
        for weight, point, rows in parts:
            local = point.structure.local
            A = moment_information(rows, point.implied.Sigma, point.implied.mu)
            J = point.structure.jacobian(point.implied, means=True)
            total[np.ix_(local, local)] += weight * (J.T @ A @ J + point.bending())
        return total

    def scores(self, number: int, *, centred: bool) -> Matrix:
        """Scores of the respondents of a group (numbered from 0), shape (n, k)."""
        point, found = self.points[number], self.completions[number]
        rows = self.discrepancy.rows[number]
        structure = point.structure
        WG = point.W @ point.G
        z = found.deviations @ WG
        u, v = structure.left, structure.right
        products = z[:, u] * z[:, v] - np.einsum("ij,ij->j", point.G[:, u], WG[:, v])
        for batch, spread in zip(rows.batches, found.spread, strict=True):
            H = WG[batch.gaps]  # (b, m, columns of G)
            right = (spread @ H)[..., v]
            right *= H[..., u]
            products[batch.rows] += right.sum(axis=1)
        cells = structure.scale * products + point.t * z[:, u]
        scores = structure.pooled(cells.T).T
        return scores - scores.mean(axis=0) if centred else scores


@dataclass(frozen=True, slots=True, eq=False)
class FIMLDiscrepancy:
    """The discrepancy of incomplete rows, from that of the saturated model.

    Attributes
    ----------
    rows : tuple of IncompleteRows
    weights : ndarray, shape (groups,)
    saturated : float
        Value of the saturated model.
    """

    structures: tuple[Structure, ...]
    rows: tuple[IncompleteRows, ...]
    weights: Vector
    saturated: float

    def at(self, x: Vector) -> FIMLEvaluation:
        """Evaluate at free parameters x; the value is infinite unless Sigma is definite."""
        points, completions, total = [], [], 0.0
        for structure, rows, weight in zip(self.structures, self.rows, self.weights, strict=True):
            implied = structure.implied(x)
            found = completed(rows, implied.Sigma, implied.mu)
            if found is None:
                return FIMLEvaluation(self, x, float("inf"), (), ())
            points.append(normal_point(structure, found.cov, found.mean, x))
            completions.append(found)
            total += float(weight) * found.value
        value = total - self.saturated
        return FIMLEvaluation(self, x, value, tuple(points), tuple(completions))


def fiml_discrepancy(
    structures: Sequence[Structure], rows: Sequence[IncompleteRows], saturated: Sequence[float]
) -> FIMLDiscrepancy:
    """The discrepancy of structures with means from incomplete rows, one of each a group.

    Parameters
    ----------
    saturated : sequence of float
        Value of the saturated model in each group.
    """
    sizes = np.array([each.n for each in rows], dtype=float)
    weights = sizes / sizes.sum()
    return FIMLDiscrepancy(
        tuple(structures), tuple(rows), weights, float(weights @ np.array(saturated))
    )
