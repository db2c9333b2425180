"""Covariates of ordinal items: what is counted, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from cosyn.engine import sem
from cosyn.engine.ordinal import OrdinalMoments, ordinal_moments
from cosyn.engine.ordinal_fit import fit_ordinal
from cosyn.engine.standardize import standardized
from cosyn.errors import IdentificationError

Values = NDArray[np.float64]
NAMES = ("a", "b", "y", "u", "v")


def data() -> Values:
    """Two items, a continuous variable, two covariates."""
    rng = np.random.default_rng(5)
    given = rng.standard_normal((200, 2))
    latent = given @ np.array([[0.5, 0.2, 0.4], [0.0, -0.3, 0.1]])
    latent += rng.standard_normal((200, 1)) + rng.standard_normal((200, 3))
    latent[:, :2] = np.digitize(latent[:, :2], (-0.8, 0.7))
    return np.column_stack([latent, given])


def moments(X: Values, **options: Any) -> OrdinalMoments:
    settings: dict[str, Any] = {"ordered": ("a", "b"), "covariates": ("u", "v")} | options
    return ordinal_moments(X, NAMES, **settings)


def test_moments_of_all_variables_together() -> None:
    X = data()
    found = moments(X).sample(NAMES)
    assert found.names == NAMES
    np.testing.assert_allclose(found.mean[2:], X[:, 2:].mean(axis=0))
    np.testing.assert_allclose(found.cov[3:, 3:], np.cov(X[:, 3:].T))
    wanted = np.linalg.lstsq(np.column_stack([np.ones(200), X[:, 3:]]), X[:, 2], rcond=None)[0]
    np.testing.assert_allclose(found.cov[3:, 3:] @ wanted[1:], found.cov[3:, 2])


def test_categories_need_not_be_numbered_from_zero() -> None:
    X = data()
    one, two = moments(X), moments(X + np.array([1.0, 7.0, 0, 0, 0]))
    np.testing.assert_array_equal(one.statistics, two.statistics)


@pytest.mark.parametrize("missing", ["listwise", "pairwise"])
def test_who_lacks_a_covariate_is_left_out(missing: str) -> None:
    X = data()
    X[:30, 4] = np.nan
    X[20:50, 0] = np.nan
    found = moments(X, missing=missing)
    assert found.n == {"listwise": 150, "pairwise": 170}[missing]
    assert found.pair_counts[0, 1] == 150
    assert found.covariates is not None
    assert len(found.covariates.standardized) == found.n


def constant(X: Values) -> Values:
    X[:, 4] = 3.0
    return X


def collinear(X: Values) -> Values:
    X[:, 4] = 2 * X[:, 3] + 1
    return X


def infinite(X: Values) -> Values:
    X[3, 4] = np.inf
    return X


def separated(X: Values) -> Values:
    X[:, 0] = X[:, 3] > 0.2
    return X


def told(X: Values) -> Values:
    X[:, 2] = X[:, 3] - X[:, 4]
    return X


@pytest.mark.parametrize(
    ("spoil", "code", "said"),
    [
        (constant, "data.constant-variable", "the covariate `v`"),
        (collinear, "data.collinear-covariates", "`u`, `v` one follows from the others"),
        (infinite, "data.missing-values", "infinite values in `v`"),
        (separated, "data.determined-by-covariates", "the covariates determine `a`"),
        (told, "data.determined-by-covariates", "the covariates determine `y`"),
    ],
)
def test_useless_covariates_are_named(spoil: Any, code: str, said: str) -> None:
    with pytest.raises(IdentificationError, match=said) as caught:
        moments(spoil(data()))
    assert caught.value.code == code


def test_ordered_covariates_are_refused() -> None:
    X = data()
    X[:, 4] = np.digitize(X[:, 4], (-0.5, 0.5))
    with pytest.raises(IdentificationError, match="`v` explains others") as caught:
        moments(X, ordered=("a", "b", "v"))
    assert caught.value.code == "data.ordered-covariate"
    assert "0/1 variable a category" in caught.value.fix


def frame() -> pd.DataFrame:
    return pd.DataFrame(data(), columns=NAMES).assign(
        c=lambda x: np.digitize(x["y"] + np.random.default_rng(1).normal(0, 1, 200), (0, 2))
    )


MODEL = "f =~ a + b + c\nf ~ u + v"


def test_all_ordered_leaves_covariates_what_they_are() -> None:
    one, two = (sem(MODEL, frame(), ordered=ordered) for ordered in (True, ["a", "b", "c"]))
    assert one.result.table.ordered == (("a", 2), ("b", 2), ("c", 2))
    np.testing.assert_array_equal(one.result.estimates, two.result.estimates)
    assert one.fit_measures["df"] == 4
    assert one.fit_measures["baseline_df"] == 3


def test_respondents_without_a_covariate_are_counted() -> None:
    found = sem(MODEL, frame().assign(v=lambda x: x["v"].where(x.index >= 10)), ordered=True)
    assert (found.n, found.n_dropped) == (190, 10)
    gaps = frame()
    gaps.loc[5:20, "v"], gaps.loc[15:40, "a"] = np.nan, np.nan
    pairwise = sem(MODEL, gaps, ordered=True, missing="pairwise")
    assert (pairwise.n, pairwise.n_dropped) == (184, 16)


@pytest.mark.parametrize("ordered", [["a", "b", "c", "v"], ["v"]])
def test_a_model_with_an_ordered_covariate_is_refused(ordered: list[str]) -> None:
    answers = frame().assign(v=lambda x: np.sign(x["v"]))
    with pytest.raises(IdentificationError, match="no thresholds"):
        sem(MODEL, answers, ordered=ordered)


def test_a_covariate_whose_variance_the_model_names_is_one_of_its_variables() -> None:
    found = sem(f"{MODEL}\nv ~~ v", frame(), ordered=["a", "b", "c"])
    assert found.result.table.covariates == ("u",)
    assert found.result.table.responses == ("a", "b", "c", "v")


def test_statistics_given_other_covariates_are_refused() -> None:
    found = sem(MODEL, frame(), ordered=True).result
    other = ordinal_moments(
        frame()[["a", "b", "c", "u"]].to_numpy(), ["a", "b", "c", "u"], ["a", "b", "c"],
        covariates=["u"],
    )  # fmt: skip
    with pytest.raises(IdentificationError, match="are not those of the model's variables"):
        fit_ordinal(found.table, (other,), found.options)


def test_explained_variance_counts_the_covariates() -> None:
    found = sem(MODEL, frame(), ordered=True)
    std = standardized(found.result)
    for name, explained in found.result.r_squared().items():
        residual = std.row(name, "~~", name).value
        assert residual is not None
        assert explained == pytest.approx(1 - residual)
