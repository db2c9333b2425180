"""Measures of fit of a model of two levels, as lavaan defines them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cosyn.engine.fit_indices import (
    FitMeasures,
    corrected_measures,
    measures_of,
    robust_measures,
)

if TYPE_CHECKING:
    from cosyn.engine._typing import Matrix
    from cosyn.engine.fit_indices import Tests
    from cosyn.engine.moments import SampleMoments
    from cosyn.engine.table import ParameterTable
    from cosyn.engine.twolevel import TwoLevelEvaluation
    from cosyn.engine.twolevel_models import ComparedModel


def two_level_measures(
    table: ParameterTable, here: TwoLevelEvaluation, free: ComparedModel, tests: Tests
) -> FitMeasures:
    """Gather the measures of a fit.

    Sample sizes are numbers of respondents, also in RMSEA and BIC. SRMR is that of each level,
    from differences of correlations (Asparouhov & Muthén 2018), and their sum.

    Parameters
    ----------
    free : ComparedModel
        The saturated model.
    """
    discrepancy = here.discrepancy
    n = discrepancy.data.n
    given = _of_covariates(table, here)
    logl = discrepancy.log_likelihood(here.value) - given
    q = table.n_moments - int(tests.model.df)
    pairs = zip(free.levels, here.levels, strict=True)
    within, between = (_root_mean_square(sample.cov, one.Sigma) for sample, one in pairs)
    found: dict[str, Any] = {**measures_of(tests, n, 1)}
    if tests.model_corrected is not tests.model:
        found |= corrected_measures(tests, n, 1) | robust_measures(tests, n, 1)
    return FitMeasures(
        **found,
        srmr=None if within is None or between is None else within + between,
        srmr_within=within,
        srmr_between=between,
        logl=logl,
        unrestricted_logl=discrepancy.log_likelihood(0.0) - given,
        aic=-2 * logl + 2 * q,
        bic=-2 * logl + q * float(np.log(n)),
        sabic=-2 * logl + q * float(np.log((n + 2) / 24)),
        npar=q,
        n=n,
    )


def _of_covariates(table: ParameterTable, here: TwoLevelEvaluation) -> float:
    """Log-likelihood of the covariates that are taken as given, those of respondents and clusters.

    They stand at one level each.
    """
    data, taken = here.discrepancy.data, set(table.covariates)
    levels = (
        (data.total, [name for name in data.within if name in taken]),
        (data.of_clusters, [n for n in data.between if n in taken and n not in data.within]),
    )
    return sum(_saturated(sample, names) for sample, names in levels)


def _saturated(sample: SampleMoments, names: list[str]) -> float:
    """Normal log-likelihood of some variables at their own moments."""
    if not names:
        return 0.0
    k = [sample.names.index(name) for name in names]
    log_det = float(np.linalg.slogdet(sample.cov[np.ix_(k, k)])[1])
    return -sample.n / 2 * (len(k) * float(np.log(2 * np.pi)) + log_det + len(k))


def _root_mean_square(S: Matrix, Sigma: Matrix) -> float | None:
    """Root mean square difference of correlations, the diagonal counted; None if there are none."""
    if (np.diag(S) <= 0).any() or (np.diag(Sigma) <= 0).any():
        return None
    R, model = (M / np.sqrt(np.outer(np.diag(M), np.diag(M))) for M in (S, Sigma))
    return float(np.sqrt(np.mean((R - model)[np.tril_indices(len(S))] ** 2)))
