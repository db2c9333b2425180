"""Fit a structural equation model of two levels to respondents in clusters."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.bounds import telling_bounds, with_bounds
from cosyn.engine.chisquare import chi_square, scaled
from cosyn.engine.constraints import constraints_of, inverse_within, rank
from cosyn.engine.diagnostics import diagnosed
from cosyn.engine.estimates import row_values, standard_errors
from cosyn.engine.fit import FitOptions, SemFit
from cosyn.engine.fit_indices import Tests
from cosyn.engine.optimize import minimise
from cosyn.engine.search import search
from cosyn.engine.start import starting_points
from cosyn.engine.status import SATURATED_NOT_CONVERGED, status_at
from cosyn.engine.table import with_sample_values
from cosyn.engine.twolevel import TwoLevelDiscrepancy, TwoLevelEvaluation
from cosyn.engine.twolevel_measures import two_level_measures
from cosyn.engine.twolevel_models import (
    definite_part,
    independence_model,
    level_structures,
    saturated_model,
)
from cosyn.engine.twolevel_scores import score_products
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from cosyn.engine._typing import Matrix
    from cosyn.engine.cluster_moments import ClusterMoments
    from cosyn.engine.moments import SampleMoments
    from cosyn.engine.table import ParameterTable
    from cosyn.engine.twolevel_models import ComparedModel


def fit_two_level(
    table: ParameterTable,
    data: ClusterMoments,
    options: FitOptions | None = None,
    free: ComparedModel | None = None,
) -> SemFit:
    """Fit a model of two levels with random intercepts, by maximum likelihood.

    See `cosyn.engine.twolevel` for the likelihood. Standard errors rest on the observed
    information unless the options ask for the expected one; those of MLR are of the sandwich form,
    over clusters. Chi-square is the likelihood ratio to free covariances at both levels. Whatever
    the data do to the model is told by the result's status, not raised.

    Parameters
    ----------
    table : ParameterTable
        From `cosyn.engine.twolevel_table.two_level_table`.
    data : ClusterMoments
        Of the variables of its levels.
    free : ComparedModel or None
        The saturated model of the same variables and data, where it has been fitted already.

    Returns
    -------
    SemFit
        Its groups are the levels, with the moments of the saturated model.

    Raises
    ------
    IdentificationError
        If the options ask for another estimator, or the data lack a variable of the model.
    """
    options = options or FitOptions()
    _check(table, data, options)
    table = with_sample_values(table, (data.total, data.of_clusters))
    free = free or saturated_model(table, data)
    table = with_bounds(table, free.levels, options.bounds)
    parts = level_structures(table)
    discrepancy = TwoLevelDiscrepancy(parts, data, free.evaluation.value)
    points = starting_points(table, _definite(free, data), seed=options.seed, count=options.starts)
    optimum = search(table, parts, discrepancy, points, options, minimise)
    here = optimum.evaluation
    assert isinstance(here, TwoLevelEvaluation)
    state = telling_bounds(status_at(table, parts, optimum), table, here.x)
    vcov = tests = measures = None
    if state.converged and state.identified:
        vcov = _vcov(table, here, options)
    if not free.converged:
        state = replace(
            state,
            reasons=(*state.reasons, SATURATED_NOT_CONVERGED),
            messages=(
                *state.messages,
                "nothing to compare with: the saturated model did not converge",
            ),
        )
    elif vcov is not None:
        tests = _tests(table, here, free, options)
        measures = two_level_measures(table, here, free, tests)
    fit = SemFit(
        table,
        free.levels,
        parts,
        here.x,
        estimates=row_values(table, here.x),
        standard_errors=None if vcov is None else standard_errors(table, here.x, vcov),
        vcov=vcov,
        implied=here.levels,
        status=state,
        measures=measures,
        tests=tests,
        iterations=optimum.iterations,
        options=options,
        clusters=data,
    )
    return diagnosed(fit)


def _check(table: ParameterTable, data: ClusterMoments, options: FitOptions) -> None:
    chosen = options.resolved()
    plain = chosen.name in {"ML", "MLR"} and not options.wishart
    if options.bounds not in {None, "pos_var", "pos_ov_var", "pos_lv_var"}:
        raise IdentificationError(
            "estimator.levels",
            f"bounds {options.bounds!r}",
            "of two levels only variances can be bounded, at 0",
            "Use `pos_var`, `pos_ov_var` or `pos_lv_var`",
        )
    if not plain or chosen.information == "first_order":
        raise IdentificationError(
            "estimator.levels",
            f"estimator {options.estimator!r}",
            "models of two levels are fitted by ML or MLR, with observed or expected information",
            "Use ML or MLR, without `likelihood`",
        )
    if tuple(level.observed for level in table.levels) != (data.within, data.between):
        raise IdentificationError(
            "data.missing-variable",
            "the model",
            "the data are not of the variables of its levels",
            "Gather the clusters' moments of the variables of the table's levels",
        )


def _definite(free: ComparedModel, data: ClusterMoments) -> tuple[SampleMoments, SampleMoments]:
    """Saturated moments to start from, those between clusters made definite."""
    within, between = free.levels
    k = data.places
    cov = definite_part(between.cov, data.of_clusters.cov[np.ix_(k, k)])
    return within, replace(between, cov=cov)


def _vcov(table: ParameterTable, here: TwoLevelEvaluation, options: FitOptions) -> Matrix:
    bread = _bread(table, here, options)
    n = here.discrepancy.data.n
    if not options.resolved().robust:
        return bread / n
    return np.asarray(bread @ score_products(here) @ bread / n)


def _bread(table: ParameterTable, here: TwoLevelEvaluation, options: FitOptions) -> Matrix:
    """Inverse of the curvature in the directions that constraints leave."""
    expected = options.information == "expected"
    curvature = here.information() if expected else here.hessian()
    return inverse_within(constraints_of(table), here.x, curvature)


def _tests(
    table: ParameterTable, here: TwoLevelEvaluation, free: ComparedModel, options: FitOptions
) -> Tests:
    """Likelihood ratios to the saturated model, of the model and of independence.

    Of MLR also those divided by the factor of Yuan & Bentler (2000) in the form of Mplus: the
    difference of tr(B A^-1) of both models, with cross-products B of the clusters' scores.
    """
    n, robust = here.discrepancy.data.n, options.resolved().robust
    df = table.df + rank(constraints_of(table), here.x)
    model = chi_square(2 * n * max(here.value, 0.0), df)
    whole = _trace(free.table, free.evaluation, options) if robust else 0.0
    divided = model
    if robust and df:
        divided = scaled(model, whole - _trace(table, here, options))
    if not options.compute_baseline:
        return Tests(model, divided, None, None)
    null = independence_model(table, here.discrepancy.data)
    worse = null.evaluation.value - here.discrepancy.origin
    apart = chi_square(2 * n * max(worse, 0.0), null.table.df)
    apart_divided = apart
    if robust and apart.df:
        apart_divided = scaled(apart, whole - _trace(null.table, null.evaluation, options))
    return Tests(model, divided, apart, apart_divided)


def _trace(table: ParameterTable, here: TwoLevelEvaluation, options: FitOptions) -> float:
    """tr(B A^-1) of a model where it fits best."""
    return float(np.sum(_bread(table, here, options) * score_products(here)))
