"""Fits that go wrong say so; comparisons and standardisation refuse what they must."""

from __future__ import annotations

import numpy as np
import pytest

from cosyn.engine import status
from cosyn.engine.chisquare import ChiSquare
from cosyn.engine.difference import chi_square_difference
from cosyn.engine.estimation import FitOptions, SemFit, fit_sem
from cosyn.engine.fit_indices import cfi, rmsea, tli
from cosyn.engine.inference import wald
from cosyn.engine.moments import SampleMoments, sample_moments
from cosyn.engine.omega import omega
from cosyn.engine.partable import fix_parameter, parameter_table
from cosyn.engine.standardize import standardized
from cosyn.engine.syntax import parse
from cosyn.errors import IdentificationError

NAMES = tuple(f"x{k}" for k in range(1, 7))
TWO_FACTORS = "f =~ x1 + x2 + x3\ng =~ x4 + x5 + x6"


def population(correlation: float = 0.4) -> SampleMoments:
    """Moments that two factors with loadings .8 reproduce exactly."""
    Lambda = np.kron(np.eye(2), np.full((3, 1), 0.8))
    Phi = np.array([[1, correlation], [correlation, 1]])
    cov = Lambda @ Phi @ Lambda.T + 0.36 * np.eye(6)
    return SampleMoments(200, NAMES, np.zeros(6), cov)


def fit(
    text: str, moments: SampleMoments | None = None, options: FitOptions | None = None
) -> SemFit:
    moments = moments or population()
    return fit_sem(parameter_table(parse(text), moments.names), (moments,), options)


def test_the_population_is_recovered() -> None:
    found = fit("f =~ NA*x1 + x2 + x3\ng =~ NA*x4 + x5 + x6\nf ~~ 1*f + r*g\ng ~~ 1*g\nd := r^2")
    assert found.status.ok
    assert (found.status.reasons, found.status.warnings, found.status.n_used) == ((), (), 200)
    assert found.estimate("f", "=~", "x2") == pytest.approx(0.8)
    assert found.estimate("g", "~~", "f") == pytest.approx(0.4)
    assert found.estimate("d", ":=") == pytest.approx(0.16)
    assert found.measures is not None
    assert found.measures.chisq == pytest.approx(0, abs=1e-9)
    row = found.row("f", "~~", "f")
    assert (row.free, row.standard_error) == (False, None)
    assert found.r_squared()["x1"] == pytest.approx(0.64)
    np.testing.assert_allclose(found.covariance_of_latents(), [[1, 0.4], [0.4, 1]], atol=1e-8)


def test_starting_values_do_not_change_the_minimum() -> None:
    plain = fit(TWO_FACTORS)
    started = fit("f =~ x1 + start(2.5)*x2 + x3\ng =~ x4 + start(-1)*x5 + x6\nx1 ~~ start(3)*x1")
    np.testing.assert_allclose(started.x, plain.x, atol=1e-7)
    far = fit("f =~ x1 + start(50)*x2 + x3\ng =~ x4 + x5 + x6\nf ~~ start(9)*g")
    for row in plain.table.rows:  # named rows come first in a table, so the orders differ
        assert far.estimate(row.lhs, row.op, row.rhs) == pytest.approx(
            plain.estimate(row.lhs, row.op, row.rhs), abs=1e-7
        )


def test_too_many_parameters() -> None:
    found = fit("f =~ x1 + x2")
    assert found.status.reasons == (status.NEGATIVE_DF,)
    assert "4 free parameters, but only 3 moments" in found.status.messages[0]
    assert found.measures is None
    assert found.estimate("f", "=~", "x2") is None
    assert standardized(found).row("f", "=~", "x2").value is None


def test_unidentified_model_names_the_parameters() -> None:
    found = fit("f =~ NA*x1 + x2 + x3 + x4")
    assert found.status.reasons == (status.NOT_IDENTIFIED,)
    assert "`f ~~ f`" in found.status.messages[0]
    assert found.measures is None
    assert found.standard_errors is None


