"""Standard errors and tests at a maximum of the likelihood."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cosyn.engine.baseline import independence
from cosyn.engine.casewise import casewise, saturated_information, score_products
from cosyn.engine.chisquare import chi_square, corrected
from cosyn.engine.constraints import constraints_of, inverse_within, rank
from cosyn.engine.discrepancy import MLEvaluation
from cosyn.engine.fiml import FIMLEvaluation
from cosyn.engine.fit import discrepancy_of
from cosyn.engine.fit_indices import Tests
from cosyn.engine.lisrel import structures
from cosyn.engine.optimize import minimise_without_hessian
from cosyn.engine.population_misfit import incomplete_tests
from cosyn.engine.reweighing import by_respondents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Matrix
    from cosyn.engine.casewise import Casewise, SaturatedInformation
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
) -> tuple[Matrix, Tests, Tests | None]:
    """Covariance of the parameters (q, q), and the tests of the model and of independence.

    Of incomplete answers also the statistics that robust measures of fit rest on.
    """
    bread = _bread(table, evaluation, samples, _resolved(options, samples))
    known, null = _saturated(samples, options), _null(table, samples, options)
    rows = _rows(evaluation, null, samples, options, known)
    tests = _tests(table, (evaluation, null), samples, options, bread, rows)
    misfit = None
    if known and null:
        points = (table, evaluation.x), (null.table, null.evaluation.x)
        misfit = incomplete_tests(*points, samples, known, tests)
    return _vcov(evaluation, samples, options, bread, rows), tests, misfit


_Read = tuple["Casewise | None", "Casewise | None"]


def _rows(
    evaluation: Likelihood,
    null: _Null | None,
    samples: Sequence[SampleMoments],
    options: FitOptions,
    saturated: Sequence[SaturatedInformation],
) -> _Read:
    """What the rows tell of the model and of independence, read once; None where not needed."""
    test = _resolved(options, samples).test
    if test == "standard":
        return None, None
    wanted = [evaluation] if null is None else [evaluation, null.evaluation]
    centred = test != "yuan_bentler_mplus"
    found = casewise(wanted, samples, centred=centred, saturated=saturated)
    return found[0], found[-1] if null else None


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
    evaluation = by_respondents(evaluation, [sample.n for sample in samples])
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
    rows: _Read,
) -> Matrix:
    """Covariance of the free parameters: an inverse information, or a sandwich with it."""
    chosen = _resolved(options, samples)
    n = options.size(samples)
    if not (chosen.robust or any(sample.clustered for sample in samples)):
        return bread / n
    centred = chosen.information != "observed"
    if rows[0] is not None and centred == (chosen.test != "yuan_bentler_mplus"):
        B = rows[0].products
    else:
        B = score_products(evaluation, samples, centred=centred)
    return np.asarray(bread @ B @ bread / n)


def _tests(
    table: ParameterTable,
    points: tuple[Likelihood, _Null | None],
    samples: Sequence[SampleMoments],
    options: FitOptions,
    bread: Matrix,
    rows: _Read,
) -> Tests:
    test, n = _resolved(options, samples).test, options.size(samples)
    (here, null), (of_model, of_null) = points, rows
    df = table.df + rank(constraints_of(table), here.x)
    model = chi_square(2 * n * max(here.value, 0.0), df)
    model_corrected = corrected(test, model, here, samples, bread, of_model)
    if null is None:
        return Tests(model, model_corrected, None, None)
    apart = chi_square(2 * n * max(null.evaluation.value, 0.0), null.table.df)
    apart_corrected = corrected(test, apart, null.evaluation, samples, rows=of_null)
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
