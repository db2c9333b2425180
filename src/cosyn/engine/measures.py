"""All fit measures of one fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cosyn.engine.browne import residual_statistic
from cosyn.engine.chisquare import chi_square
from cosyn.engine.constraints import constraints_of, inverse_within
from cosyn.engine.discrepancy import MLEvaluation
from cosyn.engine.fiml import FIMLEvaluation
from cosyn.engine.fit_indices import (
    FitMeasures,
    corrected_measures,
    crmr,
    goodness_of_fit,
    measures_of,
    robust_measures,
    srmr,
)
from cosyn.engine.incomplete import completed, incomplete_rows
from cosyn.engine.linalg import inverse_and_log_det

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Matrix, Vector
    from cosyn.engine.discrepancy import Likelihood
    from cosyn.engine.fit_indices import Tests
    from cosyn.engine.lisrel import Implied
    from cosyn.engine.moments import SampleMoments
    from cosyn.engine.table import ParameterTable


#: Measures that least squares have not.
_OF_LIKELIHOOD = ("logl", "unrestricted_logl", "aic", "bic", "sabic", "gfi_lisrel")


def fit_measures(
    table: ParameterTable,
    groups: Sequence[SampleMoments],
    evaluation: Likelihood,
    tests: Tests,
    *,
    n: int,
    misfit: Tests | None = None,
    likelihood: bool = True,
) -> FitMeasures:
    """Gather the measures of a fit to moments.

    Parameters
    ----------
    evaluation : Likelihood
        The discrepancy of maximum likelihood at the estimates.
    n : int
        What stands for the sample size in RMSEA: n, or n - 1 a group.
    misfit : Tests, optional
        The statistics that robust measures rest on, if they are not those of the test.
    likelihood : bool
        Whether these maximise it; if not, there are no log-likelihood and no criteria.
    """
    model = tests.model
    df = int(model.df)
    implied = [point.implied for point in evaluation.points]
    found: dict[str, Any] = {
        **measures_of(tests, n, len(groups)),
        "srmr": srmr(groups, implied, means=table.means),
        "crmr": crmr(groups, implied, means=table.means),
    }
    if isinstance(evaluation, FIMLEvaluation):
        found |= _criteria(table, groups, df, *_incomplete(evaluation, groups))
        found["gfi"] = goodness_of_fit(model, n, len(table.observed))
    else:
        assert isinstance(evaluation, MLEvaluation)
        found |= _goodness(table, evaluation, n, df)
        found |= _criteria(table, groups, df, *_complete(table, groups, implied))
    if not likelihood:
        found |= dict.fromkeys(_OF_LIKELIHOOD)
    if tests.model_corrected is not model:
        found |= corrected_measures(tests, n, len(groups))
        if not isinstance(evaluation, FIMLEvaluation):
            found |= robust_measures(tests, n, len(groups))
    if misfit is not None:
        found |= robust_measures(misfit, n, len(groups))
    return FitMeasures(**found)


def _criteria(
    table: ParameterTable, groups: Sequence[SampleMoments], df: int, logl: float, saturated: float
) -> dict[str, float | int]:
    """Log-likelihoods of the model and of the saturated one, and what is computed from them."""
    n = sum(group.n for group in groups)
    q = table.n_moments - df
    return {
        "logl": logl,
        "unrestricted_logl": saturated,
        "aic": -2 * logl + 2 * q,
        "bic": -2 * logl + q * float(np.log(n)),
        "sabic": -2 * logl + q * float(np.log((n + 2) / 24)),
        "npar": q,
        "n": n,
    }


def _incomplete(evaluation: FIMLEvaluation, groups: Sequence[SampleMoments]) -> tuple[float, float]:
    """Log-likelihoods of incomplete rows; given covariates, if there are any."""
    n = sum(group.n for group in groups)
    answers = sum(each.observed.sum() for each in evaluation.discrepancy.rows)
    constant = -float(answers) / 2 * float(np.log(2 * np.pi))
    saturated = constant - n * evaluation.discrepancy.saturated
    given = sum(_of_covariates(group) for group in groups)
    return saturated - n * evaluation.value - given, saturated - given


def _of_covariates(group: SampleMoments) -> float:
    """Log-likelihood of the answers to covariates alone."""
    k = [group.names.index(name) for name in group.covariates]
    if not k:
        return 0.0
    rows = incomplete_rows(group.rows()[:, k])
    found = completed(rows, group.cov[np.ix_(k, k)], group.mean[k])
    assert found is not None
    return -float(rows.observed.sum()) / 2 * float(np.log(2 * np.pi)) - group.n * found.value


def _complete(
    table: ParameterTable, groups: Sequence[SampleMoments], implied: Sequence[Implied]
) -> tuple[float, float]:
    """Log-likelihoods of complete rows; given covariates, if there are any."""
    logl = saturated = 0.0
    taken = [table.observed.index(name) for name in table.covariates]
    for group, one in zip(groups, implied, strict=True):
        mean = one.mu if table.means else group.mean
        given = _normal(group.n, group.cov, group.mean, group.cov, group.mean, taken)
        logl += _normal(group.n, group.cov, group.mean, one.Sigma, mean) - given
        saturated += _normal(group.n, group.cov, group.mean, group.cov, group.mean) - given
    return logl, saturated


def _normal(
    n: int, S: Matrix, mean: Vector, Sigma: Matrix, mu: Vector, which: Sequence[int] | None = None
) -> float:
    """Normal log-likelihood of n respondents with moments S and mean (of some variables)."""
    k = np.arange(len(S)) if which is None else np.array(which, dtype=np.intp)
    if not len(k):
        return 0.0
    block = np.ix_(k, k)
    log_det, W = inverse_and_log_det(Sigma[block])
    d = (mean - mu)[k]
    distance = float(np.sum(S[block] * W) + d @ W @ d)
    return -n / 2 * (len(k) * float(np.log(2 * np.pi)) + log_det + distance)


def _goodness(
    table: ParameterTable, evaluation: MLEvaluation, n: int, df: int
) -> dict[str, float | None]:
    """GFI from the reweighted least-squares statistic, and LISREL's (of covariances)."""
    if not np.isfinite(evaluation.value):  # least squares may imply an indefinite covariance
        return {}
    lost = whole = 0.0
    for point in evaluation.points:
        WS = point.W @ point.S
        left = WS - np.eye(len(WS))
        lost += float(np.sum(left * left.T))
        whole += float(np.sum(WS * WS.T))
    p = len(table.observed)
    inverse = inverse_within(constraints_of(table), evaluation.x, evaluation.information())
    residual = chi_square(residual_statistic(evaluation, n, inverse), df)
    return {"gfi": goodness_of_fit(residual, n, p), "gfi_lisrel": 1 - lost / whole}