def test_two_second_order_indicators_are_not_identified() -> None:
    found = fit(TWO_FACTORS + "\nh =~ f + g")
    assert status.NOT_IDENTIFIED in found.status.reasons


def test_no_time_to_converge() -> None:
    text = "f =~ x1 + start(50)*x2 + x3\ng =~ x4 + x5 + x6"
    found = fit(text, options=FitOptions(max_iterations=1, starts=2))
    assert found.status.reasons == (status.NOT_CONVERGED,)
    assert not found.status.ok
    assert found.measures is None


def test_heywood_case_names_the_variable_and_keeps_its_numbers() -> None:
    cov = np.array([[1, 0.8, 0.8], [0.8, 1, 0.6], [0.8, 0.6, 1]])
    found = fit("f =~ x1 + x2 + x3", SampleMoments(100, NAMES[:3], np.zeros(3), cov))
    assert found.status.converged
    assert not found.status.admissible
    assert status.HEYWOOD in found.status.reasons
    assert any("`x1`" in message for message in found.status.messages)
    assert found.measures is not None
    assert found.r_squared()["x1"] is None
    assert omega(found).reason


def test_latents_that_correlate_beyond_one() -> None:
    cov = population(0.4).cov.copy()
    cov[:3, 3:] = cov[3:, :3] = 0.66
    found = fit(TWO_FACTORS, SampleMoments(200, NAMES, np.zeros(6), cov))
    assert status.LATENT_NOT_DEFINITE in found.status.reasons
    assert not found.status.admissible


def test_negative_latent_variance_leaves_standardised_values_undefined() -> None:
    cov = np.eye(4) + 0.3
    cov[:2, 2:] = cov[2:, :2] = -0.3
    np.fill_diagonal(cov, 1.0)
    found = fit("f =~ 1*x1 + 1*x2 + 1*x3 + 1*x4", SampleMoments(100, NAMES[:4], np.zeros(4), cov))
    value = found.estimate("f", "~~", "f")
    assert value is not None
    assert value < 0
    standard = standardized(found)
    assert standard.row("f", "=~", "x1").value is None
    assert standard.row("x1", "~~", "x1").value is not None
    assert "f =~ x1" in standard.reason


def test_definition_without_a_value_is_none() -> None:
    found = fit(TWO_FACTORS + "\nf ~~ r*g\nd := log(-1 * r)\ne := 1 / (r - r)")
    assert found.estimate("d", ":=") is None
    assert found.row("e", ":=").standard_error is None
    assert found.estimate("f", "~~", "g") is not None


def test_missing_variable() -> None:
    table = parameter_table(parse(TWO_FACTORS), NAMES)
    with pytest.raises(IdentificationError) as caught:
        fit_sem(table, (population().subset(NAMES[:5]),))
    assert "x6" in caught.value.what


def test_everything_fixed_still_has_a_test() -> None:
    found = fit("x1 ~~ 1*x1 + 0*x2\nx2 ~~ 1*x2")
    assert found.status.converged
    assert found.measures is not None
    assert found.measures.df == 3
    assert found.measures.chisq == pytest.approx(-200 * np.log(1 - 0.64**2))


def test_without_baseline_there_is_no_comparison() -> None:
    found = fit(TWO_FACTORS, options=FitOptions(compute_baseline=False))
    assert found.measures is not None
    assert found.measures.cfi is None
    assert found.measures.baseline_chisq is None


