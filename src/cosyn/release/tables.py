"""Tables of counts in which no small cell can be solved for.

A cell of fewer than k, but not of none, is hidden (*primary* suppression). Margins and neighbours
would give it away, so others are hidden with it (*complementary* suppression; Hundepool et al.
2012, chapter 4) until an attacker who solves all published cells and margins of all tables
together can say of no hidden cell more than that it lies in an interval at least k wide.

The interval comes from linear programming over the full cross-classification: any non-negative
table that agrees with everything published is possible. (Counts are whole numbers, so the true
interval may be narrower by a fraction where three or more tables share their margins; with two
variables it is exact, because transport problems have whole solutions.) While an interval is too
narrow, the smallest published cell that shares a line with the hidden one is hidden too; each
step widens every interval, and in the end only the total stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import prod
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from cosyn.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Codes = NDArray[np.int64]
    Flags = NDArray[np.bool_]

MOST_CELLS = 50_000
ALL = -1
"""Stands for a margin: all values of a variable."""
CLOSE = 1e-6
Place = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of one or several tables of the same variables.

    Attributes
    ----------
    places : tuple of tuples of int
        For each cell, the value of each variable, or `ALL`.
    counts : ndarray of int, shape (number of cells,)
    hidden : ndarray of bool, shape (number of cells,)
        Cells that are not published.
    primary : int
        How many of them are too small themselves.
    """

    places: tuple[Place, ...]
    counts: Codes
    hidden: Flags
    primary: int


def protected_counts(
    codes: Codes, sizes: Sequence[int], tables: Sequence[Sequence[int]], k: int
) -> Counts:
    """Count, and hide what must be hidden.

    Parameters
    ----------
    codes : ndarray of int, shape (n, d)
        From 0; one column a variable.
    sizes : sequence of int, length d
        Number of values of each.
    tables : sequence of sequences of int
        The variables of each table; its margins are published with it.
    k : int
        Least count that may be shown, and least width of an interval.

    Raises
    ------
    PlanError
        ``release.too-many-cells`` if the cross-classification is too large to be proved safe.
    """
    if prod(sizes) > MOST_CELLS:
        what = f"the variables of `tables` have {prod(sizes):,} combinations"
        fix = f"Name fewer of them; up to {MOST_CELLS:,} can be proved safe"
        raise PlanError("release.too-many-cells", "analysis/release.yaml", what, fix)
    full = np.zeros(tuple(sizes), np.int64)
    np.add.at(full, tuple(codes.T), 1)
    places = _places(sizes, tables)
    members = _members(places, sizes)
    counts = (members @ full.ravel()).astype(np.int64)
    small = (counts > 0) & (counts < k)
    lines = _lines(places, sizes)
    hidden = _complementary(small.copy(), counts, members, lines, full.ravel().astype(float), k)
    return Counts(places, counts, hidden, int(small.sum()))


def _places(sizes: Sequence[int], tables: Sequence[Sequence[int]]) -> tuple[Place, ...]:
    """Every cell and margin of the tables, each once; the total first."""
    found: dict[Place, None] = {}
    for table in tables:
        levels = [[ALL, *range(size)] if v in table else [ALL] for v, size in enumerate(sizes)]
        found |= dict.fromkeys(product(*levels))
    return tuple(found)


def _members(places: Sequence[Place], sizes: Sequence[int]) -> csr_array:
    """Which cells of the full cross-classification each published cell adds up."""
    grid = np.arange(prod(sizes)).reshape(tuple(sizes))
    parts = [
        grid[tuple(slice(None) if at == ALL else at for at in place)].ravel() for place in places
    ]
    ends = np.concatenate([[0], np.cumsum([len(part) for part in parts])])
    inside = np.concatenate(parts)
    return csr_array((np.ones(len(inside)), inside, ends), shape=(len(places), grid.size))


def _lines(places: Sequence[Place], sizes: Sequence[int]) -> list[list[int]]:
    """Sets of cells of which the first is the sum of the others."""
    number = {place: at for at, place in enumerate(places)}
    found: dict[tuple[int, Place], None] = {}
    for place in places:
        for v, at in enumerate(place):
            whole = (*place[:v], ALL, *place[v + 1 :])
            if at != ALL and whole in number:
                found[v, whole] = None
    lines = []
    for v, whole in found:
        parts = [(*whole[:v], at, *whole[v + 1 :]) for at in range(sizes[v])]
        lines.append([number[whole], *(number[part] for part in parts)])
    return lines


