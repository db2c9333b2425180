"""What respondents contribute one by one: cross-products of scores, and traces of both models.

Everything is a sum over respondents, or clusters, gathered while their rows pass by once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.discrepancy import MLEvaluation
from cosyn.engine.gathering import Gatherer, gather, totals
from cosyn.engine.incomplete import moment_information
from cosyn.engine.linalg import damped_inverse
from cosyn.engine.moment_deviations import spread
from cosyn.engine.rows import Total, cross_products
from cosyn.engine.saturated import saturated_evaluation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Matrix, Vector
    from cosyn.engine.discrepancy import Likelihood
    from cosyn.engine.gathering import RowsOf
    from cosyn.engine.moments import SampleMoments
    from cosyn.engine.normal import NormalPoint


@dataclass(frozen=True, slots=True, eq=False)
class Casewise:
    """What the rows tell of a model at one point.

    Attributes
    ----------
    products : ndarray, shape (q, q)
        Mean cross-product of the scores; of their sums where there are clusters.
    trace : float
        tr(B A^-1) of the saturated model, or tr(V Gamma) if the scores are centred.
    """

    products: Matrix
    trace: float


def casewise(
    evaluations: Sequence[Likelihood],
    groups: Sequence[SampleMoments],
    *,
    centred: bool,
    saturated: Sequence[SaturatedInformation] = (),
) -> tuple[Casewise, ...]:
    """Cross-products of scores and traces at several points, in one pass over the rows.

    Sums over clusters are scaled by J / (J - 1), as for any covariance of J independent parts.

    Parameters
    ----------
    evaluations : sequence of Likelihood
        Of the same groups, such as of a model and of the one it is compared with.
    centred : bool
        Scores about the sample's moments, so that the products are D'V Gamma V D and the trace is
        that of V Gamma with V at the implied covariances (Satorra & Bentler 1994). Else about the
        model's, as the likelihood has it, with the trace of the saturated model: Mardia's
        kurtosis in disguise. What covariates predict is left out of either, since their moments
        are given.
    saturated : sequence of SaturatedInformation
        Of the groups, if answers are incomplete and it is known already.

    Raises
    ------
    IdentificationError
        If only the moments are at hand.
    """
    complete = [each for each in evaluations if isinstance(each, MLEvaluation)]
    if len(complete) < len(evaluations):
        trace = _incomplete_trace(groups, saturated)
        return tuple(
            Casewise(score_products(each, groups, centred=centred), trace) for each in evaluations
        )
    scores = [score_gatherer(each, groups, centred=centred) for each in complete]
    means = any(point.means for point in complete[0].points)
    if centred:
        spreads = [spread([p.W for p in each.points], groups, means=means) for each in complete]
    else:
        own = [np.asarray(np.linalg.inv(group.cov), dtype=np.float64) for group in groups]
        spreads = [spread(own, groups, means=means)] * len(complete)
    gather([*scores, *(each.gatherer for each in dict.fromkeys(spreads))], groups)
    return tuple(
        Casewise(_products(each, found, groups), deviations.trace(groups))
        for each, found, deviations in zip(complete, scores, spreads, strict=True)
    )


def score_products(
    evaluation: Likelihood, groups: Sequence[SampleMoments], *, centred: bool = False
) -> Matrix:
    """Mean cross-product of the scores, shape (q, q), as in `casewise`."""
    if isinstance(evaluation, MLEvaluation):
        found = score_gatherer(evaluation, groups, centred=centred)
        gather([found], groups)
        return _products(evaluation, found, groups)
    total = np.zeros((len(evaluation.x), len(evaluation.x)))
    for number, (point, group) in enumerate(zip(evaluation.points, groups, strict=True)):
        local = point.structure.local
        here = Total(cross_products, in_order=False)
        here.add(evaluation.scores(number, centred=centred), group.cluster)
        total[np.ix_(local, local)] += here.value()
    return total / sum(group.n for group in groups)


def score_gatherer(
    evaluation: MLEvaluation, groups: Sequence[SampleMoments], *, centred: bool
) -> Gatherer:
    """Cross-products of the scores of a model at one point, to be summed."""

    def of(number: int, point: NormalPoint, group: SampleMoments) -> RowsOf:
        mean = _mean_score(point, group) if centred else 0.0
        return lambda X, cluster: (
            evaluation.scores_of(number, X, centred=centred) - mean,
            cluster,
        )

    parts = enumerate(zip(evaluation.points, groups, strict=True))
    rows = tuple(of(number, point, group) for number, (point, group) in parts)
    return Gatherer(rows, totals(cross_products, groups))


def _mean_score(point: NormalPoint, group: SampleMoments) -> Vector:
    """Mean of the scores about the sample's moments, less what covariates predict of them."""
    S, P = group.cov / group.inflation, group.projection
    return point.mean_score(S) if P is None else point.mean_score(S) - point.mean_score(P.T @ S @ P)


def _products(evaluation: MLEvaluation, found: Gatherer, groups: Sequence[SampleMoments]) -> Matrix:
    total = np.zeros((len(evaluation.x), len(evaluation.x)))
    for point, here in zip(evaluation.points, found.totals, strict=True):
        local = point.structure.local
        total[np.ix_(local, local)] += here.value()
    return total / sum(group.n for group in groups)


@dataclass(frozen=True, slots=True, eq=False)
class SaturatedInformation:
    """What one incomplete respondent tells of the moments, on average.

    Of the means, then the lower triangle of the covariances row by row.

    Attributes
    ----------
    observed : ndarray, shape (moments, moments)
        Observed information.
    products : ndarray, shape (moments, moments)
        Cross-products of the scores, of their sums where there are clusters; the observed
        information itself where normality is taken for granted.
    """

    observed: Matrix
    products: Matrix


def saturated_information(group: SampleMoments, *, robust: bool) -> SaturatedInformation:
    """Information of the saturated model where it fits best.

    Parameters
    ----------
    group : SampleMoments
        Of incomplete rows.
    robust : bool
        Whether to take the cross-products of the scores.
    """
    assert group.incomplete is not None
    observed = moment_information(group.incomplete, group.cov, group.mean)
    if not robust:
        return SaturatedInformation(observed, observed)
    return SaturatedInformation(observed, score_products(saturated_evaluation(group), (group,)))


def _incomplete_trace(
    groups: Sequence[SampleMoments], saturated: Sequence[SaturatedInformation]
) -> float:
    """tr(B A^-1) of the saturated model of incomplete rows, given covariates.

    Its log-likelihood is that of all variables less that of the covariates, and so is the trace.
    """
    known = saturated or [saturated_information(group, robust=True) for group in groups]
    whole = sum(float(np.sum(damped_inverse(each.observed) * each.products)) for each in known)
    return whole - _trace_of_covariates(groups, means=True)


def _trace_of_covariates(groups: Sequence[SampleMoments], *, means: bool) -> float:
    """tr(B A^-1) of the saturated model of the covariates alone, nothing given."""
    taken = [replace(g.of_covariates(), covariates=()) for g in groups if g.covariates]
    if not taken:
        return 0.0
    own = [np.asarray(np.linalg.inv(group.cov), dtype=np.float64) for group in taken]
    found = spread(own, taken, means=means)
    gather([found.gatherer], taken)
    return found.trace(taken)
