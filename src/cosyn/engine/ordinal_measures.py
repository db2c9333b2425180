"""All fit measures of a fit to ordinal or mixed items."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cosyn.engine.fit_indices import (
    FitMeasures,
    corrected_measures,
    goodness_of_fit,
    measures_of,
    robust_measures,
)
from cosyn.engine.least_squares import OrdinalStructure
from cosyn.engine.population_misfit import categorical_tests

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Matrix
    from cosyn.engine.fit_indices import Tests
    from cosyn.engine.least_squares import LeastSquaresEvaluation
    from cosyn.engine.ordinal import OrdinalMoments
    from cosyn.engine.table import ParameterTable


def ordinal_measures(
    table: ParameterTable,
    evaluation: LeastSquaresEvaluation,
    groups: Sequence[OrdinalMoments],
    tests: Tests,
) -> FitMeasures:
    """Gather the measures of least squares of thresholds and correlations.

    Where lavaan's statistic has n - 1, so has all that rests on it; robust measures rest on the
    likelihood, and have n.
    """
    n = sum(group.n - 1 for group in groups)
    model = tests.model
    # Without the optimal weights a statistic has no chi-square distribution before correction.
    optimal = evaluation.discrepancy.weights[0].ndim == 2
    residuals = [_residuals(evaluation, groups, g) for g in range(len(groups))]
    sizes = [group.n for group in groups]
    found: dict[str, Any] = {
        **measures_of(tests, n, len(groups)),
        "srmr": _root_mean_square([each[np.tril_indices(len(each))] for each in residuals], sizes),
        "crmr": _root_mean_square(
            [each[np.tril_indices(len(each), -1)] for each in residuals], sizes
        ),
        "gfi": goodness_of_fit(model, n, len(table.responses)),
        "logl": None,
        "unrestricted_logl": None,
        "aic": None,
        "bic": None,
        "sabic": None,
        "npar": table.n_moments - int(model.df),
        "n": sum(sizes),
    }
    if not optimal:
        found |= {"pvalue": None, "baseline_pvalue": None}
    if tests.model_corrected is not model:
        found |= corrected_measures(tests, n, len(groups))
        likelihood = categorical_tests(table, evaluation, groups, tests)
        if likelihood is not None:
            found |= robust_measures(likelihood, sum(sizes), len(groups))
    return FitMeasures(**found)


def _residuals(
    evaluation: LeastSquaresEvaluation, groups: Sequence[OrdinalMoments], number: int
) -> Matrix:
    """Residual correlations of a group, shape (p, p), 0 on the diagonal as lavaan has it.

    With covariates, of the correlations given these.
    """
    group, part = groups[number], evaluation.discrepancy.parts[number]
    assert isinstance(part, OrdinalStructure)
    own = part.responses
    Sigma = part.structure.implied(evaluation.x).Sigma[np.ix_(own, own)]
    scales = np.sqrt(np.where(group.ordered, np.diag(Sigma), np.diag(group.cov)))
    found = np.asarray(group.correlation - Sigma / np.outer(scales, scales))
    np.fill_diagonal(found, 0.0)
    return found


def _root_mean_square(values: Sequence[Matrix], sizes: Sequence[int]) -> float:
    """Averaged over the groups by their sizes."""
    return float(np.average([np.sqrt(np.mean(v**2)) for v in values], weights=sizes))
