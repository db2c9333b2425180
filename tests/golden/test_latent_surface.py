"""The latent response surface equals that of lavaan's defined parameters.

Estimates stand at the same minimum (1e-6, as in test_interactions.py); standard errors are robust
ones, by lavaan's delta method and ours, with the part of the latents' means added in R by hand.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from tests.golden.golden_cases import FOLDER, csv, expected

from cosyn.errors import PlanError
from cosyn.synergy import Scores
from cosyn.synergy._interactions import Method
from cosyn.synergy.latent_balance import LatentBalance, Measured, latent_balance

TRUTH = expected(FOLDER / "cases" / "latent_surface")
DATA = csv("facets")
LATENTS = (
    Measured("Y", ("y1", "y2", "y3", "y4")),
    Measured("A", ("a1", "a2", "a3", "a4")),
    Measured("C", ("c1", "c2", "c3", "c4")),
)


@cache
def found(kind: str) -> LatentBalance:
    teams = np.arange(len(DATA.values)) % 40 if kind == "clustered" else None
    return latent_balance(Scores(DATA.names, DATA.values, teams), LATENTS, 4.0)


@pytest.mark.parametrize("kind", ["alone", "clustered"])
def test_the_latent_surface(kind: str) -> None:
    truth, result = TRUTH[kind], found(kind)
    assert result.surface
    rows = {each.name: each for each in (*result.coefficients, *result.surface.quantities()[:5])}
    assert list(rows) == truth["names"]
    for name, value, se in zip(truth["names"], truth["value"], truth["se"], strict=True):
        assert rows[name].value == pytest.approx(value, rel=1e-5, abs=1e-7)
        assert rows[name].se == pytest.approx(se, rel=1e-5)


def test_the_tests_are_of_the_latent_surface() -> None:
    result = found("clustered")
    assert result.surface
    assert result.curvature.df == 3
    assert result.surface.congruence.pvalue is not None
    assert result.congruence.verdict is not None


@pytest.mark.parametrize("method", ["product indicators", "LMS"])
def test_either_way_finds_the_surface_that_was_drawn(method: Method) -> None:
    """Errors of measurement, a fifth of the variance of a mean score, do not flatten it."""
    rng = np.random.default_rng(3)
    n = 3000
    x = rng.normal(size=n)
    y = 0.4 * x + rng.normal(scale=0.9, size=n)
    z = 0.5 * x + 0.3 * y - 0.2 * x**2 + 0.3 * x * y - 0.2 * y**2 + rng.normal(scale=0.5, size=n)

    def noisy(v: np.ndarray) -> np.ndarray:
        return 4 + v[:, None] + rng.normal(scale=0.8, size=(n, 3))

    values = np.hstack([noisy(z), noisy(x), noisy(y)])
    names = tuple(f"{f}{k}" for f in "zxy" for k in range(3))
    latents = (
        Measured("Z", names[:3]),
        Measured("X", names[3:6]),
        Measured("Y", names[6:]),
    )
    result = latent_balance(Scores(names, values), latents, 4.0, method=method)
    b = dict(zip(("b3", "b4", "b5"), (-0.2, 0.3, -0.2), strict=True))
    estimates = {each.name: each for each in result.coefficients}
    for name, truth in b.items():
        each = estimates[name]
        assert each.value is not None
        assert each.se is not None
        assert abs(each.value - truth) < 4 * each.se
        assert each.se < 0.05


def test_predictors_need_equally_many_indicators() -> None:
    latents = (LATENTS[0], LATENTS[1], Measured("C", ("c1", "c2", "c3")))
    with pytest.raises(PlanError, match="indicators"):
        latent_balance(Scores(DATA.names, DATA.values), latents, 4.0)
