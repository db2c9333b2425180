"""Scores: reverse-keying turns codes round, facets take the mean of what was answered."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.importers.import_helpers import INSTRUMENT

from cosyn.instrument.types import Instrument, Missing
from cosyn.responses import MISSING_ORDER, ResponseTable
from cosyn.scoring import Scores, facet_scores, keyed

NAMES = ("A1", "A2", "A3")
REVERSED = dataclasses.replace(
    INSTRUMENT,
    items=tuple(dataclasses.replace(item, reverse=item.id == "A2") for item in INSTRUMENT.items),
)
codes = st.lists(
    st.lists(st.sampled_from([1.0, 2.0, 3.0, np.nan]), min_size=3, max_size=3),
    min_size=1, max_size=8,
)  # fmt: skip


def table(rows: list[list[float]], items: tuple[str, ...] = NAMES) -> ResponseTable:
    values = np.array(rows, dtype=float)
    gap = MISSING_ORDER.index(Missing.NOT_ANSWERED)
    missing = np.where(np.isnan(values), gap, 0).astype(np.int8)
    nothing = ("",) * len(values)
    return ResponseTable(
        items, values, missing, *(nothing,) * 7, np.full(len(values), np.nan), simulated=False
    )


def scored(rows: list[list[float]], minimum: int = 2, instrument: Instrument = INSTRUMENT) -> Scores:  # fmt: skip
    return facet_scores(keyed(table(rows), instrument), instrument, minimum)


def test_reversed_items_are_turned_round_and_gaps_stay() -> None:
    before = table([[1, 1, 1], [3, np.nan, 2]])
    after = keyed(before, REVERSED)
    np.testing.assert_array_equal(after.values, [[1, 3, 1], [3, np.nan, 2]])
    assert before.values[0, 1] == 1  # what was answered is not touched


def test_a_facet_is_the_mean_of_the_answered_items() -> None:
    found = scored([[1, 2, 3], [1, np.nan, 3], [np.nan, np.nan, 3]])
    assert found.names == ("F",)
    np.testing.assert_array_equal(found.values, [[2], [2], [np.nan]])


def test_a_facet_with_fewer_items_than_the_minimum_needs_all() -> None:
    one = Scores(("A1",), np.array([[2.0], [np.nan]]))
    np.testing.assert_array_equal(facet_scores(one, INSTRUMENT, 2).values, [[2], [np.nan]])


def test_without_items_there_are_no_facets() -> None:
    assert facet_scores(Scores((), np.empty((4, 0))), INSTRUMENT, 2).values.shape == (4, 0)


@given(codes, st.permutations(range(3)), st.integers(1, 3))
def test_the_order_of_the_items_does_not_matter(
    rows: list[list[float]], order: list[int], minimum: int
) -> None:
    shuffled = table([[row[k] for k in order] for row in rows], tuple(NAMES[k] for k in order))
    found = facet_scores(keyed(shuffled, REVERSED), REVERSED, minimum)
    np.testing.assert_allclose(found.values, scored(rows, minimum, REVERSED).values)


@given(codes)
def test_reversing_twice_is_nothing(rows: list[list[float]]) -> None:
    once = keyed(table(rows), REVERSED)
    again = keyed(dataclasses.replace(table(rows), matrix=once.values), REVERSED)
    np.testing.assert_array_equal(again.values, np.array(rows))


def test_complete_rows() -> None:
    scores = Scores(("A1", "A2"), np.array([[1, np.nan], [2, 3]]))
    np.testing.assert_array_equal(scores.complete().values, [[2, 3]])
    assert scores.columns(["A2", "A1"])[1] == pytest.approx([3, 2])
