"""Local suppression: hide as few cells as a greedy search finds, so that k records look alike.

**The promise.** In the published file every combination of quasi-identifiers stands k times, and
a suppressed cell is a value of its own in it. sdcMicro counts otherwise: there a gap may stand
for any value, and a record that is alone with its values counts as safe if enough records have
gaps (Templ, Kowarik & Meindl 2015). Whoever knows everybody's quasi-identifiers knows what the
gaps hide and finds that record. The stricter reading keeps such a person at one chance in k, and
implies the other.

**The search.** Groups of records that are fewer than k are *open*. Hiding a set of columns S
makes an open group look like others:

- like other open groups, if they are k together or join a group that hides S already: each record
  pays the cost of S;
- like records of a safe group that hides S too and can spare them (*donors*): v open and k - v
  donors pay, so that each open record costs k / v times S.

The bar of what an open record may cost rises by steps of a quarter; under each bar the sets are
tried from the cheapest, and whatever is possible under it is done. What remains, or costs more
than a whole record, is suppressed as a record. The search sees counts alone and takes ties in a
fixed order, so the same responses give the same file but for who of several alike serves as a
donor: that is the first of them in the file's secret order, so that it tells nothing of them.

The idea of trying cheap columns first is that of Hundepool et al. (2012, section 3.2);
k-anonymity is Sweeney's (2002). Minimal suppression is NP-hard (Meyerson & Williams 2004), so
none is promised.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from cosyn.release.classes import HIDDEN, classes, weighted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Codes = NDArray[np.int64]
    Flags = NDArray[np.bool_]
    Costs = NDArray[np.float64]

STEP = 1.25


@dataclass(frozen=True, slots=True)
class Suppressed:
    """What is hidden.

    Attributes
    ----------
    cells : ndarray of bool, shape (n, q)
    records : ndarray of bool, shape (n,)
        Records that are left out altogether; their cells are not counted.
    cost : float
        In bits.
    """

    cells: Flags
    records: Flags
    cost: float


def suppress(codes: Codes, costs: Costs, record_cost: float, k: int) -> Suppressed:
    """Hide cells and records until every published combination stands k times.

    Parameters
    ----------
    codes : ndarray of int, shape (n, q)
        From 0; rows in an order that tells nothing of the respondents.
    costs : ndarray of float, shape (q,)
        Bits that a cell of each column is worth; positive.
    record_cost : float
        Bits that a whole record is worth.
    k : int
        Least size of a class.
    """
    n, q = codes.shape
    inverse, sizes = classes(codes)
    cells, records = np.zeros((n, q), bool), np.zeros(n, bool)
    if not n:
        return Suppressed(cells, records, 0.0)
    order = np.argsort(inverse, kind="stable")
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    search = _Search(codes[order[starts]], sizes, costs, k)
    search.run(record_cost)
    used = np.zeros(len(sizes), np.int64)
    for pattern, hidden, count in search.pieces:
        begin = starts[pattern] + used[pattern]
        cells[order[begin : begin + count, None], hidden] = True
        used[pattern] += count
    for pattern in np.flatnonzero(search.open).tolist():
        records[order[starts[pattern] : starts[pattern] + sizes[pattern]]] = True
    cost = float((cells * costs).sum() + record_cost * records.sum())
    return Suppressed(cells, records, cost)


Piece = tuple[int, "Codes", int]
"""A pattern, the columns hidden in it, and in how many of its records."""


@dataclass(slots=True)
class _Search:
    """The state of the search: patterns with the records that are open, and those that are safe."""

    patterns: Codes
    sizes: Codes
    costs: Costs
    k: int
    open: Codes = field(init=False)
    spare: Codes = field(init=False)
    pieces: list[Piece] = field(init=False, default_factory=list)
    _keys: Codes = field(init=False)
    _pools: dict[int, set[int]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.open = np.where(self.sizes < self.k, self.sizes, 0)
        self.spare = np.where(self.sizes >= self.k, self.sizes - self.k, 0)
        tallest = [int(column.max(initial=0)) + 1 for column in self.patterns.T]
        self._keys = weighted(self.patterns, tallest)

    def run(self, record_cost: float) -> None:
        """Close open groups under a rising bar."""
        subsets = [*self._subsets()]
        most = min(record_cost, subsets[-1][1] * self.k)
        bar = subsets[0][1]
        while self.open.any():
            for number, cost, hidden in subsets:
                if cost > min(bar, most):
                    break
                self._close(number, cost, hidden, min(bar, most))
            if bar >= most:
                break
            bar *= STEP

    def _subsets(self) -> Iterator[tuple[int, float, Codes]]:
        """Every set of columns with its cost, the cheapest first."""
        q = self.patterns.shape[1]
        numbers = np.arange(1, 1 << q)
        members = (numbers[:, None] >> np.arange(q)) & 1
        totals = members @ self.costs
        for at in np.lexsort((numbers, members.sum(axis=1), totals)):
            yield int(numbers[at]), float(totals[at]), np.flatnonzero(members[at])

    def _close(self, number: int, cost: float, hidden: Codes, bar: float) -> None:
        """Close what hiding one set of columns closes at a bearable price."""
        rows = np.flatnonzero(self.open)
        if not len(rows):
            return
        shown = np.setdiff1d(np.arange(self.patterns.shape[1]), hidden)
        keys, place = np.unique(self._keys[np.ix_(rows, shown)].sum(axis=1), return_inverse=True)
        together = np.bincount(place, weights=self.open[rows]).astype(np.int64)
        pool = self._pools.setdefault(number, set())
        joins = (
            np.array([key in pool for key in keys.tolist()]) if pool else np.zeros(len(keys), bool)
        )
        enough = joins | (together >= self.k)
        need = np.where(enough, 0, self.k - together)
        worth = ~enough & (cost * self.k / together <= bar)
        donors = self._donors(keys[worth], need[worth], hidden, shown) if worth.any() else {}
        closed = enough | np.isin(keys, [*donors])
        for row in rows[closed[place]]:
            self.pieces.append((int(row), hidden, int(self.open[row])))
            self.open[row] = 0
        pool.update(keys[closed].tolist())

    def _donors(self, keys: Codes, need: Codes, hidden: Codes, shown: Codes) -> dict[int, None]:
        """Take records of safe groups for those groups that have enough of them to spare."""
        rows = np.flatnonzero(self.spare)
        theirs = self._keys[np.ix_(rows, shown)].sum(axis=1)
        known = np.isin(theirs, keys)
        rows, theirs = rows[known], theirs[known]
        place = np.searchsorted(keys, theirs)
        reach = np.bincount(place, weights=self.spare[rows], minlength=len(keys)) >= need
        taken: dict[int, None] = {}
        for at in np.flatnonzero(reach):
            mine, wanted = rows[place == at], int(need[at])
            for row in mine[np.lexsort((mine, -self.spare[mine]))]:
                count = min(wanted, int(self.spare[row]))
                self.pieces.append((int(row), hidden, count))
                self.spare[row] -= count
                wanted -= count
                if not wanted:
                    break
            taken[int(keys[at])] = None
        return taken


def hidden_codes(codes: Codes, suppressed: Suppressed) -> Codes:
    """Codes of the records that remain, with `HIDDEN` in their suppressed cells."""
    kept = ~suppressed.records
    return np.where(suppressed.cells[kept], HIDDEN, codes[kept])
