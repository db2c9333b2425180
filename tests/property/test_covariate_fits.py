"""What must hold of fits to ordinal and mixed items with covariates, whatever the data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cosyn.engine import Fitted, sem
from cosyn.engine.inference import jacobian
from cosyn.engine.least_squares import least_squares
from cosyn.engine.standardize import standardized

ITEMS = [f"x{k}" for k in range(1, 7)]
#: Several latents and items with covariates, and items that explain others (x4, x5).
MODEL = """
    f =~ x1 + x2 + x3
    f ~ u + v
    x2 ~ v
    x4 ~ f + u
    x5 ~ x4 + f
    x6 ~ x5 + v
"""
seeds = st.integers(0, 2**32 - 1)
few = settings(max_examples=6, deadline=None)


def draw(seed: int, n: int = 300) -> pd.DataFrame:
    """Five items with four categories, a continuous variable, a number and a dummy."""
    rng = np.random.default_rng(seed)
    u, v = rng.normal(0, 1, n), rng.integers(0, 2, n)
    f = 0.5 * u - 0.6 * v + rng.standard_normal(n)
    latent = np.empty((n, 6))
    latent[:, :3] = f[:, None] * [1, 0.8, 0.9] + rng.standard_normal((n, 3))
    latent[:, 1] += 0.4 * v
    latent[:, 3] = 0.5 * f + 0.3 * u + rng.standard_normal(n)
    latent[:, 4] = 0.4 * latent[:, 3] + 0.3 * f + rng.standard_normal(n)
    latent[:, 5] = 0.5 * latent[:, 4] - 0.3 * v + rng.standard_normal(n)
    X = np.digitize(latent, [-1.2, 0, 1.2]).astype(float)
    X[:, 5] = latent[:, 5]
    return pd.DataFrame(np.column_stack([X, u, v]), columns=[*ITEMS, "u", "v"])


def fit(frame: pd.DataFrame, model: str = MODEL, **options: Any) -> Fitted:
    return sem(model, frame, ordered=ITEMS[:5], **options)


@few
@given(seed=seeds, parameterization=st.sampled_from(["delta", "theta"]), several=st.booleans())
def test_slopes_are_derivatives(seed: int, parameterization: str, several: bool) -> None:
    frame = draw(seed)
    frame["group"] = np.arange(len(frame)) % 2
    equal: dict[str, Any] = {}
    if several:
        equal = {"group": "group", "group_equal": ["regressions", "thresholds"]}
    found = fit(frame, parameterization=parameterization, **equal).result
    discrepancy = least_squares(found.table, found.ordinal, "DWLS")
    x = np.random.default_rng(seed).uniform(0.3, 0.9, found.table.n_free)
    for part in discrepancy.parts:
        np.testing.assert_allclose(part.slopes(x), jacobian(part.statistics, x), atol=1e-9)


@few
@given(seed=seeds)
def test_parameterisations_fit_alike(seed: int) -> None:
    frame = draw(seed)
    fits = [fit(frame), fit(frame, parameterization="theta"), fit(frame, std_lv=True)]
    if not all(each.status.ok for each in fits):
        return
    for name in ("df", "chisq", "chisq_scaled", "cfi", "srmr", "rmsea_scaled"):
        values = [each.fit_measures[name] for each in fits]
        assert values == pytest.approx([values[0]] * 3, rel=1e-5, abs=1e-7), name
    rows = [k for k, row in enumerate(fits[0].result.table.rows) if row.op in {"=~", "~", "~~"}]
    one, *others = (standardized(each.result).estimates[rows] for each in fits)
    for other in others:
        np.testing.assert_allclose(other, one, atol=1e-5)


@few
@given(seed=seeds, by=st.floats(0.01, 100), shift=st.floats(-2000, 2000))
def test_units_of_covariates_do_not_matter(seed: int, by: float, shift: float) -> None:
    frame = draw(seed)
    moved = frame.assign(u=frame["u"] * by + shift)
    one, two = fit(frame), fit(moved)
    assert one.status.ok == two.status.ok
    if not one.status.ok:
        return
    for name in ("chisq", "chisq_scaled", "baseline_chisq_scaled", "srmr"):
        assert two.fit_measures[name] == pytest.approx(one.fit_measures[name], rel=1e-5), name
    slopes = [k for k, row in enumerate(one.result.table.rows) if row.op == "~" and row.rhs == "u"]
    np.testing.assert_allclose(
        two.result.estimates[slopes] * by, one.result.estimates[slopes], rtol=1e-5, atol=1e-7
    )
    rest = [
        k for k, row in enumerate(one.result.table.rows) if row.op in {"=~", "~"} and row.rhs != "u"
    ]
    std, moved_std = (standardized(each.result).estimates for each in (one, two))
    np.testing.assert_allclose(moved_std[rest + slopes], std[rest + slopes], atol=1e-6)


@few
@given(seed=seeds)
def test_a_covariate_without_effect_changes_nothing(seed: int) -> None:
    """Everyone twice, with 1 and with -1: slopes of zero, and the fit of the model without it."""
    frame = draw(seed)
    plain = fit(frame, "f =~ x1 + x2 + x3\nx4 ~ f")
    twice = pd.concat([frame.assign(w=1.0), frame.assign(w=-1.0)])
    found = fit(twice, "f =~ x1 + x2 + x3\nx4 ~ f\nf ~ w")
    if not (plain.status.ok and found.status.ok):
        return
    assert found.result.estimate("f", "~", "w") == pytest.approx(0, abs=1e-7)
    scale = (found.n - 1) / (plain.n - 1)
    for name in ("chisq", "baseline_chisq"):
        wanted = pytest.approx(plain.fit_measures[name] * scale, rel=1e-6, abs=1e-7)
        assert found.fit_measures[name] == wanted, name
    assert found.fit_measures["df"] == plain.fit_measures["df"] + 3
    assert found.fit_measures["srmr"] == pytest.approx(plain.fit_measures["srmr"], abs=1e-7)


@few
@given(seed=seeds)
def test_order_of_respondents_and_columns_does_not_matter(seed: int) -> None:
    frame = draw(seed)
    rng = np.random.default_rng(seed)
    shuffled = frame.iloc[rng.permutation(len(frame)), rng.permutation(frame.shape[1])]
    one, two = fit(frame), fit(shuffled)
    if one.status.ok and two.status.ok:
        np.testing.assert_allclose(one.result.estimates, two.result.estimates, atol=1e-7)


def test_everyone_twice_in_a_cluster_is_everyone_once() -> None:
    """With J clusters of two that answer alike, variances are J / (J - 1) times those of J alone."""
    frame = draw(1)
    twice = pd.concat([frame.assign(team=range(300)), frame.assign(team=range(300))])
    plain, clustered = fit(frame), fit(twice, cluster="team")
    assert plain.result.vcov is not None
    assert clustered.result.vcov is not None
    ratio = 300 / 299 * 2 * (plain.n - 1) / (clustered.n - 1)
    np.testing.assert_allclose(
        clustered.result.vcov, ratio * plain.result.vcov, rtol=1e-4, atol=1e-9
    )


def test_a_population_is_recovered() -> None:
    """Standard errors of 60 samples of 500: a ratio off by more than .35 has probability 1e-4."""
    model = "f =~ x1 + x2 + x3\nf ~ u + v\nx2 ~ v\nx6 ~ f + u + v"
    found = [fit(draw(seed, 500), model, parameterization="theta") for seed in range(60)]
    ok = [each.result for each in found if each.status.ok]
    assert len(ok) >= 58
    estimates = np.array([each.x for each in ok])
    errors = np.array([np.sqrt(np.diag(each.vcov)) for each in ok if each.vcov is not None])
    ratio = estimates.std(axis=0, ddof=1) / errors.mean(axis=0)
    assert ratio.min() > 0.65
    assert ratio.max() < 1.4
    truth = {
        ("f", "u"): 0.5,
        ("f", "v"): -0.6,
        ("x2", "v"): 0.4,
        ("x6", "f"): 0.25,
        ("x6", "v"): -0.3,
    }
    for (lhs, rhs), value in truth.items():
        k = ok[0].table.rows[ok[0].table.index(lhs, "~", rhs)].free - 1
        off = (estimates[:, k].mean() - value) / (errors[:, k].mean() / np.sqrt(len(ok)))
        assert abs(off) < 4
