"""A fit in words and columns, in the order in which lavaan's users expect them."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from cosyn.engine.inference import wald
from cosyn.engine.standardize import standardized

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.engine.estimates import Estimate
    from cosyn.engine.estimation import SemFit
    from cosyn.engine.fit_indices import FitMeasures

_TITLES = {
    "=~": "Latent variables",
    "~": "Regressions",
    "~~": "Covariances",
    "~1": "Intercepts",
    "|": "Thresholds",
    "~*~": "Scaling factors",
    "variance": "Variances",
    ":=": "Defined parameters",
}


def summary_of(fit: SemFit, n_dropped: int = 0) -> str:
    """Everything that a reader of a table wants to see first.

    Parameters
    ----------
    n_dropped : int
        Respondents left out before the fit.
    """
    lines = [*_heading(fit, n_dropped), ""]
    if fit.measures is not None:
        lines += [*_measures(fit.measures, fit.estimator), ""]
    if fit.status.converged:
        lines += _estimates(fit)
    return "\n".join(lines).rstrip() + "\n"


def _heading(fit: SemFit, n_dropped: int) -> Iterator[str]:
    table = fit.table
    dropped = f", {n_dropped} left out" if n_dropped else ""
    yield f"Estimator {fit.estimator}, {table.n_free} free parameters, {fit.n} used{dropped}"
    if fit.clusters:
        least, most = fit.clusters.sizes[0].size, fit.clusters.sizes[-1].size
        yield f"Clusters: {fit.clusters.clusters} of {least} to {most} respondents"
    elif len(table.groups) > 1:
        sizes = (f"{name} {s.n}" for name, s in zip(table.groups, fit.groups, strict=True))
        yield f"Groups: {', '.join(sizes)}"
    if any(sample.incomplete is not None for sample in fit.groups):
        yield "Incomplete answers by full-information maximum likelihood"
    if fit.status.ok:
        yield f"Converged after {fit.iterations} iterations"
    for message in fit.status.messages:
        yield f"! {message}"
    for warning in fit.status.warnings:
        yield f"? {warning.message}"
    for sentence in fit.status.advice:
        yield f"  -> {sentence}"


def _measures(m: FitMeasures, estimator: str) -> Iterator[str]:
    yield _line("Chi-square", m.chisq, f"df {m.df}", _p(m.pvalue))
    if m.chisq_scaled is not None and m.df_scaled is not None:
        basis = f"scaling {m.chisq_scaling_factor:.3f}"
        yield _line(
            f"  {estimator}", m.chisq_scaled, f"df {m.df_scaled:g}", _p(m.pvalue_scaled), basis
        )
    for name, plain, robust in (("CFI", m.cfi, m.cfi_robust), ("TLI", m.tli, m.tli_robust)):
        if plain is not None:
            yield _line(name, plain, *_robust(robust))
    interval = f"[{m.rmsea_lower:.3f}, {m.rmsea_upper:.3f}]"
    yield _line("RMSEA", m.rmsea, interval, *_robust(m.rmsea_robust))
    if m.srmr is not None:
        parts = (("within", m.srmr_within), ("between", m.srmr_between))
        yield _line("SRMR", m.srmr, *(f"{name} {x:.3f}" for name, x in parts if x is not None))
    if m.aic is not None and m.bic is not None:
        yield _line("AIC, BIC", m.aic, f"{m.bic:.3f}")


def _robust(value: float | None) -> tuple[str, ...]:
    return () if value is None else (f"robust {value:.3f}",)


def _line(name: str, value: float, *rest: str) -> str:
    return f"{name:<12}{value:>12.3f}  {'  '.join(part for part in rest if part)}".rstrip()


def _p(value: float | None) -> str:
    if value is None:
        return ""
    return "p < .001" if value < 0.001 else f"p {value:.3f}"


def _estimates(fit: SemFit) -> Iterator[str]:
    table, scaled = fit.table, standardized(fit).rows()
    for number, name in enumerate(table.groups, start=1):
        if name:
            yield f"{name.capitalize()} clusters" if table.levels else f"Group {name}"
        here = [
            (row, std)
            for row, std, parameter in zip(fit.rows(), scaled, table.rows, strict=True)
            if parameter.group in {number, 0 if number == len(table.groups) else number}
        ]
        for kind, title in _TITLES.items():
            chosen = [pair for pair in here if _kind(pair[0]) == kind]
            if chosen:
                yield f"{title:<28}{'est':>9}{'se':>9}{'z':>9}{'p':>9}{'std':>9}"
                yield from _section(chosen)
                yield ""


def _section(chosen: list[tuple[Estimate, Estimate]]) -> Iterator[str]:
    for lhs, rows in groupby(chosen, key=lambda pair: pair[0].lhs if pair[0].rhs else ""):
        several = lhs and any(row.lhs != row.rhs and row.op != ":=" for row, _ in chosen)
        if several:
            yield f"  {lhs}"
        for row, std in rows:
            yield _row(row, std, f"    {row.rhs}" if several else f"  {row.lhs}")


def _row(row: Estimate, std: Estimate, name: str) -> str:
    label = f" ({row.label})" if row.label and not row.label.startswith(".") else ""
    test = wald(row.value, row.standard_error) if row.value is not None else None
    numbers = (
        row.value,
        row.standard_error,
        test.z if test else None,
        test.pvalue if test else None,
        std.value,
    )
    cells = ["" if number is None else f"{number:.3f}" for number in numbers]
    if test and test.pvalue < 0.001:
        cells[3] = "<.001"
    return f"{name + label:<28}" + "".join(f"{cell:>9}" for cell in cells)


def _kind(row: Estimate) -> str:
    return "variance" if row.op == "~~" and row.lhs == row.rhs else row.op
