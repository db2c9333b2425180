"""Fit measures, each as lavaan defines it and under its name, with ``_`` for ``.``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq
from scipy.special import chndtr

from cosyn.engine.chisquare import chi_square

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Matrix, Vector
    from cosyn.engine.chisquare import ChiSquare
    from cosyn.engine.lisrel import Implied
    from cosyn.engine.moments import SampleMoments

_CLOSE_FIT = 0.05
_POOR_FIT = 0.08
_INTERVAL = (0.95, 0.05)


@dataclass(frozen=True, slots=True)
class Rmsea:
    """Root mean square error of approximation, 90 % interval, p-value of close fit (.05)."""

    value: float
    lower: float
    upper: float
    pvalue: float | None
    notclose_pvalue: float | None = None


@dataclass(frozen=True, slots=True)
class FitMeasures:
    """How well a model fits; None where a measure was not asked for or does not exist.

    Attributes
    ----------
    chisq, df, pvalue
        Test of the model against the saturated one.
    baseline_chisq, baseline_df, baseline_pvalue, cfi, tli, nfi, ifi, rni
        Against the model of independence.
    rmsea, rmsea_lower, rmsea_upper, rmsea_pvalue, rmsea_notclose_pvalue
        With 90 % interval, p-values of rmsea <= .05 and of rmsea >= .08.
    srmr, crmr : float
        Of standardised residuals, and of residual correlations alone. Of two levels, SRMR is the
        sum of `srmr_within` and `srmr_between`.
    gfi, gfi_lisrel : float
        Maydeu-Olivares, Ximénez & Revuelta (2024); Jöreskog & Sörbom (1981).
    logl, unrestricted_logl : float
        Log-likelihood of the model and of the saturated model.
    aic, bic, sabic : float
    npar, n : int
        Free parameters, respondents.
    *_scaled
        From the corrected statistic in place of the standard one.
    *_robust
        Estimates of what the measure is in the population (Brosseau-Liard, Savalei & Li 2012;
        Brosseau-Liard & Savalei 2014); of ordinal items and incomplete answers see
        `cosyn.engine.population_misfit`.
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
    srmr: float | None
    logl: float | None
    unrestricted_logl: float | None
    aic: float | None
    bic: float | None
    sabic: float | None
    npar: int
    n: int
    nfi: float | None = None
    ifi: float | None = None
    rni: float | None = None
    rmsea_notclose_pvalue: float | None = None
    crmr: float | None = None
    gfi: float | None = None
    gfi_lisrel: float | None = None
    chisq_scaled: float | None = None
    df_scaled: float | None = None
    pvalue_scaled: float | None = None
    chisq_scaling_factor: float | None = None
    chisq_shift: float | None = None
    baseline_chisq_scaled: float | None = None
    baseline_df_scaled: float | None = None
    baseline_chisq_scaling_factor: float | None = None
    cfi_scaled: float | None = None
    tli_scaled: float | None = None
    cfi_robust: float | None = None
    tli_robust: float | None = None
    rmsea_scaled: float | None = None
    rmsea_lower_scaled: float | None = None
    rmsea_upper_scaled: float | None = None
    rmsea_pvalue_scaled: float | None = None
    rmsea_robust: float | None = None
    rmsea_lower_robust: float | None = None
    rmsea_upper_robust: float | None = None
    rmsea_pvalue_robust: float | None = None
    srmr_within: float | None = None
    srmr_between: float | None = None


@dataclass(frozen=True, slots=True)
class Tests:
    """Statistics of a model and of independence, standard and corrected (the same if not)."""

    model: ChiSquare
    model_corrected: ChiSquare
    baseline: ChiSquare | None
    baseline_corrected: ChiSquare | None


def measures_of(tests: Tests, n: int, groups: int) -> dict[str, float | None]:
    """The statistic, RMSEA and, where independence was fitted, the measures against it."""
    model = tests.model
    approximation = rmsea(model, n, groups)
    return {
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
    } | incremental(tests)


