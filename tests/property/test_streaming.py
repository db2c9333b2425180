"""Blocks of rows: what is gathered of them, and fits to them, do not depend on where they are cut."""

from __future__ import annotations

from functools import cache, reduce
from operator import add
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from semopy.examples import holzinger39

from cosyn.engine import Fitted, cfa
from cosyn.engine.categories import codes_of, levels_of
from cosyn.engine.rows import Total, cross_products
from cosyn.engine.sufficient import Moments, Tables, moments_of, tables_of

Values = NDArray[np.float64]

MODEL = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
ITEMS = [f"x{k}" for k in range(1, 10)]
#: Sums in another order: rounding alone.
SAME = 1e-10
seeds = st.integers(0, 2**32 - 1)
few = settings(max_examples=15, deadline=None)


def cut(rng: np.random.Generator, n: int) -> list[slice]:
    """Between one and nine ranges, some of them empty, that cover n rows."""
    at = np.sort(rng.integers(0, n + 1, rng.integers(0, 9)))
    return [slice(a, b) for a, b in zip([0, *at], [*at, n], strict=True)]


def assert_moments(one: Moments, other: Moments) -> None:
    assert one.n == other.n
    spread = np.sqrt(np.outer(np.diag(other.products), np.diag(other.products)))
    np.testing.assert_allclose(one.mean, other.mean, rtol=1e-12)
    np.testing.assert_allclose(one.products / spread, other.products / spread, atol=1e-9)
    np.testing.assert_array_equal(one.low, other.low)
    np.testing.assert_array_equal(one.high, other.high)


