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
from cosyn.engine.casewise import cluster_sums
from cosyn.engine.contingency import margins
from cosyn.engine.rectangle import correlation_scores

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

    def rows(self, answers: Answers) -> Matrix:
        """Influence of respondents, shape (n, q), on statistics of standardized variables."""
        split = self.layout.univariate
        out = np.zeros((len(answers.codes), split + len(self.rho)))
        first, second = out[:, :split], out[:, split:]
        self._univariate(answers, first)
        self._correlations(answers, second)
        second -= first @ self.A21.T
        second /= self.A22
        self._covariances(first, second)
        if self.layout.given:
            self._at_zero(first)
        return out

    def _univariate(self, answers: Answers, out: Matrix) -> None:
        plan = self.layout
        for v, table in enumerate(self.univariate):
            k = plan.place[v]
            if plan.given:
                out[:, places(plan, v)] = casewise(answers, plan, v) @ table
            elif plan.ordered[v]:
                out[:, plan.first[v] : plan.first[v] + plan.steps[v]] = table[answers.codes[:, k]]
            else:
                influence = _moment_scores(answers.z[:, k]) @ table
                out[:, plan.first[v]], out[:, plan.variance[v]] = influence.T

    def _correlations(self, answers: Answers, out: Matrix) -> None:
        plan = self.layout
        if plan.given:
            pairs = plan.pairs(ordinal=2)
            residual = correlation_scores(*limits_of_pairs(answers, plan), self.rho[pairs])
            out[:, pairs] = np.nan_to_num(residual)
        else:
            out[:, plan.pairs(ordinal=2)] = look_up(self.lookup, answers, plan)
        if not plan.ordered.all():
            mixed = mixed_scores(answers, plan, self.rho).rho
            out[:, plan.pairs(ordinal=1)] = np.nan_to_num(mixed)
            continuous = continuous_scores(answers, plan, self.rho)
            out[:, plan.pairs(ordinal=0)] = np.nan_to_num(continuous)

    def _covariances(self, first: Matrix, second: Matrix) -> None:
        """From correlations to covariances, where a variance is estimated."""
        plan = self.layout
        for side in (plan.rows, plan.columns):
            free = np.flatnonzero(~plan.ordered[side])
            second[:, free] += self.rho[free] / 2 * first[:, plan.variance[side[free]]]

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
    total: Matrix | float = 0.0
    for Z in independent(influence, answers, cluster):
        total = total + Z.T @ Z
    return np.asarray(total) * _correction(cluster)


def squares(influence: Influence, answers: Answers, cluster: Indices | None) -> Vector:
    """Diagonal (q,) of the `products`."""
    total: Vector | float = 0.0
    for Z in independent(influence, answers, cluster):
        total = total + np.einsum("ij,ij->j", Z, Z)
    return np.asarray(total) * _correction(cluster)


def _correction(cluster: Indices | None) -> float:
    if cluster is None:
        return 1.0
    J = len(np.unique(cluster))
    return J / (J - 1)


def independent(
    influence: Influence, answers: Answers, cluster: Indices | None
) -> Iterator[Matrix]:
    """Influences that are independent of each other, block by block."""
    width = influence.layout.univariate + len(influence.rho)
    if cluster is None:
        yield from (influence.rows(answers.rows(block)) for block in answers.blocks(width))
        return
    order = np.argsort(cluster, kind="stable")
    last, unfinished = cluster[order[0]], np.zeros(width)
    for block in answers.blocks(width):
        rows = order[block]
        sums = cluster_sums(influence.rows(answers.rows(rows)), cluster[rows])
        if cluster[rows[0]] == last:
            sums[0] += unfinished
        else:
            yield unfinished[None]
        last, unfinished = cluster[rows[-1]], sums[-1]
        yield sums[:-1]
    yield unfinished[None]