def incremental(tests: Tests) -> dict[str, float | None]:
    """Measures that compare with the model of independence."""
    model, null = tests.model, tests.baseline
    if null is None:
        return {"cfi": None, "tli": None}
    difference = null.value - null.df
    return {
        "baseline_chisq": null.value,
        "baseline_df": int(null.df),
        "baseline_pvalue": null.pvalue,
        "cfi": cfi(model, null),
        "tli": tli(model, null),
        "nfi": (null.value - model.value) / null.value if null.value > 0 else None,
        "ifi": _ratio(null.value - model.value, null.value - model.df),
        "rni": _ratio(difference - (model.value - model.df), difference),
    }


def corrected_measures(tests: Tests, n: int, groups: int) -> dict[str, float | None]:
    """Measures from the corrected statistics; the factor alone if it is not positive."""
    model, null = tests.model_corrected, tests.baseline_corrected
    if model.scaling <= 0:
        return {"chisq_scaling_factor": model.scaling}
    scaled = _scaled_rmsea(tests, n, groups)
    found: dict[str, float | None] = {
        "chisq_scaled": model.value,
        "df_scaled": model.df,
        "pvalue_scaled": model.pvalue,
        "chisq_scaling_factor": model.scaling,
        "chisq_shift": model.shift or None,
        "rmsea_scaled": rmsea(model, n, groups).value,
        "rmsea_lower_scaled": scaled.lower,
        "rmsea_upper_scaled": scaled.upper,
        "rmsea_pvalue_scaled": scaled.pvalue,
    }
    if null is not None and null.scaling > 0:
        found |= {
            "baseline_chisq_scaled": null.value,
            "baseline_df_scaled": null.df,
            "baseline_chisq_scaling_factor": null.scaling,
            "cfi_scaled": cfi(model, null),
            "tli_scaled": tli(model, null),
        }
    return found


def _scaled_rmsea(tests: Tests, n: int, groups: int) -> Rmsea:
    """The interval of the corrected statistic.

    Where it is only divided, lavaan's is that of the standard statistic on tr(U Gamma) degrees
    of freedom.
    """
    corrected = tests.model_corrected
    if corrected.shift or corrected.df == 0:
        return rmsea(corrected, n, groups)
    return rmsea(chi_square(tests.model.value, corrected.mean * tests.model.df), n, groups)


def robust_measures(tests: Tests, n: int, groups: int) -> dict[str, float | None]:
    """What CFI, TLI and RMSEA are in the population, whatever its distribution.

    Brosseau-Liard, Savalei & Li (2012), *An investigation of the sample performance of two
    nonnormality corrections for RMSEA*; Brosseau-Liard & Savalei (2014). They rest on the mean of
    the statistic alone; none where its degrees of freedom were changed.
    """
    model, corrected, df = tests.model, tests.model_corrected, tests.model.df
    if corrected.df != df or df == 0 or corrected.mean <= 0:
        return {}
    c = corrected.mean
    # The interval is that of the corrected statistic, stretched back by the root of its factor.
    divided = corrected if corrected.shift else chi_square(model.value / c, df)
    interval = rmsea(divided, n, groups)
    stretch = float(np.sqrt(corrected.scaling if corrected.shift else c))
    value = np.sqrt(max(model.value / df - c, 0.0) / n) * np.sqrt(groups)
    found: dict[str, float | None] = {
        "rmsea_robust": float(value),
        "rmsea_lower_robust": interval.lower * stretch,
        "rmsea_upper_robust": interval.upper * stretch,
        "rmsea_pvalue_robust": 1 - _below(divided, n, groups, _CLOSE_FIT / stretch),
    }
    null, null_corrected = tests.baseline, tests.baseline_corrected
    if null is None or null_corrected is None:
        return found
    misfit = model.value - c * df
    worst = null.value - null_corrected.mean * null.df
    largest = max(misfit, worst, 0.0)
    found["cfi_robust"] = 1 - max(misfit, 0.0) / largest if largest > 0 else 1.0
    found["tli_robust"] = _ratio(worst * df - misfit * null.df, worst * df)
    return found


