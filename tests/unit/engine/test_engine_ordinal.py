"""Tables, thresholds, correlations and asymptotic covariances of ordinal items, piece by piece."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import ndtr, ndtri
from scipy.stats import multivariate_normal

from cosyn.engine._ordinal_data import prepare
from cosyn.engine._ordinal_influence import independent, influence, products, squares
from cosyn.engine.bivariate import distribution
from cosyn.engine.contingency import contingency, margins, tables
from cosyn.engine.ordinal import OrdinalMoments, ordinal_moments
from cosyn.engine.polychoric import BOUND, fill_fourfold, polychoric, thresholds
from cosyn.engine.polyserial import product_moment
from cosyn.errors import IdentificationError

Values = NDArray[np.float64]
#: Searches end within 1e-10 of the maximum; scipy's, with 1e-9 asked for, within about 1e-8.
SEARCHED = 1e-7
INFINITE = np.array([[np.inf]])


def items(n: int, p: int, *, seed: int = 1, cuts: tuple[float, ...] = (-1, 0, 1)) -> Values:
    rng = np.random.default_rng(seed)
    latent = 0.7 * rng.standard_normal((n, 1)) + 0.7 * rng.standard_normal((n, p))
    return np.digitize(latent, cuts).astype(float)


def names_of(X: Values) -> list[str]:
    return [f"y{k}" for k in range(X.shape[1])]


def of_items(X: Values, **options: Any) -> OrdinalMoments:
    return ordinal_moments(X, names_of(X), names_of(X), **options)


def pair(table: list[list[int]]) -> Values:
    """Answers to two items that have this table."""
    found = [
        [a, b] for a, row in enumerate(table) for b, count in enumerate(row) for _ in range(count)
    ]
    return np.array(found, dtype=float)


def test_tables_count_those_who_answered_both() -> None:
    codes = np.random.default_rng(0).integers(-1, 5, (1000, 4)).astype(np.int8)
    counts = contingency(codes, 5)
    wanted = np.zeros((4, 5, 4, 5), dtype=int)
    for i in range(4):
        for j in range(4):
            for a, b in codes[:, [i, j]]:
                wanted[i, a, j, b] += a >= 0 and b >= 0
    np.testing.assert_array_equal(counts, wanted)
    np.testing.assert_array_equal(tables(counts, np.array([3]), np.array([1]))[0], wanted[3, :, 1])
    np.testing.assert_array_equal(margins(counts)[2], np.bincount(codes[codes[:, 2] >= 0, 2]))


def test_tables_of_more_rows_than_a_block() -> None:
    codes = np.tile(np.array([[0, 1], [1, -1], [1, 1]], dtype=np.int8), (20_000, 1))
    assert contingency(codes, 2)[0, :, 1].tolist() == [[0, 20_000], [0, 20_000]]


def test_thresholds_are_quantiles_of_cumulative_shares() -> None:
    found = thresholds(np.array([[20, 30, 50], [40, 60, 0]]))
    np.testing.assert_allclose(found, [[ndtri(0.2), 0.0], [ndtri(0.4), np.inf]], atol=1e-15)


@pytest.mark.parametrize(
    ("table", "filled"),
    [
        ([[0, 10], [10, 20]], [[0.5, 9.5], [9.5, 20.5]]),
        ([[20, 10], [10, 0]], [[20.5, 9.5], [9.5, 0.5]]),
        ([[10, 0], [20, 10]], [[9.5, 0.5], [20.5, 9.5]]),
        ([[10, 20], [0, 10]], [[9.5, 20.5], [0.5, 9.5]]),
        ([[10, 0], [0, 10]], [[10, 0], [0, 10]]),
        ([[10, 5], [5, 10]], [[10, 5], [5, 10]]),
    ],
)
def test_one_empty_cell_of_a_fourfold_table_is_filled(
    table: list[list[float]], filled: list[list[float]]
) -> None:
    zero = np.zeros((1, 1))
    counts, corrected = fill_fourfold(np.array([table], dtype=np.int64), zero, zero)
    assert counts[0].tolist() == filled
    assert corrected[0] == (table != filled)


def test_larger_tables_are_not_filled() -> None:
    X = pair([[20, 10, 0], [10, 20, 10], [5, 10, 20]])
    assert of_items(X).faults == ()


def test_fourfold_tables_beside_items_with_more_categories_are_filled() -> None:
    third = np.arange(60) % 5
    X = np.column_stack([pair([[20, 20], [20, 0]]), third])
    assert [f.names for f in of_items(X).faults if f.kind == "filled cell"] == [("y0", "y1")]


def test_correlation_of_items_cut_at_the_median() -> None:
    """Sheppard: the share above both medians tells the correlation."""
    found = of_items(pair([[40, 10], [10, 40]]))
    assert found.cov[1, 0] == pytest.approx(-np.cos(2 * np.pi * 0.4), abs=1e-9)


def test_polychoric_correlation_maximizes_the_likelihood() -> None:
    table = np.array([[30, 12, 3], [20, 40, 25]])
    a, b = ndtri(np.cumsum(table.sum(1))[:-1] / 130), ndtri(np.cumsum(table.sum(0))[:-1] / 130)

    def misfit(rho: float) -> float:
        corners = np.array(
            [[0.0] * 4]
            + [
                [0.0, *(multivariate_normal.cdf([x, y], cov=[[1, rho], [rho, 1]]) for y in (*b, 9))]
                for x in (*a, 9)
            ]
        )
        return -float(np.sum(table * np.log(np.diff(np.diff(corners, axis=0), axis=1))))

    best = minimize_scalar(misfit, bounds=(-0.9, 0.9), method="bounded", options={"xatol": 1e-9})
    assert of_items(pair(table.tolist())).cov[1, 0] == pytest.approx(best.x, abs=1e-6)


def test_polyserial_correlation_maximizes_the_likelihood() -> None:
    rng = np.random.default_rng(4)
    x = rng.standard_normal(200)
    codes = np.digitize(0.8 * x + 0.6 * rng.standard_normal(200), [-0.5, 0.8])
    tau = np.array([-np.inf, *ndtri(np.cumsum(np.bincount(codes))[:-1] / 200), np.inf])
    z = (x - x.mean()) / x.std()

    def misfit(rho: float) -> float:
        t = (tau - rho * z[:, None]) / np.sqrt(1 - rho * rho)
        return -float(np.sum(np.log(np.diff(ndtr(t), axis=1)[np.arange(200), codes])))

    best = minimize_scalar(misfit, bounds=(-0.99, 0.99), method="bounded", options={"xatol": 1e-9})
    found = ordinal_moments(np.column_stack([x, codes]), ["x", "y"], ["y"])
    assert found.correlation[1, 0] == pytest.approx(best.x, abs=SEARCHED)


def test_continuous_variables_have_ordinary_moments() -> None:
    X = np.random.default_rng(2).standard_normal((50, 3)) * [1, 10, 100] + 5
    found = ordinal_moments(X, ["a", "b", "c"], [])
    np.testing.assert_allclose(found.mean, X.mean(axis=0))
    np.testing.assert_allclose(found.cov, np.cov(X.T, bias=True))
    assert found.thresholds[0].shape == (0,)


@pytest.mark.parametrize("rho", [-0.99, -0.3, 0.0, 0.6, 0.994])
def test_search_of_product_moments_ends_at_the_root(rho: float) -> None:
    n = np.array([100.0])
    found, at_bound = product_moment((n, n, rho * n), n)
    assert found[0] == pytest.approx(rho, abs=1e-9)
    assert not at_bound[0]


@pytest.mark.parametrize(("table", "sign"), [([[50, 0], [0, 50]], 1), ([[0, 40], [60, 0]], -1)])
def test_perfect_association_stops_at_the_bound(table: list[list[int]], sign: int) -> None:
    found = of_items(pair(table))
    assert found.cov[1, 0] == sign * BOUND
    assert [(fault.kind, fault.names) for fault in found.faults] == [
        ("correlation at bound", ("y0", "y1"))
    ]
    assert np.isfinite(found.avar).all()


def test_perfectly_graded_continuous_variable_stops_at_the_bound() -> None:
    x = np.linspace(-1, 1, 50)
    found = ordinal_moments(np.column_stack([x, x > 0]), ["x", "y"], ["y"])
    assert found.correlation[1, 0] == pytest.approx(BOUND, abs=1e-15)
    assert [fault.kind for fault in found.faults] == ["correlation at bound"]


def test_many_pairs_of_different_shapes_at_once() -> None:
    """Padding a table with categories that do not exist changes nothing."""
    table = np.array([[30, 10], [5, 25]])
    tau = thresholds(np.array([table.sum(1), table.sum(0)]))
    alone = polychoric(table[None], tau[:1], tau[1:])
    padded = np.zeros((1, 4, 4), dtype=np.int64)
    padded[0, :2, :2] = table
    wide = np.concatenate([tau, *(np.repeat(INFINITE, 2, 0),) * 2], axis=1)
    together = polychoric(padded, wide[:1], wide[1:])
    assert together.rho[0] == pytest.approx(alone.rho[0], abs=1e-12)


def test_beyond_infinite_thresholds_lies_everything() -> None:
    h = np.array([-1.0, 0.0, 2.0])
    rho = np.array(0.7)
    np.testing.assert_allclose(distribution(h, np.array(np.inf), rho), ndtr(h), atol=1e-16)
    np.testing.assert_allclose(distribution(h, np.array(-np.inf), rho), 0.0, atol=1e-290)


def test_sparse_tables_are_named() -> None:
    found = of_items(items(70, 2))
    assert [(fault.kind, fault.names) for fault in found.faults] == [("sparse table", ("y0", "y1"))]
    assert of_items(items(80, 2)).faults == ()


def test_empty_categories_are_named_and_have_no_threshold() -> None:
    X = items(400, 2)
    X[X[:, 0] == 2, 0] = 3
    found = of_items(X, levels={"y1": [0, 1, 2, 3, 9]})
    assert [(f.kind, f.names, f.detail) for f in found.faults] == [
        ("empty category", ("y0",), "nobody chose 2: it has no threshold"),
        ("empty category", ("y1",), "nobody chose 9: it has no threshold"),
    ]
    assert [len(tau) for tau in found.thresholds] == [2, 3]


def test_categories_lost_with_incomplete_respondents_are_named() -> None:
    X = items(400, 2)
    X[X[:, 0] == 3, 1] = np.nan
    assert [f.names for f in of_items(X).faults] == [("y0",)]
    assert of_items(X, missing="pairwise").faults == ()


def test_who_is_counted() -> None:
    X = items(400, 3)
    X[:50, 0], X[40:70, 1], X[:5] = np.nan, np.nan, np.nan
    assert of_items(X).n == 330
    pairwise = of_items(X, missing="pairwise")
    assert pairwise.n == 395
    assert pairwise.pair_counts.tolist() == [[350, 330, 350], [330, 365, 365], [350, 365, 395]]


def test_complete_data_are_the_same_either_way() -> None:
    X = items(300, 3)
    one, other = of_items(X), of_items(X, missing="pairwise")
    assert one.Gamma is not None
    assert other.Gamma is not None
    np.testing.assert_array_equal(one.Gamma, other.Gamma)


def test_order_of_the_statistics() -> None:
    X = items(100, 3, cuts=(-0.5, 0.5))
    X[:, 1] += np.random.default_rng(0).standard_normal(100)
    found = ordinal_moments(X, ["a", "b", "c"], ["a", "c"])
    assert ["".join(label) for label in found.labels] == [
        *("a|t1", "a|t2", "b~1", "c|t1", "c|t2"),
        *("b~~b", "a~~b", "a~~c", "b~~c"),
    ]
    cov = found.cov
    wanted = [*found.thresholds[0], -found.mean[1], *found.thresholds[2]]
    wanted += [cov[1, 1], cov[1, 0], cov[2, 0], cov[2, 1]]
    np.testing.assert_array_equal(found.statistics, wanted)


def test_variance_of_a_threshold_is_that_of_a_share() -> None:
    """Of a binary item: p (1 - p) / phi(tau)^2."""
    found = of_items(pair([[20, 20], [10, 50]]))
    tau = ndtri(0.4)
    assert found.avar[0] == pytest.approx(0.24 * 2 * np.pi * np.exp(tau**2), rel=1e-12)


def test_diagonal_alone_is_the_diagonal() -> None:
    X = items(500, 4)
    whole, alone = of_items(X), of_items(X, gamma="diagonal")
    assert alone.Gamma is None
    np.testing.assert_allclose(alone.avar, whole.avar, rtol=1e-12)
    np.testing.assert_allclose(alone.weights, 1 / whole.avar, rtol=1e-12)


def test_copies_of_respondents_in_clusters_are_one_respondent() -> None:
    X = items(200, 3)
    single = of_items(X)
    copies = of_items(np.tile(X, (3, 1)), cluster=[f"c{k}" for k in range(200)] * 3)
    assert single.Gamma is not None
    assert copies.Gamma is not None
    np.testing.assert_allclose(copies.Gamma, 3 * single.Gamma * 200 / 199, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(copies.statistics, single.statistics, atol=1e-9)


def test_clusters_may_extend_over_blocks() -> None:
    X = items(6000, 20)
    X[np.random.default_rng(3).random(X.shape) < 0.1] = np.nan
    cluster = np.random.default_rng(5).permutation(np.repeat(np.arange(4), 1500))
    names = names_of(X)
    data = prepare(X, names, names, "pairwise", cluster, {})
    counts = contingency(data.answers.codes, 4)
    found = influence(data.answers, counts, data.layout, np.full(190, 0.4))
    assert len(list(data.answers.blocks(250))) > 1
    Z = np.vstack([found.rows(block) for block, _ in independent(found, data.answers, None)])
    sums = np.array([Z[cluster == k].sum(axis=0) for k in range(4)])
    wanted = sums.T @ sums * 4 / 3
    scale = np.sqrt(np.outer(np.diag(wanted), np.diag(wanted)))
    np.testing.assert_allclose(
        products(found, data.answers, data.cluster) / scale, wanted / scale, atol=1e-10
    )
    np.testing.assert_allclose(
        squares(found, data.answers, data.cluster), np.diag(wanted), rtol=1e-10
    )


def infinite(X: Values) -> None:
    X[0, 0] = np.inf


def constant(X: Values) -> None:
    X[:, 1] = 2


def unanswered(X: Values) -> None:
    X[:, 1] = np.nan


def disjoint(X: Values) -> None:
    X[:50, 0], X[50:, 1] = np.nan, np.nan


def two_values(X: Values) -> None:
    X[:, 2] = X[:, 2] > 0


def fine_grained(X: Values) -> None:
    X[:, 0] = np.arange(len(X))


@pytest.mark.parametrize(
    ("spoil", "missing", "code"),
    [
        (infinite, "listwise", "data.missing-values"),
        (constant, "listwise", "data.constant-variable"),
        (unanswered, "listwise", "data.too-few-respondents"),
        (unanswered, "pairwise", "data.constant-variable"),
        (disjoint, "pairwise", "data.no-pairs"),
        (two_values, "listwise", "data.two-values"),
        (fine_grained, "listwise", "data.too-many-categories"),
    ],
)
def test_data_that_determine_nothing_are_refused(spoil: Any, missing: Any, code: str) -> None:
    X = items(100, 3)
    X[:, 2] += np.random.default_rng(0).standard_normal(100)
    spoil(X)
    with pytest.raises(IdentificationError) as caught:
        ordinal_moments(X, ["a", "b", "c"], ["a", "b"], missing=missing)
    assert caught.value.code == code


def test_one_cluster_is_refused() -> None:
    with pytest.raises(IdentificationError, match="fewer than two clusters"):
        of_items(items(100, 2), cluster=[1] * 100)
