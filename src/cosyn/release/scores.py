"""Departments' mean scores, where enough people with different answers stand behind them.

A mean is shown of at least k people with at least so many different patterns of answers: five
people who all answered alike would each be known. What is hidden must not come back by
subtraction either. The file tells the mean over everybody, so the people of all hidden
departments are a group too: if they are fewer than k, of one department, or too much alike, the
smallest department that is shown is hidden with them, and so on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.release.classes import classes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Codes = NDArray[np.int64]
    Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class DepartmentScores:
    """Means of scores.

    Attributes
    ----------
    names : tuple of str, length s
        Scores.
    means : ndarray of float, shape (number of departments, s)
        NaN where the mean is not shown.
    primary, complementary : int
        Means hidden because few or alike, and because of those.
    """

    names: tuple[str, ...]
    means: NDArray[np.float64]
    primary: int
    complementary: int


def department_scores(
    departments: Codes,
    number: int,
    names: Sequence[str],
    scores: NDArray[np.float64],
    answers: Sequence[NDArray[np.float64]],
    k: int,
    patterns: int,
) -> DepartmentScores:
    """Average scores within departments, and hide what tells too much.

    Parameters
    ----------
    departments : ndarray of int, shape (n,)
        From 0; -1 for people of no published department, who are hidden with the others.
    number : int
        How many departments there are.
    names : sequence of str, length s
    scores : ndarray of float, shape (n, s)
        NaN where a respondent has none.
    answers : sequence of arrays, length s
        For each score, the answers it is made of, shape (n, items); NaN where there is none.
    k : int
        Least number of people behind a mean.
    patterns : int
        Least number of different patterns of answers behind it.
    """
    means = np.full((number, len(names)), np.nan)
    primary = complementary = 0
    for column in range(len(names)):
        told = ~np.isnan(scores[:, column])
        where = departments[told]
        alike = _patterns(answers[column][told])
        people = np.bincount(where[where >= 0], minlength=number)
        kinds = _kinds(where, alike, number)
        present = people > 0
        shown = (people >= k) & (kinds >= patterns)
        primary += int((present & ~shown).sum())
        before = int(shown.sum())
        _hide_rest(shown, present, where, alike, people, k, patterns)
        complementary += before - int(shown.sum())
        inside = where >= 0
        sums = np.bincount(where[inside], scores[told, column][inside], minlength=number)
        means[shown, column] = (sums / np.maximum(people, 1))[shown]
    return DepartmentScores(tuple(names), means, primary, complementary)


def _patterns(answers: NDArray[np.float64]) -> Codes:
    """Number the different patterns of answers; a gap is an answer of its own."""
    codes = np.column_stack(
        [np.unique(column, return_inverse=True, equal_nan=True)[1] for column in answers.T]
    )
    known = codes[:, 0].astype(np.int64)
    for column in codes.T[1:]:  # pairwise, for many items have more patterns than 64 bits count
        known = classes(np.column_stack([known, column]).astype(np.int64))[0]
    return known


def _kinds(where: Codes, alike: Codes, number: int) -> Codes:
    """Different patterns in each department."""
    pairs = np.unique(np.column_stack([where, alike]), axis=0)[:, 0]
    found: Codes = np.bincount(pairs[pairs >= 0], minlength=number)
    return found


def _hide_rest(
    shown: Flags,
    present: Flags,
    where: Codes,
    alike: Codes,
    people: Codes,
    k: int,
    patterns: int,
) -> None:
    """Hide the smallest departments for as long as the hidden ones could be subtracted."""
    order = np.lexsort((np.arange(len(people)), people))
    while True:
        outside = (where < 0) | ~shown[where]
        hidden = int((present & ~shown).sum()) + int((where < 0).any())
        if not outside.any() or not shown.any():
            return
        kinds = len(np.unique(alike[outside]))
        if hidden > 1 and int(outside.sum()) >= k and kinds >= patterns:
            return
        shown[next(at for at in order if shown[at])] = False