@few
@given(seeds, st.floats(-1e6, 1e6))
def test_moments_of_blocks_add_up_in_any_order(seed: int, far: float) -> None:
    """Far from zero too, where sums of squares would lose the digits that matter."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((300, 4)) @ rng.standard_normal((4, 4)) + far
    parts = [moments_of(X[here]) for here in cut(rng, len(X)) if here.stop > here.start]
    whole = moments_of(X)
    rng.shuffle(parts)
    assert_moments(reduce(add, parts), whole)
    assert_moments(reduce(lambda a, b: b + a, parts), whole)
    np.testing.assert_allclose(whole.cov, np.cov(X.T, bias=True), rtol=1e-8)


@few
@given(seeds)
def test_tables_of_blocks_add_up_exactly(seed: int) -> None:
    """Also where a block does not show every value."""
    rng = np.random.default_rng(seed)
    X = rng.choice([-1.5, 0, 1, 2, 70], size=(120, 3), p=[0.02, 0.5, 0.3, 0.15, 0.03])
    X[rng.random(X.shape) < 0.1] = np.nan
    parts = [tables_of(X[here]) for here in cut(rng, len(X)) if here.stop > here.start]
    whole = tables_of(X)
    rng.shuffle(parts)
    for found in (reduce(add, parts), reduce(lambda a, b: b + a, parts)):
        assert found.n == whole.n
        assert [each.tolist() for each in found.levels] == [each.tolist() for each in whole.levels]
        np.testing.assert_array_equal(found.counts, whole.counts)
    assert_cells(whole, X)


def assert_cells(tables: Tables, X: Values) -> None:
    for a, level in enumerate(tables.levels[0]):
        for b, other in enumerate(tables.levels[2]):
            assert tables.counts[0, a, 2, b] == np.sum((X[:, 0] == level) & (X[:, 2] == other))


@few
@given(seeds, st.sampled_from([1.0, 0.25, 100.0]))
def test_categories_are_the_sorted_values(seed: int, step: float) -> None:
    rng = np.random.default_rng(seed)
    X = np.round(rng.standard_normal((50, 3)) * 2) * step
    X[rng.random(X.shape) < 0.2] = np.nan
    levels = levels_of(X)
    codes = codes_of(X, levels)
    for column, found, code in zip(X.T, levels, codes.T, strict=True):
        seen = ~np.isnan(column)
        np.testing.assert_array_equal(found, np.unique(column[seen]))
        np.testing.assert_array_equal(found[code[seen]], column[seen])
        assert (code[~seen] == -1).all()


@few
@given(seeds)
def test_sums_over_clusters_do_not_depend_on_blocks_or_order(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, cluster = rng.standard_normal((200, 3)), rng.integers(0, 20, 200)
    sums = np.array([rows[cluster == c].sum(axis=0) for c in np.unique(cluster)])
    wanted = sums.T @ sums * len(sums) / (len(sums) - 1)
    scattered, sorted_ = (Total(cross_products, in_order=k) for k in (False, True))
    order = np.argsort(cluster, kind="stable")
    for here in cut(rng, len(rows)):
        if here.stop > here.start:
            scattered.add(rows[here], cluster[here])
            sorted_.add(rows[order][here], cluster[order][here])
    np.testing.assert_allclose(scattered.value(), wanted, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(sorted_.value(), wanted, rtol=1e-10, atol=1e-10)


@cache
def holzinger() -> pd.DataFrame:
    return pd.DataFrame(holzinger39.get_data()).reset_index(drop=True)


@cache
def ordinal() -> pd.DataFrame:
    data = holzinger().copy()
    for name in ITEMS:
        data[name] = np.digitize(data[name], data[name].quantile([0.2, 0.5, 0.8]))
    return data


@cache
def with_gaps(frame: str) -> pd.DataFrame:
    data = (ordinal() if frame == "ordinal" else holzinger()).copy()
    data[ITEMS] = data[ITEMS].mask(np.random.default_rng(1).random((301, 9)) < 0.03)
    return data


@cache
def simulated() -> pd.DataFrame:
    """Three factors, skewed answers, thirty clusters."""
    rng = np.random.default_rng(3)
    cluster = rng.integers(0, 30, 700)
    factors = rng.standard_normal((700, 3)) + 0.5 * rng.standard_normal((30, 3))[cluster]
    X = factors.repeat(3, axis=1) * 0.8 + rng.standard_normal((700, 9)) ** 3 / 4
    return pd.DataFrame(X, columns=ITEMS).assign(cluster=cluster, half=np.arange(700) % 2)


CASES: dict[str, tuple[Any, dict[str, Any]]] = {
    "ML": (holzinger, {}),
    "ML, means": (holzinger, {"meanstructure": True, "likelihood": "wishart"}),
    "ML, gaps": (lambda: with_gaps("normal"), {"estimator": "MLR"}),
    "groups": (holzinger, {"group": "school", "group_equal": ["loadings"], "estimator": "MLR"}),
    "MLR": (simulated, {"estimator": "MLR"}),
    "MLM": (simulated, {"estimator": "MLM"}),
    "MLMV": (simulated, {"estimator": "MLMV", "group": "half"}),
    "clusters": (simulated, {"cluster": "cluster"}),
    "clusters in groups": (simulated, {"cluster": "cluster", "group": "half"}),
    "WLSMV": (ordinal, {"ordered": True}),
    "WLSMV, groups": (ordinal, {"ordered": True, "group": "school"}),
    "WLSMV, clusters": (ordinal, {"ordered": ITEMS, "cluster": "ageyr"}),
    "WLSMV, listwise": (lambda: with_gaps("ordinal"), {"ordered": True}),
    "WLSMV, pairwise": (lambda: with_gaps("ordinal"), {"ordered": True, "missing": "pairwise"}),
}
_WHOLE: dict[str, Fitted] = {}


def whole(case: str) -> Fitted:
    if case not in _WHOLE:
        data, options = CASES[case]
        _WHOLE[case] = cfa(MODEL, data(), **options)
    return _WHOLE[case]


@pytest.mark.parametrize("case", CASES)
@settings(max_examples=4, deadline=None)
@given(seeds)
def test_a_fit_to_blocks_is_the_fit_to_the_whole(case: str, seed: int) -> None:
    data, options = CASES[case]
    frame, rng = data(), np.random.default_rng(seed)
    blocks = [frame.iloc[here] for here in cut(rng, len(frame))]
    found, wanted = cfa(MODEL, lambda: iter(blocks), **options), whole(case)
    assert (found.n, found.n_dropped) == (wanted.n, wanted.n_dropped)
    assert found.result.table.groups == wanted.result.table.groups
    assert found.status.ok == wanted.status.ok
    np.testing.assert_allclose(found.result.x, wanted.result.x, rtol=SAME, atol=SAME)
    errors, expected = found.result.standard_errors, wanted.result.standard_errors
    assert errors is not None
    assert expected is not None
    np.testing.assert_allclose(errors, expected, rtol=SAME)
    assert found.fit_measures.keys() == wanted.fit_measures.keys()
    for name, value in wanted.fit_measures.items():
        assert found.fit_measures[name] == pytest.approx(value, rel=SAME, abs=SAME), name
