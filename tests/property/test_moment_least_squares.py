"""What must hold of every least-squares fit of continuous data, of bounds and of effect coding."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cosyn.engine import Fitted, compare, sem
from cosyn.engine.constraints import constraints_of
from cosyn.engine.moment_least_squares import moment_covariance, normal_covariance_of
from cosyn.engine.moments import sample_moments

NAMES = [f"x{k}" for k in range(1, 7)]
TWO = "f =~ x1 + x2 + x3\ng =~ x4 + x5 + x6"
PATHS = TWO + "\ng ~ f\nx1 ~~ x4"
LEAST_SQUARES = ("GLS", "ULS", "ULSM", "ULSMV", "WLS")
seeds = st.integers(0, 2**32 - 1)
few = settings(max_examples=10, deadline=None)


def draw(seed: int, n: int = 400) -> pd.DataFrame:
    """Two correlated factors, in two groups, with a covariate and a doublet."""
    rng = np.random.default_rng(seed)
    z = rng.standard_normal(n)
    f = 0.4 * z + rng.standard_normal(n)
    g = 0.5 * f + rng.standard_normal(n)
    loadings = rng.uniform(0.6, 0.9, 6)
    X = np.column_stack([f] * 3 + [g] * 3) * loadings + rng.standard_normal((n, 6))
    X[:, [0, 3]] += 0.3 * rng.standard_normal((n, 1))
    X = X * rng.uniform(0.5, 2, 6) + rng.uniform(-3, 3, 6)
    frame = pd.DataFrame(X, columns=NAMES)
    return frame.assign(z=z, group=np.where(np.arange(n) % 2, "a", "b"))


@few
@given(seed=seeds, estimator=st.sampled_from(("GLS", "ULS", "WLS")), several=st.booleans())
def test_gradient_and_hessian_are_derivatives(seed: int, estimator: str, several: bool) -> None:
    found = sem(
        PATHS, draw(seed), estimator=estimator, group="group" if several else None,
        meanstructure=True,
    ).result  # fmt: skip
    discrepancy = found.discrepancy()
    x = found.x + 0.03 * np.random.default_rng(seed).standard_normal(len(found.x))
    here, h = discrepancy.at(x), 1e-6
    moves = h * np.eye(len(x))
    values = [(discrepancy.at(x + m).value - discrepancy.at(x - m).value) / (2 * h) for m in moves]
    slopes = [
        (discrepancy.at(x + m).score() - discrepancy.at(x - m).score()) / (2 * h) for m in moves
    ]
    scale = np.abs(here.hessian()).max()
    np.testing.assert_allclose(-here.score(), values, atol=1e-6 * scale)
    np.testing.assert_allclose(here.hessian(), -np.array(slopes), atol=1e-6 * scale)


@few
@given(seed=seeds, means=st.booleans())
def test_normal_covariance_is_that_of_a_large_normal_sample(seed: int, means: bool) -> None:
    rng = np.random.default_rng(seed)
    root = rng.standard_normal((3, 3))
    moments = sample_moments(rng.standard_normal((200_000, 3)) @ root, ("a", "b", "c"))
    wanted = moment_covariance(moments, means=means)
    found = normal_covariance_of(np.eye(len(wanted)), moments.cov, means=means)
    np.testing.assert_allclose(found, wanted, atol=0.1 * np.abs(wanted).max())


@few
@given(seed=seeds, estimator=st.sampled_from(LEAST_SQUARES))
def test_order_of_rows_and_columns_changes_nothing(seed: int, estimator: str) -> None:
    frame = draw(seed)
    shuffled = frame.sample(frac=1, random_state=1)[list(reversed(frame.columns))]
    a, b = (sem(TWO, each, estimator=estimator) for each in (frame, shuffled))
    assert a.fit_measures == pytest.approx(b.fit_measures, rel=1e-8, abs=1e-9)


@few
@given(seed=seeds, estimator=st.sampled_from(("GLS", "ULS", "ULSM", "WLS")))
def test_metric_of_the_latents_does_not_matter(seed: int, estimator: str) -> None:
    frame = draw(seed)
    options: list[dict[str, Any]] = [{}, {"std_lv": True}, {"effect_coding": True}]
    fits = [sem(TWO, frame, estimator=estimator, meanstructure=True, **each) for each in options]
    marker = fits[0].fit_measures
    for other in fits[1:]:
        assert other.status.ok
        assert other.fit_measures == pytest.approx(marker, rel=1e-6, abs=1e-7)


@few
@given(seed=seeds)
def test_effect_coded_loadings_average_one(seed: int) -> None:
    found = sem(TWO, draw(seed), effect_coding=True, group="group", group_equal=["loadings"])
    rows = zip(found.result.table.rows, found.result.estimates, strict=True)
    sums: dict[tuple[str, str, int], list[float]] = {}
    for row, value in rows:
        if row.op == "=~":
            sums.setdefault((row.op, row.lhs, row.group), []).append(value)
        if row.op == "~1" and row.lhs in NAMES:
            sums.setdefault((row.op, "fg"[NAMES.index(row.lhs) // 3], row.group), []).append(value)
    for (op, _, _), values in sums.items():
        assert np.mean(values) == pytest.approx(1.0 if op == "=~" else 0.0, abs=1e-9)


@few
@given(seed=seeds)
def test_modelled_covariates_do_not_change_the_test(seed: int) -> None:
    frame, model = draw(seed), TWO + "\nf ~ z\ng ~ z"
    given_, modelled = (sem(model, frame, fixed_x=fixed) for fixed in (True, False))
    assert modelled.fit_measures["npar"] == given_.fit_measures["npar"] + 1
    for name in ("chisq", "df", "cfi", "rmsea", "srmr"):
        assert modelled.fit_measures[name] == pytest.approx(given_.fit_measures[name], rel=1e-7)


@few
@given(seed=seeds)
def test_clusters_of_one_count_as_independent(seed: int) -> None:
    frame = draw(seed).assign(cluster=lambda each: np.arange(len(each)))
    alone = sem(TWO, frame, estimator="ULSM", cluster="cluster").result
    plain = sem(TWO, frame, estimator="ULSM", meanstructure=True).result
    n = len(frame)
    assert alone.vcov is not None
    assert plain.vcov is not None
    np.testing.assert_allclose(alone.vcov, plain.vcov * n / (n - 1), rtol=1e-9, atol=1e-12)


@few
@given(seed=seeds)
def test_differences_of_least_squares(seed: int) -> None:
    frame = draw(seed)
    for estimator, method in (("GLS", "standard"), ("ULSMV", "scaled_shifted")):
        full = sem(TWO, frame, estimator=estimator, group="group")
        equal = sem(TWO, frame, estimator=estimator, group="group", group_equal=["loadings"])
        found = compare(equal, full, method)  # type: ignore[arg-type]
        assert found.df == 4
        assert found.pvalue is not None
        assert 0 <= found.pvalue <= 1


def improper(seed: int, *, ordinal: bool) -> pd.DataFrame:
    """Few respondents, and an item that hardly shares the factor: residuals turn negative."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((80, 1)) * [0.9, 0.9, 0.15] + 0.5 * rng.standard_normal((80, 3))
    X = np.column_stack([X, 0.4 * X[:, :1] + rng.standard_normal((80, 1))])
    return pd.DataFrame(np.digitize(X, [-0.5, 0.5]) if ordinal else X, columns=list("abcd"))


