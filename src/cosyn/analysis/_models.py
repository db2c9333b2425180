"""Turn fitted models into findings."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cosyn.engine.inference import wald
from cosyn.findings import Finding, Statistic, Warned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from cosyn.engine.difference import ChiSquareDifference
    from cosyn.engine.estimates import Estimate
    from cosyn.engine.estimation import SemFit
    from cosyn.engine.fit_indices import FitMeasures
    from cosyn.engine.standardize import Standardized
    from cosyn.engine.table import Parameter

OK = "ok"
RMSEA_LEVEL = 0.90
LARGE_GAP = 0.01
"""Difference of estimates that two sound engines do not have."""
METHODS = {
    "standard": "likelihood-ratio test",
    "sb2001": "Satorra & Bentler 2001",
    "sb2010": "Satorra & Bentler 2010",
}
KINDS = {
    "=~": (Statistic.LOADING, Statistic.LOADING_STD),
    "~": (Statistic.PATH, Statistic.PATH_STD),
    "~~": (Statistic.COVARIANCE, Statistic.COVARIANCE_STD),
    ":=": (Statistic.DEFINED, Statistic.DEFINED_STD),
}


@dataclass(frozen=True, slots=True)
class About:
    """What every finding of one model shares."""

    analysis: str
    model: str
    level: float


def status_label(fit: SemFit) -> str:
    """Name the outcome of a fit in one word or two."""
    if not fit.status.converged:
        return "not converged" if fit.table.df >= 0 else "not identified"
    if not fit.status.identified:
        return "not identified"
    return OK if fit.status.admissible else "inadmissible"


def not_estimated(about: About, reason: str, n: int | None = None) -> Finding:
    """Say that a model could not even be tried."""
    return Finding(
        about.analysis,
        Statistic.STATUS,
        label="not estimated",
        reason=reason,
        n=n,
        model=about.model,
    )


def summary_findings(about: About, fit: SemFit) -> list[Finding]:
    """How a fit ended, the respondents it rests on, and its measures."""
    rows = [
        Finding(
            about.analysis,
            Statistic.STATUS,
            label=status_label(fit),
            reason="; ".join(fit.status.reasons),
            n=fit.n,
            method=fit.estimator,
            model=about.model,
        ),
        Finding(about.analysis, Statistic.N, (), fit.n, n=fit.n, model=about.model),
    ]
    return rows if fit.measures is None else [*rows, *_measures(about, fit.measures, fit.estimator)]


def fit_findings(about: About, fit: SemFit, standard: Standardized | None) -> list[Finding]:
    """Everything that is reported of a fitted model."""
    rows = summary_findings(about, fit)
    if fit.measures is None:
        return rows
    rows += _estimates(about, fit, standard)
    for name, value in fit.r_squared().items():
        if name in fit.table.latent:
            reason = "" if value is not None else "Heywood case"
            rows.append(_plain(about, Statistic.R_SQUARED, (name,), value, reason))
    return rows


def status_warnings(about: About, fit: SemFit) -> list[Warned]:
    """Ask for judgement of a model whose estimates must not be relied on."""
    label = status_label(fit)
    if label == OK:
        return []
    named = dict.fromkeys(re.findall(r"`([^`]+)`", " ".join(fit.status.messages)))
    values = {
        "model": about.model,
        "reason": "; ".join(fit.status.reasons),
        "names": ", ".join(named),
    }
    return [Warned(about.analysis, label.replace(" ", "_"), values)]


def difference_findings(
    about: About, pair: tuple[str, str], difference: ChiSquareDifference, fits: Sequence[SemFit]
) -> list[Finding]:
    """Compare a restricted with a full model.

    Parameters
    ----------
    pair : tuple of str
        Ids of the restricted and the full model.
    fits : sequence of SemFit
        The restricted and the full fit.
    """
    test = Finding(
        about.analysis,
        Statistic.CHI_SQUARE_DIFFERENCE,
        pair,
        difference.chisq,
        reason=difference.reason,
        p=difference.pvalue,
        df=difference.df,
        method=METHODS.get(difference.method, difference.method),
        model=about.model,
    )
    restricted, full = (fit.measures for fit in fits)
    if restricted is None or full is None:
        return [test]
    if restricted.bic is None or full.bic is None:
        return [test]
    gap = restricted.bic - full.bic
    return [test, _plain(about, Statistic.BIC_DIFFERENCE, pair, gap)]


def cross_check(about: About, fit: SemFit, values: NDArray[np.float64]) -> Finding:
    """Compare our estimates with those of semopy, an independent engine.

    Parameters
    ----------
    values : ndarray, shape (n, p)
        The data, columns in the order of the fit's observed variables.

    Returns
    -------
    Finding
        Largest absolute difference of the loadings and regressions that both report.
    """
    try:
        theirs = _semopy_estimates(fit, values)
    except Exception as error:  # noqa: BLE001 - whatever another library raises is a finding
        reason = f"semopy stopped: {type(error).__name__}"
        return _plain(about, Statistic.CROSS_CHECK, ("semopy",), None, reason)
    ours = {(r.lhs, r.op, r.rhs): r.value for r in fit.rows() if r.op in {"=~", "~"}}
    gaps = [
        abs(value - theirs[key])
        for key, value in ours.items()
        if key in theirs and value is not None
    ]
    if not gaps:
        return _plain(about, Statistic.CROSS_CHECK, ("semopy",), None, "no common estimates")
    return _plain(about, Statistic.CROSS_CHECK, ("semopy",), max(gaps))


def cross_check_warnings(finding: Finding) -> list[Warned]:
    """Ask for judgement if two engines disagree."""
    if finding.value is None or finding.value <= LARGE_GAP:
        return []
    values = {"model": finding.model, "value": f"{finding.value:.3f}"}
    return [Warned(finding.analysis, "semopy_disagrees", values)]


def _semopy_estimates(
    fit: SemFit, values: NDArray[np.float64]
) -> dict[tuple[str, str, str], float]:
    import pandas as pd  # noqa: PLC0415 - loaded with semopy only
    import semopy  # noqa: PLC0415 - seconds to import

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = semopy.Model(_semopy_syntax(fit.table.rows))
        model.fit(pd.DataFrame(values, columns=list(fit.table.observed)), obj="MLW")
        table = model.inspect()
    factors = set(fit.table.latent)
    found = {}
    for left, op, right, value in zip(
        table["lval"], table["op"], table["rval"], table["Estimate"], strict=True
    ):
        found[str(left), str(op), str(right)] = float(value)
        if right in factors and op == "~":  # semopy writes a loading as a regression on its factor
            found[str(right), "=~", str(left)] = float(value)
    return found


def _semopy_syntax(rows: Sequence[Parameter]) -> str:
    """Write a table's rows in semopy's language, nothing left to its defaults."""
    lines = []
    for row in rows:
        if row.op == ":=":
            continue
        fixed = row.value is not None
        factor = f"{row.value:g}*" if fixed else (f"{row.label}*" if row.label else "")
        lines.append(f"{row.lhs} {row.op} {factor}{row.rhs}")
    return "\n".join(lines)


def missing_variables(used: Sequence[str], available: Sequence[str]) -> list[str]:
    """Variables of a model that the data do not have."""
    return [name for name in used if name not in available]


def _measures(about: About, m: FitMeasures, method: str) -> Iterator[Finding]:
    def row(statistic: Statistic, value: float | None) -> Finding:
        reason = "" if value is not None else "no degrees of freedom"
        return Finding(
            about.analysis,
            statistic,
            value=value,
            reason=reason,
            n=m.n,
            method=method,
            model=about.model,
        )

    yield row(Statistic.N_PARAMETERS, m.npar)
    yield replace(row(Statistic.CHI_SQUARE, m.chisq), df=m.df, p=m.pvalue)
    yield replace(
        row(Statistic.BASELINE_CHI_SQUARE, m.baseline_chisq),
        df=m.baseline_df,
        p=m.baseline_pvalue,
    )
    if m.chisq_scaled is not None:
        yield from _robust(row, m)
    yield row(Statistic.CFI, m.cfi)
    yield row(Statistic.TLI, m.tli)
    yield replace(
        row(Statistic.RMSEA, m.rmsea),
        low=m.rmsea_lower,
        high=m.rmsea_upper,
        level=RMSEA_LEVEL,
        p=m.rmsea_pvalue,
    )
    yield row(Statistic.SRMR, m.srmr)
    yield row(Statistic.LOG_LIKELIHOOD, m.logl)
    yield row(Statistic.AIC, m.aic)
    yield row(Statistic.BIC, m.bic)


def _robust(row: Callable[[Statistic, float | None], Finding], m: FitMeasures) -> Iterator[Finding]:
    """The corrected test, and what the measures are in the population by it."""
    yield replace(
        row(Statistic.CHI_SQUARE_SCALED, m.chisq_scaled), df=m.df_scaled, p=m.pvalue_scaled
    )
    yield row(Statistic.SCALING_FACTOR, m.chisq_scaling_factor)
    yield row(Statistic.CFI_ROBUST, m.cfi_robust)
    yield row(Statistic.TLI_ROBUST, m.tli_robust)
    yield replace(
        row(Statistic.RMSEA_ROBUST, m.rmsea_robust),
        low=m.rmsea_lower_robust,
        high=m.rmsea_upper_robust,
        level=RMSEA_LEVEL,
        p=m.rmsea_pvalue_robust,
    )


def _estimates(about: About, fit: SemFit, standard: Standardized | None) -> Iterator[Finding]:
    for estimate in fit.rows():
        if estimate.op not in KINDS:
            continue
        raw, scaled = KINDS[estimate.op]
        if estimate.op == "~~" and not _between_factors(estimate, fit):
            continue
        yield estimate_finding(about, raw, estimate, fit)
        if standard is not None:
            row = standard.row(estimate.lhs, estimate.op, estimate.rhs)
            yield estimate_finding(about, scaled, row, fit)


def _between_factors(estimate: Estimate, fit: SemFit) -> bool:
    factors = fit.table.latent
    return estimate.lhs != estimate.rhs and estimate.lhs in factors and estimate.rhs in factors


def estimate_finding(
    about: About, statistic: Statistic, estimate: Estimate, fit: SemFit
) -> Finding:
    """One row of a fit with its interval; `:=` is about what it defines."""
    subject = (estimate.lhs,) if estimate.op == ":=" else (estimate.lhs, estimate.rhs)
    if estimate.value is None:
        return _plain(about, statistic, subject, None, "no value")
    test = wald(estimate.value, estimate.standard_error, about.level)
    return Finding(
        about.analysis,
        statistic,
        subject,
        estimate.value,
        se=estimate.standard_error,
        low=test.lower if test else None,
        high=test.upper if test else None,
        level=about.level if test else None,
        p=test.pvalue if test else None,
        n=fit.n,
        method=fit.estimator,
        model=about.model,
    )


def _plain(
    about: About,
    statistic: Statistic,
    subject: tuple[str, ...],
    value: float | None,
    reason: str = "",
) -> Finding:
    return Finding(about.analysis, statistic, subject, value, reason=reason, model=about.model)
