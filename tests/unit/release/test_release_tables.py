"""No suppressed count can be solved for, and no hidden mean had by subtraction."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import linprog

from cosyn.release.scores import department_scores
from cosyn.release.tables import ALL, Counts, protected_counts

VIEWS: list[list[tuple[int, ...]]] = [
    [(0, 1)],
    [(0, 2)],
    [(0, 1), (0, 2)],
    [(0, 1), (1, 2)],
    [(0, 1), (0, 2), (1, 2)],
    [(0, 1, 2)],
]


def widths(made: Counts, sizes: list[int]) -> list[float]:
    """Solve for each hidden cell anew: dense, over the full cross-classification."""
    grid = list(product(*(range(size) for size in sizes)))
    sums = np.array(
        [
            [all(p in (ALL, g) for p, g in zip(place, cell, strict=True)) for cell in grid]
            for place in made.places
        ],
        dtype=float,
    )
    shown = ~made.hidden
    found = []
    for cell in np.flatnonzero(made.hidden):
        ends = []
        for sign in (1, -1):
            solved = linprog(
                sign * sums[cell], A_eq=sums[shown], b_eq=made.counts[shown], method="highs"
            )
            assert solved.fun is not None
            ends.append(float(solved.fun))
        found.append(-ends[1] - ends[0])
    return found


@pytest.mark.parametrize("batch", range(10))
def test_500_random_sequences_of_views(batch: int) -> None:
    hidden = 0
    for seed in range(batch * 50, batch * 50 + 50):
        rng = np.random.default_rng(seed)
        sizes = [int(rng.integers(2, 7)), int(rng.integers(1, 4)), int(rng.integers(1, 4))]
        k, n = int(rng.integers(2, 8)), int(rng.integers(8, 120))
        codes = np.column_stack([rng.choice(s, n, p=rng.dirichlet(np.ones(s))) for s in sizes])
        made = protected_counts(codes, sizes, VIEWS[seed % len(VIEWS)], k)
        shown = ~made.hidden
        assert not (shown & (made.counts > 0) & (made.counts < k)).any()
        assert made.counts[0] == n
        assert shown[0]
        for width in widths(made, sizes):
            assert width >= k - 1e-5, seed
        hidden += int(made.hidden.sum())
    assert hidden > 100


def scores(people: dict[int, list[float]]) -> NDArray[np.float64]:
    where = np.repeat([*people], [len(told) for told in people.values()])
    values = np.array([value for told in people.values() for value in told])[:, None]
    made = department_scores(where, len(people), ["x"], values, [values], 5, 3)
    return made.means[:, 0]


def test_a_mean_needs_people_and_different_answers() -> None:
    varied = [1.0, 2.0, 3.0, 4.0, 5.0]
    shown = ~np.isnan(scores({0: varied * 2, 1: varied[:4], 2: [1.0, 2.0] * 3, 3: varied * 3}))
    assert shown.tolist() == [True, False, False, True]


def test_one_hidden_department_takes_the_smallest_other_with_it() -> None:
    varied = [1.0, 2.0, 3.0, 4.0, 5.0]
    shown = ~np.isnan(scores({0: varied * 2, 1: varied[:2], 2: varied, 3: varied * 3}))
    assert shown.tolist() == [True, False, False, True]


@pytest.mark.parametrize("seed", range(40))
def test_the_hidden_departments_are_never_few(seed: int) -> None:
    rng = np.random.default_rng(seed)
    people = {d: rng.integers(1, 8, rng.integers(1, 12)).astype(float).tolist() for d in range(8)}
    gone = [d for d, mean in enumerate(scores(people)) if np.isnan(mean)]
    behind = [value for d in gone for value in people[d]]
    assert not gone or len(gone) == 8 or (len(gone) > 1 and len(behind) >= 5)
