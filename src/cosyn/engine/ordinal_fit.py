"""Fit models of ordinal and mixed data by diagonally weighted or unweighted least squares.

Standard errors and tests allow for the weights not being the optimal ones (Muthén, du Toit &
Spisic 1997; Satorra & Bentler 1994; Asparouhov & Muthén 2010).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.bounds import telling_bounds, with_bounds
from cosyn.engine.chisquare import ChiSquare, chi_square
from cosyn.engine.constraints import (
    constraints_of,
    inverse_within,
    rank,
)
from cosyn.engine.diagnostics import diagnosed
from cosyn.engine.estimates import row_values, standard_errors
from cosyn.engine.estimators import FOR_ITEMS
from cosyn.engine.fit import FitOptions, SemFit
from cosyn.engine.fit_indices import Tests
from cosyn.engine.least_squares import (
    LeastSquaresEvaluation,
    OrdinalStructure,
    least_squares,
    net_weights,
    weighted,
)
from cosyn.engine.lisrel import structures
from cosyn.engine.optimize import minimise
from cosyn.engine.ordinal_measures import ordinal_measures
from cosyn.engine.reweighing import by_respondents
from cosyn.engine.search import search
from cosyn.engine.start import starting_points
from cosyn.engine.status import status_at
from cosyn.engine.suboptimal_weights import (
    corrected_by_traces,
    in_units_of_weights,
    remaining,
    sandwich,
)
from cosyn.engine.table import with_sample_values
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Indices, Matrix, Vector
    from cosyn.engine.least_squares import LeastSquares
    from cosyn.engine.ordinal import OrdinalMoments
    from cosyn.engine.table import ParameterTable


def fit_ordinal(
    table: ParameterTable, groups: Sequence[OrdinalMoments], options: FitOptions
) -> SemFit:
    """Fit a table with ordinal items to the statistics of one or more groups.

    Parameters
    ----------
    groups : sequence of OrdinalMoments
        Of the table's observed variables, in its order, given its covariates, with their
        asymptotic covariance.

    Raises
    ------
    IdentificationError
        If the statistics are of other variables, or the estimator is not one for ordinal items.
    """
    _check(table, groups, options)
    plain = tuple(each.sample(table.observed) for each in groups)
    table = with_bounds(with_sample_values(table, plain), plain, options.bounds)
    discrepancy = _discrepancy(table, groups, options)
    parts = structures(table)
    points = (
        _with_thresholds(table, discrepancy, point)
        for point in starting_points(table, plain, seed=options.seed, count=options.starts)
    )
    optimum = search(table, parts, discrepancy, points, options, minimise)
    evaluation = optimum.evaluation
    assert isinstance(evaluation, LeastSquaresEvaluation)
    x = evaluation.x
    state = telling_bounds(status_at(table, parts, optimum), table, x)
    vcov = tests = measures = None
    if state.converged and state.identified:
        vcov, tests = _inference(table, evaluation, groups, options)
        measures = ordinal_measures(table, evaluation, groups, tests)
    fit = SemFit(
        table,
        plain,
        parts,
        x,
        estimates=row_values(table, x, parts),
        standard_errors=None if vcov is None else standard_errors(table, x, vcov),
        vcov=vcov,
        implied=tuple(part.implied(x) for part in parts),
        status=state,
        measures=measures,
        tests=tests,
        iterations=optimum.iterations,
        options=options,
        ordinal=tuple(groups),
    )
    return diagnosed(fit)


def _check(table: ParameterTable, groups: Sequence[OrdinalMoments], options: FitOptions) -> None:
    if options.resolved().name not in FOR_ITEMS:
        likelihood = options.resolved().discrepancy == "ML"
        raise IdentificationError(
            "estimator.ordinal",
            f"estimator {options.estimator!r}",
            f"{'maximum likelihood' if likelihood else 'it'} is not for ordinal items",
            f"Use one of: {', '.join(FOR_ITEMS)}",
        )
    if options.wishart or options.information not in {None, "expected"}:
        raise IdentificationError(
            "estimator.likelihood",
            f"estimator {options.estimator!r}",
            "there is no likelihood whose form or derivatives could be chosen",
            "Leave `likelihood` and `information` out",
        )
    for group in groups:
        given = group.covariates.names if group.covariates else ()
        if (group.names, given) != (table.responses, table.covariates) or group.Gamma is None:
            raise IdentificationError(
                "data.missing-variable",
                "the model",
                "the statistics are not those of the model's variables with their covariance",
                "Compute them for the table's observed variables, in its order",
            )
        counts = {n: len(t) for n, t in zip(group.names, group.thresholds, strict=True) if len(t)}
        if counts != dict(table.ordered):
            raise IdentificationError(
                "data.categories",
                "the data",
                "the groups do not show the same categories of every item",
                "Merge neighbouring categories, in all groups, until they do",
            )


def _with_thresholds(table: ParameterTable, discrepancy: LeastSquares, x: Vector) -> Vector:
    """Start thresholds from the sample's, and scaling factors from 1."""
    start = x.copy()
    for row in table.rows:
        if row.free and row.op == "~*~" and row.start is None:
            start[row.free - 1] = 1.0
    for part, statistics in zip(discrepancy.parts, discrepancy.statistics, strict=True):
        assert isinstance(part, OrdinalStructure)
        free = part.tau_parameters >= 0
        start[part.tau_parameters[free]] = statistics[: len(free)][free]
    return start


