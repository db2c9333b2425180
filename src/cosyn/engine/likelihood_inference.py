"""Standard errors and tests at a maximum of the likelihood."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Matrix
    from cosyn.engine.discrepancy import Evaluation, Likelihood
    from cosyn.engine.estimators import Estimator
    from cosyn.engine.fit import FitOptions
    from cosyn.engine.moments import SampleMoments
    from cosyn.engine.table import ParameterTable


def likelihood_inference(
    table: ParameterTable,
    evaluation: Likelihood,
    samples: Sequence[SampleMoments],
    options: FitOptions,
) -> tuple[Matrix, Tests]:
    """Covariance of the parameters (q, q), and the tests of the model and of independence."""
    bread = _bread(table, evaluation, samples, _resolved(options, samples))
    return (
        _vcov(evaluation, samples, options, bread),
        _tests(table, evaluation, samples, options, bread),
    )


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
    samples: Sequence[SampleMoments],
    options: FitOptions,
    bread: Matrix,
) -> Tests:
    chosen = _resolved(options, samples)
    n = options.size(samples)
    df = table.df + rank(constraints_of(table), evaluation.x)
    model = chi_square(2 * n * max(evaluation.value, 0.0), df)
    null = null_corrected = None
    if options.compute_baseline:
        apart = independence(table, samples)
        parts = structures(apart.table)
        discrepancy = discrepancy_of(apart.table, parts, samples, options)
        there: Evaluation = discrepancy.at(apart.x)
        if not apart.exact:
            there = minimise_without_hessian(
                discrepancy,
                apart.x,
                tolerance=options.tolerance,
                max_iterations=options.max_iterations,
            ).evaluation
        assert isinstance(there, MLEvaluation | FIMLEvaluation)
        null = chi_square(2 * n * max(there.value, 0.0), apart.table.df)
        null_corrected = corrected(chosen.test, null, there, samples)
    return Tests(
        model, corrected(chosen.test, model, evaluation, samples, bread), null, null_corrected
    )
