"""What a fit does not say of reliability, and what it warns of; the values are golden tests."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from semopy.examples import holzinger39

from cosyn.engine import cfa
from cosyn.engine._categorical_omega import total_variance, true_variance
from cosyn.engine.fit_reliability import reliabilities
from cosyn.engine.hierarchy import NO_GENERAL, SEVERAL, hierarchy
from cosyn.engine.htmt import htmt
from cosyn.engine.omega import MIXED, ONE_ITEM, TWO_ITEMS, omega, omegas
from cosyn.engine.schmid_leiman import schmid_leiman
from cosyn.engine.validity import maximal_reliability, replicability
from cosyn.errors import IdentificationError

MODEL = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
ITEMS = [f"x{k}" for k in range(1, 10)]


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    return pd.DataFrame(holzinger39.get_data())


def bifactor(n: int, last: float = 0.5, seed: int = 3) -> pd.DataFrame:
    """Nine items of a general and three specific factors; loadings on the last of these vary."""
    rng = np.random.default_rng(seed)
    specific = np.repeat([0.5, 0.5, last], 3)
    general, own = rng.standard_normal((n, 1)), rng.standard_normal((n, 3))
    common = 0.6 * general + specific * np.repeat(own, 3, axis=1)
    noise = np.sqrt(1 - 0.36 - specific**2) * rng.standard_normal((n, 9))
    return pd.DataFrame(common + noise, columns=ITEMS)


BIFACTOR = f"g =~ {' + '.join(ITEMS)}\ns1 =~ x1 + x2 + x3\ns2 =~ x4 + x5 + x6\ns3 =~ x7 + x8 + x9"


def test_frame_has_a_row_for_each_latent_and_group(data: pd.DataFrame) -> None:
    frame = cfa(MODEL, data, group="school").reliability()
    assert list(frame["latent"]) == ["visual", "textual", "speed"] * 2
    assert list(frame["group"]) == ["Pasteur"] * 3 + ["Grant-White"] * 3
    assert {"omega_implied", "omega_observed", "alpha", "ave"} <= set(frame.columns)
    assert (frame["reason"] == "").all()


def test_two_items_alone_have_spearman_brown(data: pd.DataFrame) -> None:
    [found] = reliabilities(cfa("f =~ x1 + x2", data).result)
    assert found.reason == TWO_ITEMS
    assert found.omega_implied is found.composite_reliability is found.replicability is None
    r = data["x1"].corr(data["x2"])
    assert found.spearman_brown == pytest.approx(2 * r / (1 + r))


def test_one_item_has_no_reliability(data: pd.DataFrame) -> None:
    found = omegas(cfa("f =~ x1\ng =~ x4 + x5 + x6", data).result)
    assert [each.reason for each in found] == [ONE_ITEM, ""]


def test_heywood_case_is_a_reason() -> None:
    S = np.array([[1, 0.8, 0.8], [0.8, 1, 0.5], [0.8, 0.5, 1]])
    rows = np.linalg.qr(np.random.default_rng(1).standard_normal((50, 3)))[0]
    rows -= rows.mean(axis=0)
    rows = np.linalg.qr(rows)[0] @ np.linalg.cholesky(S).T
    [found] = reliabilities(cfa("f =~ a + b + c", pd.DataFrame(rows, columns=list("abc"))).result)
    assert "Heywood case" in found.reason
    assert found.omega_implied is found.ave is found.composite_reliability is None
    assert found.alpha is not None


def test_an_item_not_keyed_is_named(data: pd.DataFrame) -> None:
    found = omega(cfa("f =~ x4 + x5 + x6", data.assign(x5=-data["x5"])).result)
    assert found.warnings == ("loadings of both signs: `x5` may have to be reverse-keyed",)
    assert found.implied is not None
    assert found.implied < 0.5


def test_mixed_items_have_no_common_unit(data: pd.DataFrame) -> None:
    cut = data.assign(
        **{x: np.searchsorted([-1, 0.5], data[x] - data[x].mean()) for x in ITEMS[2:]}
    )
    visual, textual, _ = reliabilities(cfa(MODEL, cut, ordered=ITEMS[2:]).result)
    assert (visual.omega_implied, visual.alpha, visual.reason) == (None, None, MIXED)
    assert visual.omega_latent_responses_implied is not None
    assert textual.omega_implied is not None


def test_omega_of_several_latents_is_not_one_number(data: pd.DataFrame) -> None:
    assert omega(cfa(MODEL, data).result).reason == "not a one-factor model of one group"


def test_models_without_a_general_factor(data: pd.DataFrame) -> None:
    assert hierarchy(cfa(MODEL, data).result).reason == NO_GENERAL
    correlated = "g =~ " + " + ".join(ITEMS) + "\ntextual =~ x4 + x5 + x6"
    fit = cfa(correlated + "\ng ~~ 0.2*textual", data)
    assert hierarchy(fit.result).reason == NO_GENERAL
    assert hierarchy(cfa("f =~ x1 + x2 + x3", data).result).reason == NO_GENERAL


def test_several_general_factors_are_named_one_by_one() -> None:
    frame = bifactor(800)
    frame = frame.join(bifactor(800, seed=4).rename(columns=lambda name: name.replace("x", "y")))
    lower = "\n".join(
        f"{prefix}{k} =~ {' + '.join(f'{item}{j}' for j in range(3 * k - 2, 3 * k + 1))}"
        for prefix, item in (("a", "x"), ("b", "y"))
        for k in (1, 2, 3)
    )
    fit = cfa(f"{lower}\ng =~ a1 + a2 + a3\nh =~ b1 + b2 + b3", frame).result
    assert fit.status.ok
    assert hierarchy(fit).reason == SEVERAL
    found = hierarchy(fit, general="h")
    assert (found.general, found.puc) == ("h", 0.75)
    assert [part.latent for part in found.subscales] == ["b1", "b2", "b3"]


def test_bifactor_recovers_its_population() -> None:
    """Of 20,000 respondents: omega_h, ECV and H within sampling error of their formulas."""
    found = hierarchy(cfa(BIFACTOR, bifactor(20_000), std_lv=True, orthogonal=True).result)
    total = 81 * 0.36 + 3 * 9 * 0.25 + 9 * 0.39
    assert found.hierarchical is not None
    assert found.hierarchical.implied == pytest.approx(81 * 0.36 / total, abs=0.01)
    assert found.ecv == pytest.approx(0.36 / 0.61, abs=0.01)
    ratio = 9 * 0.36 / 0.64
    assert found.replicability == pytest.approx(ratio / (1 + ratio), abs=0.01)
    assert found.warnings == ()


def test_vanished_specific_factor_is_told() -> None:
    fit = cfa(BIFACTOR, bifactor(20_000, last=0.2), std_lv=True, orthogonal=True).result
    [warning] = hierarchy(fit).warnings
    assert warning.startswith("`s3` has all but vanished beside `g` (omega_hs 0.0")


def test_a_first_order_factor_without_variance_of_its_own(data: pd.DataFrame) -> None:
    cut = data.assign(**{x: np.searchsorted([-1, 0.5], data[x] - data[x].mean()) for x in ITEMS})
    model = MODEL + "\ng =~ visual + textual + speed\nvisual ~~ 0*visual"
    for fit in (cfa(model, data), cfa(model, cut, ordered=True)):
        assert fit.status.ok
        found = hierarchy(fit.result)
        assert [part.latent for part in found.subscales] == ["textual", "speed"]
        assert found.hierarchical is not None


def test_category_covariances_are_those_of_simulated_answers() -> None:
    rng = np.random.default_rng(2)
    R = np.array([[1, 0.5, 0.3], [0.5, 1, -0.2], [0.3, -0.2, 1]])
    tau = np.array([[-0.5, 0.8, np.inf], [0.2, np.inf, np.inf], [-1, 0, 1]])
    z = rng.standard_normal((1_000_000, 3)) @ np.linalg.cholesky(R).T
    total = sum((z[:, [j]] > tau[j]).sum(axis=1) for j in range(3))
    assert total_variance(tau, R).value == pytest.approx(np.var(total), rel=0.005)


def test_category_covariances_move_as_differences_say() -> None:
    R = np.array([[0.6, 0.5, 0.3], [0.5, 0.7, -0.2], [0.3, -0.2, 0.4]])
    tau = np.array([[-0.5, 0.8, np.inf], [0.2, np.inf, np.inf], [-1, 0, 1]])
    for function in (true_variance, total_variance):
        found, step = function(tau, R), 1e-6
        for j, c in np.argwhere(np.isfinite(tau)):
            up, down = tau.copy(), tau.copy()
            up[j, c] += step
            down[j, c] -= step
            slope = (function(up, R).value - function(down, R).value) / (2 * step)
            assert found.by_threshold[j, c] == pytest.approx(slope, abs=1e-7)
        for j, k in [(0, 1), (2, 0), (1, 1)]:
            move = np.zeros((3, 3))
            move[j, k] = step
            slope = (function(tau, R + move).value - function(tau, R - move).value) / (2 * step)
            assert found.by_correlation[j, k] == pytest.approx(slope, abs=1e-7)


def test_omega_ignores_the_order_of_items(data: pd.DataFrame) -> None:
    cut = data.assign(
        **{x: np.searchsorted([-1, 0.5], data[x] - data[x].mean()) for x in ITEMS[:8]}
    )
    cut["x9"] = (data["x9"] > data["x9"].median()) * 1
    turned = "speed =~ NA*x9 + x7 + x8\nspeed ~~ 1*speed\nvisual =~ x2 + x3 + x1\ntextual =~ x5 + x4 + x6"
    here = {each.latent: each for each in omegas(cfa(MODEL, cut, ordered=True).result)}
    for each in omegas(cfa(turned, cut, ordered=True).result):
        want = here[each.latent]
        assert each.implied == pytest.approx(want.implied, rel=1e-6)
        assert each.observed == pytest.approx(want.observed, rel=1e-6)
        assert each.standard_error == pytest.approx(want.standard_error, rel=1e-5)


def test_h_is_at_least_the_best_item() -> None:
    assert maximal_reliability(np.array([0.9, 0.1])) == pytest.approx(
        1 / (1 + 1 / (0.81 / 0.19 + 0.01 / 0.99))
    )
    assert maximal_reliability(np.array([1.0, 0.5])) is None


def test_what_is_not_converged_has_no_h(data: pd.DataFrame) -> None:
    assert replicability(cfa("f =~ x1 + x2", data).result) == {"f": None}


def test_too_few_exploratory_factors() -> None:
    found = schmid_leiman(np.eye(4), 2)
    assert found.omega_hierarchical is None
    assert "three factors" in found.reason
    assert schmid_leiman(np.ones((6, 6)), 3).reason


SCALES = {"visual": ["x1", "x2", "x3"], "textual": ["x4", "x5", "x6"]}


def test_clusters_are_drawn_whole(data: pd.DataFrame) -> None:
    X = np.repeat(data[ITEMS].to_numpy(dtype=float), 4, axis=0)
    alone = htmt(data[ITEMS].to_numpy(dtype=float), ITEMS, SCALES, replicates=300)
    whole = htmt(X, ITEMS, SCALES, replicates=300, cluster=np.repeat(np.arange(301), 4))
    assert alone.lower is not None
    assert whole.lower is not None
    np.testing.assert_allclose(whole.lower, alone.lower, rtol=1e-9)


def test_gaps_are_left_out_and_counted(data: pd.DataFrame) -> None:
    X = data[ITEMS].to_numpy(dtype=float).copy()
    X[:10, 0] = np.nan
    found = htmt(X, ITEMS, SCALES)
    assert found.n == 291
    np.testing.assert_allclose(found.ratios, htmt(X[10:], ITEMS, SCALES).ratios)


def test_samples_in_which_an_item_does_not_vary_are_counted() -> None:
    X = np.random.default_rng(1).standard_normal((40, 4))
    X[:, 0] = np.arange(40) == 0
    names = list("abcd")
    found = htmt(X, names, {"f": ["a", "b"], "g": ["c", "d"]}, replicates=100)
    assert found.failed > 20
    assert found.lower is None
    assert "did not vary" in found.reason
    ordinal = htmt(X, names, {"f": ["a", "b"], "g": ["c", "d"]}, ordered=["a"], replicates=20)
    assert ordinal.failed > 2


@pytest.mark.parametrize(
    ("scales", "code"),
    [
        ({"f": ["x1", "x2"]}, "data.scales"),
        ({"f": ["x1", "x2"], "g": ["x3"]}, "data.scales"),
        ({"f": ["x1", "x2"], "g": ["x3", "nobody"]}, "data.no-column"),
    ],
)
def test_scales_that_cannot_be_compared(data: pd.DataFrame, scales: Any, code: str) -> None:
    with pytest.raises(IdentificationError) as caught:
        htmt(data[ITEMS].to_numpy(dtype=float), ITEMS, scales)
    assert caught.value.code == code
