"""Traces of the square of the moments' covariance, which shifted and adjusted tests rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.casewise import score_gatherer
from cosyn.engine.gathering import Gatherer, gather, sum_of_squares, totals
from cosyn.engine.moment_deviations import deviations, left_over
from cosyn.engine.rows import cluster_sums, cross_products

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cosyn.engine._typing import Indices, Matrix
    from cosyn.engine.discrepancy import MLEvaluation
    from cosyn.engine.gathering import RowsOf
    from cosyn.engine.moments import SampleMoments
    from cosyn.engine.normal import NormalPoint

#: Pairs of respondents handled at a time.
PAIRS = 2**22


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
    scores = score_gatherer(evaluation, groups, centred=True)

    def of(score: RowsOf, deviation: RowsOf) -> RowsOf:
        def both(X: Matrix, cluster: Indices | None) -> tuple[Matrix, Indices | None]:
            moved, numbers = deviation(X, cluster)
            own = score(X, cluster)[0]
            if cluster is not None:
                own = cluster_sums(own, cluster)[1]
            return np.hstack([moved, own]), numbers

        return both

    rows = tuple(
        of(score, deviations(point.W, group, means=point.means))
        for score, point, group in zip(scores.rows, evaluation.points, groups, strict=True)
    )
    found = Gatherer(rows, totals(cross_products, groups))
    gather([found], groups)
    parts = []
    for point, total in zip(evaluation.points, found.totals, strict=True):
        k = len(point.structure.local)
        products = total.value()
        mixed = products[-k:, :-k]
        parts.append((sum_of_squares(products[:-k, :-k]), mixed @ mixed.T))
    return parts


def _pairs(point: NormalPoint, group: SampleMoments) -> tuple[float, Matrix]:
    parts, left = _parts(group), left_over(group)
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
