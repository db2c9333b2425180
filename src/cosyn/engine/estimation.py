"""Fit a structural equation model to the moments of complete data by maximum likelihood."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cosyn.engine import status as faults
from cosyn.engine.baseline import independence
from cosyn.engine.casewise import casewise, score_products
from cosyn.engine.chisquare import chi_square, corrected
from cosyn.engine.constraints import constraints_of, rank, search_within, tangent
from cosyn.engine.discrepancy import Likelihood, MLDiscrepancy, MLEvaluation
from cosyn.engine.estimates import row_values, standard_errors
from cosyn.engine.fiml import FIMLDiscrepancy, FIMLEvaluation
from cosyn.engine.fit import FitOptions, SemFit, discrepancy_of
from cosyn.engine.fit_indices import Tests
from cosyn.engine.linalg import damped_inverse
from cosyn.engine.lisrel import structures
from cosyn.engine.measures import fit_measures
from cosyn.engine.optimize import minimise, minimise_without_hessian
from cosyn.engine.start import starting_points
from cosyn.engine.table import with_sample_values
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cosyn.engine._typing import Matrix
    from cosyn.engine.casewise import Casewise
    from cosyn.engine.estimators import Estimator
    from cosyn.engine.lisrel import Structure
    from cosyn.engine.moments import SampleMoments
    from cosyn.engine.optimize import Optimum
    from cosyn.engine.status import FitStatus
    from cosyn.engine.table import ParameterTable

__all__ = ["FitOptions", "SemFit", "fit_sem"]


class _Null(NamedTuple):
    """The model of independence at its minimum."""

    evaluation: Likelihood
    df: int


def fit_sem(
    table: ParameterTable, groups: Sequence[SampleMoments], options: FitOptions | None = None
) -> SemFit:
    """Fit a model of covariances, and of means if the table has them, to one or more groups.

    Jöreskog (1967, 1971, 1973). Whatever the data do to the model is told by the result's
    status, not raised.

    Parameters
    ----------
    groups : sequence of SampleMoments
        Of at least the model's variables, one a group of the table.

    Raises
    ------
    IdentificationError
        If the moments lack one of the model's variables, their number is not that of the table's
        groups, or a robust estimator is asked for without the data themselves.
    """
    options = options or FitOptions()
    if options.resolved().discrepancy != "ML":
        raise IdentificationError(
            "estimator.continuous",
            f"estimator {options.estimator!r}",
            "it is for ordinal items, and none is declared",
            "Name them by `ordered`, or use MLR",
        )
    samples = _samples(table, groups, wishart=options.wishart)
    table = with_sample_values(table, samples)
    parts = structures(table)
    optimum = _search(table, discrepancy_of(table, parts, samples, options), samples, options)
    return _result(table, parts, samples, optimum, options)


def _samples(
    table: ParameterTable, groups: Sequence[SampleMoments], *, wishart: bool
) -> tuple[SampleMoments, ...]:
    if len(groups) != len(table.groups):
        raise IdentificationError(
            "data.groups",
            "the data",
            f"{len(groups)} groups for a model of {len(table.groups)}",
            "Give the moments of each group",
        )
    if table.ordered:
        raise IdentificationError(
            "estimator.ordinal",
            "the model",
            "its items are ordinal, and these are moments of continuous variables",
            "Fit it by `fit_ordinal`",
        )
    for sample in groups:
        if sample.incomplete is not None and not table.means:
            raise IdentificationError(
                "model.no-means",
                "the model",
                "incomplete answers need a mean structure",
                "Build the table with means, or use complete answers",
            )
        missing = [name for name in table.observed if name not in sample.names]
        if missing:
            raise IdentificationError(
                "data.missing-variable",
                "the model",
                f"no data for {', '.join(missing)}",
                "Leave them out of the model, or add the variables",
            )
    samples = tuple(sample.subset(table.observed) for sample in groups)
    return tuple(sample.unbiased() for sample in samples) if wishart else samples


def _search(
    table: ParameterTable,
    discrepancy: MLDiscrepancy | FIMLDiscrepancy,
    samples: Sequence[SampleMoments],
    options: FitOptions,
) -> Optimum:
    """The first search that converges, or else the one that came lowest."""
    complete = isinstance(discrepancy, MLDiscrepancy)
    search: Callable[..., Optimum] = minimise if complete else minimise_without_hessian
    rules = constraints_of(table)
    if rules is not None:
        search = partial(search_within, rules, search)
    points = starting_points(table, samples, seed=options.seed, count=options.starts)
    limit = options.max_iterations if table.df >= 0 else 0
    found: list[Optimum] = []
    for point in points:
        found.append(search(discrepancy, point, tolerance=options.tolerance, max_iterations=limit))
        if found[-1].converged or table.df < 0:
            return found[-1]
    return min(found, key=lambda optimum: optimum.evaluation.value)


def _result(
    table: ParameterTable,
    parts: tuple[Structure, ...],
    samples: tuple[SampleMoments, ...],
    optimum: Optimum,
    options: FitOptions,
) -> SemFit:
    evaluation = optimum.evaluation
    assert isinstance(evaluation, MLEvaluation | FIMLEvaluation)
    x = evaluation.x
    state = _status(table, parts, optimum)
    usable = state.converged and state.identified
    bread = _bread(table, evaluation, samples, _resolved(options, samples)) if usable else None
    vcov = tests = None
    if bread is not None:
        null = _null(table, samples, options)
        rows = _rows(evaluation, null, samples, options)
        vcov = _vcov(evaluation, samples, options, bread, rows)
        tests = _tests(table, (evaluation, null), samples, options, bread, rows)
    implied = tuple(point.implied for point in evaluation.points)
    measures = None
    if tests is not None:
        measures = fit_measures(table, samples, evaluation, tests, n=_size(samples, options))
    return SemFit(
        table,
        samples,
        parts,
        x,
        estimates=row_values(table, x),
        standard_errors=None if vcov is None else standard_errors(table, x, vcov),
        vcov=vcov,
        implied=implied,
        status=state,
        measures=measures,
        tests=tests,
        iterations=optimum.iterations,
        options=options,
    )


def _resolved(options: FitOptions, samples: Sequence[SampleMoments]) -> Estimator:
    """The estimator; the information of incomplete rows is observed unless said otherwise."""
    chosen = options.resolved()
    if options.information is None and any(each.incomplete is not None for each in samples):
        return replace(chosen, information="observed")
    return chosen


def _size(samples: Sequence[SampleMoments], options: FitOptions) -> int:
    """What stands for the sample size: n, or n - 1 a group."""
    return sum(sample.n - options.wishart for sample in samples)


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
    K = tangent(constraints_of(table), evaluation.x)
    if K is None:
        return damped_inverse(curvature)
    return np.asarray(K @ damped_inverse(K.T @ curvature @ K) @ K.T)


def _null(
    table: ParameterTable, samples: Sequence[SampleMoments], options: FitOptions
) -> _Null | None:
    """The model of independence at its minimum, if it is wanted."""
    if not options.compute_baseline:
        return None
    apart = independence(table, samples)
    there = discrepancy_of(apart.table, structures(apart.table), samples, options).at(apart.x)
    return _Null(there, apart.table.df)


def _rows(
    evaluation: Likelihood,
    null: _Null | None,
    samples: Sequence[SampleMoments],
    options: FitOptions,
) -> tuple[Casewise | None, Casewise | None]:
    """What the rows tell of the model and of independence, read once; None where not needed."""
    test = _resolved(options, samples).test
    if test == "standard":
        return None, None
    wanted = [evaluation] if null is None else [evaluation, null.evaluation]
    found = casewise(wanted, samples, centred=test != "yuan_bentler_mplus")
    return found[0], found[-1] if null else None


def _vcov(
    evaluation: Likelihood,
    samples: Sequence[SampleMoments],
    options: FitOptions,
    bread: Matrix,
    rows: tuple[Casewise | None, Casewise | None],
) -> Matrix:
    """Covariance of the free parameters: an inverse information, or a sandwich with it."""
    chosen = _resolved(options, samples)
    n = _size(samples, options)
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
    rows: tuple[Casewise | None, Casewise | None],
) -> Tests:
    chosen = _resolved(options, samples)
    n = _size(samples, options)
    (here, apart), (of_model, of_null) = points, rows
    df = table.df + rank(constraints_of(table), here.x)
    model = chi_square(2 * n * max(here.value, 0.0), df)
    null = null_corrected = None
    if apart:
        null = chi_square(2 * n * max(apart.evaluation.value, 0.0), apart.df)
        null_corrected = corrected(chosen.test, null, apart.evaluation, samples, rows=of_null)
    model_corrected = corrected(chosen.test, model, here, samples, bread, of_model)
    return Tests(model, model_corrected, null, null_corrected)


def _status(table: ParameterTable, parts: Sequence[Structure], optimum: Optimum) -> FitStatus:
    if table.df < 0:
        message = f"{table.n_free} free parameters, but only {table.n_moments} moments"
        fault = faults.Fault(faults.NEGATIVE_DF, message)
        return faults.status(converged=False, identified=False, faults=(fault,))
    evaluation = optimum.evaluation
    if not optimum.converged:
        fault = faults.Fault(faults.NOT_CONVERGED, "no starting point led to a minimum")
        return faults.status(converged=False, identified=False, faults=(fault,))
    rules = constraints_of(table)
    if rules is not None and not rules.met(evaluation.x):
        fault = faults.Fault(faults.NOT_CONVERGED, "no point meets all the constraints")
        return faults.status(converged=False, identified=False, faults=(fault,))
    K = tangent(rules, evaluation.x)
    unidentified = faults.unidentified(table, evaluation.information(), K)
    improper = faults.improper(table, parts, evaluation.x)
    return faults.status(
        converged=True, identified=not unidentified, faults=(*unidentified, *improper)
    )
