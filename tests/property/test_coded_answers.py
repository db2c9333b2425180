"""Answers kept as codes say what the same answers say as an array of floats, rule by rule."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.unit.screening.screening_helpers import instrument_of, judge, sheet

from cosyn.coded import Coded, beside, coded, complete_in, missing_in
from cosyn.scoring import Scores, facet_scores, keyed
from cosyn.screening import RULES, Sheet

FACETS = (3, 3, 3, 3)
INSTRUMENT = instrument_of(FACETS, reverse=(2, 7), constructs=2)


def of(matrix: NDArray[np.float64]) -> Coded:
    """The same answers as a store gives them: codes of its own, -1 where it has no column."""
    found = beside([coded(column) for column in matrix.T], len(matrix))
    assert isinstance(found, Coded)
    numbers = tuple(np.append(held[~np.isnan(held)], np.nan) for held in found.numbers)
    places = tuple(
        np.where(np.isnan(held[at]), -1, at).astype(np.int8)
        for held, at in zip(found.numbers, found.places, strict=True)
    )
    return Coded(numbers, places, len(matrix))


def drawn(seed: int, n: int, gaps: float) -> NDArray[np.float64]:
    """Answers that hang together, with copies and gaps."""
    rng = np.random.default_rng(seed)
    trait = rng.normal(size=(n, 1)) + rng.normal(scale=0.8, size=(n, sum(FACETS)))
    answers = np.clip(np.round(4 + 1.4 * trait), 1, 7)
    answers[:, [2, 7]] = 8 - answers[:, [2, 7]]
    answers[rng.random(n) < 0.1] = answers[0]
    answers[rng.random(answers.shape) < gaps] = np.nan
    return answers


def packed(on: Sheet) -> Sheet:
    matrix = of(on.table.values)
    return dataclasses.replace(on, table=dataclasses.replace(on.table, matrix=matrix))


@settings(max_examples=15)
@given(st.integers(0, 10**6), st.integers(2, 90), st.sampled_from([0.0, 0.1, 0.6]))
def test_every_rule_says_the_same(seed: int, n: int, gaps: float) -> None:
    on = sheet(
        drawn(seed, n, gaps), INSTRUMENT, departments=["D1", "D2"] * (n // 2) + [""] * (n % 2)
    )
    for name in RULES.names():
        whole, apart = judge(name, on), judge(name, packed(on))
        np.testing.assert_array_equal(apart.value, whole.value, name)
        np.testing.assert_array_equal(apart.why, whole.why, name)
        np.testing.assert_array_equal(apart.flag, whole.flag, name)
        assert (apart.threshold, apart.reason) == (whole.threshold, whole.reason)


@settings(max_examples=15)
@given(st.integers(0, 10**6), st.integers(0, 40), st.sampled_from([0.0, 0.3]))
def test_scores_are_the_same(seed: int, n: int, gaps: float) -> None:
    on = sheet(drawn(seed, max(n, 1), gaps)[:n], INSTRUMENT).table
    plain, turned = (
        keyed(table, INSTRUMENT) for table in (on, dataclasses.replace(on, matrix=of(on.values)))
    )
    np.testing.assert_array_equal(turned.values, plain.values)
    facets = facet_scores(turned, INSTRUMENT, 2)
    assert isinstance(facets.matrix, Coded)
    np.testing.assert_array_equal(facets.values, facet_scores(plain, INSTRUMENT, 2).values)
    names = plain.names[1:4]
    np.testing.assert_array_equal(turned.complete(names).values, plain.complete(names).values)


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.integers(1, 30), st.data())
def test_it_is_indexed_as_an_array_is(seed: int, n: int, data: st.DataObject) -> None:
    X = drawn(seed, n, 0.2)
    found = of(X)
    columns = data.draw(st.lists(st.integers(0, X.shape[1] - 1), max_size=5))
    rows = np.array(data.draw(st.lists(st.integers(0, n - 1), max_size=5)), np.intp)
    start = data.draw(st.integers(0, n))
    assert found.shape == X.shape
    np.testing.assert_array_equal(np.asarray(found), X)
    np.testing.assert_array_equal(found[:, columns], X[:, columns])
    np.testing.assert_array_equal(np.asarray(found[rows]), X[rows])
    np.testing.assert_array_equal(found[start:][:, columns], X[start:][:, columns])
    np.testing.assert_array_equal(np.asarray(found[:, :3]), X[:, :3])
    for column in columns:
        np.testing.assert_array_equal(found[:, column], X[:, column])
        np.testing.assert_array_equal(missing_in(found, column), np.isnan(X[:, column]))
    whole = ~np.isnan(X[:, columns]).any(axis=1)
    np.testing.assert_array_equal(complete_in(found, columns), whole)
    np.testing.assert_array_equal(complete_in(X, columns), whole)


def test_no_columns_have_rows_all_the_same() -> None:
    nothing = Coded((), (), 3)
    assert np.asarray(nothing).shape == (3, 0)
    assert nothing[np.array([True, False, True])].rows == 2
    assert Scores((), nothing).whole(()).tolist() == [True] * 3


def test_codes_cannot_be_looked_at_as_floats_without_a_copy() -> None:
    with pytest.raises(ValueError, match="another place"):
        of(drawn(1, 3, 0)).__array__(copy=False)