def test_difference_is_refused_with_a_reason() -> None:
    sample = population()
    table = parameter_table(parse(TWO_FACTORS + "\nf ~~ r*g"), NAMES)
    full, restricted = fit_sem(table, (sample,)), fit_sem(fix_parameter(table, "r", 0.0), (sample,))
    S = sample.cov
    found = chi_square_difference(restricted, full)
    assert found.df == 1
    assert found.pvalue is not None
    assert found.pvalue < 0.001
    determinants = [np.linalg.det(part) for part in (S[:3, :3], S[3:, 3:], S)]
    assert found.chisq == pytest.approx(200 * np.log(determinants) @ [1, 1, -1])
    assert "degrees of freedom" in chi_square_difference(full, restricted).reason
    other = fit_sem(table, (SampleMoments(201, NAMES, sample.mean, sample.cov),))
    assert "respondents" in chi_square_difference(restricted, other).reason
    changed = fit_sem(table, (population(0.5),))
    assert "respondents" in chi_square_difference(restricted, changed).reason
    assert "variables" in chi_square_difference(fit("f =~ x1 + x2 + x3 + x4"), full).reason
    bad = fit("f =~ x1 + x2")
    assert status.NEGATIVE_DF in chi_square_difference(bad, full).reason


def test_difference_that_is_negative_shows_models_that_are_not_nested() -> None:
    cov = population().cov
    right = fit("f =~ x1 + x2 + x3\ng =~ x4 + a*x5 + a*x6")
    wrong = fit("f =~ x1 + x4 + x3\ng =~ x2 + x5 + x6", SampleMoments(200, NAMES, np.zeros(6), cov))
    assert "not nested" in chi_square_difference(right, wrong).reason


def test_refit_with_a_label_at_its_estimate_changes_nothing() -> None:
    rng = np.random.default_rng(5)
    X = rng.multivariate_normal(np.zeros(6), population().cov, size=150)
    sample = sample_moments(X, NAMES)
    table = parameter_table(parse(TWO_FACTORS + "\nf ~~ r*g"), NAMES)
    free = fit_sem(table, (sample,))
    value = free.estimate("f", "~~", "g")
    assert value is not None
    fixed = fit_sem(fix_parameter(table, "r", value), (sample,))
    assert free.measures is not None
    assert fixed.measures is not None
    assert fixed.measures.chisq == pytest.approx(free.measures.chisq, abs=1e-8)
    assert fixed.measures.df == free.measures.df + 1


def test_standard_errors_are_those_of_repeated_samples() -> None:
    """The spread of 300 estimates is what one fit says, within 4 standard errors of a spread."""
    rng = np.random.default_rng(7)
    root = np.linalg.cholesky(population().cov)
    table = parameter_table(parse(TWO_FACTORS), NAMES)
    fits = [
        fit_sem(table, (sample_moments(rng.standard_normal((200, 6)) @ root.T, NAMES),))
        for _ in range(300)
    ]
    spread = np.std([found.x for found in fits], axis=0)
    exact = fit_sem(table, (population(),))
    assert exact.vcov is not None
    assert np.abs(spread / np.sqrt(np.diag(exact.vcov)) - 1).max() < 4 / np.sqrt(2 * 300)


def test_indices_at_their_limits() -> None:
    perfect, null = ChiSquare(0.0, 0, None), ChiSquare(100.0, 3, 0.0)
    assert cfi(perfect, null) == 1
    assert tli(perfect, null) == 1
    assert rmsea(perfect, 100).pvalue is None
    assert cfi(ChiSquare(5.0, 10, 0.9), ChiSquare(4.0, 15, 0.9)) == 1
    good = rmsea(ChiSquare(1.0, 10, 1.0), 100)
    assert (good.value, good.lower, good.upper) == (0.0, 0.0, 0.0)


def test_rmsea_of_a_huge_sample_has_a_narrow_interval() -> None:
    found = rmsea(ChiSquare(250_000.0, 100, 0.0), 1_000_000)
    assert found.lower < found.value < found.upper
    assert found.upper - found.lower < 0.001


def test_wald() -> None:
    found = wald(1.0, 0.5)
    assert found is not None
    assert found.z == 2.0
    assert found.pvalue == pytest.approx(0.04550026)
    assert (found.lower, found.upper) == pytest.approx((0.0200180, 1.9799820), abs=1e-6)
    assert wald(1.0, None) is None
    assert wald(1.0, 0.0) is None
