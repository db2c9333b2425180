"""Fit models of ordinal and mixed data by diagonally weighted or unweighted least squares.

Standard errors and tests allow for the weights not being the optimal ones (Muthén, du Toit &
Spisic 1997; Satorra & Bentler 1994; Asparouhov & Muthén 2010).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.linalg import block_diag

from cosyn.engine import status as faults
from cosyn.engine.chisquare import ChiSquare, adjusted, chi_square, scaled, shifted
from cosyn.engine.constraints import constraints_of, rank, search_within, tangent
from cosyn.engine.estimates import row_values, standard_errors
from cosyn.engine.fit import FitOptions, SemFit
from cosyn.engine.fit_indices import FitMeasures, Tests, corrected_measures, incremental, rmsea
from cosyn.engine.least_squares import LeastSquaresEvaluation, least_squares
from cosyn.engine.linalg import damped_inverse
from cosyn.engine.moments import SampleMoments
from cosyn.engine.optimize import minimise
from cosyn.engine.start import starting_points
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cosyn.engine._typing import Indices, Matrix, Vector
    from cosyn.engine.estimators import Test
    from cosyn.engine.least_squares import LeastSquares
    from cosyn.engine.optimize import Optimum
    from cosyn.engine.ordinal import OrdinalMoments
    from cosyn.engine.status import FitStatus
    from cosyn.engine.table import ParameterTable


def fit_ordinal(
    table: ParameterTable, groups: Sequence[OrdinalMoments], options: FitOptions
) -> SemFit:
    """Fit a table with ordinal items to the statistics of one or more groups.

    Parameters
    ----------
    groups : sequence of OrdinalMoments
        Of the table's observed variables, in its order, with their asymptotic covariance.

    Raises
    ------
    IdentificationError
        If the statistics are of other variables, or the estimator is not one for ordinal items.
    """
    _check(table, groups, options)
    discrepancy = least_squares(table, groups, diagonal=options.resolved().discrepancy == "DWLS")
    plain = tuple(SampleMoments(each.n, each.names, each.mean, each.cov) for each in groups)
    optimum = _search(table, discrepancy, plain, options)
    evaluation = optimum.evaluation
    assert isinstance(evaluation, LeastSquaresEvaluation)
    x, parts = evaluation.x, tuple(part.structure for part in discrepancy.parts)
    state = _status(table, optimum, evaluation)
    vcov = tests = measures = None
    if state.converged and state.identified:
        vcov, tests = _inference(table, evaluation, groups, options)
        measures = _measures(table, evaluation, groups, tests)
    return SemFit(
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


def _check(table: ParameterTable, groups: Sequence[OrdinalMoments], options: FitOptions) -> None:
    if options.resolved().discrepancy == "ML":
        raise IdentificationError(
            "estimator.ordinal",
            f"estimator {options.estimator!r}",
            "maximum likelihood is not for ordinal items",
            "Use WLSMV, WLSM, WLSMVS, DWLS or ULSMV",
        )
    for group in groups:
        if group.names != table.observed or group.Gamma is None:
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


def _search(
    table: ParameterTable,
    discrepancy: LeastSquares,
    groups: Sequence[SampleMoments],
    options: FitOptions,
) -> Optimum:
    limit = options.max_iterations if table.df >= 0 else 0
    rules = constraints_of(table)
    search: Callable[..., Optimum] = (
        minimise if rules is None else partial(search_within, rules, minimise)
    )
    found: list[Optimum] = []
    for point in starting_points(table, groups, seed=options.seed, count=options.starts):
        start = _with_thresholds(table, discrepancy, point)
        found.append(search(discrepancy, start, tolerance=options.tolerance, max_iterations=limit))
        if found[-1].converged or table.df < 0:
            return found[-1]
    return min(found, key=lambda each: each.evaluation.value)


def _with_thresholds(table: ParameterTable, discrepancy: LeastSquares, x: Vector) -> Vector:
    """Start thresholds from the sample's, and scaling factors from 1."""
    start = x.copy()
    for row in table.rows:
        if row.free and row.op == "~*~" and row.start is None:
            start[row.free - 1] = 1.0
    for part, statistics in zip(discrepancy.parts, discrepancy.statistics, strict=True):
        free = part.tau_parameters >= 0
        start[part.tau_parameters[free]] = statistics[: len(free)][free]
    return start


def _status(
    table: ParameterTable, optimum: Optimum, evaluation: LeastSquaresEvaluation
) -> FitStatus:
    if table.df < 0:
        message = f"{table.n_free} free parameters, but only {table.n_moments} statistics"
        fault = faults.Fault(faults.NEGATIVE_DF, message)
        return faults.status(converged=False, identified=False, faults=(fault,))
    if not optimum.converged:
        fault = faults.Fault(faults.NOT_CONVERGED, "no starting point led to a minimum")
        return faults.status(converged=False, identified=False, faults=(fault,))
    K = tangent(constraints_of(table), evaluation.x)
    unidentified = faults.unidentified(table, evaluation.information(), K)
    parts = [part.structure for part in evaluation.discrepancy.parts]
    improper = faults.improper(table, parts, evaluation.x)
    return faults.status(
        converged=True, identified=not unidentified, faults=(*unidentified, *improper)
    )


def _inference(
    table: ParameterTable,
    evaluation: LeastSquaresEvaluation,
    groups: Sequence[OrdinalMoments],
    options: FitOptions,
) -> tuple[Matrix, Tests]:
    """Covariance of the parameters, and the tests of the model and of independence."""
    test = options.resolved().test
    n = sum(group.n - 1 for group in groups)
    bread = _bread(table, evaluation)
    A, H = _in_units_of_weights(evaluation, groups)
    vcov = bread @ H.T @ A @ H @ bread / n
    df = table.df + rank(constraints_of(table), evaluation.x)
    model = chi_square(2 * n * evaluation.value, df)
    left = A - H @ (bread @ (H.T @ A))
    apart, null = _independence(evaluation, groups)
    inner = A[np.ix_(apart, apart)]
    return np.asarray(vcov), Tests(
        model, _corrected(test, model, left), null, _corrected(test, null, inner)
    )


