"""Edges and invariances of the scores of latents; their values are golden tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import multivariate_normal, norm
from semopy.examples import holzinger39

from cosyn.engine import cfa, sem
from cosyn.engine._ordinal_scores import RESIDUALS, _interval
from cosyn.engine.factor_scores import factor_scores
from cosyn.errors import IdentificationError

MODEL = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
ITEMS = [f"x{k}" for k in range(1, 10)]


class Table(dict[str, Any]):
    """As much of a data frame as the engine asks for."""

    @property
    def columns(self) -> list[str]:
        return list(self)


def table(X: Any) -> Table:
    return Table(zip("abcde", X.T, strict=True))


@pytest.fixture(scope="module")
def data() -> Any:
    return holzinger39.get_data().reset_index(drop=True)


@pytest.fixture(scope="module")
def categories(data: Any) -> Any:
    cut = {x: np.searchsorted(np.quantile(data[x], [0.2, 0.5, 0.8]), data[x]) for x in ITEMS}
    return data.assign(**cut)


def test_scores_are_in_the_order_of_the_data(categories: Any) -> None:
    found = cfa(MODEL, categories, ordered=True).factor_scores()
    order = np.random.default_rng(1).permutation(len(categories))
    turned = cfa(MODEL, categories.iloc[order], ordered=True).factor_scores()
    np.testing.assert_allclose(turned.to_numpy(), found.to_numpy()[order], atol=1e-7)


def test_answers_that_are_alike_have_one_score(categories: Any) -> None:
    fit = cfa(MODEL, categories, ordered=True)
    doubled = cfa(MODEL, categories.iloc[np.tile(np.arange(301), 2)], ordered=True)
    found, twice = fit.factor_scores().to_numpy(), doubled.factor_scores().to_numpy()
    np.testing.assert_allclose(twice[:301], twice[301:], atol=0)
    np.testing.assert_allclose(twice[:301], found, atol=1e-4)


def test_parameterisations_differ_in_scale_alone(categories: Any) -> None:
    delta, theta = (
        cfa(MODEL, categories, ordered=True, std_lv=True, parameterization=each).factor_scores()
        for each in ("delta", "theta")
    )
    np.testing.assert_allclose(delta.to_numpy(), theta.to_numpy(), atol=1e-6)


def test_a_missing_answer_says_nothing(categories: Any) -> None:
    """Nobody's answer to an item of another, unrelated latent moves the score."""
    fit = cfa(MODEL, categories, ordered=True, orthogonal=True).result
    [sample] = fit.ordinal
    assert sample.values is not None
    gaps = sample.values.copy()
    gaps[:, 6:] = np.nan
    unanswered = replace(fit, ordinal=(replace(sample, values=gaps),))
    found, without = factor_scores(fit), factor_scores(unanswered)
    np.testing.assert_allclose(without.values[:, :2], found.values[:, :2], atol=1e-9)
    np.testing.assert_allclose(without.values[:, 2], 0, atol=1e-12)
    np.testing.assert_allclose(
        without.standard_errors[:, 2], np.sqrt(fit.covariance_of_latents()[2, 2])
    )
    assert without.determinacy[2] == pytest.approx(0, abs=1e-6)


def test_continuous_modes_are_regression_scores(data: Any) -> None:
    fit = cfa(MODEL, data).result
    by_mode, by_regression = factor_scores(fit, "ebm"), factor_scores(fit)
    np.testing.assert_array_equal(by_mode.values, by_regression.values)
    assert (by_mode.method, by_regression.method) == ("ebm", "regression")


def test_complete_rows_score_alike_by_likelihood(data: Any) -> None:
    plain, likely = (cfa(MODEL, data, meanstructure=True, missing=m) for m in ("listwise", "fiml"))
    for method in ("regression", "bartlett"):
        a, b = (factor_scores(fit.result, method) for fit in (plain, likely))
        np.testing.assert_allclose(a.values, b.values, atol=1e-6)
        np.testing.assert_allclose(a.standard_errors, b.standard_errors, atol=1e-6)
        np.testing.assert_allclose(a.determinacy, b.determinacy, atol=1e-6)


def test_determinacy_is_the_correlation_with_the_latent() -> None:
    """Of simulated latents, for each method and kind of item."""
    rng = np.random.default_rng(5)
    latent = rng.standard_normal((20_000, 1))
    z = 0.7 * latent + np.sqrt(0.51) * rng.standard_normal((20_000, 5))
    gaps = np.where(rng.random(z.shape) < 0.2, np.nan, z)
    cut = np.searchsorted([-0.8, 0.3, 1.2], z)
    model = "f =~ a + b + c + d + e"
    cases: list[tuple[Any, Any]] = [
        (cfa(model, table(z)), "regression"),
        (cfa(model, table(z)), "bartlett"),
        (cfa(model, table(gaps), missing="fiml"), "regression"),
        (cfa(model, table(cut), ordered=True), "ebm"),
    ]
    answered = ~np.isnan(gaps).all(axis=1)
    for fit, method in cases:
        found = factor_scores(fit.result, method)
        truth = latent if len(found.values) == len(latent) else latent[answered]
        r = np.corrcoef(found.values[:, 0], truth[:, 0])[0, 1]
        assert found.determinacy[0] == pytest.approx(r, abs=0.006), method


