"""Fit a structural equation model to moments, or to incomplete rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cosyn.engine.bounds import telling_bounds, with_bounds
from cosyn.engine.diagnostics import diagnosed
from cosyn.engine.discrepancy import MLEvaluation
from cosyn.engine.estimates import row_values, standard_errors
from cosyn.engine.fiml import FIMLDiscrepancy, FIMLEvaluation
from cosyn.engine.fit import FitOptions, SemFit, discrepancy_of
from cosyn.engine.gls import GLSEvaluation
from cosyn.engine.least_squares import LeastSquaresEvaluation
from cosyn.engine.least_squares_inference import least_squares_inference, normal_view
from cosyn.engine.likelihood_inference import likelihood_inference
from cosyn.engine.lisrel import structures
from cosyn.engine.measures import fit_measures
from cosyn.engine.optimize import minimise, minimise_without_hessian
from cosyn.engine.search import search
from cosyn.engine.start import starting_points
from cosyn.engine.status import status_at
from cosyn.engine.table import with_sample_values
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Matrix
    from cosyn.engine.discrepancy import Evaluation
    from cosyn.engine.fit_indices import FitMeasures, Tests
    from cosyn.engine.lisrel import Structure
    from cosyn.engine.moments import SampleMoments
    from cosyn.engine.optimize import Optimum
    from cosyn.engine.table import ParameterTable

__all__ = ["FitOptions", "SemFit", "fit_sem"]


def fit_sem(
    table: ParameterTable, groups: Sequence[SampleMoments], options: FitOptions | None = None
) -> SemFit:
    """Fit a model of covariances, and of means if the table has them, to one or more groups.

    By maximum likelihood (Jöreskog 1967, 1971, 1973) or least squares (Browne 1974, 1984).
    Whatever the data do to the model is told by the result's
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
    _check(groups, options)
    samples = _samples(table, groups, options)
    table = with_bounds(with_sample_values(table, samples), samples, options.bounds)
    parts = structures(table)
    discrepancy = discrepancy_of(table, parts, samples, options)
    points = starting_points(table, samples, seed=options.seed, count=options.starts)
    dear = isinstance(discrepancy, FIMLDiscrepancy)
    method = minimise_without_hessian if dear else minimise
    optimum = search(table, parts, discrepancy, points, options, method)
    return _result(table, parts, samples, optimum, options)


def _check(groups: Sequence[SampleMoments], options: FitOptions) -> None:
    """Whether the estimator can do with the data and the options."""
    chosen = options.resolved()
    where = f"estimator {options.estimator!r}"
    if chosen.discrepancy == "DWLS":
        raise IdentificationError(
            "estimator.continuous",
            where,
            "it is for ordinal items, and none is declared",
            "Name them by `ordered`, or use MLR",
        )
    if chosen.discrepancy == "ML":
        return
    if any(group.incomplete is not None for group in groups):
        raise IdentificationError(
            "estimator.incomplete",
            where,
            "least squares do not exist for incomplete answers",
            "Use ML or MLR, or complete answers",
        )
    if not chosen.robust and any(group.cluster is not None for group in groups):
        raise IdentificationError(
            "estimator.clusters",
            where,
            "its standard errors hold for independent respondents only",
            "Use MLR or ULSMV, which allow for clusters",
        )
    if options.wishart or chosen.information == "first_order":
        raise IdentificationError(
            "estimator.likelihood",
            where,
            "there is no likelihood whose form or first derivatives could be chosen",
            "Leave `likelihood` out, and `information` unless it is expected or observed",
        )


def _check_covariates(table: ParameterTable, sample: SampleMoments, options: FitOptions) -> None:
    if not (options.resolved().robust and sample.incomplete and table.covariates):
        return
    places = [sample.names.index(name) for name in table.covariates]
    if not sample.incomplete.observed[:, places].all():
        raise IdentificationError(
            "estimator.incomplete",
            f"estimator {options.estimator!r}",
            "its statistics are not known where covariates that are taken as given have gaps",
            "Give `fixed_x=False`, use ML, or leave those respondents out",
        )


def _samples(
    table: ParameterTable, groups: Sequence[SampleMoments], options: FitOptions
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
        _check_covariates(table, sample, options)
    samples = tuple(
        replace(sample.subset(table.observed), covariates=table.covariates) for sample in groups
    )
    return tuple(sample.unbiased() for sample in samples) if options.unbiased else samples


def _result(
    table: ParameterTable,
    parts: tuple[Structure, ...],
    samples: tuple[SampleMoments, ...],
    optimum: Optimum,
    options: FitOptions,
) -> SemFit:
    x = optimum.evaluation.x
    state = telling_bounds(status_at(table, parts, optimum), table, x)
    vcov = tests = measures = None
    if state.converged and state.identified:
        vcov, tests, misfit = _inference(table, optimum.evaluation, samples, options)
        measures = _measures(table, parts, optimum.evaluation, samples, (tests, misfit), options)
    fit = SemFit(
        table,
        samples,
        parts,
        x,
        estimates=row_values(table, x),
        standard_errors=None if vcov is None else standard_errors(table, x, vcov),
        vcov=vcov,
        implied=tuple(part.implied(x) for part in parts),
        status=state,
        measures=measures,
        tests=tests,
        iterations=optimum.iterations,
        options=options,
    )
    return diagnosed(fit)


def _inference(
    table: ParameterTable,
    evaluation: Evaluation,
    samples: Sequence[SampleMoments],
    options: FitOptions,
) -> tuple[Matrix, Tests, Tests | None]:
    """Covariance of the parameters (q, q), tests, and those that robust measures rest on."""
    if isinstance(evaluation, MLEvaluation | FIMLEvaluation):
        return likelihood_inference(table, evaluation, samples, options)
    assert isinstance(evaluation, GLSEvaluation | LeastSquaresEvaluation)
    return *least_squares_inference(table, evaluation, samples, options), None


def _measures(
    table: ParameterTable,
    parts: Sequence[Structure],
    evaluation: Evaluation,
    samples: Sequence[SampleMoments],
    tests: tuple[Tests, Tests | None],
    options: FitOptions,
) -> FitMeasures:
    size = options.size(samples)
    plain, misfit = tests
    if isinstance(evaluation, MLEvaluation | FIMLEvaluation):
        return fit_measures(table, samples, evaluation, plain, n=size, misfit=misfit)
    there = normal_view(table, parts, samples, options).at(evaluation.x)
    return fit_measures(table, samples, there, plain, n=size, likelihood=False)
