r"""Generalised least squares: residuals weighed by the inverse of the sample's covariances.

.. math:: F = \tfrac12 tr[(S^{-1}(S - \Sigma))^2] + (\bar y - \mu)' S^{-1} (\bar y - \mu)

(Jöreskog & Goldberger 1972; Browne 1974). The weights are those of normal theory with S in the
place of the implied covariances, so that the formulas of `cosyn.engine.normal` serve here too, and
no matrix of all moments by all moments is formed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.discrepancy import NormalDiscrepancy, NormalEvaluation
from cosyn.engine.linalg import inverse_and_log_det
from cosyn.engine.normal import NormalPoint, normal_point

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Matrix, Vector
    from cosyn.engine.lisrel import Structure
    from cosyn.engine.moments import SampleMoments


@dataclass(frozen=True, slots=True, eq=False)
class GLSPoint(NormalPoint):
    """One group at one point; W stays the same wherever that is."""

    @property
    def value(self) -> float:
        """F/2."""
        WR = self.W @ (self.S - self.implied.Sigma)
        return 0.5 * float(np.sum(WR * WR.T) / 2 + self.d @ self.W @ self.d)

    def deviation(self) -> Matrix:
        """Sample less implied covariances, shape (p, p)."""
        return self.S - self.implied.Sigma

    def _steepness(self, P: Matrix) -> Matrix:
        """The weights do not move."""
        return P

    def _mixed(self) -> Matrix:
        return np.zeros((len(self.t), len(self.t)))


@dataclass(frozen=True, slots=True, eq=False)
class GLSEvaluation(NormalEvaluation):
    """The discrepancy of generalised least squares at one point."""


@dataclass(frozen=True, slots=True, eq=False)
class GLSDiscrepancy(NormalDiscrepancy):
    """The discrepancy of generalised least squares, each group weighted by its share.

    Attributes
    ----------
    inverses : tuple of ndarray, shape (p, p)
        Of the samples' covariances.
    """

    inverses: tuple[Matrix, ...]

    def at(self, x: Vector) -> GLSEvaluation:
        """Evaluate at free parameters x, whether or not Sigma is definite."""
        points = []
        for structure, group, W in zip(self.structures, self.groups, self.inverses, strict=True):
            here = normal_point(structure, group.cov, group.mean if self.means else None, x)
            points.append(
                GLSPoint(
                    structure, here.S, here.d, here.implied, W, 0.0, here.G, here.t, self.means
                )
            )
        value = float(self.weights @ np.array([point.value for point in points]))
        return GLSEvaluation(self, x, value, tuple(points))


def gls_discrepancy(
    structures: Sequence[Structure],
    groups: Sequence[SampleMoments],
    *,
    means: bool,
    sizes: Vector,
) -> GLSDiscrepancy:
    """The discrepancy of structures from samples, one of each a group.

    Parameters
    ----------
    groups : sequence of SampleMoments
        With covariances of divisor n - 1.
    sizes : ndarray, shape (groups,)
        By which the groups are weighed.
    """
    inverses = tuple(inverse_and_log_det(group.cov)[1] for group in groups)
    weights = sizes / sizes.sum()
    return GLSDiscrepancy(tuple(structures), tuple(groups), means, weights, inverses)
