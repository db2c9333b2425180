"""What must hold of the statistics of ordinal and mixed data, whatever the data."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import multivariate_normal

from cosyn.engine.bivariate import cells, density, distribution, threshold_slopes
from cosyn.engine.contingency import contingency
from cosyn.engine.ordinal import OrdinalMoments, ordinal_moments
from cosyn.engine.polychoric import BOUND, SMALLEST, fill_fourfold, polychoric, thresholds

Values = NDArray[np.float64]

NAMES = ("a", "b", "c", "d", "e")
ORDERED = ("a", "c", "d")
#: Sums over respondents and searches that end within 1e-10.
SAME = 1e-7
seeds = st.integers(0, 2**32 - 1)
points = st.floats(-4, 4)
correlations = st.floats(-0.97, 0.97)
few = settings(max_examples=15, deadline=None)


def draw(seed: int, n: int = 300, gaps: float = 0.1) -> Values:
    """Ordinal items with five, two and three categories among continuous variables, with gaps."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, 1)) + rng.standard_normal((n, 5))
    for column, cuts in ((0, (-2, -0.5, 0.5, 1.5)), (2, (0.7,)), (3, (-1, 1))):
        X[:, column] = np.digitize(X[:, column], cuts)
    X[rng.random(X.shape) < gaps] = np.nan
    return X


def moments(X: Values, names: tuple[str, ...] = NAMES) -> OrdinalMoments:
    return ordinal_moments(X, names, ORDERED, missing="pairwise")


def assert_same(one: OrdinalMoments, other: OrdinalMoments) -> None:
    """Compare statistic by statistic, whatever their order."""
    places = {(op, frozenset((lhs, rhs))): k for k, (lhs, op, rhs) in enumerate(other.labels)}
    order = [places[op, frozenset((lhs, rhs))] for lhs, op, rhs in one.labels]
    assert one.Gamma is not None
    assert other.Gamma is not None
    np.testing.assert_allclose(one.statistics, other.statistics[order], atol=SAME)
    scale = np.sqrt(np.outer(one.avar, one.avar))
    np.testing.assert_allclose(
        one.Gamma / scale, other.Gamma[np.ix_(order, order)] / scale, atol=SAME
    )


@few
@given(seeds)
def test_order_of_respondents_and_variables_does_not_matter(seed: int) -> None:
    X = draw(seed)
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(len(X)), rng.permutation(len(NAMES))
    permuted = moments(X[np.ix_(rows, columns)], tuple(NAMES[k] for k in columns))
    assert_same(moments(X), permuted)


@few
@given(seeds)
def test_only_the_order_of_codes_matters(seed: int) -> None:
    X = draw(seed)
    relabelled = X.copy()
    relabelled[:, 0] = np.exp(X[:, 0]) - 7
    relabelled[:, 2] = 10 * X[:, 2]
    assert_same(moments(X), moments(relabelled))


@few
@given(seeds)
def test_reversed_codes_turn_signs(seed: int) -> None:
    X = draw(seed)
    turned = X.copy()
    turned[:, 0] *= -1
    one, other = moments(X), moments(turned)
    signs = np.array([-1, 1, 1, 1, 1])
    np.testing.assert_allclose(one.cov, other.cov * np.outer(signs, signs), atol=SAME)
    np.testing.assert_allclose(one.thresholds[0], -other.thresholds[0][::-1], atol=SAME)


@few
@given(seeds, st.floats(0.01, 100), st.floats(-50, 50))
def test_units_of_continuous_variables_do_not_matter(seed: int, scale: float, shift: float) -> None:
    X = draw(seed)
    moved = X.copy()
    moved[:, 1] = X[:, 1] * scale + shift
    one, other = moments(X), moments(moved)
    np.testing.assert_allclose(one.correlation, other.correlation, atol=SAME)
    factors = [scale ** (label.count("b")) for label in one.labels]
    np.testing.assert_allclose(one.avar * np.square(factors), other.avar, rtol=SAME)


@few
@given(seeds, st.integers(1, 299))
def test_tables_of_blocks_add_up(seed: int, cut: int) -> None:
    rng = np.random.default_rng(seed)
    codes = rng.integers(-1, 4, (300, 6)).astype(np.int8)
    whole = contingency(codes, 4)
    assert (whole == contingency(codes[:cut], 4) + contingency(codes[cut:], 4)).all()