def _inference(
    table: ParameterTable,
    evaluation: LeastSquaresEvaluation,
    groups: Sequence[OrdinalMoments],
    options: FitOptions,
) -> tuple[Matrix, Tests]:
    """Covariance of the parameters, and the tests of the model and of independence."""
    test = options.resolved().test
    n = sum(group.n - 1 for group in groups)
    here = by_respondents(evaluation, [group.n for group in groups])
    bread = inverse_within(constraints_of(table), here.x, here.information())
    A, H = in_units_of_weights(here, gammas_of(groups))
    vcov = sandwich(bread, A, H) / n
    df = table.df + rank(constraints_of(table), evaluation.x)
    model = chi_square(2 * n * evaluation.value, df)
    left = remaining(bread, A, H)
    apart, null = _independence(evaluation, groups)
    inner = A[np.ix_(apart, apart)]
    return vcov, Tests(
        model, corrected_by_traces(test, model, left), null, corrected_by_traces(test, null, inner)
    )


def ordinal_discrepancy(fit: SemFit, table: ParameterTable | None = None) -> LeastSquares:
    """What a fit to ordinal items minimised; for another table of its variables if one is given."""
    return _discrepancy(table or fit.table, fit.ordinal, fit.options)


def ordinal_evaluation(fit: SemFit) -> LeastSquaresEvaluation:
    """The discrepancy of a fit to ordinal items, at its estimates."""
    return ordinal_discrepancy(fit).at(fit.x)


def _discrepancy(
    table: ParameterTable, groups: Sequence[OrdinalMoments], options: FitOptions
) -> LeastSquares:
    kind = options.resolved().discrepancy
    assert kind in {"DWLS", "WLS", "ULS"}
    return least_squares(table, groups, kind)


def gammas_of(groups: Sequence[OrdinalMoments]) -> list[Matrix]:
    """Asymptotic covariance of the statistics of each group."""
    return [group.Gamma for group in groups if group.Gamma is not None]


def _independence(
    evaluation: LeastSquaresEvaluation, groups: Sequence[OrdinalMoments]
) -> tuple[Indices, ChiSquare]:
    """Which statistics are correlations, and the test that they are all zero."""
    d = evaluation.discrepancy
    total, flags = 0.0, []
    for group, s, w, f in zip(groups, d.statistics, d.weights, d.shares, strict=True):
        pairs = len(group.names) * (len(group.names) - 1) // 2
        flags.append(np.arange(len(s)) >= len(s) - pairs)
        r = s[-pairs:]
        total += float(f) * float(r @ weighted(net_weights(w, pairs), r))
    apart = np.flatnonzero(np.concatenate(flags))
    n = sum(group.n - 1 for group in groups)
    return apart, chi_square(n * total, len(apart))
