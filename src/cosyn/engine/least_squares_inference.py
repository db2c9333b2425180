"""Standard errors and tests at a minimum of least squares of continuous data.

With optimal weights (GLS for normal data, WLS for any) both follow from the curvature. Those of
ULS follow from the covariance of the moments: that of normal data for the estimator ``ULS``, whose
test is Browne's residual statistic; whatever the distribution for ``ULSM`` and ``ULSMV``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cosyn.engine.baseline import independence
from cosyn.engine.browne import residual_statistic
from cosyn.engine.chisquare import ChiSquare, chi_square
from cosyn.engine.constraints import constraints_of, inverse_within, rank
from cosyn.engine.discrepancy import MLDiscrepancy, ml_discrepancy
from cosyn.engine.fit import discrepancy_of
from cosyn.engine.fit_indices import Tests
from cosyn.engine.gls import GLSEvaluation, gls_discrepancy
from cosyn.engine.least_squares import LeastSquaresEvaluation, weighted
from cosyn.engine.lisrel import structures
from cosyn.engine.moment_least_squares import moment_covariance, normal_covariance_of
from cosyn.engine.optimize import minimise
from cosyn.engine.reweighing import by_respondents
from cosyn.engine.suboptimal_weights import (
    corrected_by_traces,
    in_units_of_weights,
    remaining,
    sandwich,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Matrix, Vector
    from cosyn.engine.fit import FitOptions
    from cosyn.engine.lisrel import Structure
    from cosyn.engine.moments import SampleMoments
    from cosyn.engine.table import ParameterTable

    LeastSquaresOfMoments = GLSEvaluation | LeastSquaresEvaluation


def least_squares_inference(
    table: ParameterTable,
    evaluation: LeastSquaresOfMoments,
    samples: Sequence[SampleMoments],
    options: FitOptions,
) -> tuple[Matrix, Tests]:
    """Covariance of the parameters (q, q), and the tests of the model and of independence."""
    robust = options.resolved().robust
    gammas = [moment_covariance(each, means=table.means) for each in samples] if robust else []
    data = _Data(samples, options, gammas)
    model, corrected = _tested(table, evaluation, data)
    null = null_corrected = None
    if options.compute_baseline:
        apart = independence(table, samples)
        there = _at_minimum(apart.table, apart.x, data)
        null, null_corrected = _tested(apart.table, there, data)
    return _vcov(table, evaluation, data), Tests(model, corrected, null, null_corrected)


class _Data(NamedTuple):
    """What was fitted: samples, how, and the covariances of their moments if those are needed."""

    samples: Sequence[SampleMoments]
    options: FitOptions
    gammas: Sequence[Matrix]


def normal_view(
    table: ParameterTable,
    parts: Sequence[Structure],
    samples: Sequence[SampleMoments],
    options: FitOptions,
) -> MLDiscrepancy:
    """The discrepancy of maximum likelihood, whose measures of fit have their sense anywhere."""
    return ml_discrepancy(parts, samples, means=table.means, sizes=_sizes(samples, options))


def _sizes(samples: Sequence[SampleMoments], options: FitOptions) -> Vector:
    return np.array([sample.n - options.unbiased for sample in samples], dtype=float)


def _at_minimum(table: ParameterTable, x: Vector, data: _Data) -> LeastSquaresOfMoments:
    """Independence where it fits best: its moments are linear, and steps of Newton exact."""
    options = data.options
    found = minimise(
        discrepancy_of(table, structures(table), data.samples, options),
        x,
        tolerance=options.tolerance,
        max_iterations=options.max_iterations,
    ).evaluation
    assert isinstance(found, GLSEvaluation | LeastSquaresEvaluation)
    return found


def _bread(table: ParameterTable, evaluation: LeastSquaresOfMoments, options: FitOptions) -> Matrix:
    observed = options.resolved().information == "observed"
    curvature = evaluation.hessian() if observed else evaluation.information()
    return inverse_within(constraints_of(table), evaluation.x, curvature)


def _vcov(table: ParameterTable, evaluation: LeastSquaresOfMoments, data: _Data) -> Matrix:
    evaluation = by_respondents(evaluation, [sample.n for sample in data.samples])
    bread, chosen = _bread(table, evaluation, data.options), data.options.resolved()
    n = data.options.size(data.samples)
    if chosen.discrepancy != "ULS":
        return bread / n
    assert isinstance(evaluation, LeastSquaresEvaluation)
    if chosen.robust:
        return sandwich(bread, *in_units_of_weights(evaluation, data.gammas)) / n
    return np.asarray(bread @ _normal_meat(table, evaluation, data.samples) @ bread / n)


def _normal_meat(
    table: ParameterTable,
    evaluation: LeastSquaresEvaluation,
    samples: Sequence[SampleMoments],
) -> Matrix:
    """D'W Gamma W D with the Gamma of normal data, shape (q, q)."""
    total = np.zeros((len(evaluation.x), len(evaluation.x)))
    d = evaluation.discrepancy
    for f, w, J, sample in zip(d.shares, d.weights, evaluation.slopes, samples, strict=True):
        block = weighted(w, J)
        spread = normal_covariance_of(block, sample.cov, means=table.means)
        if (P := sample.projection) is not None:
            predicted = P.T @ sample.cov @ P
            spread = spread - normal_covariance_of(block, predicted, means=table.means)
        total += f * (block.T @ spread)
    return total


def _tested(
    table: ParameterTable, evaluation: LeastSquaresOfMoments, data: _Data
) -> tuple[ChiSquare, ChiSquare]:
    """The test of a table, and its correction (the same if there is none).

    The uncorrected discrepancy of ULS is not distributed as chi-square: it has no p-value.
    """
    chosen, n = data.options.resolved(), data.options.size(data.samples)
    df = table.df + rank(constraints_of(table), evaluation.x)
    if chosen.test == "browne_residual":
        found = chi_square(_residual_statistic(table, evaluation.x, data), df)
        return found, found
    standard = chi_square(2 * n * evaluation.value, df)
    if chosen.test == "standard":
        return standard, standard
    assert isinstance(evaluation, LeastSquaresEvaluation)
    here = by_respondents(evaluation, [sample.n for sample in data.samples])
    UG = remaining(_bread(table, here, data.options), *in_units_of_weights(here, data.gammas))
    corrected = corrected_by_traces(chosen.test, standard, UG)
    return replace(standard, pvalue=None), corrected


def _residual_statistic(table: ParameterTable, x: Vector, data: _Data) -> float:
    """Browne's, with weights at the samples' covariances."""
    here = gls_discrepancy(
        structures(table),
        data.samples,
        means=table.means,
        sizes=_sizes(data.samples, data.options),
    ).at(x)
    inverse = inverse_within(constraints_of(table), x, here.information())
    return residual_statistic(here, data.options.size(data.samples), inverse)
