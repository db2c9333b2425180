"""k-anonymity under both readings of a gap, l-diversity, and what an attacker can do with a file."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from cosyn.errors import PlanError
from cosyn.release.classes import HIDDEN, matched_by, shared_by
from cosyn.release.coarsen import coarsen
from cosyn.release.diversity import diversity
from cosyn.release.loss import LEAST, entropy
from cosyn.release.risk import attack, risk_of
from cosyn.release.suppress import hidden_codes, suppress

Codes = NDArray[np.int64]


def drawn(seed: int) -> tuple[Codes, int]:
    rng = np.random.default_rng(seed)
    n, q, levels, k = (int(rng.integers(*bounds)) for bounds in ((8, 600), (1, 7), (2, 7), (2, 9)))
    codes = np.minimum(rng.geometric(0.45, size=(n, q)) - 1, levels - 1)
    return codes.astype(np.int64), k


def costs(codes: Codes) -> NDArray[np.float64]:
    return np.array([max(entropy(column), LEAST) for column in codes.T])


def brute_matches(codes: Codes) -> list[int]:
    return [
        sum(all(a == b or HIDDEN in (a, b) for a, b in zip(x, y, strict=True)) for y in codes)
        for x in codes
    ]


@pytest.mark.parametrize("seed", range(60))
def test_every_combination_stands_k_times_by_brute_force(seed: int) -> None:
    codes, k = drawn(seed)
    found = suppress(codes, costs(codes), 30.0, k)
    published = pd.DataFrame(hidden_codes(codes, found))
    if len(published):
        assert published.groupby(list(published.columns), dropna=False).size().min() >= k
    kept = ~found.records
    untouched = ~found.cells[kept]
    assert (published.to_numpy()[untouched] == codes[kept][untouched]).all()


@pytest.mark.parametrize("seed", range(25))
def test_the_stricter_reading_implies_the_one_of_sdcmicro(seed: int) -> None:
    codes, k = drawn(seed)
    published = hidden_codes(codes[:150], suppress(codes[:150], costs(codes), 30.0, k))
    matched = matched_by(published)
    assert matched.tolist() == brute_matches(published)
    assert (matched >= shared_by(published)).all()
    assert (matched >= k).all()


def test_a_file_safe_by_sdcmicro_alone_gives_a_person_away() -> None:
    """One record is alone with its values; four gaps count for it, and the attacker knows better."""
    known = np.array([[0, 0], [1, 0], [1, 0], [1, 0], [1, 0]])
    published = np.array([[0, 0], *[[HIDDEN, 0]] * 4])
    assert matched_by(published).min() == 5
    assert shared_by(published).min() == 1
    assert attack(known, published, np.ones(5, bool), np.random.default_rng(1)).worst == 1


@pytest.mark.parametrize("seed", range(25))
def test_nobody_is_found_with_more_than_one_chance_in_k(seed: int) -> None:
    codes, k = drawn(seed)
    found = suppress(codes, costs(codes), 30.0, k)
    rng = np.random.default_rng(seed)
    made = attack(codes, hidden_codes(codes, found), ~found.records, rng)
    assert made.worst <= 1 / k + 1e-12
    assert made.simulated <= 1 / k + 4 * made.error
    assert made.simulated == pytest.approx(made.success, abs=5 * made.error)


def test_the_search_sees_counts_alone() -> None:
    codes, k = drawn(7)
    shuffled = np.random.default_rng(3).permutation(len(codes))
    one, other = (suppress(c, costs(codes), 30.0, k) for c in (codes, codes[shuffled]))
    patterns = [
        sorted(map(tuple, hidden_codes(c, s))) for c, s in ((codes, one), (codes[shuffled], other))
    ]
    assert patterns[0] == patterns[1]
    assert one.cost == pytest.approx(other.cost)


def test_too_few_alike_to_hide_among_are_suppressed_as_records() -> None:
    codes = np.array([[0]] * 5 + [[1]] * 2)
    found = suppress(codes, np.array([1.0]), 30.0, 5)
    assert found.records.tolist() == [False] * 5 + [True] * 2


def test_bands_merge_where_suppression_is_not_bearable() -> None:
    rng = np.random.default_rng(5)
    codes = rng.integers(0, 6, size=(200, 3)).astype(np.int64)
    merges = [tuple(pairwise(range(6)))] * 3
    told: list[float] = []

    def bearable(banded: Codes, worth: NDArray[np.float64]) -> bool:
        told.append(float(suppress(banded, worth, 50.0, 5).cells.mean()))
        return told[-1] <= 0.1

    found = coarsen(codes, [6] * 3, merges, [1.0] * 3, 50.0, 5, bearable)
    assert found.steps
    assert suppress(found.codes, found.costs, 50.0, 5).cells.mean() <= 0.1
    for step in found.steps:
        assert step.values in merges[step.variable]  # noqa: PD011


def test_classes_where_an_answer_is_certain_are_suppressed() -> None:
    codes = np.array([[0]] * 4 + [[1]] * 4 + [[2]] * 2)
    answers = np.array([1, 1, 1, np.nan, 1, 2, 2, 2, np.nan, np.nan])
    found = diversity(codes, answers, 2)
    assert (found.least, found.classes) == (1, 1)
    assert found.cells.tolist() == [True] * 3 + [False] * 7


def test_more_combinations_than_can_be_counted_are_refused() -> None:
    codes = np.full((2, 10), 100_000, dtype=np.int64)
    with pytest.raises(PlanError, match="too-many-combinations"):
        shared_by(codes)


def test_risk_of_a_small_file() -> None:
    risk = risk_of(np.array([[0, 0], [0, 0], [0, 1], [1, 1]]), 2)
    assert (risk.combinations, risk.unique, risk.below_k, risk.expected) == (3, 2, 2, 3.0)
