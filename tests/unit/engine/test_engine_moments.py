"""Moments, and the data that have none."""

from __future__ import annotations

import numpy as np
import pytest

from cosyn.engine.moments import incomplete_moments, sample_moments
from cosyn.errors import IdentificationError

NAMES = ("a", "b", "c")


@pytest.fixture(name="X")
def data() -> np.ndarray:
    return np.random.default_rng(1).standard_normal((20, 3))


def test_covariance_has_divisor_n(X: np.ndarray) -> None:
    found = sample_moments(X, NAMES)
    np.testing.assert_allclose(found.cov, np.cov(X, rowvar=False, bias=True))
    np.testing.assert_allclose(found.mean, X.mean(axis=0))
    assert found.n == 20


def test_subset_reorders(X: np.ndarray) -> None:
    whole = sample_moments(X, NAMES)
    part = whole.subset(("c", "a"))
    assert part.names == ("c", "a")
    assert part.cov[0, 1] == whole.cov[2, 0]
    assert part.cov[0, 0] == whole.cov[2, 2]
    assert part.mean[0] == whole.mean[2]


def spoiled(X: np.ndarray, kind: str) -> np.ndarray:
    X = X.copy()
    match kind:
        case "missing-values":
            X[3, 1] = np.nan
        case "infinite":
            X[3, 1] = np.inf
        case "constant-variable":
            X[:, 1] = 4.0
        case "dependent-variables":
            X[:, 1] = 3 - 2 * X[:, 0]
        case "too-few-respondents":
            X = X[:3]
    return X


@pytest.mark.parametrize(
    ("kind", "code", "named", "not_named"),
    [
        ("missing-values", "data.missing-values", ["`b`"], ["`a`", "`c`"]),
        ("infinite", "data.missing-values", ["`b`"], ["`a`", "`c`"]),
        ("constant-variable", "data.constant-variable", ["`b`"], ["`a`", "`c`"]),
        ("dependent-variables", "data.dependent-variables", ["`a`", "`b`"], ["`c`"]),
        ("too-few-respondents", "data.too-few-respondents", ["3 respondents"], []),
    ],
)
def test_impossible_data_name_the_variables(
    X: np.ndarray, kind: str, code: str, named: list[str], not_named: list[str]
) -> None:
    with pytest.raises(IdentificationError) as caught:
        sample_moments(spoiled(X, kind), NAMES)
    assert caught.value.code == code
    assert all(name in caught.value.what for name in named)
    assert not any(name in caught.value.what for name in not_named)


def test_one_cluster_is_refused(X: np.ndarray) -> None:
    for moments in (sample_moments, incomplete_moments):
        with pytest.raises(IdentificationError) as caught:
            moments(X, NAMES, np.zeros(20, dtype=np.intp))
        assert caught.value.code == "data.too-few-clusters"
