"""What each respondent contributes to thresholds, means, variances and correlations.

Muthen (1984, *Psychometrika* 49, 115-132, appendix) stacks the estimating equations of both steps.
With the casewise scores s = (s1, s2) of first and second step and A = [[A11, 0], [A21, A22]],
respondent i moves the statistics by A^-1 s_i, and n times the sum of products of these influences
is the asymptotic covariance of the statistics. A11 sums products of the scores of one variable.

Continuous variables are standardized here, and scaled back at the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from cosyn.engine._ordinal_equations import (
    continuous_scores,
    equations,
    limits_of_pairs,
    look_up,
    mixed_scores,
)
from cosyn.engine._ordinal_regression import casewise, places
from cosyn.engine.bivariate import normal_density
from cosyn.engine.contingency import margins
from cosyn.engine.rectangle import correlation_scores
from cosyn.engine.rows import Total, cross_products

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.engine._ordinal_layout import Answers, Layout
    from cosyn.engine._typing import Indices, Matrix, Vector
    from cosyn.engine.contingency import Counts

_NO_COVARIATES = np.zeros(0)


@dataclass(frozen=True, slots=True, eq=False)
class Influence:
    """All that is needed to tell the influence of a respondent.

    Attributes
    ----------
    layout : Layout
    univariate : tuple of ndarray
        For an ordinal item (K + 1, K_v - 1), the influence of each category on its thresholds; the
        last row is that of a missing answer. For a continuous variable (2, 2), from its scores to
        its influence; and so for every variable where there are covariates.
    lookup : ndarray, shape (Po, K + 1, K + 1)
        Scores of the correlations of the ordinal pairs by the answers; unused with covariates.
    rho : ndarray, shape (P,)
    A21 : ndarray, shape (P, univariate)
    A22 : ndarray, shape (P,)
    origin : ndarray, shape (k,)
        Means of the covariates over their standard deviations.
    """

    layout: Layout
    univariate: tuple[Matrix, ...]
    lookup: Matrix
    rho: Vector
    A21: Matrix
    A22: Vector
    origin: Vector

    @property
    def width(self) -> int:
        """Number of statistics, q."""
        return self.layout.univariate + len(self.rho)

    def rows(self, answers: Answers) -> Matrix:
        """Influence of respondents, shape (n, q), on statistics of standardized variables."""
        split = self.layout.univariate
        out = self.parts(answers)
        out[:, split:] /= self.A22
        out[:, split:] += out[:, :split] @ self.carried().T
        if self.layout.given:
            self._at_zero(out[:, :split])
        return out

    def parts(self, answers: Answers) -> Matrix:
        """What respondents contribute, shape (n, q), before it is carried on.

        Their influence on thresholds, means and variances, and their scores of the correlations.
        """
        split = self.layout.univariate
        out = np.empty((self.width, len(answers.codes))).T
        self._univariate(answers, out[:, :split])
        self._correlations(answers, out[:, split:])
        return out

    def carried(self) -> Matrix:
        """What one unit of influence on the first statistics adds to that on the others.

        Shape (P, univariate): by the thresholds and moments that a correlation is estimated at,
        and, where a variance is estimated, from correlations to covariances.
        """
        plan = self.layout
        found = -self.A21 / self.A22[:, None]
        for side in (plan.rows, plan.columns):
            free = np.flatnonzero(~plan.ordered[side])
            found[free, plan.variance[side[free]]] += self.rho[free] / 2
        return found

    def products(self, of_parts: Matrix) -> Matrix:
        """Sums of products of influences (q, q) from those of what respondents contribute."""
        split, C = self.layout.univariate, self.carried()
        out = of_parts.copy()
        out[split:] /= self.A22[:, None]
        out[:, split:] /= self.A22
        first, crossed = out[:split, :split], out[split:, :split]
        moved = crossed + C @ first
        out[split:, split:] += C @ crossed.T + moved @ C.T
        out[split:, :split], out[:split, split:] = moved, moved.T
        if self.layout.given:
            self._at_zero(out[:, :split])
            self._at_zero(out.T[:, :split])
        return out

    def _univariate(self, answers: Answers, out: Matrix) -> None:
        plan = self.layout
        for v, table in enumerate(self.univariate):
            k = plan.place[v]
            if plan.given:
                out[:, places(plan, v)] = casewise(answers, plan, v) @ table
            elif plan.ordered[v]:
                mine = slice(plan.first[v], plan.first[v] + plan.steps[v])
                out[:, mine] = table.T[:, answers.codes[:, k]].T
            else:
                influence = _moment_scores(answers.z[:, k]) @ table
                out[:, plan.first[v]], out[:, plan.variance[v]] = influence.T

    def _correlations(self, answers: Answers, out: Matrix) -> None:
        plan = self.layout
        ordinal = self._ordinal(answers)
        if plan.ordered.all():
            out[:] = ordinal
        else:
            out[:, plan.pairs(ordinal=2)] = ordinal
            mixed = mixed_scores(answers, plan, self.rho).rho
            out[:, plan.pairs(ordinal=1)] = np.nan_to_num(mixed)
            continuous = continuous_scores(answers, plan, self.rho)
            out[:, plan.pairs(ordinal=0)] = np.nan_to_num(continuous)

    def _ordinal(self, answers: Answers) -> Matrix:
        """Scores of the correlations of the ordinal pairs, shape (n, Po)."""
        plan = self.layout
        if not plan.given:
            return look_up(self.lookup, answers)
        rho = self.rho[plan.pairs(ordinal=2)]
        return np.nan_to_num(correlation_scores(*limits_of_pairs(answers, plan), rho))

    def _at_zero(self, first: Matrix) -> None:
        """From thresholds and means where covariates have their means to those where they are 0."""
        plan = self.layout
        for v, steps in enumerate(plan.steps):
            shift = first[:, plan.slopes[:, v]] @ self.origin
            own = slice(plan.first[v], plan.first[v] + steps)
            first[:, own] += shift[:, None] if plan.ordered[v] else -shift[:, None]


def influence(
    answers: Answers, counts: Counts, plan: Layout, rho: Vector, origin: Vector = _NO_COVARIATES
) -> Influence:
    """Prepare the influence of respondents on the statistics.

    Parameters
    ----------
    answers : Answers
    counts : ndarray of int, shape (items, K, items, K)
    plan : Layout
    rho : ndarray, shape (P,)
        Correlations.
    origin : ndarray, shape (k,)
        Means of the covariates over their standard deviations.
    """
    A21, A22, lookup = equations(answers, counts, plan, rho)
    return Influence(plan, _of_single(answers, counts, plan), lookup, rho, A21, A22, origin)


def _of_single(answers: Answers, counts: Counts, plan: Layout) -> tuple[Matrix, ...]:
    """What turns answers, or scores, into their influence on the statistics of each variable."""
    if plan.given:
        scores = (casewise(answers, plan, v) for v in range(len(plan.ordered)))
        return tuple(np.asarray(np.linalg.inv(s.T @ s)) for s in scores)
    single = margins(counts)
    return tuple(
        _of_thresholds(answers.tau[k, :steps], single[k]) if o else _of_moments(answers.z[:, k])
        for o, k, steps in zip(plan.ordered, plan.place, plan.steps, strict=True)
    )


def _of_thresholds(tau: Vector, margin: Counts) -> Matrix:
    """Influence of each category, and of a missing answer, on the thresholds of an item."""
    probability = np.diff(ndtr(tau), prepend=0.0, append=1.0)
    dense, K, k = normal_density(tau), len(margin), np.arange(len(tau))
    scores = np.zeros((K + 1, len(tau)))
    scores[k, k] = dense / probability[:-1]
    scores[k + 1, k] = -dense / probability[1:]
    products = (scores[:K].T * margin) @ scores[:K]
    return np.asarray(np.linalg.solve(products, scores.T).T)


def _of_moments(z: Vector) -> Matrix:
    scores = _moment_scores(z)
    return np.asarray(np.linalg.inv(scores.T @ scores))


def _moment_scores(z: Vector) -> Matrix:
    """Scores of mean and variance of a standardized variable, (n, 2); zero where missing."""
    return np.nan_to_num(np.column_stack([z, (z * z - 1) / 2]))


def products(influence: Influence, answers: Answers, cluster: Indices | None) -> Matrix:
    """Sum of products of the respondents' influences, or of their sums in clusters, (q, q).

    Sums over J clusters are scaled by J / (J - 1), as for any covariance of J independent parts.
    """
    found = Total(cross_products, in_order=True)
    for block, numbers in independent(influence, answers, cluster):
        found.add(influence.parts(block), numbers)
    return influence.products(found.value())


def squares(influence: Influence, answers: Answers, cluster: Indices | None) -> Vector:
    """Diagonal (q,) of the `products`."""
    found = Total(lambda Z: np.einsum("ij,ij->j", Z, Z), in_order=True)
    for block, numbers in independent(influence, answers, cluster):
        found.add(influence.rows(block), numbers)
    return found.value()


def independent(
    influence: Influence, answers: Answers, cluster: Indices | None
) -> Iterator[tuple[Answers, Indices | None]]:
    """Blocks of respondents with their clusters, cluster by cluster."""
    width = influence.width
    if cluster is None:
        yield from ((answers.rows(block), None) for block in answers.blocks(width))
        return
    order = np.argsort(cluster, kind="stable")
    for block in answers.blocks(width):
        yield answers.rows(order[block]), cluster[order[block]]
