"""Intervals cover the parameters of the population as often as they say.

Populations, sizes and seeds are fixed, so that the outcome is too. With R samples and a coverage
of .95 the share of intervals that cover has a standard error of the root of .95 * .05 / R; of the
worst of several parameters four of these are allowed. Where an estimator does not hold what it
says, coverage must be seen to fail: the tests would notice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from cosyn.engine import cfa

if TYPE_CHECKING:
    from collections.abc import Callable

MODEL = "f =~ x1 + x2 + x3\ng =~ x4 + x5 + x6"
NAMES = [f"x{k}" for k in range(1, 7)]
LOADINGS = np.array([0.8, 0.7, 0.6, 0.8, 0.7, 0.6])
CORRELATION = 0.4
SAMPLES = 150
N = 300


def truth(loadings: np.ndarray) -> dict[tuple[str, str, str], float]:
    """In units of the first loading of each factor, which identifies it."""
    first, second, third = loadings[:3]
    return {
        ("f", "=~", "x2"): second / first,
        ("f", "=~", "x3"): third / first,
        ("g", "=~", "x5"): second / first,
        ("f", "~~", "g"): CORRELATION * first**2,
        ("f", "~~", "f"): first**2,
    }


#: With residual variances of 1, as the theta parameterisation has them.
THETA = LOADINGS / np.sqrt(1 - LOADINGS**2)


def normal(rng: np.random.Generator, n: int = N) -> np.ndarray:
    Phi = np.array([[1, CORRELATION], [CORRELATION, 1]])
    factors = (rng.standard_normal((n, 2)) @ np.linalg.cholesky(Phi).T).repeat(3, axis=1)
    noise = np.sqrt(1 - LOADINGS**2) * rng.standard_normal((n, 6))
    return np.asarray(factors * LOADINGS + noise)


def heavy_tailed(rng: np.random.Generator) -> pd.DataFrame:
    """Multivariate t with 5 degrees of freedom, of the same covariances."""
    scale = np.sqrt(3 / rng.chisquare(5, size=(N, 1)))
    return pd.DataFrame(normal(rng) * scale, columns=NAMES)


def clustered(rng: np.random.Generator) -> pd.DataFrame:
    """Sixty departments of ten that share half of every variable."""
    n = 600
    cluster = np.arange(n) // 10
    X = np.sqrt(0.5) * (normal(rng, n) + normal(rng, 60)[cluster])
    return pd.DataFrame(X, columns=NAMES).assign(department=cluster)


def incomplete(rng: np.random.Generator) -> pd.DataFrame:
    """Missing at random: x2 and x5 where x1 is low, x4 by chance."""
    X = normal(rng)
    low = X[:, 0] < -0.3
    X[low, 1] = X[low, 4] = np.nan
    X[rng.random(N) < 0.2, 3] = np.nan
    return pd.DataFrame(X, columns=NAMES)


def ordinal(rng: np.random.Generator) -> pd.DataFrame:
    return pd.DataFrame(np.digitize(normal(rng), [-1.0, 0.2, 1.0]) + 1.0, columns=NAMES)


def complete(rng: np.random.Generator) -> pd.DataFrame:
    return pd.DataFrame(normal(rng), columns=NAMES)


def coverage(draw: Callable[[np.random.Generator], pd.DataFrame], **arguments: Any) -> np.ndarray:
    """Share of the intervals that cover, for each parameter of `truth`."""
    wanted = truth(THETA if "parameterization" in arguments else LOADINGS)
    values = np.array(list(wanted.values()))
    covered = []
    for seed in np.random.SeedSequence(20251126).spawn(SAMPLES):
        found = cfa(MODEL, draw(np.random.default_rng(seed)), **arguments)
        table = found.to_pandas().set_index(["lhs", "op", "rhs"])
        rows = table.loc[list(wanted)]
        covered.append((rows["ci_lower"] <= values) & (values <= rows["ci_upper"]))
    return np.asarray(np.mean(covered, axis=0))


@pytest.mark.parametrize(
    ("draw", "arguments"),
    [
        (complete, {}),
        (complete, {"estimator": "MLR"}),
        (heavy_tailed, {"estimator": "MLR"}),
        (heavy_tailed, {"estimator": "MLM"}),
        (clustered, {"cluster": "department"}),
        (incomplete, {"missing": "fiml"}),
        (incomplete, {"missing": "fiml", "estimator": "MLR"}),
        (ordinal, {"ordered": True}),
        (ordinal, {"ordered": True, "parameterization": "theta"}),
    ],
    ids=lambda value: getattr(
        value, "__name__", "-".join(map(str, getattr(value, "values", str)()))
    ),
)
def test_intervals_cover_as_often_as_they_say(
    draw: Callable[[np.random.Generator], pd.DataFrame], arguments: dict[str, Any]
) -> None:
    found = coverage(draw, **arguments)
    error = np.sqrt(0.95 * 0.05 / SAMPLES)
    assert np.abs(found - 0.95).max() < 4 * error
    assert abs(found.mean() - 0.95) < 2.5 * error


@pytest.mark.parametrize(
    ("draw", "arguments"),
    [(heavy_tailed, {}), (clustered, {}), (incomplete, {"missing": "listwise"})],
    ids=lambda value: value.__name__ if callable(value) else "-".join(map(str, value.values())),
)
def test_intervals_that_rest_on_what_does_not_hold_cover_less(
    draw: Callable[[np.random.Generator], pd.DataFrame], arguments: dict[str, Any]
) -> None:
    assert coverage(draw, **arguments).min() < 0.88