def _complementary(
    hidden: Flags,
    counts: Codes,
    members: csr_array,
    lines: list[list[int]],
    truth: NDArray[np.float64],
    k: int,
) -> Flags:
    """Hide further cells until every interval is wide enough."""
    beside: dict[int, list[int]] = {}
    for line in lines:
        for cell in line:
            beside.setdefault(cell, []).extend(line)
    # A table found possible stays possible when more is hidden: it witnesses for all cells at once.
    low, high = counts.astype(float), counts.astype(float)
    while True:
        _alone(hidden, counts, lines)
        attacker = _Attacker(hidden, counts, members, truth)
        narrow = None
        for cell in np.flatnonzero(hidden).tolist():
            if high[cell] - low[cell] >= k - CLOSE:
                continue
            for possible in attacker.extremes(cell):
                np.minimum(low, possible, out=low)
                np.maximum(high, possible, out=high)
            if high[cell] - low[cell] < k - CLOSE:
                narrow = cell
                break
        if narrow is None:
            return hidden
        near = [other for other in beside[narrow] if not hidden[other] and other != 0]
        anywhere = [other for other in range(1, len(hidden)) if not hidden[other]]
        hidden[_smallest(near or anywhere, counts)] = True


def _alone(hidden: Flags, counts: Codes, lines: list[list[int]]) -> None:
    """Hide a second cell wherever one line's only hidden cell could be subtracted."""
    again = True
    while again:
        again = False
        for line in lines:
            mine = hidden[line]
            if mine.sum() == 1:
                others = [cell for cell in line if not hidden[cell] and cell != 0]
                if others:
                    hidden[_smallest(others, counts)] = True
                    again = True


def _smallest(cells: Sequence[int], counts: Codes) -> int:
    """The smallest cell that is not empty, or else an empty one; the first of several."""
    return min(cells, key=lambda cell: (counts[cell] == 0, counts[cell], cell))


class _Attacker:
    """Someone who solves everything published for a hidden cell.

    What is published cell by cell is put in first, so that only hidden cells are left to solve for,
    in parts that have no line in common.
    """

    def __init__(
        self, hidden: Flags, counts: Codes, members: csr_array, truth: NDArray[np.float64]
    ) -> None:
        self.members, self.truth = members, truth
        shown = np.flatnonzero(~hidden)
        rows, known = members[shown], counts[shown].astype(float)
        self.values = np.full(members.shape[1], np.nan)
        while True:
            free = np.isnan(self.values)
            left = rows @ free.astype(float)
            rest = known - rows @ np.where(free, 0.0, self.values)
            given = self._given(rows, left, rest)
            if not given.any():
                break
        keep = left > 0
        self.places = np.flatnonzero(free)
        self.rows, self.rest = rows[np.flatnonzero(keep)][:, self.places].tocsr(), rest[keep]
        self.part = connected_components(self.rows.T @ self.rows, directed=False)[1]

    def _given(
        self, rows: csr_array, left: NDArray[np.float64], rest: NDArray[np.float64]
    ) -> Flags:
        """Put in what single equations give away, and tell what that was."""
        given = np.zeros(len(self.values), bool)
        for row in np.flatnonzero((left > 0) & ((left == 1) | (np.abs(rest) < CLOSE))):
            inside = rows.indices[rows.indptr[row] : rows.indptr[row + 1]]
            mine = inside[np.isnan(self.values[inside])]
            self.values[mine] = rest[row] if left[row] == 1 else 0.0
            given[mine] = True
        return given

    def extremes(self, cell: int) -> Iterator[NDArray[np.float64]]:
        """Counts of all cells in a possible table where the cell is least, and greatest."""
        start, end = self.members.indptr[cell : cell + 2]
        inside = self.members.indices[start:end]
        open_ = inside[np.isnan(self.values[inside])]
        if not len(open_):
            return
        at = np.searchsorted(self.places, open_)
        columns = np.flatnonzero(np.isin(self.part, self.part[at]))
        rows = self.rows[:, columns]
        used = np.flatnonzero(np.diff(rows.indptr))
        goal = np.isin(columns, at).astype(float)
        for sign in (1.0, -1.0):
            solved = linprog(  # type: ignore[call-overload]  # sparse is taken too
                sign * goal, A_eq=rows[used], b_eq=self.rest[used], bounds=(0, None), method="highs"
            )
            assert solved.status == 0, "the published counts are those of a table"
            table = self.truth.copy()
            table[self.places[columns]] = solved.x
            yield self.members @ table
