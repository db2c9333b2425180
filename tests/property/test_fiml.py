"""What must hold of fits to incomplete answers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cosyn.engine.estimation import FitOptions, fit_sem
from cosyn.engine.fiml import FIMLDiscrepancy, fiml_discrepancy
from cosyn.engine.incomplete import completed, incomplete_rows
from cosyn.engine.lisrel import structures
from cosyn.engine.moments import SampleMoments, incomplete_moments, sample_moments
from cosyn.engine.partable import TableOptions, parameter_table
from cosyn.engine.saturated import saturated_evaluation
from cosyn.engine.start import starting_points
from cosyn.engine.syntax import parse
from cosyn.errors import IdentificationError

NAMES = tuple(f"x{k}" for k in range(1, 7))
MODELS = {
    "factors": "f =~ x1 + x2 + x3\ng =~ x4 + x5 + x6",
    "regression": "f =~ x1 + x2 + a*x3\ng =~ x4 + a*x5 + x6\ng ~ f\nx1 ~~ x4",
    "observed": "f =~ x1 + x2 + x3\nx4 ~ f\nx5 ~ x4 + f\nx6 ~~ x5",
}
seeds = st.integers(0, 2**32 - 1)
models = st.sampled_from(sorted(MODELS))
few = settings(max_examples=10, deadline=None)


def draw(seed: int, share: float = 0.15, n: int = 150) -> np.ndarray:
    rng = np.random.default_rng(seed)
    factors = rng.standard_normal((n, 2)) @ np.array([[1, 0.5], [0, 0.8]])
    X = factors.repeat(3, axis=1) * rng.uniform(0.5, 1, 6) + rng.standard_normal((n, 6)) + 3
    X[rng.random((n, 6)) < share] = np.nan
    return np.asarray(X)


def somewhere(seed: int, name: str) -> tuple[FIMLDiscrepancy, np.ndarray]:
    table = parameter_table(parse(MODELS[name]), NAMES, TableOptions(means=True))
    sample = incomplete_moments(draw(seed), NAMES).subset(table.observed)
    assert sample.incomplete is not None
    discrepancy = fiml_discrepancy(structures(table), (sample.incomplete,), (sample.saturated,))
    return discrepancy, list(starting_points(table, (sample,), seed=seed, count=3))[2]


@few
@given(seed=seeds)
def test_the_likelihood_is_that_of_the_answers_alone(seed: int) -> None:
    """Against the density of each row's observed part, written out."""
    X = draw(seed, n=60)
    sample = incomplete_moments(X, NAMES)
    rng = np.random.default_rng(seed)
    Sigma, mu = sample.cov + 0.3 * np.eye(6), sample.mean + rng.standard_normal(6)
    found = completed(incomplete_rows(sample.rows()), Sigma, mu)
    total = 0.0
    for row in sample.rows():
        o = ~np.isnan(row)
        d, part = row[o] - mu[o], Sigma[np.ix_(o, o)]
        total += np.linalg.slogdet(part)[1] + d @ np.linalg.solve(part, d)
    assert found is not None
    assert found.value == pytest.approx(total / 2 / sample.n, rel=1e-10)


@few
@given(seed=seeds, name=models)
def test_score_and_hessian_are_derivatives(seed: int, name: str) -> None:
    """Central differences: errors of about step^2, in units of sqrt(E_kk)."""
    discrepancy, x = somewhere(seed, name)
    here = discrepancy.at(x)
    if not np.isfinite(here.value):
        return
    root = np.sqrt(np.diag(here.information()))
    moves = [(discrepancy.at(x - h), discrepancy.at(x + h)) for h in np.diag(1e-5 / root)]
    slopes = np.array([(a.value - b.value) / 2e-5 for a, b in moves])
    scaled = here.score() / root
    np.testing.assert_allclose(scaled, slopes, atol=1e-6 * max(1.0, np.abs(scaled).max()))
    bends = np.array([(a.score() - b.score()) / 2e-5 for a, b in moves])
    H = here.hessian() / np.outer(root, root)
    np.testing.assert_allclose(H, bends / root, atol=1e-6 * max(1.0, np.abs(H).max()))
    mean = here.scores(0, centred=False).mean(axis=0)
    np.testing.assert_allclose(mean, here.score(), atol=1e-9 * max(1.0, np.abs(mean).max()))


@few
@given(seed=seeds)
def test_em_ends_where_the_score_is_zero(seed: int) -> None:
    here = saturated_evaluation(incomplete_moments(draw(seed), NAMES))
    assert here.value == pytest.approx(0, abs=1e-10)
    assert np.abs(here.score()).max() < 1e-5


@few
@given(seed=seeds, name=models, estimator=st.sampled_from(["ML", "MLR"]))
def test_without_gaps_it_is_maximum_likelihood(seed: int, name: str, estimator: str) -> None:
    X = draw(seed, share=0.0)
    table = parameter_table(parse(MODELS[name]), NAMES, TableOptions(means=True))
    options = FitOptions(estimator, information="observed")
    a = fit_sem(table, (sample_moments(X, NAMES),), options)
    b = fit_sem(table, (incomplete_moments(X, NAMES),), options)
    if not (a.status.ok and b.status.ok):
        return
    assert a.measures is not None
    assert b.measures is not None
    np.testing.assert_allclose(b.x, a.x, atol=1e-6)
    assert a.standard_errors is not None
    assert b.standard_errors is not None
    np.testing.assert_allclose(b.standard_errors, a.standard_errors, rtol=1e-4, atol=1e-8)
    for measure in ("chisq", "cfi", "logl", "srmr", "chisq_scaled", "baseline_chisq"):
        wanted = getattr(a.measures, measure)
        if wanted is not None:
            assert getattr(b.measures, measure) == pytest.approx(wanted, rel=1e-5)


@few
@given(seed=seeds)
def test_the_order_of_rows_and_columns_does_not_matter(seed: int) -> None:
    X = draw(seed)
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(len(X)), rng.permutation(6)
    table = parameter_table(parse(MODELS["factors"]), NAMES, TableOptions(means=True))
    names = tuple(NAMES[k] for k in columns)
    a, b = incomplete_moments(X, NAMES), incomplete_moments(X[rows][:, columns], names)
    fits = [fit_sem(table, (each,)) for each in (a, b)]
    assert fits[0].status == fits[1].status  # some draws of 150 rows have no minimum
    found = [fit.measures.chisq for fit in fits if fit.measures]
    assert found[:1] == pytest.approx(found[1:], rel=1e-7)


def moments_of(X: np.ndarray) -> SampleMoments:
    return incomplete_moments(X, NAMES)


@pytest.mark.parametrize(
    ("rows", "value", "code"),
    [
        (slice(None), np.nan, "data.no-coverage"),
        (slice(1), np.inf, "data.infinite-values"),
        (slice(None), 1.0, "data.constant-variable"),
    ],
)
def test_impossible_data_are_refused(rows: slice, value: float, code: str) -> None:
    X = draw(3)
    X[rows, 2] = value
    with pytest.raises(IdentificationError, match="x3") as caught:
        moments_of(X)
    assert caught.value.code == code


def test_rows_without_any_answer_are_left_out() -> None:
    X = draw(4)
    X[:5] = np.nan
    assert moments_of(X).n == moments_of(X[5:]).n
