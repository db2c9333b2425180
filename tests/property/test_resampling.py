"""What must hold of replicates, whatever the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cosyn.engine import sem
from cosyn.engine._batched_ml import BatchedGroup, inverses, log_determinants
from cosyn.engine._batched_refits import moments_of
from cosyn.engine._refits import joined, refit_rows
from cosyn.engine.bootstrap import bootstrap
from cosyn.engine.bootstrap_intervals import Replicated, quantiles
from cosyn.engine.normal import normal_point
from cosyn.engine.replicates import refits, sampling_of
from cosyn.engine.resampling import (
    SeededDraws,
    bootstrap_statistic,
    resampled_rows,
    rows_of,
    sampling,
)

if TYPE_CHECKING:
    from cosyn.engine._refits import Refits
    from cosyn.engine.fit import SemFit

NAMES = [f"x{k}" for k in range(1, 7)]
MODELS = {
    "factors": "f =~ x1 + x2 + x3\ng =~ x4 + x5 + x6",
    "labels": "f =~ x1 + x2 + a*x3\ng =~ x4 + a*x5 + x6\ng ~ b*f\nx1 ~~ x4\nab := a*b",
    "observed": "f =~ x1 + x2 + x3\nx4 ~ f\nx5 ~ x4 + f\nx6 ~~ x5",
    "covariates": "f =~ x1 + x2 + x3\nf ~ x4 + x5\nx6 ~ f + x4",
    "paths": "x1 ~ a*x2 + x3\nx2 ~ b*x3 + x4\nab := a*b",
}
SETTINGS: dict[str, dict[str, object]] = {
    "plain": {},
    "means": {"meanstructure": True},
    "wishart": {"likelihood": "wishart"},
    "groups": {"group": "group", "group_equal": ["loadings"]},
    "clusters": {"cluster": "cluster"},
}
seeds = st.integers(0, 2**32 - 1)
models = st.sampled_from(sorted(MODELS))
options = st.sampled_from(sorted(SETTINGS))
few = settings(max_examples=10, deadline=None)
#: Two searches stop within 1e-9 of the minimum in the metric of the information.
SAME = 1e-8


def draw(seed: int, n: int = 200) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    factors = rng.standard_normal((n, 2)) @ np.array([[1, 0.5], [0, 0.8]])
    X = factors.repeat(3, axis=1) * rng.uniform(0.6, 1.2, 6) + rng.standard_normal((n, 6)) + 3
    group, cluster = rng.permutation(np.arange(n) % 2), rng.integers(0, 40, n)
    return pd.DataFrame(X, columns=NAMES).assign(group=group, cluster=cluster)


def fitted(seed: int, model: str, option: str = "plain", n: int = 200) -> SemFit:
    return sem(MODELS[model], draw(seed, n), **SETTINGS[option]).result  # type: ignore[arg-type]


def one_by_one(fit: SemFit, draws: SeededDraws) -> Refits:
    sizes = [group.n for group in fit.groups]
    numbers = range(draws.replicates)
    return joined([refit_rows(fit, fit.groups, rows_of(sizes, draws.counts(k))) for k in numbers])


def same(a: Refits, b: Refits, tolerance: float = SAME) -> None:
    assert a.reasons == b.reasons
    for name in ("x", "estimates", "chisq"):
        np.testing.assert_allclose(getattr(a, name), getattr(b, name), rtol=tolerance, atol=tolerance)  # fmt: skip
    np.testing.assert_array_equal(a.proper, b.proper)


@few
@given(seed=seeds, model=models, option=options)
def test_replicates_fitted_at_once_are_those_fitted_alone(
    seed: int, model: str, option: str
) -> None:
    fit = fitted(seed, model, option)
    if fit.status.converged:
        draws = SeededDraws(sampling_of(fit), seed, 6)
        same(refits(fit, fit.groups, draws), one_by_one(fit, draws))


@few
@given(seed=seeds, model=models, chunk=st.integers(1, 7))
def test_chunks_do_not_matter(seed: int, model: str, chunk: int) -> None:
    fit = fitted(seed, model)
    draws = SeededDraws(sampling_of(fit), seed, 12)
    same(refits(fit, fit.groups, draws), refits(fit, fit.groups, draws, chunk=chunk), 1e-9)


def test_the_same_seed_gives_the_same_digits_and_more_replicates_the_same_first() -> None:
    fit = fitted(1, "factors")
    some, again, more = bootstrap(fit, 20, 5), bootstrap(fit, 20, 5), bootstrap(fit, 30, 5)
    np.testing.assert_array_equal(some.refits.x, again.refits.x)
    np.testing.assert_allclose(some.refits.x, more.refits.x[:20], rtol=1e-9)
    assert np.abs(some.refits.x - bootstrap(fit, 20, 6).refits.x).max() > 0.01


def test_a_negative_scaling_factor_leaves_no_corrected_statistic() -> None:
    """As in lavaan, which gives NA."""
    found = sem(MODELS["covariates"], draw(401014690, 100), estimator="MLR")
    assert found.fit_measures["chisq"] == pytest.approx(17.563, abs=1e-3)
    assert found.fit_measures["chisq_scaling_factor"] < 0
    for name in ("chisq_scaled", "pvalue_scaled", "cfi_robust", "rmsea_scaled"):
        assert name not in found.fit_measures
        assert "scaling factor is negative" in found.absent_measures[name]
    assert "Chi-square" in found.summary()


@few
@given(seed=seeds, model=models)
def test_clusters_of_one_are_respondents(seed: int, model: str) -> None:
    frame = draw(seed, 100).assign(cluster=np.random.default_rng(seed).permutation(100))
    alone = sem(MODELS[model], frame, meanstructure=True).result
    clustered = sem(MODELS[model], frame, cluster="cluster").result
    a, b = bootstrap(alone, 5, seed), bootstrap(clustered, 5, seed)
    np.testing.assert_array_equal(a.refits.x, b.refits.x)
    assert not b.clustered


@few
@given(seed=seeds, n=st.integers(20, 60), J=st.integers(2, 15))
def test_clusters_are_drawn_as_wholes_within_groups(seed: int, n: int, J: int) -> None:
    rng = np.random.default_rng(seed)
    clusters = [rng.integers(0, J, n), rng.integers(J, 2 * J, n + 3)]
    plan = sampling([n, n + 3], clusters)
    first, second = np.split(plan.drawn(seed, 3), [n])
    for counts, cluster in ((first, clusters[0]), (second, clusters[1])):
        each = [np.unique(counts[cluster == c]) for c in np.unique(cluster)]
        assert all(len(found) == 1 for found in each)
        assert sum(int(found[0]) for found in each) == len(each)


def test_clusters_across_groups_are_drawn_once() -> None:
    cluster = np.array([0, 0, 1, 2, 2])
    plan = sampling([5, 5], [cluster, cluster])
    assert len(plan.strata) == 1
    for number in range(10):
        first, second = np.split(plan.drawn(1, number), [5])
        np.testing.assert_array_equal(first, second)


@few
@given(seed=seeds, model=models, option=st.sampled_from(["plain", "means", "groups"]))
def test_the_batched_score_is_that_of_one_point(seed: int, model: str, option: str) -> None:
    fit = fitted(seed, model, option)
    if not fit.status.converged:
        return
    rng = np.random.default_rng(seed)
    x = fit.x * (1 + 0.05 * rng.standard_normal((3, len(fit.x))))
    for structure, group in zip(fit.structures, fit.groups, strict=True):
        S = np.tile(group.cov, (3, 1, 1))
        mean = np.tile(group.mean, (3, 1)) if fit.table.means else None
        batch = BatchedGroup(structure, S, mean, np.ones(3), (), np.zeros((3, 0)))
        values, scores = batch.at(x)
        for k in range(3):
            point = normal_point(structure, S[k], None if mean is None else mean[k], x[k])
            assert values[k] == pytest.approx(point.value, rel=1e-10)
            np.testing.assert_allclose(scores[k], point.score(), rtol=1e-8, atol=1e-10)


def test_indefinite_and_singular_matrices_are_told_apart() -> None:
    Sigma = np.stack([np.eye(2), -np.eye(2), np.full((2, 2), np.nan), np.ones((2, 2))])
    log_det, W = inverses(Sigma)
    assert log_det[0] == 0
    assert np.isinf(log_det[1:3]).all()
    np.testing.assert_array_equal(W[:2], [np.eye(2), np.zeros((2, 2))])
    assert np.isinf(log_determinants(Sigma[1:])).all()


@few
@given(seed=seeds, n=st.integers(5, 50))
def test_weighted_moments_are_those_of_the_rows(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, 3)) + 100
    counts = rng.multinomial(n, np.full(n, 1 / n), size=2)
    S, mean = moments_of(X, counts)
    for k in range(2):
        Y = np.repeat(X, counts[k], axis=0)
        np.testing.assert_allclose(S[k], np.cov(Y, rowvar=False, bias=True), atol=1e-10)
        np.testing.assert_allclose(mean[k], Y.mean(axis=0), rtol=1e-12)


@given(seed=seeds, R=st.integers(2, 40), level=st.floats(0.5, 0.999))
@settings(max_examples=40, deadline=None)
def test_quantiles_lie_within_and_turn_with_the_sign(seed: int, R: int, level: float) -> None:
    t = np.random.default_rng(seed).standard_normal(R)
    tails = np.array([(1 - level) / 2, (1 + level) / 2])
    low, high = quantiles(t, tails)
    assert t.min() <= low <= high <= t.max()
    np.testing.assert_allclose(quantiles(-t, tails), [-high, -low], atol=1e-12)


@few
@given(seed=seeds)
def test_intervals_transform_as_they_should(seed: int) -> None:
    """Percentile, bias-corrected and BCa intervals respect monotone transformations."""
    rng = np.random.default_rng(seed)
    t, L = rng.standard_normal((99, 1)), rng.standard_normal((30, 1))
    here, there = Replicated(np.zeros(1), t, L), Replicated(np.ones(1), np.exp(t), L)
    for method in ("percentile", "bc", "bca"):
        a, b = here.intervals(0.9, method), there.intervals(0.9, method)
        assert a.lower is not None
        assert b.lower is not None
        # Interpolation between order statistics is not invariant: their ranks are.
        ordered = np.sort(t[:, 0])
        assert np.searchsorted(ordered, a.lower[0]) == np.searchsorted(np.exp(ordered), b.lower[0])


def test_any_statistic_is_bootstrapped_from_the_same_draws() -> None:
    X = draw(3, 50)[NAMES].to_numpy()
    found = bootstrap_statistic(lambda Y: Y.mean(axis=0), [X], replicates=20, seed=9)
    plan = sampling([50])
    for number in (0, 7):
        [rows] = resampled_rows(plan, 9, number)
        np.testing.assert_array_equal(found.replicates[number], X[rows].mean(axis=0))
    np.testing.assert_array_equal(found.estimates, X.mean(axis=0))
    interval = found.intervals()
    assert interval.lower is not None
    assert (interval.lower < X.mean(axis=0)).all()
    fit = sem("x1 ~ x2", draw(3, 50)).result
    np.testing.assert_array_equal(plan.drawn(9, 4), SeededDraws(sampling_of(fit), 9, 5).counts(4))


def test_bootstrapped_errors_are_near_those_of_theory() -> None:
    """300 replicates: their standard deviations are within 4 of their own errors, 4 %."""
    fit = fitted(2, "factors", n=1000)
    found = bootstrap(fit, 300).standard_errors()
    assert found is not None
    assert fit.standard_errors is not None
    free = fit.free
    np.testing.assert_allclose(found[free] / fit.standard_errors[free], 1, atol=0.25)
