"""What must hold of ladders of invariance, whatever the data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from cosyn.engine.invariance import Invariance, invariance
from cosyn.engine.partial_invariance import Correction, adjust

NAMES = [f"x{k}" for k in range(1, 7)]
MODEL = "f =~ x1 + x2 + x3\ng =~ x4 + x5 + x6"
few = settings(max_examples=5, deadline=None)
ALPHA = 0.05


def draw(
    rng: np.random.Generator, n: int, groups: tuple[str, ...] = ("a", "b"), *, ordinal: bool = False
) -> pd.DataFrame:
    """One population in all groups: correlated factors, loadings .8, .7 and .6."""
    total = n * len(groups)
    factors = rng.standard_normal((total, 2)) @ np.array([[1, 0.4], [0, 0.9]])
    loadings = np.array([0.8, 0.7, 0.6])
    noise = rng.standard_normal((total, 6)) * np.sqrt(1 - np.tile(loadings, 2) ** 2)
    X = factors.repeat(3, axis=1) * np.tile(loadings, 2) + noise
    if ordinal:
        X = np.digitize(X, [-0.9, 0.0, 0.9]).astype(float)
    found = pd.DataFrame(X, columns=NAMES)
    found["group"] = np.repeat(np.array(groups), n)
    return found


def pairs_of(found: Invariance) -> list[tuple[float, float]]:
    pairs = []
    for step in found.steps[1:]:
        assert step.difference is not None
        assert step.difference.chisq is not None
        assert step.difference.pvalue is not None
        pairs.append((step.difference.chisq, step.difference.pvalue))
    return pairs


@few
@given(seed=st.integers(0, 2**32 - 1), ordinal=st.booleans())
def test_order_of_groups_rows_and_columns_does_not_matter(seed: int, ordinal: bool) -> None:
    rng = np.random.default_rng(seed)
    data = draw(rng, 250, ("a", "b", "c"), ordinal=ordinal)
    shuffled = data.sample(frac=1, random_state=seed % 1000)[["group", *reversed(NAMES)]]
    kept = invariance(MODEL, data, "group", ordered=ordinal)
    moved = invariance(MODEL, shuffled, "group", ordered=ordinal)
    if kept.stopped or moved.stopped:
        assert bool(kept.stopped) == bool(moved.stopped)
        return
    for (a, p), (b, q) in zip(pairs_of(kept), pairs_of(moved), strict=True):
        assert a == pytest.approx(b, rel=1e-4, abs=1e-4)
        assert p == pytest.approx(q, abs=1e-4)


@pytest.mark.parametrize(("ordinal", "replicates"), [(False, 80), (True, 40)])
def test_equal_populations_are_rejected_as_often_as_agreed(ordinal: bool, replicates: int) -> None:
    """Of all tests together, which are asymptotically independent."""
    rejected = total = 0
    for seed in range(replicates):
        data = draw(np.random.default_rng([30, seed]), 400, ordinal=ordinal)
        found = invariance(MODEL, data, "group", ordered=ordinal)
        if found.stopped:
            continue
        pvalues = [p for _, p in pairs_of(found)]
        rejected += sum(p < ALPHA for p in pvalues)
        total += len(pvalues)
    lowest, highest = binom.interval(0.999, total, ALPHA)
    assert total > 2.8 * replicates
    assert lowest <= rejected <= highest


@pytest.mark.parametrize("ordinal", [False, True])
def test_search_finds_what_differs(ordinal: bool) -> None:
    """The intercept of x2 is shifted in the second group, and nothing else."""
    data = draw(np.random.default_rng(4), 1500)
    second = data["group"] == "b"
    data.loc[second, "x2"] += 0.5
    data.loc[second, NAMES[3:]] += 0.3  # all items of the latter factor: its mean
    if ordinal:
        data[NAMES] = np.digitize(data[NAMES], [-0.9, 0.0, 0.9]).astype(float)
    found = invariance(MODEL, data, "group", ordered=ordinal, partial=True)
    searched = [step for step in found.steps if step.search is not None]
    assert len(searched) == 1
    assert searched[0].search is not None
    path = searched[0].search.path
    assert [freed.key for freed in path] == [("x2", "~1", "")]
    assert path[0].changes[0] == pytest.approx(0.5, abs=0.12)
    assert path[0].estimates[1] - path[0].estimates[0] == pytest.approx(0.5, abs=0.12)
    assert all(step.exploratory for step in found.steps[found.steps.index(searched[0]) :])
    shift = {mean.latent: mean.difference for mean in found.means}
    assert abs(shift["f"]) < 0.1
    assert shift["g"] > 0.25
    assert [item.item for item in found.items] == ([] if ordinal else ["x2"])


def test_a_loading_that_differs_frees_its_intercept() -> None:
    data = draw(np.random.default_rng(5), 1000)
    second = data["group"] == "b"
    noise = np.random.default_rng(6).standard_normal(int(second.sum()))
    data.loc[second, "x2"] = 0.4 * data.loc[second, "x2"] + 0.9 * noise
    found = invariance(MODEL, data, "group", partial=True, correction="bh")
    assert found.steps[2].name == "metric, partial"
    assert found.steps[2].free == (("f", "=~", "x2"),)
    scalar = next(step for step in found.steps if step.name == "scalar")
    assert scalar.free == (("f", "=~", "x2"), ("x2", "~1", ""))
    assert scalar.exploratory


def test_two_items_of_a_latent_stay_invariant() -> None:
    """Two of three loadings differ: one is freed, and then nothing is left to free."""
    data = draw(np.random.default_rng(7), 2000)
    second = data["group"] == "b"
    rng = np.random.default_rng(8)
    for name, share in (("x1", 0.3), ("x2", 0.6)):
        noise = rng.standard_normal(int(second.sum()))
        data.loc[second, name] = share * data.loc[second, name] + 0.8 * noise
    found = invariance(MODEL, data, "group", partial=True, steps=["metric"])
    free = [key[2] for key in found.steps[-1].free if key[0] == "f"]
    assert len(free) == 1


@given(st.lists(st.floats(1e-6, 1.0), min_size=1, max_size=8))
def test_corrections_only_raise_pvalues_and_keep_their_order(pvalues: list[float]) -> None:
    corrections: tuple[Correction, ...] = ("holm", "bh")
    for name in corrections:
        found = adjust(pvalues, name)
        assert all(b >= a - 1e-12 for a, b in zip(pvalues, found, strict=True))
        order = np.argsort(pvalues)
        assert (np.diff(np.array(found)[order]) >= -1e-12).all()
    assert adjust([0.01, 0.04, 0.03], "holm") == pytest.approx([0.03, 0.06, 0.06])
    assert adjust([0.01, 0.04, 0.03], "bh") == pytest.approx([0.03, 0.04, 0.04])