@settings(max_examples=30, deadline=None)
@given(
    seed=seeds,
    bounds=st.sampled_from(("pos_var", "standard", "wide")),
    estimator=st.sampled_from(("ML", "ULS", "WLSMV")),
)
@example(seed=20786, bounds="standard", estimator="WLSMV")  # its shifted statistic is negative
def test_nothing_better_lies_within_the_bounds(seed: int, bounds: Any, estimator: str) -> None:
    """Slopes vanish but at bounds, beyond which alone the discrepancy would fall."""
    frame = improper(seed, ordinal=estimator == "WLSMV")
    found = sem("f =~ a + b + c + d", frame, estimator=estimator, bounds=bounds,
                ordered=estimator == "WLSMV").result  # fmt: skip
    if not found.status.converged:
        return
    rules = constraints_of(found.table)
    assert rules is not None
    assert rules.met(found.x)
    score = evaluated(found).score() / np.sqrt(np.diag(evaluated(found).information()))
    low, high = found.x - rules.lower < 1e-6, rules.upper - found.x < 1e-6
    assert (np.abs(score[~low & ~high]) < 1e-5).all()
    assert (score[low & ~high] < 1e-5).all()
    assert (score[high & ~low] > -1e-5).all()


def evaluated(found: Any) -> Any:
    from cosyn.engine.ordinal_fit import ordinal_evaluation

    return ordinal_evaluation(found) if found.ordinal else found.discrepancy().at(found.x)


def test_bounds_that_do_not_bind_change_nothing() -> None:
    frame = draw(1)
    free, bounded = sem(TWO, frame), sem(TWO, frame, bounds="standard")
    assert bounded.status == free.status
    np.testing.assert_allclose(bounded.result.x, free.result.x, atol=1e-9)
    plain = tuple(replace(row, lower=-np.inf, upper=np.inf) for row in bounded.result.table.rows)
    assert plain == free.result.table.rows


def chisq(found: Fitted) -> float:
    return float(found.fit_measures["chisq"])


def test_bounds_hold_beside_constraints() -> None:
    frame = improper(3, ordinal=False)
    model = "f =~ a + l*b + m*c + d\nl + m == 1.2"
    free, bounded = sem(model, frame), sem(model, frame, bounds="pos_var")
    assert bounded.status.converged
    assert chisq(bounded) >= chisq(free) - 1e-8
    loadings = [bounded.result.estimate("f", "=~", name) or 0.0 for name in "bc"]
    assert sum(loadings) == pytest.approx(1.2, abs=1e-8)
