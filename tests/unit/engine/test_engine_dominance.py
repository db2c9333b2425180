"""Dominance where the answer is known, cannot be had, or varies with the cases drawn."""

from __future__ import annotations

import numpy as np
import pytest

from cosyn.engine.dominance import (
    CONSTANT,
    NOT_DEFINITE,
    NOTHING_EXPLAINED,
    TOO_FEW,
    TOO_FEW_CASES,
    TOO_MANY,
    dominance,
    dominance_of,
)
from cosyn.engine.dominance_bootstrap import NO_REPLICATE, dominance_bootstrap

RANDOM = np.random.default_rng(11)
X = RANDOM.standard_normal((150, 3)) @ np.array([[1, 0.4, 0.2], [0, 1, 0.4], [0, 0, 1.0]])
Y = X @ np.array([0.6, 0.3, 0.28]) + RANDOM.standard_normal(150)
NAMES = ("p", "q", "s")


def test_independent_predictors_contribute_their_squared_correlations() -> None:
    r = np.array([0.5, 0.3, 0.3])
    found = dominance(np.eye(3), r, NAMES)
    assert found.general is not None
    assert found.share is not None
    np.testing.assert_allclose(found.general, r**2, atol=1e-14)
    np.testing.assert_allclose(found.share, r**2 / (r @ r), atol=1e-14)
    np.testing.assert_array_equal(found.complete, [[0.5, 1, 1], [0, 0.5, 0.5], [0, 0.5, 0.5]])


@pytest.mark.parametrize("p", [2, 5, 10])
def test_contributions_sum_to_r_squared(p: int) -> None:
    D = RANDOM.standard_normal((60, p + 1)) + RANDOM.standard_normal((60, 1))
    found = dominance_of(D[:, :p], D[:, p], [str(k) for k in range(p)])
    design = np.column_stack([np.ones(60), D[:, :p]])
    e = D[:, p] - design @ np.linalg.lstsq(design, D[:, p], rcond=None)[0]
    r_squared = 1 - float(e @ e) / float(np.sum((D[:, p] - D[:, p].mean()) ** 2))
    assert found.general is not None
    assert found.general.sum() == pytest.approx(r_squared, rel=1e-10)


def test_a_suppressor_is_dominated_though_it_helps() -> None:
    found = dominance(np.array([[1, 0.6], [0.6, 1]]), np.array([0.5, 0.0]), ("a", "b"))
    assert found.conditional is not None
    assert found.conditional[0, 1] == pytest.approx(0)
    assert found.conditional[1, 1] == pytest.approx(0.25 / 0.64 - 0.25)
    assert found.complete is not None
    assert found.complete[0, 1] == 1


@pytest.mark.parametrize(
    ("R", "r", "reason"),
    [
        (np.eye(2), np.array([0.9, 0.9]), NOT_DEFINITE),
        (np.ones((2, 2)), np.array([0.5, 0.5]), NOT_DEFINITE),
        (np.eye(1), np.array([0.5]), TOO_FEW),
        (np.eye(13), np.full(13, 0.1), TOO_MANY),
    ],
)
def test_correlations_that_cannot_be(R: np.ndarray, r: np.ndarray, reason: str) -> None:
    found = dominance(R, r, [str(k) for k in range(len(r))])
    assert (found.general, found.r_squared, found.reason) == (None, None, reason)


def test_no_share_of_nothing() -> None:
    found = dominance(np.eye(2), np.zeros(2), ("a", "b"))
    assert (found.r_squared, found.share, found.reason) == (0, None, NOTHING_EXPLAINED)


def test_data_that_cannot_be_analysed() -> None:
    assert dominance_of(X[:4], Y[:4], NAMES).reason == TOO_FEW_CASES
    assert dominance_of(X, np.ones(150), NAMES).reason == CONSTANT
    assert dominance_of(X[:, [0, 0]], Y, ("a", "a")).reason == NOT_DEFINITE
    refused = dominance_bootstrap(X, np.ones(150), NAMES, replicates=5)
    assert (refused.complete, refused.reason) == (None, CONSTANT)


def test_missing_cases_are_left_out() -> None:
    Z = X.copy()
    Z[:3, 1] = np.nan
    found, wanted = dominance_of(Z, Y, NAMES), dominance_of(X[3:], Y[3:], NAMES)
    np.testing.assert_array_equal(found.general, wanted.general)


def test_reproducibility_is_that_of_resampled_cases() -> None:
    found = dominance_bootstrap(X, Y, NAMES, replicates=80, seed=4)
    drawn = []
    for number in range(80):
        random = np.random.default_rng(np.random.SeedSequence(4, spawn_key=(number,)))
        rows = random.integers(0, 150, 150)
        drawn.append(dominance_of(X[rows], Y[rows], NAMES))
    sample = dominance_of(X, Y, NAMES).generally
    relations = np.array([each.generally for each in drawn])
    assert found.generally is not None
    assert found.general_se is not None
    np.testing.assert_allclose(found.generally.mean, relations.mean(axis=0))
    np.testing.assert_allclose(found.generally.reproduced, (relations == sample).mean(axis=0))
    general = np.array([each.general for each in drawn])
    np.testing.assert_allclose(found.general_se, general.std(axis=0, ddof=1))
    assert (found.replicates, found.failed) == (80, 0)
    assert 0 < found.generally.dominates[1, 2] < 1  # q and s are nearly equal
    assert found.complete is not None
    total = found.complete.dominates + found.complete.dominated + found.complete.undecided
    np.testing.assert_allclose(total, 1)


def test_clusters_are_drawn_as_wholes() -> None:
    cluster = np.repeat(np.arange(10), 15)
    found = dominance_bootstrap(X, Y, NAMES, replicates=40, seed=4, cluster=cluster)
    again = dominance_bootstrap(X, Y, NAMES, replicates=40, seed=4, cluster=cluster)
    apart = dominance_bootstrap(X, Y, NAMES, replicates=40, seed=4)
    np.testing.assert_array_equal(found.general_se, again.general_se)
    assert not np.allclose(found.general_se, apart.general_se)  # type: ignore[arg-type]


def test_no_replicate() -> None:
    """Of five cases drawn with repetition there are not four different ones to spare."""
    random = np.random.default_rng(1)
    Z, y = random.standard_normal((5, 3)), random.standard_normal(5)
    found = dominance_bootstrap(Z, y, NAMES, replicates=1, seed=1)
    assert (found.complete, found.failed, found.reason) == (None, 1, NO_REPLICATE)