def _in_units_of_weights(
    evaluation: LeastSquaresEvaluation, groups: Sequence[OrdinalMoments]
) -> tuple[Matrix, Matrix]:
    """Covariance (s, s) and slopes (s, q) of all statistics, in units in which weights are 1.

    The shares of the groups cancel in the covariance.
    """
    d = evaluation.discrepancy
    roots = [np.sqrt(w) for w in d.weights]
    blocks = []
    for root, group in zip(roots, groups, strict=True):
        assert group.Gamma is not None
        blocks.append(root[:, None] * group.Gamma * root)
    slopes = [
        np.sqrt(f) * root[:, None] * J
        for f, root, J in zip(d.shares, roots, evaluation.slopes, strict=True)
    ]
    return np.asarray(block_diag(*blocks)), np.vstack(slopes)


def ordinal_discrepancy(fit: SemFit, table: ParameterTable | None = None) -> LeastSquares:
    """What a fit to ordinal items minimised; for another table of its variables if one is given."""
    diagonal = fit.options.resolved().discrepancy == "DWLS"
    return least_squares(table or fit.table, fit.ordinal, diagonal=diagonal)


def ordinal_evaluation(fit: SemFit) -> LeastSquaresEvaluation:
    """The discrepancy of a fit to ordinal items, at its estimates."""
    return ordinal_discrepancy(fit).at(fit.x)


def score_covariance(
    evaluation: LeastSquaresEvaluation, groups: Sequence[OrdinalMoments]
) -> Matrix:
    """D'W Gamma W D, shape (q, q)."""
    A, H = _in_units_of_weights(evaluation, groups)
    return np.asarray(H.T @ A @ H)


def _bread(table: ParameterTable, evaluation: LeastSquaresEvaluation) -> Matrix:
    information = evaluation.information()
    K = tangent(constraints_of(table), evaluation.x)
    if K is None:
        return damped_inverse(information)
    return np.asarray(K @ damped_inverse(K.T @ information @ K) @ K.T)


def _corrected(test: Test, standard: ChiSquare, UG: Matrix) -> ChiSquare:
    """Correct a statistic by the traces of U Gamma and of its square."""
    if standard.df == 0 or test == "standard":
        return standard
    trace, squared = float(np.trace(UG)), float(np.sum(UG * UG.T))
    match test:
        case "scaled_shifted":
            return shifted(standard, trace, squared)
        case "mean_var_adjusted":
            return adjusted(standard, trace, squared)
        case _:
            return scaled(standard, trace)


def _independence(
    evaluation: LeastSquaresEvaluation, groups: Sequence[OrdinalMoments]
) -> tuple[Indices, ChiSquare]:
    """Which statistics are correlations, and the test that they are all zero."""
    d = evaluation.discrepancy
    total, flags = 0.0, []
    for group, s, w, f in zip(groups, d.statistics, d.weights, d.shares, strict=True):
        pairs = len(group.names) * (len(group.names) - 1) // 2
        flags.append(np.arange(len(s)) >= len(s) - pairs)
        total += float(f) * float(np.sum(w[-pairs:] * s[-pairs:] ** 2))
    apart = np.flatnonzero(np.concatenate(flags))
    n = sum(group.n - 1 for group in groups)
    return apart, chi_square(n * total, len(apart))


def _measures(
    table: ParameterTable,
    evaluation: LeastSquaresEvaluation,
    groups: Sequence[OrdinalMoments],
    tests: Tests,
) -> FitMeasures:
    n = sum(group.n - 1 for group in groups)
    model = tests.model
    approximation = rmsea(model, n, len(groups))
    found: dict[str, Any] = {
        "chisq": model.value,
        "df": int(model.df),
        "pvalue": model.pvalue,
        "baseline_chisq": None,
        "baseline_df": None,
        "baseline_pvalue": None,
        "rmsea": approximation.value,
        "rmsea_lower": approximation.lower,
        "rmsea_upper": approximation.upper,
        "rmsea_pvalue": approximation.pvalue,
        "rmsea_notclose_pvalue": approximation.notclose_pvalue,
        "srmr": _srmr(evaluation, groups),
        "logl": None,
        "unrestricted_logl": None,
        "aic": None,
        "bic": None,
        "sabic": None,
        "npar": table.n_moments - int(model.df),
        "n": sum(group.n for group in groups),
    }
    found |= incremental(tests)
    if tests.model_corrected is not model:
        found |= corrected_measures(tests, n, len(groups))
    return FitMeasures(**found)


def _srmr(evaluation: LeastSquaresEvaluation, groups: Sequence[OrdinalMoments]) -> float:
    """Root mean square of the residual correlations, the diagonal of items counted as 0."""
    found = []
    for group, part in zip(groups, evaluation.discrepancy.parts, strict=True):
        p = len(group.names)
        implied = part.structure.implied(evaluation.x)
        sd = np.sqrt(np.diag(implied.Sigma))
        scales = np.where(group.ordered, sd, np.sqrt(np.diag(group.cov)))
        residuals = (group.correlation - implied.Sigma / np.outer(scales, scales))[
            np.tril_indices(p)
        ]
        found.append(np.sqrt(np.mean(residuals**2)))
    return float(np.average(found, weights=[group.n for group in groups]))
