"""What respondents contribute one by one: cross-products of scores, and kurtosis.

The asymptotic covariance of the sample moments is not formed where its traces will do: with
normal-theory weights these are moments of quadratic forms (Yuan & Bentler 2000; Savalei 2010).
Everything is a sum over respondents, or clusters, gathered while their rows pass by once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cosyn.engine.discrepancy import MLEvaluation
from cosyn.engine.linalg import damped_inverse
from cosyn.engine.rows import Rows, Total, by_cluster, cluster_sums, cross_products, slices
from cosyn.engine.saturated import saturated_evaluation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cosyn.engine._typing import Indices, Matrix, Vector
    from cosyn.engine.discrepancy import Likelihood
    from cosyn.engine.moments import SampleMoments
    from cosyn.engine.normal import NormalPoint

#: Pairs of respondents handled at a time.
PAIRS = 2**22

#: From some rows (b, p) and their clusters to what is summed of each of them, (b, k), with the
#: clusters; or to sums over the rows of each cluster.
_RowsOf = Callable[["Matrix", "Indices | None"], "tuple[Matrix, Indices | None]"]


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


class _Gatherer(NamedTuple):
    """Something to sum: what of each row, and the sum; one of each a group."""

    rows: tuple[_RowsOf, ...]
    totals: tuple[Total, ...]


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
    scores = [_scores(each, groups, centred=centred) for each in complete]
    means = any(point.means for point in complete[0].points)
    if centred:
        spreads = [_spread([p.W for p in each.points], groups, means=means) for each in complete]
    else:
        own = [np.asarray(np.linalg.inv(group.cov), dtype=np.float64) for group in groups]
        spreads = [_spread(own, groups, means=means)] * len(complete)
    _gather([*scores, *(each.gatherer for each in dict.fromkeys(spreads))], groups)
    return tuple(
        Casewise(_products(each, found, groups), spread.trace(groups))
        for each, found, spread in zip(complete, scores, spreads, strict=True)
    )


def score_products(
    evaluation: Likelihood, groups: Sequence[SampleMoments], *, centred: bool = False
) -> Matrix:
    """Mean cross-product of the scores, shape (q, q), as in `casewise`."""
    if isinstance(evaluation, MLEvaluation):
        found = _scores(evaluation, groups, centred=centred)
        _gather([found], groups)
        return _products(evaluation, found, groups)
    total = np.zeros((len(evaluation.x), len(evaluation.x)))
    for number, (point, group) in enumerate(zip(evaluation.points, groups, strict=True)):
        local = point.structure.local
        here = Total(cross_products, in_order=False)
        here.add(evaluation.scores(number, centred=centred), group.cluster)
        total[np.ix_(local, local)] += here.value()
    return total / sum(group.n for group in groups)


def _gather(gatherers: Sequence[_Gatherer], groups: Sequence[SampleMoments]) -> None:
    for number, X, cluster in row_blocks(groups):
        for rows, totals in gatherers:
            totals[number].add(*rows[number](X, cluster))


def row_blocks(groups: Sequence[SampleMoments]) -> Iterator[Rows]:
    """The rows of all groups in blocks; rows at hand cluster by cluster.

    Raises
    ------
    IdentificationError
        If only the moments are at hand.
    """
    source = groups[0].source
    if source is not None:
        for part in source.rows(groups[0].names):
            for here in slices(len(part.values)):
                cluster = None if part.cluster is None else part.cluster[here]
                yield Rows(part.group, part.values[here], cluster)
        return
    for number, group in enumerate(groups):
        X, cluster = group.rows(), group.cluster
        if cluster is None:
            yield from (Rows(number, X[here], None) for here in slices(len(X)))
            continue
        order = np.argsort(cluster, kind="stable")
        for here in slices(len(X)):
            yield Rows(number, X[order[here]], cluster[order[here]])


def _totals(
    of: Callable[[Matrix], Matrix | float], groups: Sequence[SampleMoments]
) -> tuple[Total, ...]:
    return tuple(Total(of, in_order=group.source is None) for group in groups)


def _squares(rows: Matrix) -> float:
    return float(np.vdot(rows, rows))


def _scores(
    evaluation: MLEvaluation, groups: Sequence[SampleMoments], *, centred: bool
) -> _Gatherer:
    def of(number: int, point: NormalPoint, group: SampleMoments) -> _RowsOf:
        mean = _mean_score(point, group) if centred else 0.0
        return lambda X, cluster: (
            evaluation.scores_of(number, X, centred=centred) - mean,
            cluster,
        )

    parts = enumerate(zip(evaluation.points, groups, strict=True))
    rows = tuple(of(number, point, group) for number, (point, group) in parts)
    return _Gatherer(rows, _totals(cross_products, groups))


def _mean_score(point: NormalPoint, group: SampleMoments) -> Vector:
    """Mean of the scores about the sample's moments, less what covariates predict of them."""
    S, P = group.cov / group.inflation, group.projection
    return point.mean_score(S) if P is None else point.mean_score(S) - point.mean_score(P.T @ S @ P)


