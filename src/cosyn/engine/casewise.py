"""What respondents contribute one by one: cross-products of scores, and kurtosis.

The asymptotic covariance of the sample moments is never formed: its traces with normal-theory
weights are moments of quadratic forms (Yuan & Bentler 2000; Savalei 2010).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cosyn.engine._typing import Indices, Matrix
    from cosyn.engine.discrepancy import Likelihood, MLEvaluation
    from cosyn.engine.moments import SampleMoments
    from cosyn.engine.normal import NormalPoint

#: Pairs of respondents handled at a time.
PAIRS = 2**22


def score_products(
    evaluation: Likelihood, groups: Sequence[SampleMoments], *, centred: bool = False
) -> Matrix:
    """Mean cross-product of the scores, shape (q, q); of their sums where there are clusters.

    Sums over clusters are scaled by J / (J - 1), as for any covariance of J independent parts.

    Parameters
    ----------
    centred : bool
        Of scores about the sample's moments: D'V Gamma V D; else about the model's, as the
        likelihood has it.
    """
    n = sum(group.n for group in groups)
    total = np.zeros((len(evaluation.x), len(evaluation.x)))
    for number, (point, group) in enumerate(zip(evaluation.points, groups, strict=True)):
        local = point.structure.local
        scores = evaluation.scores(number, centred=centred)
        if group.cluster is not None:
            scores = cluster_sums(scores, group.cluster)
            scores = scores * np.sqrt(len(scores) / (len(scores) - 1))
        total[np.ix_(local, local)] += scores.T @ scores
    return total / n


def cluster_sums(values: Matrix, cluster: Indices) -> Matrix:
    """Sums of the rows of each cluster, shape (J, ...)."""
    order = np.argsort(cluster, kind="stable")
    starts = np.flatnonzero(np.diff(cluster[order], prepend=cluster[order[0]] - 1))
    return np.asarray(np.add.reduceat(values[order], starts, axis=0))


def saturated_trace(groups: Sequence[SampleMoments], *, means: bool) -> float:
    """tr(B A^-1) of the saturated model: Mardia's kurtosis in disguise.

    Without clusters (b - p) / 2 for the covariances, b being the mean squared Mahalanobis
    distance to the fourth power, and p for the means.
    """
    return sum(_saturated(group, means=means) for group in groups)


def _saturated(group: SampleMoments, *, means: bool) -> float:
    X = group.rows() - group.mean
    W = np.linalg.inv(group.cov)
    p = X.shape[1]
    if group.cluster is None:
        distance = np.einsum("ij,jk,ik->i", X, W, X)
        return float((np.mean(distance**2) - p) / 2) + (p if means else 0)
    return _saturated_clusters(X, group, means=means)


def _saturated_clusters(X: Matrix, group: SampleMoments, *, means: bool) -> float:
    assert group.cluster is not None
    root = np.linalg.cholesky(np.linalg.inv(group.cov))
    Z = X @ root
    p = Z.shape[1]
    rows, columns = np.tril_indices(p)
    products = Z[:, rows] * Z[:, columns] - (rows == columns)
    weight = np.where(rows == columns, 0.5, 1.0)
    sums = cluster_sums(products, group.cluster)
    J = len(sums)
    total = float(np.sum(sums**2 @ weight))
    if means:
        total += float(np.sum(cluster_sums(Z, group.cluster) ** 2))
    return J / (J - 1) * total / group.n


def moment_trace(evaluation: MLEvaluation, groups: Sequence[SampleMoments]) -> float:
    """tr(V Gamma) with V at the implied covariances (Satorra & Bentler 1994)."""
    total = 0.0
    for point, group in zip(evaluation.points, groups, strict=True):
        parts = _parts(group)
        squares = 0.0
        for sign, Y, Z in _crossed(parts):
            squares += sign * float(np.mean(np.einsum("ij,jk,ik->i", Y, point.W, Z) ** 2))
        WS = point.W @ _left_over(group)
        total += (squares - float(np.trace(WS @ WS))) / 2
        total += float(np.trace(WS)) if point.means else 0.0
    return total


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


def _left_over(group: SampleMoments) -> Matrix:
    """Covariance of what covariates do not predict."""
    P = group.projection
    return group.cov if P is None else group.cov - P.T @ group.cov @ P


def squared_moment_trace(
    evaluation: MLEvaluation, groups: Sequence[SampleMoments]
) -> tuple[float, Matrix]:
    """tr[(V Gamma)^2], and D'V Gamma V Gamma V D of shape (q, q), from pairs of respondents.

    With K_ij = d_i'V d_j for the deviations d of respondents' moments from the sample's, the
    first is the mean of K^2 over all pairs, the second that of s_i K_ij s_j'.
    """
    q = len(evaluation.x)
    trace, matrix = 0.0, np.zeros((q, q))
    n = sum(group.n for group in groups)
    for point, group in zip(evaluation.points, groups, strict=True):
        local = point.structure.local
        squares, inner = _pairs(point, group)
        trace += squares / group.n**2
        matrix[np.ix_(local, local)] += inner / (group.n * n)
    return trace, matrix


def _pairs(point: NormalPoint, group: SampleMoments) -> tuple[float, Matrix]:
    parts = _parts(group)
    X, left = parts[0], _left_over(group)
    E = X if len(parts) == 1 else X - parts[1]
    own, scores = np.zeros(len(X)), np.zeros((len(X), len(point.structure.local)))
    for sign, Y in zip((1, -1), parts, strict=False):
        own += sign * np.einsum("ij,jk,ik->i", Y @ point.W, left, Y @ point.W)
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
