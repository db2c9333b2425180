"""Guttman errors of polytomous items and how many there can be (Molenaar 1991; Emons 2008).

An item step is the event that an answer reaches a category. Steps are ranked from the most to
the least popular one. Whoever passes a step but not a more popular one makes an error. The errors
of a respondent with r steps passed are the sum of the ranks passed less r (r + 1) / 2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cosyn.screening._categories import Categories

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]

BLOCK = 8_192
_NEVER = -np.inf


def errors(answers: Categories) -> tuple[Vector, Vector]:
    """Guttman errors and their greatest possible number for the same number of steps passed.

    Both are over the items a respondent answered, ranked among themselves.

    Returns
    -------
    errors, most : ndarray, shape (n,)
    """
    item_of, ranks = _ranked(answers)
    n = len(answers.codes)
    found, most = np.zeros(n), np.zeros(n)
    complete = np.asarray((answers.codes >= 0).all(axis=1))
    whole = _cumulated(ranks, item_of, answers)
    if complete.any():
        greatest = _greatest(whole[:, None, :], answers.counts)[0]
        for start in range(0, n, BLOCK):
            rows = np.flatnonzero(complete[start : start + BLOCK]) + start
            codes = answers.codes[rows]
            passed = codes.sum(axis=1, dtype=np.int64)
            total = whole[np.arange(codes.shape[1]), codes].sum(axis=1)
            found[rows] = total - passed * (passed + 1) / 2
            most[rows] = greatest[passed] - passed * (passed + 1) / 2
    gaps = np.flatnonzero(~complete)
    for start in range(0, len(gaps), BLOCK // 8):
        rows = gaps[start : start + BLOCK // 8]
        found[rows], most[rows] = _with_gaps(answers, rows, item_of, ranks)
    return found, most


def _ranked(answers: Categories) -> tuple[NDArray[np.intp], Vector]:
    """Item of each step, item after item, and its rank: 1 for the most popular step."""
    shares, item_of = [], []
    for j, count in enumerate(answers.counts):
        column = answers.codes[:, j]
        tally = np.bincount(column[column >= 0], minlength=count)
        reached = tally[::-1].cumsum()[::-1]
        shares.append(reached[1:] / max(reached[0], 1))
        item_of.append(np.full(count - 1, j))
    order = np.argsort(-np.concatenate(shares), kind="stable")
    ranks = np.empty(len(order))
    ranks[order] = np.arange(1, len(order) + 1)
    return np.concatenate(item_of), ranks


def _cumulated(ranks: Vector, item_of: NDArray[np.intp], answers: Categories) -> Matrix:
    """Sum of the ranks of an item's steps up to each category, shape (k, most categories)."""
    widest = max(answers.counts)
    table = np.full((len(answers.counts), widest), _NEVER)
    for j, count in enumerate(answers.counts):
        table[j, 0] = 0.0
        table[j, 1:count] = np.cumsum(ranks[item_of == j])
    return table


def _greatest(sums: NDArray[np.float64], counts: Sequence[int]) -> Matrix:
    """Greatest sum of ranks for each number of steps passed, by adding one item after another.

    Parameters
    ----------
    sums : ndarray, shape (k, b, most categories)
        As of `_cumulated`, for b respondents; all -inf but the first where there is no answer.

    Returns
    -------
    ndarray, shape (b, number of steps + 1)
    """
    b = sums.shape[1]
    total = sum(counts) - len(counts)
    best = np.full((b, total + 1), _NEVER)
    best[:, 0] = 0.0
    reached = 0
    for j, count in enumerate(counts):
        following = best.copy()
        for steps in range(1, count):
            part = following[:, steps : steps + reached + 1]
            np.maximum(part, best[:, : reached + 1] + sums[j, :, steps, None], out=part)
        best, reached = following, reached + count - 1
    return best


def _with_gaps(
    answers: Categories, rows: NDArray[np.intp], item_of: NDArray[np.intp], ranks: Vector
) -> tuple[Vector, Vector]:
    """Errors of respondents with gaps: each has ranks of his or her own."""
    codes = answers.codes[rows]
    known = codes >= 0
    order = np.argsort(ranks)
    own = np.cumsum(known[:, item_of[order]], axis=1).astype(float)
    mine = np.empty_like(own)
    mine[:, order] = own
    sums = np.full((codes.shape[1], len(rows), max(answers.counts)), _NEVER)
    sums[:, :, 0] = 0.0
    for j, count in enumerate(answers.counts):
        steps = np.cumsum(mine[:, item_of == j], axis=1)
        sums[j, :, 1:count] = np.where(known[:, [j]], steps, _NEVER)
    filled = np.maximum(codes, 0)
    passed = filled.sum(axis=1, dtype=np.int64)
    at = np.arange(len(rows))
    total = sum((sums[j, at, filled[:, j]] for j in range(codes.shape[1])), np.zeros(len(rows)))
    least = passed * (passed + 1) / 2
    return total - least, _greatest(sums, answers.counts)[at, passed] - least