def _products(
    evaluation: MLEvaluation, found: _Gatherer, groups: Sequence[SampleMoments]
) -> Matrix:
    total = np.zeros((len(evaluation.x), len(evaluation.x)))
    for point, here in zip(evaluation.points, found.totals, strict=True):
        local = point.structure.local
        total[np.ix_(local, local)] += here.value()
    return total / sum(group.n for group in groups)


@dataclass(frozen=True, slots=True, eq=False)
class _Spread:
    """What is needed for tr(V Gamma), with V the normal-theory weight of moments at W^-1.

    Attributes
    ----------
    left : tuple of ndarray, shape (p, p)
        Covariance of what covariates do not predict, one array a group.
    """

    weights: tuple[Matrix, ...]
    left: tuple[Matrix, ...]
    means: bool
    gatherer: _Gatherer

    def trace(self, groups: Sequence[SampleMoments]) -> float:
        """Summed over the groups."""
        total = 0.0
        parts = zip(self.weights, self.left, groups, self.gatherer.totals, strict=True)
        for W, left, group, found in parts:
            value = float(found.value()) / group.n
            if not group.clustered:
                WS = W @ left
                value = (value - float(np.trace(WS @ WS))) / 2
                value += float(np.trace(WS)) if self.means else 0.0
            total += value
        return total


def _spread(weights: Sequence[Matrix], groups: Sequence[SampleMoments], *, means: bool) -> _Spread:
    rows = tuple(
        _deviations(W, group, means=means) if group.clustered else _distance(W, group)
        for W, group in zip(weights, groups, strict=True)
    )
    left = tuple(_left_over(group) for group in groups)
    return _Spread(tuple(weights), left, means, _Gatherer(rows, _totals(_squares, groups)))


def _left_over(group: SampleMoments) -> Matrix:
    """Covariance of what covariates do not predict."""
    P = group.projection
    return group.cov if P is None else group.cov - P.T @ group.cov @ P


def _distance(W: Matrix, group: SampleMoments) -> _RowsOf:
    """Squared distances y'W y from the mean, (b, 1): their squares sum to tr(V Gamma).

    With covariates, which predict h of y, the squares of two numbers sum to
    (y'W y)^2 + (h'W h)^2 - 2 (y'W h)^2.
    """
    P = group.projection

    def of(X: Matrix, _: Indices | None) -> tuple[Matrix, None]:
        Y = X - group.mean
        whole = np.einsum("ij,ij->i", Y @ W, Y)
        if P is None:
            return whole[:, None], None
        H = Y @ P
        known, crossed = np.einsum("ij,ij->i", H @ W, H), np.einsum("ij,ij->i", Y @ W, H)
        rest = np.sqrt(np.maximum(2 * (whole * known - crossed**2), 0.0))
        return np.column_stack([whole - known, rest]), None

    return of


def _deviations(W: Matrix, group: SampleMoments, *, means: bool) -> _RowsOf:
    """Deviations of respondents' moments from the sample's, in units in which V is the identity.

    A root of W makes V diagonal. Products of pairs (b, p (p + 1) / 2), then the means (b, p);
    where there are clusters, their sums, the products of all rows of a cluster at once. What
    covariates predict is taken out of either.
    """
    root = np.linalg.cholesky(W)
    i, j = np.tril_indices(len(W))
    weight = np.where(i == j, np.sqrt(0.5), 1.0)
    centre = (root.T @ _left_over(group) @ root)[i, j]
    P = group.projection

    def of(X: Matrix, cluster: Indices | None) -> tuple[Matrix, Indices | None]:
        Y, sizes, starts = X - group.mean, np.ones((len(X), 1)), np.arange(len(X))
        if cluster is not None:
            Y, cluster, starts = by_cluster(Y, cluster)
            sizes = np.diff(starts, append=len(Y))[:, None].astype(np.float64)
            cluster = cluster[starts]
        z = Y @ root
        products = _paired(z, starts, i, j)
        if P is not None:
            products -= _paired(Y @ P @ root, starts, i, j)
        products = (products - sizes * centre) * weight
        if not means:
            return products, cluster
        rest = z if P is None else (Y - Y @ P) @ root
        return np.hstack([products, np.add.reduceat(rest, starts, axis=0)]), cluster

    return of


