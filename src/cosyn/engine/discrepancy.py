r"""How far implied moments are from the samples', with score and information, over all groups.

A discrepancy is evaluated at a point; the evaluation then answers for value, score and
information without computing the implied moments again. All are those of F/2, so that the
information is that of one respondent and the covariance of the estimates is its inverse over n.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from cosyn.engine.normal import NormalPoint, normal_point
from cosyn.engine.rows import slices

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cosyn.engine._typing import Indices, Matrix, Vector
    from cosyn.engine.lisrel import Structure
    from cosyn.engine.moments import SampleMoments


class Evaluation(Protocol):
    """A discrepancy at one point."""

    @property
    def x(self) -> Vector:
        """The point, shape (q,)."""
        ...

    @property
    def value(self) -> float:
        """F/2; infinite where it is undefined."""
        ...

    def score(self) -> Vector:
        """Minus the gradient of F/2, shape (q,)."""
        ...

    def information(self) -> Matrix:
        """Expected information of one respondent, shape (q, q)."""
        ...

    def hessian(self) -> Matrix:
        """Second derivatives of F/2, shape (q, q)."""
        ...


class Likelihood(Evaluation, Protocol):
    """A discrepancy of which respondents have their parts."""

    @property
    def points(self) -> tuple[NormalPoint, ...]:
        """Moments of complete rows, or those expected of incomplete ones; one a group."""
        ...

    @property
    def weights(self) -> Vector:
        """Shares of the groups in the sample, shape (groups,)."""
        ...

    def scores(self, number: int, *, centred: bool) -> Matrix:
        """Scores of the respondents of a group, shape (n, k)."""
        ...


class Discrepancy(Protocol):
    """Something to minimise."""

    def at(self, x: Vector) -> Evaluation:
        """Evaluate at free parameters x, shape (q,)."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class NormalEvaluation:
    """A discrepancy with normal-theory weights at one point.

    Attributes
    ----------
    points : tuple of NormalPoint
        One a group.
    """

    discrepancy: NormalDiscrepancy
    x: Vector
    value: float
    points: tuple[NormalPoint, ...]

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
        """Expected information."""
        return self._added((p.structure.local, p.information()) for p in self.points)

    def information_rows(self, own: Indices) -> tuple[Matrix, Vector]:
        """Rows `own` of the information, shape (r, q), and its diagonal (q,)."""
        q = len(self.x)
        rows, diagonal = np.zeros((len(own), q)), np.zeros(q)
        for weight, point in zip(self.weights, self.points, strict=True):
            local = point.structure.local
            here = np.isin(own, local)
            found, squares = point.information_rows(np.searchsorted(local, own[here]))
            rows[np.ix_(np.flatnonzero(here), local)] += weight * found
            diagonal[local] += weight * squares
        return rows, diagonal

    def hessian(self) -> Matrix:
        """Observed information."""
        return self._added((p.structure.local, p.hessian()) for p in self.points)

    def scores(self, number: int, *, centred: bool) -> Matrix:
        """Scores of the respondents of a group (numbered from 0), shape (n, k).

        Parameters
        ----------
        centred : bool
            About the sample's moments, and without what covariates predict, whose moments are
            given; else about the model's, as the likelihood has it.
        """
        X = self.discrepancy.groups[number].rows()
        found = np.vstack([self.scores_of(number, X[k], centred=centred) for k in slices(len(X))])
        return found - found.mean(axis=0) if centred else found

    def scores_of(self, number: int, X: Matrix, *, centred: bool) -> Matrix:
        """Scores of some respondents (b, p) of a group, shape (b, k).

        Parameters
        ----------
        centred : bool
            Of deviations from the sample's means, but not yet about their own mean.
        """
        point, group = self.points[number], self.discrepancy.groups[number]
        Y = X - (group.mean if centred else group.mean - point.d)
        P = group.projection if centred else None
        scores = point.casewise(Y)
        return scores if P is None else scores - point.casewise(Y @ P)

    def _added(self, parts: Iterable[tuple[Indices, Matrix]]) -> Matrix:
        if len(self.points) == 1:  # which has every parameter
            return next(iter(parts))[1]
        total = np.zeros((len(self.x), len(self.x)))
        for weight, (local, part) in zip(self.weights, parts, strict=True):
            total[np.ix_(local, local)] += weight * part
        return total


@dataclass(frozen=True, slots=True, eq=False)
class NormalDiscrepancy:
    """What discrepancies with normal-theory weights have in common.

    Attributes
    ----------
    structures : tuple of Structure
    groups : tuple of SampleMoments
    means : bool
        Whether the means are modelled.
    weights : ndarray, shape (groups,)
        Shares of the groups.
    """

    structures: tuple[Structure, ...]
    groups: tuple[SampleMoments, ...]
    means: bool
    weights: Vector


@dataclass(frozen=True, slots=True, eq=False)
class MLEvaluation(NormalEvaluation):
    """The discrepancy of maximum likelihood at one point."""


@dataclass(frozen=True, slots=True, eq=False)
class MLDiscrepancy(NormalDiscrepancy):
    """The discrepancy of maximum likelihood, each group weighted by its share.

    Attributes
    ----------
    saturated : float
        (ln|S| + p) / 2, averaged over the groups: F/2 counts from there.
    """

    saturated: float

    def at(self, x: Vector) -> MLEvaluation:
        """Evaluate at free parameters x; the value is infinite unless Sigma is definite."""
        points = tuple(
            normal_point(structure, group.cov, group.mean if self.means else None, x)
            for structure, group in zip(self.structures, self.groups, strict=True)
        )
        values = np.array([point.value for point in points])
        return MLEvaluation(self, x, float(self.weights @ values) - self.saturated, points)


def ml_discrepancy(
    structures: Sequence[Structure],
    groups: Sequence[SampleMoments],
    *,
    means: bool = False,
    sizes: Vector | None = None,
) -> MLDiscrepancy:
    """The discrepancy of structures from samples, one of each a group.

    Parameters
    ----------
    means : bool
        Whether the means are modelled.
    sizes : ndarray, shape (groups,), optional
        By which the groups are weighed, if not by their respondents.
    """
    sizes = np.array([group.n for group in groups], dtype=float) if sizes is None else sizes
    weights = sizes / sizes.sum()
    parts = [float(np.linalg.slogdet(group.cov)[1]) + len(group.cov) for group in groups]
    saturated = float(weights @ np.array(parts)) / 2
    return MLDiscrepancy(tuple(structures), tuple(groups), means, weights, saturated)
