"""Whether the constructs are measured alike in groups of respondents."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from cosyn.analysis._groupings import NOBODY, group_counts, grouping_of
from cosyn.analysis._ladder_rows import freed_rows, step_rows
from cosyn.analysis._types import Analysis, Context, Outcome
from cosyn.engine.invariance import invariance
from cosyn.engine.syntax import parse
from cosyn.errors import IdentificationError, ModelSyntaxError
from cosyn.findings import Finding, Statistic, Warned
from cosyn.scoring import Scores, clusters_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cosyn.analysis._groupings import Grouping
    from cosyn.engine.invariance import Invariance
    from cosyn.engine.ladder_result import Step
    from cosyn.plan import InvarianceRule

NAME = "invariance"
GROUP, CLUSTER = "_group", "_cluster"
STEPS = ("configural", "metric", "scalar", "strict")
PLAIN, PARTIAL, ORDINAL = "", "partial", "ordinal"
"""Which ladder a finding is of; stands in the place of a model's id."""
NOT_COMPARABLE = {"", "configural", "metric"}
ONE_GROUP = "fewer than two groups of the least size"
NOTHING = "no equality holds"
_row = partial(Finding, NAME)


@dataclass(frozen=True, slots=True)
class _Climb:
    """One ladder of one grouping: what is compared, and how."""

    grouping: Grouping
    scores: Scores
    syntax: str
    kind: str


def run(context: Context) -> Outcome:
    """Climb the ladder of equality in each of the groupings that the plan names."""
    rules = context.plan.plan.invariance
    if rules is None:
        return Outcome(())
    rows: list[Finding] = []
    warnings: list[Warned] = []
    for name in rules.groups:
        context.progress(f"{NAME} {name}")
        grouping = grouping_of(context, name)
        if grouping is None:
            rows.append(_none(name, NOBODY))
            continue
        rows += _counts(context, rules, grouping)
        for climb in _climbs(context, rules, grouping):
            found = _ladder(context, rules, climb)
            rows += _findings(climb, found, rules)
            reached = rows[-1].label
            if isinstance(found, str) or climb.kind != PLAIN:
                continue
            if reached in NOT_COMPARABLE:
                values = {"group": name, "reached": reached}
                warnings.append(Warned(NAME, "not_invariant", values))
            if rules.partial and reached not in {"", STEPS[-1]}:
                again = _Climb(grouping, climb.scores, climb.syntax, PARTIAL)
                rows += _findings(again, _ladder(context, rules, again), rules)
    return Outcome(tuple(rows), tuple(warnings))


def _climbs(context: Context, rules: InvarianceRule, grouping: Grouping) -> Sequence[_Climb]:
    """Of facet scores; and of items as categories, where the plan asks for it."""
    syntax = context.plan.models[rules.file]
    found = [_Climb(grouping, _used(context.facets, syntax), syntax, PLAIN)]
    categories = rules.categories
    if categories is not None and grouping.name in categories.groups:
        syntax = context.plan.models[categories.file]
        found.append(_Climb(grouping, _used(context.items, syntax), syntax, ORDINAL))
    return found


def _used(scores: Scores, syntax: str) -> Scores:
    """The scores that a model speaks of: gaps in others leave nobody out."""
    named = {name for s in parse(syntax) if s.op != ":=" for name in (s.lhs, s.rhs)}
    names = tuple(name for name in scores.names if name in named)
    return Scores(names, scores.columns(names))


def _counts(context: Context, rules: InvarianceRule, grouping: Grouping) -> list[Finding]:
    scores = _used(context.facets, context.plan.models[rules.file])
    whole = np.asarray(~np.isnan(scores.values).any(axis=1))
    sizes = grouping.sizes(whole)
    return list(group_counts(context, NAME, grouping.name, sizes, rules.least))


def _ladder(context: Context, rules: InvarianceRule, climb: _Climb) -> Invariance | str:
    """The ladder, or why there is none."""
    chosen = _chosen(rules, climb)
    if chosen is None:
        return ONE_GROUP
    import pandas as pd  # noqa: PLC0415 - slow to import, and not needed where this is known

    names = climb.scores.names
    frame = pd.DataFrame(climb.scores.columns(names)[chosen], columns=list(names))
    frame[GROUP] = climb.grouping.labels[chosen].astype(str)
    estimation = context.plan.plan.estimation
    clusters = clusters_of(context.table, estimation)
    if clusters is not None:
        frame[CLUSTER] = clusters[chosen]
    ordinal = climb.kind == ORDINAL
    if ordinal:
        context.progress(f"{NAME} {climb.grouping.name} {ORDINAL}")
    try:
        return invariance(
            climb.syntax,
            frame.sort_values(GROUP, kind="stable"),
            GROUP,
            ordered=ordinal,
            estimator=None if ordinal else estimation.estimator,
            cluster=CLUSTER if clusters is not None else None,
            steps=None if ordinal else STEPS,
            partial=climb.kind == PARTIAL,
            collapse=ordinal,
        )
    except (IdentificationError, ModelSyntaxError) as error:
        return error.what


def _chosen(rules: InvarianceRule, climb: _Climb) -> NDArray[np.bool_] | None:
    """Respondents without a gap in groups that are large enough; None of fewer than two groups."""
    whole = np.asarray(~np.isnan(climb.scores.values).any(axis=1))
    sizes = climb.grouping.sizes(whole)
    kept = [name for name, size in sizes.items() if size >= rules.least]
    if len(kept) < 2:
        return None
    labels = climb.grouping.labels.astype(str)
    return np.asarray(whole & np.isin(labels, kept))


def _findings(climb: _Climb, found: Invariance | str, rules: InvarianceRule) -> list[Finding]:
    """Every step, and last what the ladder reaches by the plan's rule."""
    name = climb.grouping.name
    if isinstance(found, str):
        return [_none(name, found, climb.kind)]
    about = partial(_row, model=climb.kind)
    rows: list[Finding] = []
    held: dict[str, bool] = {}
    for step in found.steps:
        rows += step_rows(about, name, step)
        rows += freed_rows(about, name, step)
        base = step.name.partition(",")[0]
        held[base] = held.get(base, False) or (step.fit.status.ok and _holds(step, rules))
    reached = ""
    for base, holds in held.items():
        if not holds:
            break
        reached = base
    method = f"loss of CFI at most {rules.cfi:g}, growth of RMSEA at most {rules.rmsea:g}"
    reason = "" if reached else found.stopped or NOTHING
    rows.append(about(Statistic.INVARIANCE, (name,), label=reached, reason=reason, method=method))
    return rows


def _holds(step: Step, rules: InvarianceRule) -> bool:
    """Whether the step loses no more fit than the plan allows; the first has nothing to lose."""
    if step.change is None:
        return True
    cfi, rmsea = step.change.cfi, step.change.rmsea
    return cfi is not None and cfi >= -rules.cfi and rmsea is not None and rmsea <= rules.rmsea


def _none(grouping: str, reason: str, kind: str = PLAIN) -> Finding:
    return _row(Statistic.INVARIANCE, (grouping,), reason=reason, model=kind)


ANALYSIS = Analysis(NAME, run, reads=("invariance",), after=())