def _paired(z: Matrix, starts: Indices, i: Indices, j: Indices) -> Matrix:
    """Products of columns i and j of z (b, p), summed over each part, (parts, pairs)."""
    if len(starts) == len(z):
        return np.asarray(z[:, i] * z[:, j])
    ends = [*starts[1:], len(z)]
    inner = np.array([z[a:b].T @ z[a:b] for a, b in zip(starts, ends, strict=True)])
    return np.asarray(inner[:, i, j])


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
    here = saturated_evaluation(group)
    observed = here.hessian()
    return SaturatedInformation(observed, score_products(here, (group,)) if robust else observed)


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
    spread = _spread(own, taken, means=means)
    _gather([spread.gatherer], taken)
    return spread.trace(taken)


def squared_moment_trace(
    evaluation: MLEvaluation, groups: Sequence[SampleMoments]
) -> tuple[float, Matrix]:
    """tr[(V Gamma)^2], and D'V Gamma V Gamma V D of shape (q, q).

    In units in which V is the identity, the squared elements of Gamma; or, where respondents are
    few, from pairs of them: with K_ij = d_i'V d_j for the deviations d of respondents' moments
    from the sample's, the first is the mean of K^2 over all pairs, the second that of
    s_i K_ij s_j'.
    """
    q = len(evaluation.x)
    trace, matrix = 0.0, np.zeros((q, q))
    n = sum(group.n for group in groups)
    moments = len(groups[0].names) * (len(groups[0].names) + 3) // 2
    whole = any(g.source is not None or g.clustered for g in groups)
    if whole or n * 2 * (len(groups[0].names) + q) > (moments + q) ** 2:
        found = _squared_by_moments(evaluation, groups)
    else:
        found = [_pairs(*each) for each in zip(evaluation.points, groups, strict=True)]
    for point, group, (squares, inner) in zip(evaluation.points, groups, found, strict=True):
        local = point.structure.local
        trace += squares / group.n**2
        matrix[np.ix_(local, local)] += inner / (group.n * n)
    return trace, matrix


def _squared_by_moments(
    evaluation: MLEvaluation, groups: Sequence[SampleMoments]
) -> list[tuple[float, Matrix]]:
    """Of each group, as `_pairs`."""
    scores = _scores(evaluation, groups, centred=True)

    def of(score: _RowsOf, deviation: _RowsOf) -> _RowsOf:
        def both(X: Matrix, cluster: Indices | None) -> tuple[Matrix, Indices | None]:
            moved, numbers = deviation(X, cluster)
            own = score(X, cluster)[0]
            if cluster is not None:
                own = cluster_sums(own, cluster)[1]
            return np.hstack([moved, own]), numbers

        return both

    rows = tuple(
        of(score, _deviations(point.W, group, means=point.means))
        for score, point, group in zip(scores.rows, evaluation.points, groups, strict=True)
    )
    found = _Gatherer(rows, _totals(cross_products, groups))
    _gather([found], groups)
    parts = []
    for point, total in zip(evaluation.points, found.totals, strict=True):
        k = len(point.structure.local)
        products = total.value()
        mixed = products[-k:, :-k]
        parts.append((_squares(products[:-k, :-k]), mixed @ mixed.T))
    return parts


def _pairs(point: NormalPoint, group: SampleMoments) -> tuple[float, Matrix]:
    parts, left = _parts(group), _left_over(group)
    X = parts[0]
    E = X if len(parts) == 1 else X - parts[1]
    own, scores = np.zeros(len(X)), np.zeros((len(X), len(point.structure.local)))
    for sign, Y in zip((1, -1), parts, strict=False):
        YW = Y @ point.W
        own += sign * np.einsum("ij,ij->i", YW @ left, YW)
        scores += sign * point.casewise(Y)
    WS = point.W @ left
    constant = float(np.trace(WS @ WS))
    scores = scores - scores.mean(axis=0)
    squares, inner = 0.0, np.zeros((scores.shape[1], scores.shape[1]))
    step = max(1, PAIRS // len(X))
    for start in range(0, len(X), step):
        here = slice(start, start + step)
        K = 0.5 * (constant - own[here, None] - own)
        for sign, Y, Z in _crossed(parts):
            K += 0.5 * sign * (Y[here] @ point.W @ Z.T) ** 2
        if point.means:
            K += E[here] @ point.W @ E.T
        squares += float(np.sum(K * K))
        inner += scores[here].T @ (K @ scores)
    return squares, inner


def _parts(group: SampleMoments) -> tuple[Matrix, ...]:
    """Deviations (n, p) of the answers, and what covariates predict of them, if there are any.

    Where the moments of covariates are given, the moments of respondents are those of the first
    less those of the second.
    """
    Y = group.rows() - group.mean
    P = group.projection
    return (Y,) if P is None else (Y, Y @ P)


def _crossed(parts: Sequence[Matrix]) -> Iterator[tuple[int, Matrix, Matrix]]:
    """Pairs of the parts, with the sign of their product."""
    for a, Y in enumerate(parts):
        for b, Z in enumerate(parts):
            yield (1 if a == b else -1), Y, Z
