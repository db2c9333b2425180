"""Answers that come in blocks: how often and how much of them is held, and what is refused."""

from __future__ import annotations

import gc
import tracemalloc
import weakref
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from cosyn.engine import cfa
from cosyn.engine.casewise import casewise
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MODEL = "f =~ a + b + c\ng =~ d + e + h"
ITEMS = list("abcdeh")


def block(seed: int, rows: int = 500) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    factors = rng.standard_normal((rows, 2)).repeat(3, axis=1)
    X = np.digitize(factors + rng.standard_normal((rows, 6)), [-1.0, 0.0, 1.0]).astype(float)
    return pd.DataFrame(X, columns=ITEMS).assign(team=rng.integers(0, 40, rows))


class Source:
    """Makes blocks when asked, and knows how many of them live at the same time."""

    def __init__(self, blocks: int, rows: int = 500) -> None:
        self.blocks, self.rows = blocks, rows
        self.readings, self.alive, self.most_alive = 0, 0, 0

    def __call__(self) -> Iterator[pd.DataFrame]:
        self.readings += 1
        for seed in range(self.blocks):
            made = block(seed, self.rows)
            self.alive += 1
            self.most_alive = max(self.most_alive, self.alive)
            weakref.finalize(made, self._gone)
            yield made
            del made

    def _gone(self) -> None:
        self.alive -= 1


@pytest.mark.parametrize(
    ("options", "readings"),
    [
        ({}, 1),
        ({"estimator": "MLR"}, 2),
        ({"estimator": "MLM"}, 2),
        ({"estimator": "MLR", "cluster": "team"}, 2),
        ({"ordered": True}, 2),
        ({"ordered": True, "cluster": "team"}, 2),
    ],
)
def test_blocks_are_read_once_or_twice_and_held_one_at_a_time(
    options: dict[str, Any], readings: int
) -> None:
    source = Source(6)
    found = cfa(MODEL, source, **options)
    gc.collect()
    assert found.n == 3000
    assert source.readings == readings
    assert source.most_alive == 1
    assert source.alive == 0


@pytest.mark.parametrize("options", [{"estimator": "MLR"}, {"ordered": True, "cluster": "team"}])
def test_memory_does_not_grow_with_the_number_of_blocks(options: dict[str, Any]) -> None:
    def peak(blocks: int) -> int:
        tracemalloc.start()
        cfa(MODEL, Source(blocks, rows=2000), **options)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(1)  # what is loaded once
    few, many = peak(2), peak(20)
    rows = 18 * 2000 * 7 * 8  # what the further blocks take as numbers
    assert many - few < rows / 10


def test_scores_of_all_respondents_are_never_held_together() -> None:
    """Robust statistics of answers in memory need a block of scores, not n times q of them."""
    frame = pd.concat([block(seed, 2000) for seed in range(20)])
    fit = cfa(MODEL, frame, meanstructure=True).result
    evaluation = fit.evaluation()
    tracemalloc.start()
    casewise((evaluation,), fit.groups, centred=False)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < len(frame) * fit.table.n_free * 8 / 2


def test_labels_are_the_same_however_a_block_stores_them() -> None:
    """A column of whole numbers turns to floats in a block with a gap."""
    whole = pd.concat([block(1), block(2)], ignore_index=True).assign(half=[1, 2] * 500)
    first, second = whole.iloc[:400], whole.iloc[400:].astype({"half": float, "team": float})
    second.loc[400, "team"] = np.nan
    found = cfa(MODEL, [first, second], group="half", cluster="team")
    assert found.result.table.groups == ("1", "2")
    assert (found.n, found.n_dropped) == (999, 1)
    expected = cfa(MODEL, whole.drop(index=400), group="half", cluster="team")
    assert found.fit_measures["chisq"] == pytest.approx(expected.fit_measures["chisq"], rel=1e-10)
    assert found.fit_measures["chisq_scaled"] == pytest.approx(
        expected.fit_measures["chisq_scaled"], rel=1e-10
    )


def test_what_needs_moments_alone_works_and_what_needs_rows_says_so() -> None:
    fit = cfa(MODEL, Source(2), estimator="MLR")
    assert cfa(MODEL, Source(2)).residuals().shape == (6, 6)
    assert len(fit.modification_indices())
    assert "MLR" in fit.summary()
    for needs_rows in (fit.factor_scores, fit.residuals, fit.bootstrap):
        with pytest.raises(IdentificationError) as caught:
            needs_rows()
        assert caught.value.code == "data.no-rows"
    with pytest.raises(IdentificationError) as caught:
        cfa(MODEL, Source(2), ordered=True).result.ordinal[0].rows()
    assert caught.value.code == "data.no-rows"


def test_an_iterator_serves_for_what_reads_once() -> None:
    assert cfa(MODEL, Source(3)()).fit_measures == cfa(MODEL, Source(3)).fit_measures


def gone() -> Callable[[], Iterator[pd.DataFrame]]:
    """A function that gives the same iterator twice."""
    iterator = Source(2)()
    return lambda: iterator


@pytest.mark.parametrize(
    ("code", "make", "options"),
    [
        ("data.no-blocks", list, {}),
        ("data.no-respondents", lambda: [block(1).iloc[:0]], {}),
        ("data.no-respondents", lambda: [block(1) * np.nan], {}),
        ("data.no-column", lambda: [block(1), block(2)[["a", "b"]]], {}),
        ("data.no-column", lambda: [block(1)], {"group": "nowhere"}),
        ("data.no-groups", lambda: [block(1).assign(team=np.nan)], {"group": "team"}),
        ("data.too-few-clusters", lambda: [block(1).assign(team=1)], {"cluster": "team"}),
        ("data.not-numeric", lambda: [block(1), block(2).assign(a="x")], {}),
        ("data.missing-values", lambda: [block(1), block(2).assign(a=np.inf)], {}),
        ("data.missing-values", lambda: [block(1), block(2).assign(a=np.inf)], {"ordered": True}),
        ("data.constant-variable", lambda: [block(1).assign(a=1)] * 2, {}),
        ("data.constant-variable", lambda: [block(1).assign(a=1)] * 2, {"ordered": True}),
        ("data.too-few-respondents", lambda: [block(1).iloc[:3]], {}),
        (
            "data.too-many-categories",
            lambda: [block(1).assign(a=np.arange(500))],
            {"ordered": True},
        ),
        ("data.blocks-mixed", lambda: [block(1)], {"ordered": ["a", "b"]}),
        ("data.blocks-fiml", lambda: [block(1)], {"missing": "fiml"}),
        ("data.blocks-once", Source(2), {"estimator": "MLR"}),
        ("data.blocks-once", Source(2), {"ordered": True}),
        ("data.blocks-changed", gone, {"estimator": "MLR"}),
        (
            "data.categories",
            lambda: [block(1).assign(team=1), block(2).replace({"a": {3: 2}}).assign(team=2)],
            {"ordered": True, "group": "team"},
        ),
    ],
)
def test_bad_blocks_are_one_clear_error(
    code: str, make: Callable[[], Any], options: dict[str, Any]
) -> None:
    with pytest.raises(IdentificationError) as caught:
        cfa(MODEL, make(), **options)
    assert caught.value.code == code