def test_modes_given_an_outcome_that_correlates_with_an_ordinal_one(
    data: Any, categories: Any
) -> None:
    """By scipy's search on the joint normal density of latents and outcomes."""
    model = "visual =~ x1 + x2 + x3\nx6 ~ visual\nx7 ~ visual\nx6 ~~ x7"
    items = ["x1", "x2", "x3", "x6"]
    fit = sem(model, categories.assign(x7=data["x7"]), ordered=items).result
    assert fit.structures[0].latent == ("visual", "x6", "x7")
    [sample], [implied] = fit.ordinal, fit.implied
    assert sample.values is not None
    # Of visual, the variable behind x6, and x7; then the variable behind x6 given the other two.
    V, mean = implied.V.copy(), implied.eta
    V[1, 1] = 1.0
    slopes = np.linalg.solve(V[np.ix_([0, 2], [0, 2])], V[[0, 2], 1])
    spread = np.sqrt(1 - slopes @ V[[0, 2], 1])
    Lambda = fit.structures[0].matrices(fit.x).Lambda[:, 0]
    names = fit.table.observed

    def density(eta: Any, row: Any) -> float:
        x7 = row[names.index("x7")]
        total = multivariate_normal.logpdf([eta[0], x7], mean[[0, 2]], V[np.ix_([0, 2], [0, 2])])
        for name in items:
            tau = [-np.inf, *sample.thresholds[names.index(name)], np.inf]
            k = int(row[names.index(name)])
            loading = Lambda[names.index(name)]
            at, sd = loading * eta[0], np.sqrt(1 - loading**2 * V[0, 0])
            if name == "x6":
                at, sd = slopes @ (np.array([eta[0], x7]) - mean[[0, 2]]), spread
            total += np.log(norm.cdf(tau[k + 1], at, sd) - norm.cdf(tau[k], at, sd))
        return -float(total)

    found = factor_scores(fit).values[:, 0]
    for k in range(5):
        best = minimize(density, [0.0], (sample.values[k],), method="Powell", tol=1e-12)
        assert found[k] == pytest.approx(float(np.ravel(best.x)[0]), abs=1e-5)


def test_correlated_residuals_are_told(categories: Any) -> None:
    fit = cfa(MODEL + "\nx4 ~~ x7", categories, ordered=True).result
    assert factor_scores(fit).notes == (RESIDUALS,)


def test_methods_that_do_not_fit_the_items(data: Any, categories: Any) -> None:
    with pytest.raises(IdentificationError) as caught:
        cfa(MODEL, categories, ordered=True).factor_scores("bartlett")
    assert caught.value.code == "scores.method"
    second = cfa(MODEL + "\ng =~ visual + textual + speed", data)
    with pytest.raises(IdentificationError) as caught:
        second.factor_scores("bartlett")
    assert caught.value.code == "scores.method"


def test_what_did_not_converge_has_no_scores(data: Any) -> None:
    with pytest.raises(IdentificationError) as caught:
        cfa("f =~ x1 + x2", data).factor_scores()
    assert caught.value.code == "scores.not-converged"


def test_a_negative_residual_variance_has_no_modes(categories: Any) -> None:
    fit = cfa(MODEL + "\nx7 ~~ x8", categories, ordered=True)
    assert not fit.status.admissible
    with pytest.raises(IdentificationError) as caught:
        fit.factor_scores()
    assert caught.value.code == "scores.residual-variance"


def test_moments_alone_have_no_scores(categories: Any) -> None:
    fit = cfa(MODEL, categories, ordered=True).result
    bare = replace(fit, ordinal=(replace(fit.ordinal[0], values=None),))
    with pytest.raises(IdentificationError) as caught:
        factor_scores(bare)
    assert caught.value.code == "data.no-rows"


def test_intervals_far_in_the_tails_have_finite_slopes() -> None:
    low = np.array([[60.0, -1e8, 200.0, -0.5, -61.0]])
    high = np.array([[61.0, -70.0, 1e8, 0.5, -60.0]])
    value, slope, bend = _interval(low, high)
    assert np.isfinite(value).all()
    np.testing.assert_allclose(slope[0, [0, 1, 2]], [60.0166, -70.0143, 200.005], rtol=1e-5)
    assert slope[0, 3] == pytest.approx(0, abs=1e-15)
    assert slope[0, 0] == pytest.approx(-slope[0, 4])
    assert ((bend >= 0) & (bend <= 1.0001)).all()
