"""What somebody can work out who has kept every number that was ever shown of a running wave.

Unknown are the answers x[d, j] of department d between two snapshots j - 1 and j. Known are, for
each snapshot, how many there were over all departments, and, where a department's number was
shown, how many it had by then. Every x >= 0 that agrees with all of it is possible: a
transportation problem, whose whole-numbered solutions reach its bounds, with *runs* (the snapshots
from one shown number of a department to its next) for columns. A linear program gives the least
and the greatest value of each cell (Hundepool et al. 2012, section 4.3).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, vstack
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

CLOSE = 1e-6


@dataclass(frozen=True, slots=True)
class Run:
    """Snapshots over which of one department only a sum is known.

    Attributes
    ----------
    first, last : int
        Snapshots, from 0, both included.
    most : float
        The sum if `closed`; otherwise what it cannot exceed.
    closed : bool
        Whether the sum is known.
    least : tuple of (int, float)
        Snapshot and what the sum up to it is at least.
    """

    first: int
    last: int
    most: float
    closed: bool
    least: tuple[tuple[int, float], ...] = ()

    @property
    def length(self) -> int:
        """Number of its snapshots."""
        return self.last - self.first + 1


def safe(totals: Sequence[float], runs: Sequence[Run], k: int, since: int = 0) -> bool:
    """Tell whether no hidden number can be narrowed to less than k.

    Hidden are a department's answers between two snapshots, and its answers up to one, unless its
    run ends there. Where a department has fewer than k left to answer, everybody knows as much; no
    more than that may be known then.

    Parameters
    ----------
    totals : sequence of float
        Answers between each snapshot and the one before it, over all departments.
    runs : sequence of Run
    k : int
        Least width of an interval.
    since : int
        Snapshots before it are known to be safe, where nothing new is tied to them.
    """
    rest = np.array(totals, float)
    hidden = []
    for run in runs:
        if run.closed and run.length == 1:
            rest[run.first] -= run.most
        else:
            hidden.append(run)
    if (rest < -CLOSE).any():
        return False
    touched = _touched(hidden, len(rest), since)
    return _Program.of([run for run in hidden if touched[run.first]], rest, touched).holds(k)


def _touched(hidden: Sequence[Run], count: int, since: int) -> NDArray[np.bool_]:
    """Snapshots that runs tie to one from `since` on."""
    places = [(at, at + 1) for run in hidden for at in range(run.first, run.last)]
    starts, ends = zip(*places, strict=True) if places else ((), ())
    ties = csr_array((np.ones(len(places)), (starts, ends)), shape=(count, count))
    part = connected_components(ties, directed=False)[1]
    found: NDArray[np.bool_] = np.isin(part, part[since:])
    return found


@dataclass(slots=True)
class _Program:
    """The linear program, with the extremes that its solutions have shown so far."""

    cells: csr_array
    widths: Numbers
    places: NDArray[np.int64]
    equal: csr_array
    equals: Numbers
    below: csr_array
    bounds: Numbers
    low: Numbers = field(init=False)
    high: Numbers = field(init=False)

    @classmethod
    def of(cls, runs: Sequence[Run], rest: Numbers, touched: NDArray[np.bool_]) -> _Program:
        """Number the unknowns run by run, and write down what is known of them."""
        starts = np.concatenate([[0], np.cumsum([run.length for run in runs])]).astype(int)
        size = int(starts[-1])
        rows: list[NDArray[np.int64]] = [
            np.array(
                [
                    start + at - run.first
                    for run, start in zip(runs, starts, strict=False)
                    if run.first <= at <= run.last
                ],
                np.int64,
            )
            for at in np.flatnonzero(touched)
        ]
        known: list[float] = rest[touched].tolist()
        most: list[float] = []
        widths: list[float] = []
        under: list[tuple[NDArray[np.int64], float]] = []
        cells: list[NDArray[np.int64]] = []
        places: list[tuple[int, int]] = []
        sums: list[NDArray[np.int64]] = []
        for number, (run, start) in enumerate(zip(runs, starts, strict=False)):
            inside = np.arange(start, start + run.length)
            (rows if run.closed else sums).append(inside)
            (known if run.closed else most).append(run.most)
            under += [(inside[: at - run.first + 1], floor) for at, floor in run.least]
            prefixes = [inside[:end] for end in range(2, run.length + (not run.closed))]
            cells += [*inside[:, None], *prefixes]
            widths += [run.most] * (run.length + len(prefixes))
            ends = [*range(run.length), *(len(prefix) - 1 for prefix in prefixes)]
            places += [(run.first + end, number) for end in ends]
        below = [_matrix(sums, size), -_matrix([part for part, _ in under], size)]
        return cls(
            _matrix(cells, size),
            np.array(widths, float),
            np.array(places, np.int64).reshape(-1, 2),
            _matrix(rows, size),
            np.array(known, float),
            vstack(below, format="csr"),
            np.array([*most, *(-floor for _, floor in under)], float),
        )

    def holds(self, k: int) -> bool:
        """Tell whether every cell's interval is wide enough."""
        if not self.cells.shape[1]:
            return bool((np.abs(self.equals) < CLOSE).all())
        need = np.minimum(self.widths, k) - CLOSE
        count = self.cells.shape[0]
        self.low, self.high = np.full(count, np.inf), np.full(count, -np.inf)
        draw = np.random.default_rng(count)
        while (narrow := np.flatnonzero(self.high - self.low < need)).size:
            target = narrow[np.argmin((self.high - self.low - need)[narrow])]
            alone = np.zeros(count)
            alone[target] = 1.0
            for goal in (*self._together(narrow, target, draw), -alone, alone):
                if self.high[target] - self.low[target] < need[target] and not self._solve(goal):
                    return False
            if self.high[target] - self.low[target] < need[target]:
                return False
        return True

    def _together(
        self, narrow: NDArray[np.int64], target: np.int64, draw: np.random.Generator
    ) -> tuple[Numbers, Numbers]:
        """A cell to its greatest and to its least, and along with it others that may go there too.

        Great at once are at most one cell of a snapshot and of a run, which share their sum; small
        at once may be all cells of half the runs.
        """
        mixed = np.concatenate([[target], draw.permutation(narrow)])
        mixed = mixed[np.sort(np.unique(self.places[mixed, 0], return_index=True)[1])]
        mixed = mixed[np.sort(np.unique(self.places[mixed, 1], return_index=True)[1])]
        great, small = np.zeros(len(self.widths)), np.zeros(len(self.widths))
        great[mixed] = -draw.uniform(1, 2, len(mixed))
        great[target] = -100.0
        half = draw.random(self.places[:, 1].max() + 1) < 0.5
        half[self.places[target, 1]] = True
        small[narrow] = np.where(half[self.places[narrow, 1]], 1.0, 0.0)
        return great, small

    def _solve(self, goal: Numbers) -> bool:
        """Find the possible answers that are best for a goal; every cell learns from them."""
        solved = linprog(  # type: ignore[call-overload]  # sparse is taken too
            goal @ self.cells,
            A_eq=self.equal,
            b_eq=self.equals,
            A_ub=self.below if self.below.shape[0] else None,
            b_ub=self.bounds if self.below.shape[0] else None,
            bounds=(0, None),
            method="highs",
        )
        if solved.status:
            return False
        values = self.cells @ solved.x
        np.minimum(self.low, values, out=self.low)
        np.maximum(self.high, values, out=self.high)
        return True


def _matrix(parts: Sequence[NDArray[np.int64]], size: int) -> csr_array:
    """A row for each part, with ones at its places."""
    ends = np.concatenate([[0], np.cumsum([len(part) for part in parts])]).astype(int)
    inside = np.concatenate([np.zeros(0, np.int64), *parts])
    return csr_array((np.ones(len(inside)), inside, ends), shape=(len(parts), size))