def goodness_of_fit(model: ChiSquare, n: int, p: int) -> float:
    """GFI as an estimate of what it is in the population (Maydeu-Olivares et al. 2024).

    Parameters
    ----------
    model : ChiSquare
        With a normal-theory residual statistic where the data are complete.
    p : int
        Observed variables.
    """
    return float(min(1.0, n * p / (n * p + 2 * (model.value - model.df))))


def _ratio(a: float, b: float) -> float | None:
    return a / b if b != 0 else None


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


def rmsea(model: ChiSquare, n: int, groups: int = 1) -> Rmsea:
    """Steiger & Lind (1980); interval by inverting the noncentral chi-square.

    Browne & Cudeck (1993), *Alternative ways of assessing model fit*, eq. 14 and 17; times the
    root of the number of groups (Steiger 1998).
    """
    df = model.df
    if df == 0:
        return Rmsea(0.0, 0.0, 0.0, None)
    value = np.sqrt(max(model.value / df - 1, 0.0) / n * groups)
    lower, upper = (
        np.sqrt(_noncentrality(model.value, df, tail) / (n * df) * groups) for tail in _INTERVAL
    )
    close, poor = (_below(model, n, groups, bound) for bound in (_CLOSE_FIT, _POOR_FIT))
    return Rmsea(float(value), float(lower), float(upper), 1 - close, poor)


def _below(test: ChiSquare, n: int, groups: int, bound: float) -> float:
    """Probability of a statistic no larger than this one where RMSEA is `bound`."""
    return float(chndtr(max(test.value, 0.0), test.df, n * test.df * bound**2 / groups))


def _noncentrality(chisq: float, df: float, tail: float) -> float:
    """The noncentrality that puts `tail` of the distribution below the statistic, 0 if none."""

    def excess(noncentrality: float) -> float:
        return float(chndtr(max(chisq, 0.0), df, noncentrality)) - tail

    if excess(0.0) <= 0:
        return 0.0
    above = max(chisq, 1.0)
    while excess(above) > 0:
        above *= 2
    return float(brentq(excess, 0.0, above, xtol=1e-10, rtol=1e-12))


def srmr(groups: Sequence[SampleMoments], implied: Sequence[Implied], *, means: bool) -> float:
    """Standardised root mean square residual (Bentler 1995), averaged over groups by size.

    The diagonal counts, and so do the standardised residuals of means where they are modelled.
    """
    return _averaged(
        groups,
        [
            _root_mean_square(_residuals(group, one, means=means))
            for group, one in zip(groups, implied, strict=True)
        ],
    )


def crmr(
    groups: Sequence[SampleMoments], implied: Sequence[Implied], *, means: bool
) -> float | None:
    """Root mean square of the residual correlations off the diagonal (Maydeu-Olivares 2017).

    With a mean structure also of the standardised residuals of means.
    """
    if len(groups[0].names) < 2:
        return None
    found = []
    for group, one in zip(groups, implied, strict=True):
        R, model = (_correlations(matrix) for matrix in (group.cov, one.Sigma))
        residuals = (R - model)[np.tril_indices(len(R), -1)]
        if means:
            located = (group.mean - one.mu) / np.sqrt(np.diag(group.cov))
            residuals = np.concatenate([residuals, located])
        found.append(_root_mean_square(residuals))
    return _averaged(groups, found)


def _residuals(group: SampleMoments, implied: Implied, *, means: bool) -> Vector:
    sd = np.sqrt(np.diag(group.cov))
    residuals = ((group.cov - implied.Sigma) / np.outer(sd, sd))[np.tril_indices(len(sd))]
    return np.concatenate([residuals, (group.mean - implied.mu) / sd]) if means else residuals


def _correlations(S: Matrix) -> Matrix:
    sd = np.sqrt(np.diag(S))
    return np.asarray(S / np.outer(sd, sd))


def _root_mean_square(values: Vector) -> float:
    return float(np.sqrt(np.mean(values**2)))


def _averaged(groups: Sequence[SampleMoments], values: Sequence[float]) -> float:
    return float(np.average(values, weights=[group.n for group in groups]))
