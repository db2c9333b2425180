"""What must hold of the statistics of ordinal and mixed data given covariates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from cosyn.engine._ordinal_regression import ordered_probit
from cosyn.engine.bivariate import FAR, distribution
from cosyn.engine.ordinal import OrdinalMoments, ordinal_moments
from cosyn.engine.rectangle import Limits, derivatives, limits, probabilities, rectangle_scores

Values = NDArray[np.float64]

NAMES = ("a", "b", "c", "d", "u", "v")
ORDERED = ("a", "c", "d")
COVARIATES = ("u", "v")
#: Sums over respondents and searches that end within 1e-8.
SAME = 1e-7
seeds = st.integers(0, 2**32 - 1)
few = settings(max_examples=10, deadline=None)


def draw(seed: int, n: int = 300, gaps: float = 0.0) -> Values:
    """Items with five, two and three categories, a continuous variable, a number and a dummy."""
    rng = np.random.default_rng(seed)
    given = np.column_stack([rng.normal(0, 1, n), rng.integers(0, 2, n)])
    latent = given @ rng.uniform(-0.7, 0.7, (2, 4))
    latent += rng.standard_normal((n, 1)) + rng.standard_normal((n, 4))
    X = np.column_stack([latent, given])
    for column, cuts in ((0, (-2, -0.5, 0.5, 1.5)), (2, (0.7,)), (3, (-1, 1))):
        X[:, column] = np.digitize(X[:, column], cuts)
    X[rng.random(X.shape) < gaps] = np.nan
    return X


def moments(X: Values, names: tuple[str, ...] = NAMES, **options: Any) -> OrdinalMoments:
    return ordinal_moments(X, names, ORDERED, covariates=COVARIATES, **options)


def assert_same(one: OrdinalMoments, other: OrdinalMoments, factors: Values | float = 1.0) -> None:
    """Compare statistic by statistic, whatever their order, in units of their standard errors."""
    places = {(op, frozenset((lhs, rhs))): k for k, (lhs, op, rhs) in enumerate(other.labels)}
    order = [places[op, frozenset((lhs, rhs))] for lhs, op, rhs in one.labels]
    assert one.Gamma is not None
    assert other.Gamma is not None
    se = np.sqrt(one.avar)
    difference = one.statistics * factors - other.statistics[order]
    np.testing.assert_allclose(difference / (se * factors), 0, atol=SAME)
    scaled = other.Gamma[np.ix_(order, order)] / np.outer(se * factors, se * factors)
    np.testing.assert_allclose(one.Gamma / np.outer(se, se), scaled, atol=SAME)


@few
@given(seeds, st.sampled_from([0.0, 0.1]))
def test_order_of_respondents_and_variables_does_not_matter(seed: int, gaps: float) -> None:
    X = draw(seed, gaps=gaps)
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(len(X)), rng.permutation(len(NAMES))
    permuted = moments(
        X[np.ix_(rows, columns)], tuple(NAMES[k] for k in columns), missing="pairwise"
    )
    assert_same(moments(X, missing="pairwise"), permuted)


@few
@given(seeds, st.floats(0.01, 100), st.floats(0.01, 100))
def test_units_of_variables_do_not_matter(seed: int, by: float, other: float) -> None:
    X = draw(seed)
    one, two = moments(X), moments(X * [1, by, 1, 1, other, 1])
    factors = [by ** label.count("b") / other ** (label[2] == "u") for label in one.labels]
    assert_same(one, two, np.array(factors))


@few
@given(seeds, st.floats(-2000, 2000))
def test_thresholds_are_where_covariates_are_zero(seed: int, shift: float) -> None:
    """A shift of a covariate moves thresholds along their slopes, and nothing else."""
    X = draw(seed)
    one, two = moments(X), moments(X + np.array([0, 0, 0, 0, shift, 0]))
    assert one.slopes is not None
    for before, after, slope in zip(one.thresholds, two.thresholds, one.slopes[:, 0], strict=True):
        np.testing.assert_allclose(after, before + shift * slope, atol=SAME * (1 + abs(shift)))
    np.testing.assert_allclose(two.mean[1], one.mean[1] - shift * one.slopes[1, 0], rtol=1e-7)
    rest = [k for k, (_, op, _) in enumerate(one.labels) if op in {"~", "~~"}]
    np.testing.assert_allclose(one.statistics[rest], two.statistics[rest], atol=SAME)
    np.testing.assert_allclose(one.avar[rest], two.avar[rest], rtol=1e-6)


@few
@given(seeds)
def test_covariates_without_effect_change_nothing(seed: int) -> None:
    """Everyone twice, with 1 and with -1 of a covariate: all that is known without it remains."""
    X = draw(seed)[:, :4]
    plain = ordinal_moments(X, NAMES[:4], ORDERED)
    twice = np.column_stack([np.vstack([X, X]), np.repeat([1.0, -1.0], len(X))])
    found = ordinal_moments(twice, NAMES[:5], ORDERED, covariates=["u"])
    slopes = [k for k, (_, op, _) in enumerate(found.labels) if op == "~"]
    np.testing.assert_allclose(found.statistics[slopes], 0, atol=SAME)
    rest = np.setdiff1d(np.arange(len(found.labels)), slopes)
    assert plain.Gamma is not None
    assert found.Gamma is not None
    np.testing.assert_allclose(found.statistics[rest], plain.statistics, atol=SAME)
    np.testing.assert_allclose(found.Gamma[np.ix_(rest, rest)], plain.Gamma, atol=2e-6)


@few
@given(seeds)
def test_diagonal_and_clusters_of_one(seed: int) -> None:
    X = draw(seed)
    full = moments(X)
    np.testing.assert_allclose(moments(X, gamma="diagonal").avar, full.avar, rtol=1e-9)
    alone = moments(X, cluster=np.arange(len(X))).avar
    np.testing.assert_allclose(alone * (len(X) - 1) / len(X), full.avar, rtol=1e-9)


def rectangles(seed: int) -> tuple[Limits, Limits, Values]:
    rng = np.random.default_rng(seed)
    x, y = np.sort(rng.normal(0, 1.3, (2, 2, 40, 30)), axis=1)
    x[0, ::3], y[1, ::4] = -FAR, FAR
    return limits(*x), limits(*y), rng.uniform(-0.97, 0.97, 30)


@few
@given(seeds)
def test_rectangles_are_differences_of_the_distribution(seed: int) -> None:
    x, y, rho = rectangles(seed)
    wanted = distribution(x.upper, y.upper, rho) - distribution(x.lower, y.upper, rho)
    wanted -= distribution(x.upper, y.lower, rho) - distribution(x.lower, y.lower, rho)
    np.testing.assert_allclose(probabilities(x, y, rho), np.maximum(wanted, 1e-12), atol=1e-11)


@few
@given(seeds)
def test_scores_of_rectangles_are_derivatives(seed: int) -> None:
    x, y, rho = rectangles(seed)
    step, likely = 1e-5, probabilities(x, y, rho) > 1e-3
    ends = (x.lower, x.upper, y.lower, y.upper)

    def logarithm(moved: int, by: float) -> Values:
        a, b, c, d = (end + by * (k == moved) for k, end in enumerate(ends))
        r = rho + by * (moved == len(ends))
        return np.log(probabilities(limits(a, b), limits(c, d), r))

    found = rectangle_scores(x, y, rho)
    for moved, ours in enumerate((*found.x, *found.y, found.rho)):
        difference = (logarithm(moved, step) - logarithm(moved, -step)) / (2 * step)
        scale = 1 + np.abs(ours)
        np.testing.assert_allclose((ours / scale)[likely], (difference / scale)[likely], atol=1e-5)
    first, second = derivatives(x, y, rho)
    np.testing.assert_allclose(first, found.rho, rtol=1e-12, atol=1e-12)
    ahead, behind = (derivatives(x, y, rho + by)[0] for by in (step, -step))
    curvature = second - first**2  # of the logarithm
    scale = 1 + np.abs(curvature)
    difference = (ahead - behind) / (2 * step)
    np.testing.assert_allclose((curvature / scale)[likely], (difference / scale)[likely], atol=1e-4)


@pytest.mark.parametrize("gaps", [0.0, 0.15])
def test_asymptotic_variances_are_those_of_repeated_samples(gaps: float) -> None:
    """The standard deviation of 200 estimates is known to 5 percent; allow four times that."""
    n = 400
    rng = np.random.default_rng(7)
    slopes = rng.uniform(-0.7, 0.7, (2, 4))

    def sample(seed: int) -> OrdinalMoments:
        rng = np.random.default_rng(seed)
        given = np.column_stack([rng.normal(3, 1, n), rng.integers(0, 2, n)])
        latent = given @ slopes + rng.standard_normal((n, 1)) + rng.standard_normal((n, 4))
        centre = np.array([3, 0.5]) @ slopes
        X = np.column_stack([latent - centre, given])
        X[:, 0], X[:, 2] = np.digitize(X[:, 0], (-1, 0.5, 1.5)), X[:, 2] > 0.7
        X[:, 3] = np.digitize(X[:, 3], (-1, 1))
        X[rng.random(X.shape) < gaps] = np.nan
        return moments(X, missing="pairwise")

    samples = [sample(seed) for seed in range(200)]
    statistics = np.array([each.statistics for each in samples])
    claimed = np.mean([each.avar / each.n for each in samples], axis=0)
    np.testing.assert_allclose(np.sqrt(claimed), statistics.std(axis=0), rtol=0.2)


@few
@given(seeds, st.integers(2, 4))
def test_probit_is_the_likeliest(seed: int, K: int) -> None:
    """The score of thresholds and slopes is zero: sums of casewise scores by differences."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((200, 2))
    y = X @ rng.uniform(-1, 1, 2) + rng.standard_normal(200)
    codes = np.digitize(y, np.sort(rng.normal(0, 0.7, K - 1)))
    assume((np.bincount(codes, minlength=K) > 5).all())
    tau, slopes = ordered_probit(codes, X, ndtri(np.cumsum(np.bincount(codes))[:-1] / 200))

    def likelihood(at: Values) -> Values:
        edges = np.concatenate([[-40], at[: K - 1], [40]])
        shift = X @ at[K - 1 :]
        inside = ndtr(edges[codes + 1] - shift) - ndtr(edges[codes] - shift)
        return np.array([np.log(inside).sum()])

    at, step = np.concatenate([tau, slopes]), 1e-4
    for k in range(len(at)):
        moved = step * (np.arange(len(at)) == k)
        difference = likelihood(at + moved) - likelihood(at - moved)
        # The error of the difference is step^2 / 6 times a third derivative of some thousands.
        assert difference[0] / (2 * step) == pytest.approx(0, abs=1e-4)
