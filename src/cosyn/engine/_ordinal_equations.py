"""Scores of correlations, and how they move with the statistics of the first step.

A21 has one row for each pair: sums over respondents of the score of its correlation times the
scores of the same pair's likelihood by the thresholds, means, slopes and variances of its two
variables.
A22 sums the squares of the score (Muthen 1984, *Psychometrika* 49, 115-132, appendix).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine._ordinal_layout import serial
from cosyn.engine.bivariate import cells, threshold_slopes
from cosyn.engine.contingency import tables
from cosyn.engine.polychoric import SMALLEST
from cosyn.engine.polyserial import serial_scores
from cosyn.engine.rectangle import limits, rectangle_scores

if TYPE_CHECKING:
    from cosyn.engine._ordinal_layout import Answers, Layout
    from cosyn.engine._typing import Indices, Matrix, Vector
    from cosyn.engine.contingency import Counts
    from cosyn.engine.polyserial import SerialScores
    from cosyn.engine.rectangle import Limits


def equations(
    answers: Answers, counts: Counts, plan: Layout, rho: Vector
) -> tuple[Matrix, Vector, Matrix]:
    """A21 (P, univariate), A22 (P,), and the score tables (Po, K + 1, K + 1) of ordinal pairs.

    There are no tables where covariates shift the thresholds.
    """
    A21, A22 = np.zeros((len(rho), plan.univariate)), np.zeros(len(rho))
    lookup = np.zeros((0, 1, 1))
    if not plan.given:
        lookup = _ordinal_pairs(answers.tau, counts, plan, rho, A21, A22)
    if plan.given or not plan.ordered.all():
        for block in answers.blocks(len(rho)):
            part = answers.rows(block)
            if plan.given:
                _residual_pairs(part, plan, rho, A21, A22)
            _mixed_pairs(part, plan, rho, A21, A22)
            _continuous_pairs(part, plan, rho, A21, A22)
    return A21, A22, lookup


def _ordinal_pairs(
    tau: Matrix, counts: Counts, plan: Layout, rho: Vector, A21: Matrix, A22: Vector
) -> Matrix:
    pairs = plan.pairs(ordinal=2)
    rows, columns, r = plan.rows[pairs], plan.columns[pairs], rho[pairs]
    observed = tables(counts, plan.place[rows], plan.place[columns])
    a, b = tau[plan.place[rows]], tau[plan.place[columns]]
    probability, slope = cells(a, b, r)
    probability = np.maximum(probability, SMALLEST)
    scores = slope / probability
    A22[pairs] = np.einsum("pab,pab->p", observed, scores**2)
    weighted = observed * scores / probability
    by_row = -np.diff(weighted, axis=1) * threshold_slopes(a, b, r)
    by_column = -np.diff(weighted, axis=2).transpose(0, 2, 1) * threshold_slopes(b, a, r)
    _add_thresholds(A21, plan, pairs, rows, by_row.sum(axis=2))
    _add_thresholds(A21, plan, pairs, columns, by_column.sum(axis=2))
    return np.pad(scores, ((0, 0), (0, 1), (0, 1)))


def _add_thresholds(
    A21: Matrix, plan: Layout, pairs: Indices, items: Indices, sums: Matrix
) -> None:
    """Add sums (A, K - 1) of pairs where the thresholds of their items stand."""
    for k in range(sums.shape[1]):
        has = np.flatnonzero(plan.steps[items] > k)
        A21[pairs[has], plan.first[items[has]] + k] += sums[has, k]


def look_up(scores: Matrix, answers: Answers) -> Matrix:
    """Scores of the ordinal pairs (n, Po) from their tables (Po, K + 1, K + 1).

    The last row and column of a table are zero: those of a missing answer.
    """
    width = scores.shape[1]
    codes = np.where(answers.codes < 0, width - 1, answers.codes).T.astype(np.intp, order="C")
    flat = scores.reshape(len(scores), width**2)
    found = np.empty((len(scores), codes.shape[1]))
    pair = 0
    # Pairs are in the order of their columns, each with all the later items as rows. One small
    # table after the other stays in the cache, which is twice as fast as all of them at once.
    for column, own in enumerate(codes):
        for cell in codes[column + 1 :] * width + own:
            np.take(flat[pair], cell, out=found[pair], mode="clip")
            pair += 1
    return found.T


def limits_of_pairs(answers: Answers, plan: Layout) -> tuple[Limits, Limits]:
    """Limits of both variables of the ordinal pairs, as covariates shift them, each (n, Po)."""
    every = limits(*answers.around(np.arange(len(answers.tau))))
    pairs = plan.pairs(ordinal=2)
    return every.of(plan.place[plan.rows[pairs]]), every.of(plan.place[plan.columns[pairs]])


def _residual_pairs(answers: Answers, plan: Layout, rho: Vector, A21: Matrix, A22: Vector) -> None:
    pairs = plan.pairs(ordinal=2)
    scores = rectangle_scores(*limits_of_pairs(answers, plan), rho[pairs])
    A22[pairs] += np.nansum(scores.rho**2, axis=0)
    for items, sides in ((plan.rows[pairs], scores.x), (plan.columns[pairs], scores.y)):
        _add_items(A21, answers, plan, pairs, items, scores.rho, sides)


def mixed_scores(answers: Answers, plan: Layout, rho: Vector) -> SerialScores:
    """Scores of the mixed pairs, each (n, Pm); NaN where an answer is missing."""
    continuous, items = serial(plan)
    z = answers.z[:, plan.place[continuous]]
    lower, upper = answers.around(plan.place[items])
    return serial_scores(z, lower, upper, rho[plan.pairs(ordinal=1)])


def _mixed_pairs(answers: Answers, plan: Layout, rho: Vector, A21: Matrix, A22: Vector) -> None:
    pairs = plan.pairs(ordinal=1)
    continuous, items = serial(plan)
    scores = mixed_scores(answers, plan, rho)
    A22[pairs] += np.nansum(scores.rho**2, axis=0)
    _add_means(A21, answers, plan, pairs, continuous, scores.rho * scores.mean)
    A21[pairs, plan.variance[continuous]] += np.nansum(scores.rho * scores.variance, axis=0)
    sides = scores.lower, scores.upper
    _add_items(A21, answers, plan, pairs, items, scores.rho, sides)


def _add_items(
    A21: Matrix,
    answers: Answers,
    plan: Layout,
    pairs: Indices,
    items: Indices,
    scores: Matrix,
    sides: tuple[Matrix, Matrix],
) -> None:
    """Add products of scores (n, A) with those by lower and upper limits, by what moves these."""
    codes = answers.codes[:, plan.place[items]]
    by_lower, by_upper = (np.nan_to_num(scores * side) for side in sides)
    sums = [
        np.where(codes == k, by_upper, np.where(codes == k + 1, by_lower, 0.0)).sum(axis=0)
        for k in range(answers.tau.shape[1])
    ]
    _add_thresholds(A21, plan, pairs, items, np.array(sums).T)
    if plan.given:
        A21[pairs, plan.slopes[:, items]] -= answers.covariates.T @ (by_lower + by_upper)


def _add_means(
    A21: Matrix,
    answers: Answers,
    plan: Layout,
    pairs: Indices,
    variables: Indices,
    products: Matrix,
) -> None:
    """Add products (n, A) of scores with those by the means of variables."""
    products = np.nan_to_num(products)
    A21[pairs, plan.first[variables]] += products.sum(axis=0)
    if plan.given:
        A21[pairs, plan.slopes[:, variables]] += answers.covariates.T @ products


def continuous_scores(answers: Answers, plan: Layout, rho: Vector) -> Matrix:
    """Scores of the pairs of continuous variables, (n, Pc); NaN where a value is missing."""
    pairs = plan.pairs(ordinal=0)
    x, y = (answers.z[:, plan.place[side[pairs]]] for side in (plan.rows, plan.columns))
    r = rho[pairs]
    rest = 1 - r * r
    distance = x * x - 2 * r * x * y + y * y
    return np.asarray((r + x * y - distance * r / rest) / rest)


def _continuous_pairs(
    answers: Answers, plan: Layout, rho: Vector, A21: Matrix, A22: Vector
) -> None:
    pairs = plan.pairs(ordinal=0)
    r = rho[pairs]
    scores = continuous_scores(answers, plan, rho)
    A22[pairs] += np.nansum(scores**2, axis=0)
    sides = (plan.rows[pairs], plan.columns[pairs])
    for own, other in (sides, sides[::-1]):
        x, y = answers.z[:, plan.place[own]], answers.z[:, plan.place[other]]
        mean = (x - r * y) / (1 - r * r)
        _add_means(A21, answers, plan, pairs, own, scores * mean)
        A21[pairs, plan.variance[own]] += np.nansum(scores * (x * mean - 1) / 2, axis=0)
