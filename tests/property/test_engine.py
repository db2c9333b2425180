"""What must hold of every fit, whatever the data."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cosyn.engine.casewise import score_products
from cosyn.engine.discrepancy import MLDiscrepancy, ml_discrepancy
from cosyn.engine.estimation import SemFit, fit_sem
from cosyn.engine.inference import jacobian
from cosyn.engine.lisrel import structures
from cosyn.engine.moments import SampleMoments, sample_moments
from cosyn.engine.partable import ParameterTable, TableOptions, parameter_table
from cosyn.engine.start import starting_points
from cosyn.engine.syntax import parse

NAMES = tuple(f"x{k}" for k in range(1, 10))
FACTORS = "f =~ x1 + x2 + x3\ng =~ x4 + x5 + x6\nh =~ x7 + x8 + x9"
MODELS = {
    "factors": FACTORS,
    "second order": FACTORS + "\ns =~ f + g + h",
    "regression": FACTORS + "\nh ~ a*f + b*g\nx1 ~~ x4",
    "mediation with equal paths": FACTORS + "\ng ~ a*f\nh ~ a*g + f",
    "equal loadings": "f =~ x1 + a*x2 + a*x3\ng =~ x4 + a*x5 + x6",
    "observed outcomes": "f =~ x1 + x2 + x3\nx4 ~ f\nx5 ~ x4 + f\nx6 ~~ x5",
    "feedback": FACTORS + "\ng ~ f + b*h\nh ~ b*g",
}
seeds = st.integers(0, 2**32 - 1)
models = st.sampled_from(sorted(MODELS))
few = settings(max_examples=15, deadline=None)


def draw(seed: int, n: int = 250) -> np.ndarray:
    """Three correlated factors with loadings from .5 to .9, and doublets that disturb the fit."""
    rng = np.random.default_rng(seed)
    Phi = np.full((3, 3), 0.4) + 0.6 * np.eye(3)
    loadings = rng.uniform(0.5, 0.9, 9)
    factors = (rng.standard_normal((n, 3)) @ np.linalg.cholesky(Phi).T).repeat(3, axis=1)
    X = factors * loadings + np.sqrt(1 - loadings**2) * rng.standard_normal((n, 9))
    X[:, [0, 3]] += 0.3 * rng.standard_normal((n, 1))
    return X * rng.uniform(0.2, 5, 9) + rng.uniform(-9, 9, 9)


def table_of(name: str, *, std_lv: bool = False) -> ParameterTable:
    return parameter_table(parse(MODELS[name]), NAMES, TableOptions(std_lv=std_lv))


def fit(name: str, moments: SampleMoments, *, std_lv: bool = False) -> SemFit:
    return fit_sem(table_of(name, std_lv=std_lv), (moments,))


def samples(
    seed: int, name: str, *, several: bool
) -> tuple[ParameterTable, tuple[SampleMoments, ...]]:
    """A table and its samples: one group of covariances, or two with means and equal loadings."""
    if not several:
        table = table_of(name)
        return table, (sample_moments(draw(seed), NAMES).subset(table.observed),)
    options = TableOptions(means=True, groups=("a", "b"), equal=frozenset({"loadings"}))
    table = parameter_table(parse(MODELS[name]), NAMES, options)
    parts = np.split(draw(seed, 460), [200])
    return table, tuple(sample_moments(X, NAMES).subset(table.observed) for X in parts)


def somewhere(seed: int, name: str, *, several: bool) -> tuple[MLDiscrepancy, np.ndarray]:
    """A discrepancy and a point that is not its minimum."""
    table, groups = samples(seed, name, several=several)
    discrepancy = ml_discrepancy(structures(table), groups, means=table.means)
    return discrepancy, list(starting_points(table, groups, seed=seed, count=3))[2]


def chisq(found: SemFit) -> float:
    assert found.measures is not None, found.status
    return found.measures.chisq


@few
@given(seed=seeds)
def test_order_of_rows_and_columns_does_not_matter(seed: int) -> None:
    X = draw(seed)
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(len(X)), rng.permutation(9)
    shuffled = sample_moments(X[rows][:, columns], [NAMES[k] for k in columns])
    a, b = fit("factors", sample_moments(X, NAMES)), fit("factors", shuffled)
    assert chisq(a) == pytest.approx(chisq(b), rel=1e-9)
    np.testing.assert_allclose(a.estimates, b.estimates, rtol=1e-7, atol=1e-8)


@few
@given(seed=seeds)
def test_order_of_statements_does_not_matter(seed: int) -> None:
    moments = sample_moments(draw(seed), NAMES)
    turned = "h =~ x7 + x9 + x8\ng =~ x4 + x6 + x5\nf =~ x1 + x3 + x2"
    a = fit("factors", moments)
    b = fit_sem(parameter_table(parse(turned), NAMES), (moments,))
    assert chisq(a) == pytest.approx(chisq(b), rel=1e-9)
    assert a.estimate("f", "~~", "g") == pytest.approx(b.estimate("f", "~~", "g"), rel=1e-6)


@few
@given(seed=seeds, name=st.sampled_from(["factors", "second order"]))
def test_marker_and_unit_variance_fit_alike(seed: int, name: str) -> None:
    moments = sample_moments(draw(seed), NAMES)
    a, b = fit(name, moments), fit(name, moments, std_lv=True)
    assert chisq(a) == pytest.approx(chisq(b), rel=1e-8)
    np.testing.assert_allclose(a.implied[0].Sigma, b.implied[0].Sigma, rtol=1e-5, atol=1e-8)


@few
@given(seed=seeds)
def test_units_of_measurement_do_not_matter(seed: int) -> None:
    X = draw(seed)
    scales = 10.0 ** np.random.default_rng(seed).uniform(-3, 3, 9)
    a = fit("factors", sample_moments(X, NAMES))
    b = fit("factors", sample_moments(X * scales, NAMES))
    assert chisq(a) == pytest.approx(chisq(b), rel=1e-8)


@few
@given(seed=seeds, times=st.integers(2, 5))
def test_repeating_everyone_multiplies_chi_square_and_shrinks_errors(seed: int, times: int) -> None:
    X = draw(seed)
    a, b = (fit("factors", sample_moments(np.tile(X, (k, 1)), NAMES)) for k in (1, times))
    assert chisq(b) == pytest.approx(times * chisq(a), rel=1e-8)
    assert a.standard_errors is not None
    assert b.standard_errors is not None
    np.testing.assert_allclose(b.standard_errors, a.standard_errors / np.sqrt(times), rtol=1e-6)
    assert a.measures is not None
    assert b.measures is not None
    assert a.measures.srmr == pytest.approx(b.measures.srmr, rel=1e-7)


@few
@given(seed=seeds, name=models, several=st.booleans())
def test_score_is_the_gradient(seed: int, name: str, several: bool) -> None:
    """Central differences of F/2: error about 1e-10 / step + step^2, in units of sqrt(E_kk)."""
    discrepancy, x = somewhere(seed, name, several=several)
    here = discrepancy.at(x)
    if not np.isfinite(here.value):
        return
    unit = 1e-5 / np.sqrt(np.diag(here.information()))
    steps = np.diag(unit)
    slopes = [(discrepancy.at(x - h).value - discrepancy.at(x + h).value) / 2e-5 for h in steps]
    scaled = here.score() * unit / 1e-5
    np.testing.assert_allclose(scaled, slopes, atol=1e-6 * max(1.0, np.abs(scaled).max()))


@few
@given(seed=seeds, name=models, several=st.booleans())
def test_hessian_is_the_slope_of_the_score(seed: int, name: str, several: bool) -> None:
    """Central differences of an exact score: error about step^2, in units of sqrt(E_kk)."""
    discrepancy, x = somewhere(seed, name, several=several)
    here = discrepancy.at(x)
    if not np.isfinite(here.value):
        return
    root = np.sqrt(np.diag(here.information()))
    slopes = np.array(
        [
            (discrepancy.at(x - h).score() - discrepancy.at(x + h).score()) / 2e-5
            for h in np.diag(1e-5 / root)
        ]
    )
    H = here.hessian() / np.outer(root, root)
    np.testing.assert_allclose(H, slopes / root, atol=1e-6 * max(1.0, np.abs(H).max()))


@few
@given(seed=seeds, name=models, several=st.booleans())
def test_scores_of_respondents_add_up(seed: int, name: str, several: bool) -> None:
    table, groups = samples(seed, name, several=several)
    discrepancy = ml_discrepancy(structures(table), groups, means=table.means)
    x = next(starting_points(table, groups, seed=seed, count=1))
    here = discrepancy.at(x)
    mean = np.zeros(len(x))
    for point, group in zip(here.points, groups, strict=True):
        assert group.values is not None
        each = point.casewise(group.values - (group.mean - point.d))
        mean[point.structure.local] += each.sum(axis=0) / sum(g.n for g in groups)
    np.testing.assert_allclose(mean, here.score(), atol=1e-9 * max(1.0, np.abs(mean).max()))
    assert np.linalg.eigvalsh(score_products(here, groups))[0] > -1e-6


@few
@given(seed=seeds, name=models, several=st.booleans())
def test_information_is_the_expected_curvature(seed: int, name: str, several: bool) -> None:
    """Where model and sample agree, the expected information is the Hessian of F/2."""
    table, groups = samples(seed, name, several=several)
    parts = structures(table)
    x = next(starting_points(table, groups, seed=seed, count=1))
    implied = [part.implied(x) for part in parts]
    exact = [
        SampleMoments(group.n, group.names, one.mu, one.Sigma)
        for group, one in zip(groups, implied, strict=True)
    ]
    here = ml_discrepancy(parts, exact, means=table.means).at(x)
    E = here.information()
    np.testing.assert_allclose(here.hessian(), E, atol=1e-9 * np.abs(E).max())


@few
@given(seed=seeds, name=models, several=st.booleans())
def test_rows_of_the_information_are_its_rows(seed: int, name: str, *, several: bool) -> None:
    discrepancy, x = somewhere(seed, name, several=several)
    here = discrepancy.at(x)
    own = np.flatnonzero(np.random.default_rng(seed).random(len(x)) < 0.4)
    rows, diagonal = here.information_rows(own)
    np.testing.assert_allclose(rows, here.information()[own], rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(diagonal, np.diag(here.information()), rtol=1e-10)


@few
@given(seed=seeds, name=models, several=st.booleans())
def test_degrees_of_freedom_are_moments_less_rank(seed: int, name: str, several: bool) -> None:
    table, groups = samples(seed, name, several=several)
    parts = structures(table)
    lower = np.tril_indices(len(table.observed))
    x = next(starting_points(table, groups, seed=seed, count=1))
    x = x * np.exp(0.1 * np.random.default_rng(seed).standard_normal(len(x)))

    def moments(z: np.ndarray) -> np.ndarray:
        implied = [part.implied(z) for part in parts]
        found = [one.Sigma[lower] for one in implied]
        return np.concatenate(found + ([one.mu for one in implied] if table.means else []))

    J = jacobian(moments, x)
    scaled = J / np.linalg.norm(J, axis=0)
    assert table.df == len(J) - np.linalg.matrix_rank(scaled, tol=1e-9)


@few
@given(seed=seeds)
def test_the_order_of_groups_does_not_matter(seed: int) -> None:
    table, groups = samples(seed, "factors", several=True)
    a = fit_sem(table, groups)
    b = fit_sem(table, groups[::-1])
    assert chisq(a) == pytest.approx(chisq(b), rel=1e-8)


@few
@given(seed=seeds, name=models)
@example(seed=165, name="equal loadings")  # its first minimum is local, with a negative variance
def test_more_freedom_never_fits_worse(seed: int, name: str) -> None:
    moments = sample_moments(draw(seed), NAMES)
    found = fit(name, moments)
    if found.status.converged:
        text = MODELS[name] + "\nx2 ~~ x6"
        freer = fit_sem(parameter_table(parse(text), NAMES), (moments,))
        if freer.status.converged:
            assert chisq(freer) <= chisq(found) + 1e-6
