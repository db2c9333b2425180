"""Whether the constructs are measured alike in groups of respondents."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cosyn.analysis._types import Analysis, Context, Outcome
from cosyn.engine.invariance import invariance
from cosyn.errors import IdentificationError, ModelSyntaxError
from cosyn.findings import Finding, Statistic, Warned
from cosyn.scoring import clusters_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from cosyn.engine.invariance import Invariance
    from cosyn.engine.ladder_result import Step
    from cosyn.plan import InvarianceRule

NAME = "invariance"
GROUP, CLUSTER = "_group", "_cluster"
STEPS = ("configural", "metric", "scalar", "strict")
ONE_GROUP = "fewer than two groups of the least size"
_row = partial(Finding, NAME)


def run(context: Context) -> Outcome:
    """Climb the ladder of equality in each of the groupings that the plan names."""
    rules = context.plan.plan.invariance
    if rules is None:
        return Outcome(())
    rows: list[Finding] = []
    warnings: list[Warned] = []
    for grouping in rules.groups:
        context.progress(f"{NAME} {grouping}")
        groups = _groups(context, grouping)
        if groups is None:
            rows.append(_none(grouping, "no such answers"))
            continue
        found = _ladder(context, rules, groups)
        if isinstance(found, str):
            rows.append(_none(grouping, found))
            continue
        rows += _findings(grouping, found, rules)
        reached = rows[-1].label
        if reached in {"", "configural", "metric"}:
            warnings.append(Warned(NAME, "not_invariant", {"group": grouping, "reached": reached}))
    return Outcome(tuple(rows), tuple(warnings))


def _groups(context: Context, grouping: str) -> NDArray[np.object_] | None:
    """Each respondent's group as text, "" if unknown; None if nobody was asked."""
    table = context.table
    particulars = {"language": table.languages, "wave": table.waves, "form": table.forms}
    if grouping in particulars:
        return np.array(particulars[grouping], object)
    asked = context.table if context.asked is None else context.asked
    if grouping not in asked.items:
        return None
    codes = asked.columns([grouping])[:, 0]
    return np.array(["" if np.isnan(code) else f"{code:g}" for code in codes], object)


def _ladder(
    context: Context, rules: InvarianceRule, groups: NDArray[np.object_]
) -> Invariance | str:
    """The ladder, or why there is none."""
    scores = context.facets
    whole = ~np.isnan(scores.values).any(axis=1) & (groups != "")
    names, sizes = np.unique(groups[whole].astype(str), return_counts=True)
    kept = names[sizes >= rules.least]
    if len(kept) < 2:
        return ONE_GROUP
    chosen = whole & np.isin(groups.astype(str), kept)
    frame = pd.DataFrame(scores.columns(scores.names)[chosen], columns=list(scores.names))
    frame[GROUP] = groups[chosen].astype(str)
    estimation = context.plan.plan.estimation
    clusters = clusters_of(context.table, estimation)
    if clusters is not None:
        frame[CLUSTER] = clusters[chosen]
    try:
        return invariance(
            context.plan.models[rules.file],
            frame.sort_values(GROUP, kind="stable"),
            GROUP,
            estimator=estimation.estimator,
            cluster=CLUSTER if clusters is not None else None,
            steps=STEPS,
        )
    except (IdentificationError, ModelSyntaxError) as error:
        return error.what


def _findings(grouping: str, found: Invariance, rules: InvarianceRule) -> Iterator[Finding]:
    for name, size in found.sizes:
        yield _row(Statistic.COUNT, (grouping, name), size)
    reached, held = "", True
    for step in found.steps:
        yield from _of_step(grouping, step)
        held = held and step.fit.status.ok and _holds(step, rules)
        if held:
            reached = step.name
    method = f"loss of CFI at most {rules.cfi:g}, growth of RMSEA at most {rules.rmsea:g}"
    reason = "" if reached else found.stopped or "no equality holds"
    yield _row(Statistic.INVARIANCE, (grouping,), label=reached, reason=reason, method=method)


def _holds(step: Step, rules: InvarianceRule) -> bool:
    """Whether the step loses no more fit than the plan allows; the first has nothing to lose."""
    if step.change is None:
        return True
    cfi, rmsea = step.change.cfi, step.change.rmsea
    return cfi is not None and cfi >= -rules.cfi and rmsea is not None and rmsea <= rules.rmsea


def _of_step(grouping: str, step: Step) -> Iterator[Finding]:
    measures = step.fit.measures
    subject = (grouping, step.name)
    if measures is None:
        reason = "; ".join(step.fit.status.reasons) or "not converged"
        yield _row(Statistic.CHI_SQUARE, subject, reason=reason)
        return
    scaled = measures.chisq_scaled is not None
    chisq = measures.chisq_scaled if scaled else measures.chisq
    p = measures.pvalue_scaled if scaled else measures.pvalue
    yield _row(Statistic.CHI_SQUARE, subject, chisq, df=measures.df, p=p, n=measures.n)
    for statistic, robust, plain in (
        (Statistic.CFI, measures.cfi_robust, measures.cfi),
        (Statistic.RMSEA, measures.rmsea_robust, measures.rmsea),
        (Statistic.SRMR, None, measures.srmr),
    ):
        value = plain if robust is None else robust
        yield _row(statistic, subject, value, reason="" if value is not None else "not defined")
    if step.difference is not None:
        yield _row(
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
            yield _row(statistic, subject, change, reason=reason)


def _none(grouping: str, reason: str) -> Finding:
    return _row(Statistic.INVARIANCE, (grouping,), reason=reason)


ANALYSIS = Analysis(NAME, run)
