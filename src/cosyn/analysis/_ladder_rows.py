"""Findings of the steps of an invariance ladder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Statistic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cosyn.engine.ladder_result import Step
    from cosyn.findings import Finding

    About = Callable[..., Finding]


def step_rows(about: About, grouping: str, step: Step) -> Iterator[Finding]:
    """Fit of one step, and how it differs from the one before."""
    measures = step.fit.measures
    subject = (grouping, step.name)
    if measures is None:
        reason = "; ".join(step.fit.status.reasons) or "not converged"
        yield about(Statistic.CHI_SQUARE, subject, reason=reason)
        return
    scaled = measures.chisq_scaled is not None
    chisq = measures.chisq_scaled if scaled else measures.chisq
    p = measures.pvalue_scaled if scaled else measures.pvalue
    yield about(Statistic.CHI_SQUARE, subject, chisq, df=measures.df, p=p, n=measures.n)
    # The robust measures of ordinal items end where thresholds are equated: scaled ones go on.
    ordinal = bool(step.fit.ordinal)
    cfi, rmsea = (None, None) if ordinal else (measures.cfi_robust, measures.rmsea_robust)
    for statistic, variants in (
        (Statistic.CFI, (cfi, measures.cfi_scaled, measures.cfi)),
        (Statistic.RMSEA, (rmsea, measures.rmsea_scaled, measures.rmsea)),
        (Statistic.SRMR, (measures.srmr,)),
    ):
        value = next((each for each in variants if each is not None), None)
        yield about(statistic, subject, value, reason="" if value is not None else "not defined")
    yield from _changes(about, subject, step)


def _changes(about: About, subject: tuple[str, str], step: Step) -> Iterator[Finding]:
    if step.difference is not None:
        yield about(
            Statistic.CHI_SQUARE_DIFFERENCE,
            subject,
            step.difference.chisq,
            reason=step.difference.reason,
            df=step.difference.df,
            p=step.difference.pvalue,
        )
    if step.change is not None:
        for statistic, change in (
            (Statistic.DELTA_CFI, step.change.cfi),
            (Statistic.DELTA_RMSEA, step.change.rmsea),
            (Statistic.DELTA_SRMR, step.change.srmr),
        ):
            reason = "" if change is not None else "not defined"
            yield about(statistic, subject, change, reason=reason)


def freed_rows(about: About, grouping: str, step: Step) -> Iterator[Finding]:
    """Parameters that a search let differ between groups, with their score tests."""
    if step.search is None:
        return
    for freed in step.search.path:
        yield about(
            Statistic.FREED,
            (grouping, step.name, freed.name),
            freed.test.value,
            df=freed.test.df,
            p=freed.adjusted_pvalue,
            label=", ".join(f"{value:.2f}" for value in freed.estimates),
            method="score test, adjusted by Holm",
        )