def contaminated_tables(seed: int, K: int, n: int, share: int = 30) -> NDArray[np.int64]:
    """Tables of normal variables cut anywhere; one of `share` respondents defies the trend."""
    rng = np.random.default_rng(seed)
    found = []
    for rho in rng.uniform(-1, 1, 20):
        x, e = rng.standard_normal((2, n))
        y = rho * x + np.sqrt(1 - rho * rho) * e
        y[: n // share] = -np.sign(rho) * x[: n // share]
        codes = np.column_stack(
            [np.digitize(v, np.sort(rng.normal(0, 1.2, K - 1))) for v in (x, y)]
        )
        found.append(contingency(codes.astype(np.int8), K)[0, :, 1])
    observed = np.array(found)
    full = (observed.sum(axis=1) > 0).all(axis=1) & (observed.sum(axis=2) > 0).all(axis=1)
    return np.asarray(observed[full])


@few
@given(seed=seeds, K=st.integers(2, 5), n=st.sampled_from([15, 60, 600]), defied=st.booleans())
def test_no_other_correlation_is_likelier(seed: int, K: int, n: int, *, defied: bool) -> None:
    """Nearby, or anywhere if all respondents follow the trend: else there may be two maxima.

    Near the bound the integral is exact to 2e-9 a respondent: 600 of them make 2e-6. Where answers
    defy a correlation that strong, their cells are less likely than that, and the likelihood has
    no digits left: such a correlation is told to be at the bound, which is all that is asked of it.
    """
    observed = contaminated_tables(seed, K, n, share=30 if defied else n + 1)
    a, b = thresholds(observed.sum(axis=2)), thresholds(observed.sum(axis=1))
    counts, _ = fill_fourfold(observed, a, b)

    def likelihood(rho: Values) -> Values:
        return np.asarray((counts * np.log(np.maximum(cells(a, b, rho)[0], SMALLEST))).sum((1, 2)))

    estimated = polychoric(observed, a, b)
    found, best = estimated.rho, likelihood(estimated.rho)
    told = estimated.at_bound & defied
    for step in (-1e-2, -1e-3, 1e-3, 1e-2):
        near = np.clip(found + step, -BOUND, BOUND)
        assert (told | (best >= likelihood(near) - 1e-5)).all()
    for rho in () if defied else np.linspace(-BOUND, BOUND, 50):
        assert (best >= likelihood(np.full(len(counts), rho)) - 1e-5).all()


@given(points, points, correlations)
def test_distribution_equals_scipy(h: float, k: float, rho: float) -> None:
    ours = distribution(np.array(h), np.array(k), np.array(rho))
    cov = [[1, rho], [rho, 1]]
    assert float(ours) == pytest.approx(multivariate_normal.cdf([h, k], cov=cov), abs=1e-10)
    wanted = multivariate_normal.pdf([h, k], cov=cov)
    assert float(density(np.array(h), np.array(k), np.array(rho))) == pytest.approx(wanted)


@given(correlations)
def test_quadrant_is_the_tetrachoric_identity(rho: float) -> None:
    zero = np.zeros(1)
    wanted = 0.25 + np.arcsin(rho) / (2 * np.pi)
    assert float(distribution(zero, zero, np.array([rho]))[0]) == pytest.approx(wanted, abs=1e-15)


@given(st.lists(points, min_size=4, max_size=4), correlations)
def test_cells_add_up_and_derivatives_are_differences(cuts: list[float], rho: float) -> None:
    a, b = np.sort(cuts[:2])[None], np.array([[np.sort(cuts[2:])[0], np.inf]])
    r, step = np.array([rho]), 1e-5
    probability, slope = cells(a, b, r)
    assert probability.sum() == pytest.approx(1)
    assert (probability[:, :, 2] == 0).all()
    difference = (cells(a, b, r + step)[0] - cells(a, b, r - step)[0]) / (2 * step)
    np.testing.assert_allclose(slope, difference, atol=1e-6)
    moved = np.array([[step, 0.0]])
    by_a = (cells(a + moved, b, r)[0] - cells(a - moved, b, r)[0])[0, 0] / (2 * step)
    np.testing.assert_allclose(threshold_slopes(a, b, r)[0, 0], by_a, atol=1e-6)


@pytest.mark.parametrize("gaps", [0.0, 0.2])
def test_asymptotic_variances_are_those_of_repeated_samples(gaps: float) -> None:
    """The standard deviation of 400 estimates is known to 3.5 percent; allow four times that."""
    n, replications = 500, 400
    samples = [moments(draw(seed, n, gaps)) for seed in range(replications)]
    statistics = np.array([sample.statistics for sample in samples])
    claimed = np.mean([sample.avar for sample in samples], axis=0) / n
    np.testing.assert_allclose(np.sqrt(claimed), statistics.std(axis=0), rtol=0.14)
