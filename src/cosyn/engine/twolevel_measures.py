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
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from cosyn.engine._typing import Matrix
    from cosyn.engine.fit import SemFit
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


def intraclass_correlations(fit: SemFit) -> dict[str, float | None]:
    """Share of the variance that lies between clusters, of each variable that both levels have.

    Of observed variables at the moments of the saturated model, so that it does not depend on the
    model; below 0 where clusters differ less than chance would have it. Of latents what the model
    implies, None where it is negative at a level or their loadings are not the same at both, so
    that the two are not one variable (Mehta & Neale 2005).

    Raises
    ------
    IdentificationError
        If the model has one level.
    """
    if fit.clusters is None:
        raise IdentificationError(
            "estimator.one-level",
            "a model of one level",
            "it does not tell what lies between clusters from what lies within",
            "Use `cosyn.engine.aggregation`, or write the model with `level: 1` and `level: 2`",
        )
    within, between = (
        dict(zip(sample.names, np.diag(sample.cov).tolist(), strict=True)) for sample in fit.groups
    )
    found: dict[str, float | None] = {
        name: between[name] / (between[name] + within[name]) for name in within if name in between
    }
    for name in fit.table.levels[0].latent:
        if name in fit.table.levels[1].latent:
            found[name] = _of_latent(fit, name) if fit.status.converged else None
    return found


def _of_latent(fit: SemFit, name: str) -> float | None:
    first, second = (_loadings(fit, name, level) for level in (1, 2))
    if first != second:
        return None
    inner, outer = (
        float(implied.V[k, k])
        for implied, k in (
            (implied, structure.latent.index(name))
            for implied, structure in zip(fit.implied, fit.structures, strict=True)
        )
    )
    return outer / (inner + outer) if inner >= 0 and outer >= 0 and inner + outer > 0 else None


def _loadings(fit: SemFit, name: str, level: int) -> dict[str, tuple[int, float | None]]:
    """The loading of each indicator: number of the parameter, or value where it is fixed."""
    rows = fit.table.of_group(level)
    return {row.rhs: (row.free, row.value) for row in rows if (row.lhs, row.op) == (name, "=~")}


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
