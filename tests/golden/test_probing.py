"""Simple slopes and regions of significance equal those of shifted regressions in base R."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.golden.golden_cases import FOLDER, expected

from cosyn.engine.inference import delta_method
from cosyn.engine.probing import (
    Region,
    johnson_neyman,
    prediction_band,
    simple_slopes,
    slope_band,
    standardised_product,
)
from cosyn.errors import IdentificationError

TRUTH = expected(FOLDER / "cases" / "probing")
CASES = ["a_by_c", "c_by_a", "a_by_b", "a_by_a"]
#: Closed forms against regressions of the same numbers: rounding, magnified by their collinearity.
EXACT = 1e-9
#: R's search for the bounds ends at 1e-13, on p-values with rounding of 1e-14.
SEARCHED = 1e-8


def case(name: str) -> tuple[dict[str, Any], Any, Any]:
    truth = TRUTH[name]
    return truth, np.array(truth["coefficients"]), np.array(truth["vcov"])


@pytest.mark.parametrize("name", CASES)
def test_simple_slopes(name: str) -> None:
    truth, b, V = case(name)
    at = [slope["at"] for slope in truth["slopes"]]
    for found, wanted in zip(simple_slopes(b, V, at, df=truth["df"]), truth["slopes"], strict=True):
        assert found.value == pytest.approx(wanted["value"], rel=EXACT)
        assert found.standard_error == pytest.approx(wanted["se"], rel=EXACT)
        assert found.lower == pytest.approx(wanted["lower"], rel=EXACT)
        assert found.upper == pytest.approx(wanted["upper"], rel=EXACT)
        assert found.pvalue == pytest.approx(wanted["p"], rel=1e-6)


@pytest.mark.parametrize("name", CASES)
def test_regions(name: str) -> None:
    truth, b, V = case(name)
    found = johnson_neyman(b, V, df=truth["df"])
    np.testing.assert_allclose(found.bounds, truth["bounds"], rtol=SEARCHED)
    low, high = found.bounds
    sign = "positive" if b[1] > 0 else "negative"
    outer = ((None, low), (high, None)) if all(truth["significant"]) else ((low, high),)
    parts = {*found.positive, *found.negative}
    assert parts == set(outer)
    if len(outer) == 2:
        assert (high, None) in getattr(found, sign)


def test_band_of_a_line() -> None:
    truth, b, V = case("line")
    at = np.arange(1.0, 8.0)
    design = np.column_stack([np.ones(7), at, np.full(7, 5.0), 5 * at])
    found = prediction_band(at, design, b, V, df=truth["df"])
    for name in ("value", "lower", "upper"):
        np.testing.assert_allclose(getattr(found, name), truth[name], rtol=EXACT)


def test_band_and_region_agree() -> None:
    """The band of the slope crosses zero at the region's bounds."""
    _, b, V = case("c_by_a")
    bounds = johnson_neyman(b, V).bounds
    for low, end in zip((bounds[0], bounds[1]), ("upper", "lower"), strict=True):
        found = slope_band(b, V, low=low, high=low + 1)
        assert getattr(found, end)[0] == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("b", "v", "positive", "negative"),
    [
        ((5.0, 0.0), (0.01, 0.0, 0.0), ((None, None),), ()),
        ((0.01, 0.0), (1.0, 0.0, 1.0), (), ()),
        ((0.0, -5.0), (1e-30, 0.0, 0.01), ((None, 0.0),), ((0.0, None),)),
    ],
)
def test_regions_without_two_bounds(b: Any, v: Any, positive: Any, negative: Any) -> None:
    V = np.array([[v[0], v[1]], [v[1], v[2]]])
    found = johnson_neyman(np.array(b), V)

    def rounded(parts: Any) -> Any:
        return tuple(tuple(e if e is None else round(e, 6) + 0.0 for e in part) for part in parts)

    assert rounded(found.positive) == positive
    assert rounded(found.negative) == negative


def test_one_bound_where_the_equation_is_a_line() -> None:
    """Not of a covariance, but what the equation is when its curvature vanishes."""
    found = johnson_neyman(np.array([1.0, 0.0]), np.array([[1.0, -0.5], [-0.5, 0.0]]))
    # 1 - t^2 (1 - w) > 0 from w = 1 - 1 / t^2 on.
    assert found.bounds == pytest.approx((1 - 1 / 1.959963984540054**2,))
    assert found.positive == ((found.bounds[0], None),)


def test_share_of_a_normal_moderator() -> None:
    found = Region(((1.0, None),), ((None, -1.0),), (-1.0, 1.0))
    assert found.share() == pytest.approx(0.3173105, abs=1e-7)
    assert Region((), ((-1.0, 1.0),), (-1.0, 1.0)).share(mean=3.0, sd=2.0) == pytest.approx(
        0.1359051, abs=1e-7
    )


def test_standardised_effect_is_free_of_scale() -> None:
    """Wen, Marsh & Hau: as if the factors had been standardised before they were multiplied."""
    random = np.random.default_rng(2)
    x, z = random.multivariate_normal([0, 0], [[4.0, 1.5], [1.5, 9.0]], 4000).T
    y = 0.3 * x - 0.2 * z + 0.15 * x * z + random.standard_normal(4000)

    def effect(x: Any, z: Any, y: Any) -> float:
        X = np.column_stack([np.ones_like(x), x, z, x * z])
        return float(np.linalg.lstsq(X, y, rcond=None)[0][3])

    found = standardised_product(*np.array([effect(x, z, y), x.var(), z.var(), y.var()]))
    scores = [(v - v.mean()) / v.std() for v in (x, z, y)]
    assert float(found) == pytest.approx(effect(*scores), rel=1e-10)
    V = np.diag([0.01, 0.2, 0.3, 0.4]) ** 2
    point = np.array([0.15, 4.0, 9.0, 20.0])
    se = delta_method(lambda v: np.atleast_1d(standardised_product(*v)), point, V)[0]
    relative = (0.01 / 0.15) ** 2 + ((0.2 / 4) ** 2 + (0.3 / 9) ** 2 + (0.4 / 20) ** 2) / 4
    assert se == pytest.approx(standardised_product(*point) * np.sqrt(relative), rel=1e-10)


def test_a_slope_that_is_known_has_no_p_value() -> None:
    found = simple_slopes(np.array([1.0, 0.5]), np.zeros((2, 2)))
    assert [(s.at, s.value, s.pvalue) for s in found] == [
        (-1.0, 0.5, None),
        (0.0, 1.0, None),
        (1.0, 1.5, None),
    ]


def test_a_level_that_is_none() -> None:
    with pytest.raises(IdentificationError) as caught:
        simple_slopes(np.ones(2), np.eye(2), level=95)
    assert caught.value.code == "interval.level"
