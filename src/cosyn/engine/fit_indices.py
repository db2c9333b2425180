"""Fit measures of maximum likelihood from complete data, each as lavaan defines it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq
from scipy.special import chdtrc, chndtr

if TYPE_CHECKING:
    from cosyn.engine._typing import Matrix
    from cosyn.engine.moments import SampleMoments

_CLOSE_FIT = 0.05
_INTERVAL = (0.95, 0.05)


@dataclass(frozen=True, slots=True)
class ChiSquare:
    """A chi-square statistic; `pvalue` is None without degrees of freedom."""

    value: float
    df: int
    pvalue: float | None


@dataclass(frozen=True, slots=True)
class Rmsea:
    """Root mean square error of approximation, 90 % interval, p-value of close fit (.05)."""

    value: float
    lower: float
    upper: float
    pvalue: float | None


@dataclass(frozen=True, slots=True)
class FitMeasures:
    """How well a model fits.

    Attributes
    ----------
    chisq, df, pvalue
        Test of the model against the saturated one.
    baseline_chisq, baseline_df, baseline_pvalue, cfi, tli
        Against the model of independence; None if that was not asked for.
    rmsea, rmsea_lower, rmsea_upper, rmsea_pvalue
        With 90 % interval, and p-value of rmsea <= .05.
    srmr : float
    logl, unrestricted_logl : float
        Log-likelihood of the model and of the saturated model.
    aic, bic, sabic : float
    npar, n : int
        Free parameters, respondents.
    """

    chisq: float
    df: int
    pvalue: float | None
    baseline_chisq: float | None
    baseline_df: int | None
    baseline_pvalue: float | None
    cfi: float | None
    tli: float | None
    rmsea: float
    rmsea_lower: float
    rmsea_upper: float
    rmsea_pvalue: float | None
    srmr: float
    logl: float
    unrestricted_logl: float
    aic: float
    bic: float
    sabic: float
    npar: int
    n: int


def fit_measures(
    moments: SampleMoments, Sigma: Matrix, discrepancy: float, npar: int, *, baseline: bool
) -> FitMeasures:
    """All measures of one fit.

    Parameters
    ----------
    moments : SampleMoments
        Of the model's p variables.
    Sigma : ndarray, shape (p, p)
        Implied covariance.
    discrepancy : float
        F at the minimum.
    npar : int
        Free parameters.
    baseline : bool
        Whether to compare with the model of independence.
    """
    n, p = moments.n, len(moments.names)
    model = chi_square(n * max(discrepancy, 0.0), p * (p + 1) // 2 - npar)
    null = independence(moments) if baseline else None
    approximation = rmsea(model, n)
    unrestricted = unrestricted_loglikelihood(moments)
    logl = unrestricted - model.value / 2
    return FitMeasures(
        chisq=model.value,
        df=model.df,
        pvalue=model.pvalue,
        baseline_chisq=null.value if null else None,
        baseline_df=null.df if null else None,
        baseline_pvalue=null.pvalue if null else None,
        cfi=cfi(model, null) if null else None,
        tli=tli(model, null) if null else None,
        rmsea=approximation.value,
        rmsea_lower=approximation.lower,
        rmsea_upper=approximation.upper,
        rmsea_pvalue=approximation.pvalue,
        srmr=srmr(moments.cov, Sigma),
        logl=logl,
        unrestricted_logl=unrestricted,
        aic=-2 * logl + 2 * npar,
        bic=-2 * logl + npar * float(np.log(n)),
        sabic=-2 * logl + npar * float(np.log((n + 2) / 24)),
        npar=npar,
        n=n,
    )


def chi_square(value: float, df: int) -> ChiSquare:
    """A statistic with its upper tail probability."""
    return ChiSquare(value, df, float(chdtrc(df, value)) if df > 0 else None)


def independence(moments: SampleMoments) -> ChiSquare:
    """Test of uncorrelated variables, which has a closed form: -n ln|R| on p(p-1)/2."""
    sd = np.sqrt(np.diag(moments.cov))
    p = len(sd)
    log_det = float(np.linalg.slogdet(moments.cov / np.outer(sd, sd))[1])
    return chi_square(max(-moments.n * log_det, 0.0), p * (p - 1) // 2)


def unrestricted_loglikelihood(moments: SampleMoments) -> float:
    """Log-likelihood of the saturated normal model: -n/2 (p ln 2 pi + ln|S| + p)."""
    p = len(moments.names)
    log_det = float(np.linalg.slogdet(moments.cov)[1])
    return -moments.n / 2 * (p * float(np.log(2 * np.pi)) + log_det + p)


def cfi(model: ChiSquare, baseline: ChiSquare) -> float:
    """Comparative fit index (Bentler 1990)."""
    misfit = max(model.value - model.df, 0.0)
    worst = max(misfit, baseline.value - baseline.df)
    return 1 - misfit / worst if worst > 0 else 1.0


def tli(model: ChiSquare, baseline: ChiSquare) -> float:
    """Tucker-Lewis index (Tucker & Lewis 1973), not clipped; 1 without degrees of freedom."""
    if model.df == 0 or baseline.df == 0:
        return 1.0
    ratio = baseline.value / baseline.df
    return (ratio - model.value / model.df) / (ratio - 1)


def rmsea(model: ChiSquare, n: int) -> Rmsea:
    """Steiger & Lind (1980); interval by inverting the noncentral chi-square.

    Browne & Cudeck (1993), *Alternative ways of assessing model fit*, eq. 14 and 17.
    """
    df = model.df
    if df == 0:
        return Rmsea(0.0, 0.0, 0.0, None)
    value = np.sqrt(max(model.value / df - 1, 0.0) / n)
    lower, upper = (np.sqrt(_noncentrality(model.value, df, tail) / (n * df)) for tail in _INTERVAL)
    close = 1 - float(chndtr(model.value, df, n * df * _CLOSE_FIT**2))
    return Rmsea(float(value), float(lower), float(upper), close)


def _noncentrality(chisq: float, df: int, tail: float) -> float:
    """The noncentrality that puts `tail` of the distribution below the statistic, 0 if none."""

    def excess(noncentrality: float) -> float:
        return float(chndtr(chisq, df, noncentrality)) - tail

    if excess(0.0) <= 0:
        return 0.0
    above = max(chisq, 1.0)
    while excess(above) > 0:
        above *= 2
    return float(brentq(excess, 0.0, above, xtol=1e-10, rtol=1e-12))


def srmr(S: Matrix, Sigma: Matrix) -> float:
    """Standardised root mean square residual, with the diagonal (Bentler 1995)."""
    sd = np.sqrt(np.diag(S))
    residuals = (S - Sigma) / np.outer(sd, sd)
    return float(np.sqrt(np.mean(residuals[np.tril_indices(len(S))] ** 2)))
