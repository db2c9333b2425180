"""Standard errors and tests at a maximum of the likelihood."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cosyn.engine.baseline import independence
from cosyn.engine.casewise import score_products
from cosyn.engine.chisquare import chi_square, corrected
from cosyn.engine.constraints import constraints_of, inverse_within, rank
from cosyn.engine.discrepancy import MLEvaluation
from cosyn.engine.fiml import FIMLEvaluation
from cosyn.engine.fit import discrepancy_of
from cosyn.engine.fit_indices import Tests
from cosyn.engine.lisrel import structures
from cosyn.engine.optimize import minimise_without_hessian
from cosyn.engine.population_misfit import incomplete_tests
from cosyn.engine.saturated import saturated_information

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Matrix
    from cosyn.engine.discrepancy import Evaluation, Likelihood
    from cosyn.engine.estimators import Estimator
    from cosyn.engine.fit import FitOptions
    from cosyn.engine.moments import SampleMoments
    from cosyn.engine.saturated import SaturatedInformation
    from cosyn.engine.table import ParameterTable


def likelihood_inference(
    table: ParameterTable,
    evaluation: Likelihood,
    samples: Sequence[SampleMoments],
    options: FitOptions,
) -> tuple[Matrix, Tests, Tests | None]:
    """Covariance of the parameters (q, q), and the tests of the model and of independence.

    Of incomplete answers also the statistics that robust measures of fit rest on.
    """
    bread = _bread(table, evaluation, samples, _resolved(options, samples))
    known, null = _saturated(samples, options), _null(table, samples, options)
    tests = _tests(table, evaluation, null, samples, options, bread, known)
    misfit = None
    if known and null:
        points = (table, evaluation.x), (null.table, null.evaluation.x)
        misfit = incomplete_tests(*points, samples, known, tests)
    return _vcov(evaluation, samples, options, bread), tests, misfit


def _saturated(
    samples: Sequence[SampleMoments], options: FitOptions
) -> tuple[SaturatedInformation, ...]:
    """Information of the saturated model of each group; none where answers are complete."""
    if any(sample.incomplete is None for sample in samples):
        return ()
    robust = _resolved(options, samples).robust
    return tuple(saturated_information(sample, robust=robust) for sample in samples)


def _resolved(options: FitOptions, samples: Sequence[SampleMoments]) -> Estimator:
    """The estimator; the information of incomplete rows is observed unless said otherwise."""
    chosen = options.resolved()
    if options.information is None and any(each.incomplete is not None for each in samples):
        return replace(chosen, information="observed")
    return chosen


def _bread(
    table: ParameterTable,
    evaluation: Likelihood,
    samples: Sequence[SampleMoments],
    chosen: Estimator,
) -> Matrix:
    """Inverse of the curvature, in the directions that constraints leave."""
    match chosen.information:
        case "observed":
            curvature = evaluation.hessian()
        case "first_order":
            curvature = score_products(evaluation, samples)
        case _:
            curvature = evaluation.information()
    return inverse_within(constraints_of(table), evaluation.x, curvature)


def _vcov(
    evaluation: Likelihood,
    samples: Sequence[SampleMoments],
    options: FitOptions,
    bread: Matrix,
) -> Matrix:
    """Covariance of the free parameters: an inverse information, or a sandwich with it."""
    chosen = _resolved(options, samples)
    n = options.size(samples)
    clustered = any(sample.cluster is not None for sample in samples)
    if not (chosen.robust or clustered):
        return bread / n
    B = score_products(evaluation, samples, centred=chosen.information != "observed")
    return np.asarray(bread @ B @ bread / n)


def _tests(
    table: ParameterTable,
    evaluation: Likelihood,
    null: _Null | None,
    samples: Sequence[SampleMoments],
    options: FitOptions,
    bread: Matrix,
    saturated: Sequence[SaturatedInformation],
) -> Tests:
    test, n = _resolved(options, samples).test, options.size(samples)
    df = table.df + rank(constraints_of(table), evaluation.x)
    model = chi_square(2 * n * max(evaluation.value, 0.0), df)
    model_corrected = corrected(test, model, evaluation, samples, bread, saturated)
    if null is None:
        return Tests(model, model_corrected, None, None)
    apart = chi_square(2 * n * max(null.evaluation.value, 0.0), null.table.df)
    apart_corrected = corrected(test, apart, null.evaluation, samples, saturated=saturated)
    return Tests(model, model_corrected, apart, apart_corrected)


class _Null(NamedTuple):
    """The model of independence where it fits best."""

    table: ParameterTable
    evaluation: Likelihood


def _null(
    table: ParameterTable, samples: Sequence[SampleMoments], options: FitOptions
) -> _Null | None:
    if not options.compute_baseline:
        return None
    apart = independence(table, samples)
    discrepancy = discrepancy_of(apart.table, structures(apart.table), samples, options)
    there: Evaluation = discrepancy.at(apart.x)
    if not apart.exact:
        there = minimise_without_hessian(
            discrepancy,
            apart.x,
            tolerance=options.tolerance,
            max_iterations=options.max_iterations,
        ).evaluation
    assert isinstance(there, MLEvaluation | FIMLEvaluation)
    return _Null(apart.table, there)
