"""On what each measure of fit rests, and why some of them do not exist."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.engine.fit import SemFit

_LIKELIHOOD = ("logl", "unrestricted_logl", "aic", "bic", "sabic")
_AGAINST_BASELINE = ("cfi", "tli", "nfi", "ifi", "rni")
_OF_STATISTIC = (
    "rmsea",
    "rmsea_lower",
    "rmsea_upper",
    "rmsea_pvalue",
    "rmsea_notclose_pvalue",
)
_STANDARD = {
    "ML": "likelihood ratio",
    "GLS": "residuals weighed by the sample's covariances, times n - 1",
    "WLS": "residuals weighed by their asymptotic covariance, times n - 1",
    "DWLS": "diagonally weighted squares of the residuals, times n - 1: not chi-square distributed",
    "ULS": "squares of the residuals, times n - 1: not chi-square distributed",
}
#: What takes the place of a statistic that has no chi-square distribution.
_BROWNE = "Browne's (1984, eq. 2.20a) residual statistic with normal-theory weights"
_CORRECTED = {
    "yuan_bentler_mplus": "divided by the factor of Yuan & Bentler (2000), as in Mplus",
    "satorra_bentler": "divided by the factor of Satorra & Bentler (1994)",
    "scaled_shifted": "scaled and shifted (Asparouhov & Muthén 2010)",
    "mean_var_adjusted": "with degrees of freedom of its own (Satorra & Bentler 1994)",
}


def bases(fit: SemFit) -> dict[str, str]:
    """What each measure that exists rests on, by the measure's name."""
    if fit.measures is None:
        return {}
    there = {name for name, value in asdict(fit.measures).items() if value is not None}
    return {name: text for name, text in _all(fit) if name in there}


def _all(fit: SemFit) -> Iterator[tuple[str, str]]:
    chosen = fit.options.resolved()
    browne = chosen.name == "ULS" and not fit.ordinal
    yield "chisq", _BROWNE if browne else _STANDARD[chosen.discrepancy]
    for name in (*_AGAINST_BASELINE, *_OF_STATISTIC):
        yield name, "chisq"
    corrected = _CORRECTED.get(chosen.test, "chisq")
    yield "chisq_scaled", f"chisq {corrected}"
    for name in (*_AGAINST_BASELINE[:2], *_OF_STATISTIC[:4]):
        yield f"{name}_scaled", "chisq_scaled"
        yield f"{name}_robust", _robust(fit)
    for name in _LIKELIHOOD:
        yield name, "normal likelihood of the answers"
    residuals = "polychoric correlations" if fit.ordinal else "the sample's moments"
    if fit.clusters:
        residuals = "correlations of the saturated model"
        yield "srmr_within", f"residuals of {residuals} within clusters"
        yield "srmr_between", f"residuals of {residuals} between clusters"
    yield "srmr", f"residuals of {residuals}"
    yield "crmr", f"residuals of {residuals}, without variances"


def _robust(fit: SemFit) -> str:
    if fit.ordinal:
        return "normal misfit of polychoric correlations (Savalei 2021)"
    if any(group.incomplete is not None for group in fit.groups):
        return "normal misfit of the saturated moments (Zhang & Savalei 2023)"
    return "chisq, less its expectation (Brosseau-Liard, Savalei & Li 2012)"


def absent(fit: SemFit) -> dict[str, str]:
    """Why a measure does not exist, by the name of each that does not."""
    if fit.measures is None:
        reason = ", ".join(fit.status.reasons) or "the fit has no measures"
        return dict.fromkeys(("chisq", "pvalue", *_AGAINST_BASELINE, "rmsea", "srmr"), reason)
    missing = [name for name, value in asdict(fit.measures).items() if value is None]
    return {name: _why(fit, name) for name in missing}


def _why(fit: SemFit, name: str) -> str:
    chosen, measures = fit.options.resolved(), fit.measures
    assert measures
    scaled = name.endswith(("_scaled", "_robust", "_shift"))
    factor = measures.chisq_scaling_factor
    rules = (
        (name in _LIKELIHOOD, "least squares have no likelihood"),
        (
            chosen.test == "standard" and name.endswith(("_scaled", "_factor", "_shift")),
            f"the estimator {chosen.name} has no corrected statistic",
        ),
        (
            scaled and factor is not None and factor <= 0,
            "the scaling factor is negative: there are too few respondents for this correction",
        ),
        (
            fit.clusters is not None and name in {"crmr", "gfi", "gfi_lisrel"},
            "not defined for models of two levels",
        ),
        (
            fit.clusters is not None and name.startswith("srmr"),
            "a variance between clusters is not positive",
        ),
        (fit.clusters is None and name.startswith("srmr_"), "the model has one level"),
        (name == "chisq_shift", "the statistic is divided, not shifted"),
        (
            measures.baseline_chisq is None and name.startswith(("baseline", *_AGAINST_BASELINE)),
            "no baseline was asked for",
        ),
        (name.endswith("_robust"), _why_not_robust(fit)),
        (
            chosen.discrepancy in {"DWLS", "ULS"} and name in {"pvalue", "baseline_pvalue"},
            "the uncorrected statistic has no chi-square distribution",
        ),
        ("pvalue" in name, "no degrees of freedom to test with"),
    )
    found = (reason for holds, reason in rules if holds)
    return next(found, f"not defined for the estimator {chosen.name}")


def _why_not_robust(fit: SemFit) -> str:
    test = fit.options.resolved().test
    if test == "standard":
        return "nothing is corrected, so that the plain measure stands"
    if test == "mean_var_adjusted":
        return "the statistic has degrees of freedom of its own"
    if fit.measures and fit.measures.df == 0:
        return "no degrees of freedom"
    if fit.ordinal and len(fit.table.ordered) < len(fit.table.observed):
        return "defined where all items are ordinal"
    if fit.ordinal:
        return "thresholds or means are restricted, or correlations are not positive definite"
    return "not defined for this estimator"
