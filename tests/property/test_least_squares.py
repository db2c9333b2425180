"""What must hold of fits to ordinal items, whatever the data."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cosyn.engine.fit import FitOptions, SemFit
from cosyn.engine.inference import jacobian
from cosyn.engine.least_squares import least_squares
from cosyn.engine.ordinal import OrdinalMoments, ordinal_moments
from cosyn.engine.ordinal_fit import fit_ordinal
from cosyn.engine.partable import ParameterTable, TableOptions, parameter_table
from cosyn.engine.standardize import standardized
from cosyn.engine.start import starting_points
from cosyn.engine.syntax import parse_model

NAMES = tuple(f"x{k}" for k in range(1, 7))
MODEL = "f =~ x1 + x2 + x3\ng =~ x4 + x5 + x6\ng ~ f"
#: Ordinal items that explain others: their residual variances are no diagonal of Theta.
MEDIATED = "f =~ x1 + x2 + x3\nx4 ~ f\nx5 ~ x4 + f\nx6 ~ x5\nx3 ~ x5"
seeds = st.integers(0, 2**32 - 1)
few = settings(max_examples=10, deadline=None)


def draw(seed: int, n: int = 300) -> np.ndarray:
    rng = np.random.default_rng(seed)
    factors = rng.standard_normal((n, 2)) @ np.array([[1, 0.5], [0, 0.8]])
    latent = factors.repeat(3, axis=1) * 0.8 + 0.6 * rng.standard_normal((n, 6))
    X = np.digitize(latent, [-0.8, 0.1, 0.9]).astype(float)
    X[:, 5] = latent[:, 5]
    return np.asarray(X)


def table_of(
    *,
    theta: bool = False,
    std_lv: bool = False,
    groups: tuple[str, ...] = ("",),
    model: str = MODEL,
) -> ParameterTable:
    options = TableOptions(
        std_lv=std_lv,
        ordered=tuple((name, 3) for name in NAMES[:5]),
        theta=theta,
        groups=groups,
        equal=frozenset({"loadings", "thresholds"}) if len(groups) > 1 else frozenset(),
    )
    return parameter_table(parse_model(model).statements, NAMES, options)


def moments(X: np.ndarray) -> OrdinalMoments:
    return ordinal_moments(X, NAMES, NAMES[:5])


def fit(X: np.ndarray, *, theta: bool = False, std_lv: bool = False, model: str = MODEL) -> SemFit:
    table = table_of(theta=theta, std_lv=std_lv, model=model)
    return fit_ordinal(table, (moments(X),), FitOptions("WLSMV"))


@few
@given(seed=seeds, theta=st.booleans(), several=st.booleans(), mediated=st.booleans())
def test_slopes_are_derivatives(seed: int, theta: bool, several: bool, mediated: bool) -> None:
    X = draw(seed)
    parts = np.split(X, 2) if several else [X]
    model = MEDIATED if mediated else MODEL
    table = table_of(theta=theta, groups=("a", "b") if several else ("",), model=model)
    samples = tuple(moments(part) for part in parts)
    discrepancy = least_squares(table, samples, "DWLS")
    rng = np.random.default_rng(seed)
    x = rng.uniform(0.3, 0.9, table.n_free)
    for part in discrepancy.parts:
        np.testing.assert_allclose(part.slopes(x), jacobian(part.statistics, x), atol=1e-10)


@few
@given(seed=seeds)
def test_parameterisations_fit_alike(seed: int) -> None:
    X = draw(seed)
    fits = [fit(X), fit(X, theta=True), fit(X, std_lv=True)]
    if not all(each.status.ok for each in fits):
        return
    for name in ("chisq", "chisq_scaled", "cfi", "srmr", "rmsea_scaled"):
        values = [getattr(each.measures, name) for each in fits]
        assert values == pytest.approx([values[0]] * 3, rel=1e-5, abs=1e-7), name


@few
@given(seed=seeds)
def test_parameterisations_fit_alike_where_items_explain_items(seed: int) -> None:
    X = draw(seed)
    delta, theta = fit(X, model=MEDIATED), fit(X, theta=True, model=MEDIATED)
    if not (delta.status.ok and theta.status.ok):
        return
    for name in ("chisq", "chisq_scaled", "srmr"):
        wanted = pytest.approx(getattr(theta.measures, name), rel=1e-5, abs=1e-7)
        assert getattr(delta.measures, name) == wanted, name
    a, b = standardized(delta).estimates, standardized(theta).estimates
    rows = [k for k, row in enumerate(delta.table.rows) if row.op in {"=~", "~", "~~"}]
    np.testing.assert_allclose(a[rows], b[rows], atol=1e-5)


@few
@given(seed=seeds)
def test_the_order_of_rows_and_columns_does_not_matter(seed: int) -> None:
    X = draw(seed)
    rows = np.random.default_rng(seed).permutation(len(X))
    a, b = fit(X), fit(X[rows])
    if a.status.ok and b.status.ok:
        np.testing.assert_allclose(a.estimates, b.estimates, atol=1e-8)


@few
@given(seed=seeds)
def test_starting_points_lead_to_one_minimum(seed: int) -> None:
    X = draw(seed)
    a = fit(X)
    b = fit_ordinal(table_of(), (moments(X),), FitOptions("WLSMV", seed=seed % 1000, starts=3))
    if a.status.ok and b.status.ok:
        np.testing.assert_allclose(a.x, b.x, atol=1e-7)


def test_a_population_is_recovered() -> None:
    """Standard errors of 60 samples of 400: a ratio off by more than .35 has probability 1e-4."""
    found = [fit(draw(seed, 400)) for seed in range(60)]
    estimates = np.array([each.x for each in found if each.status.ok])
    errors = np.array([np.sqrt(np.diag(each.vcov)) for each in found if each.vcov is not None])
    assert len(estimates) >= 55
    ratio = estimates.std(axis=0, ddof=1) / errors.mean(axis=0)
    assert ratio.min() > 0.65
    assert ratio.max() < 1.4
    table = table_of()
    effect = table.rows[table.index("g", "~", "f")].free - 1
    assert estimates[:, effect].mean() == pytest.approx(0.5, abs=0.05)


def test_starting_points_exist_for_theta() -> None:
    table = table_of(theta=True)
    X = draw(3)
    plain = fit(X, theta=True).groups
    assert len(list(starting_points(table, plain, seed=1, count=3))) == 3
