"""The same hypotheses under every combination of choices that could have been made otherwise.

Simonsohn, Simmons & Nelson (2020, *Nature Human Behaviour* 4, 1208-1214): a conclusion that rests
on one choice is none. Decisions here use p-values that are not adjusted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

from scipy.stats import norm

from cosyn.analysis._cases import complete_cases
from cosyn.analysis._types import Analysis, Context, Outcome
from cosyn.analysis.hypotheses import decide_effect
from cosyn.engine.syntax import parse_model
from cosyn.errors import IdentificationError, PlanError
from cosyn.findings import Decision, Finding, Series, Statistic, Warned
from cosyn.responses import select
from cosyn.scoring import Scores, facet_scores, keyed
from cosyn.screening import screen
from cosyn.synergy import SYNERGIES, Task

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from cosyn.plan import Hypotheses, Hypothesis, Robustness, StructureEntry

NAME = "robustness"
CURVE = "specification_curve"
USUAL = "usual"
_PATH = re.compile(r"^\s*(\S+)\s*~\s*(\S+)\s*$")


@dataclass(frozen=True, slots=True)
class Specification:
    """One combination of choices; the usual ones are the plan's.

    Attributes
    ----------
    clusters, flagged : bool
        Whether departments are clusters, and flagged respondents are kept.
    without : str
        A facet or item that is left out, "" if none.
    answered : int
        Items that a facet score needs.
    """

    clusters: bool
    flagged: bool
    without: str
    answered: int

    def subject(self) -> tuple[str, ...]:
        """The choices as ids."""
        return (
            "clusters" if self.clusters else "no clusters",
            "all" if self.flagged else "unflagged",
            self.without or "whole",
            str(self.answered),
        )


def run(context: Context) -> Outcome:
    """Fit the models of the hypotheses under every specification."""
    plan = context.plan.plan
    rules, structure, decide = plan.robustness, plan.structure, plan.hypotheses
    if rules is None or structure is None or decide is None or not context.table.n:
        return Outcome(())
    chosen = [test for test in decide.tests if test.id in rules.hypotheses]
    entries = {entry.id: entry for entry in structure.models}
    kept = _unflagged(context) if rules.flagged else None
    rows: list[Finding] = []
    for place, choice in enumerate(specifications(context, rules)):
        context.progress(f"{NAME} {place + 1}")
        here = _here(context, choice, kept)
        fits: dict[str, Mapping[tuple[str, str], tuple[float, float]] | str] = {}
        for test in chosen:
            if test.model not in fits and test.model in entries:
                fits[test.model] = _effects(here, entries[test.model], choice)
            rows.append(_row(test, choice, fits.get(test.model, "no such model"), decide))
    series = tuple(curve(test.id, rows) for test in chosen)
    return Outcome(
        tuple(rows), tuple(_warnings(chosen, rows)), tuple(s for s in series if s is not None)
    )


def specifications(context: Context, rules: Robustness) -> tuple[Specification, ...]:
    """Every combination, the plan's own first."""
    usual = context.plan.plan.facet_scores.minimum_answered
    clustered = context.plan.plan.estimation.clusters != "none"
    known = {facet.id for facet in context.instrument.facets()} | set(context.items.names)
    return tuple(
        Specification(*choices)
        for choices in product(
            (True, False) if rules.clusters and clustered else (clustered,),
            (True, False) if rules.flagged and context.plan.screening else (True,),
            ("", *(name for name in rules.without if name in known)),
            dict.fromkeys((usual, *rules.minimum_answered)),
        )
    )


def _unflagged(context: Context) -> NDArray[np.bool_] | None:
    if context.plan.screening is None:
        return None
    table = context.table if context.asked is None else context.asked
    return ~screen(table, context.instrument, context.plan.screening).excluded


def _here(context: Context, choice: Specification, kept: NDArray[np.bool_] | None) -> Context:
    """The respondents and scores of a specification."""
    table = context.table
    if not choice.flagged and kept is not None:
        table = select(table, kept)
    items = keyed(table, context.instrument)
    if choice.without in items.names:
        left = [name for name in items.names if name != choice.without]
        items = Scores(tuple(left), items.columns(left))
    facets = facet_scores(items, context.instrument, choice.answered)
    estimation = context.plan.plan.estimation
    if not choice.clusters:
        estimation = estimation.model_copy(update={"clusters": "none"})
    plan = context.plan.plan.model_copy(update={"estimation": estimation})
    return replace(
        context, table=table, items=items, facets=facets, plan=replace(context.plan, plan=plan)
    )


def _effects(
    here: Context, entry: StructureEntry, choice: Specification
) -> dict[tuple[str, str], tuple[float, float]] | str:
    """Standardised paths with their standard errors, or why there are none."""
    section = here.plan.plan.structure
    assert section is not None, "looked at before"
    syntax = without(here.plan.models[entry.file], choice.without)
    if choice.without in {s.rhs for s in parse_model(syntax).statements if s.op == "=~"}:
        return f"{choice.without} could not be taken out of the model"
    task = Task(
        syntax=syntax,
        where=f"analysis/models/{entry.file}.lav",
        outcome=section.outcome,
        products=entry.products,
        robust=here.plan.plan.estimation.estimator == "MLR",
    )
    cases = complete_cases(here, here.facets if section.data == "facets" else here.items)
    if not len(cases.values):
        return "no complete answers"
    try:
        result = SYNERGIES[entry.kind].run(cases, task)
    except (IdentificationError, PlanError) as error:
        return error.what
    if not result.fit.status.ok or result.standard is None:
        return "; ".join(result.fit.status.reasons) or "not converged"
    found = {
        (row.lhs, row.rhs): (row.value, row.standard_error)
        for row in result.standard.rows()
        if row.op == "~" and row.value is not None and row.standard_error is not None
    }
    found |= {(e.outcome, e.predictor): (e.value, e.se) for e in result.effects if e.se is not None}
    return {pair: (float(value), float(se)) for pair, (value, se) in found.items()}


def without(syntax: str, name: str) -> str:
    """A model without an indicator; remarks on its factors' lines go too, nothing else."""
    return "\n".join(_line_without(line, name) for line in syntax.splitlines()) if name else syntax


def _line_without(line: str, name: str) -> str:
    factor, sign, terms = line.partition("#")[0].partition("=~")
    kept = [term for term in terms.split("+") if term.split("*")[-1].strip() != name]
    return f"{factor}{sign}{'+'.join(kept)}" if sign else line


def _row(
    test: Hypothesis,
    choice: Specification,
    effects: Mapping[tuple[str, str], tuple[float, float]] | str,
    rules: Hypotheses,
) -> Finding:
    subject = (test.id, *choice.subject())
    path = _PATH.match(test.effect)
    if isinstance(effects, str) or path is None or path.groups() not in effects:
        reason = effects if isinstance(effects, str) else "no such path"
        return Finding(NAME, Statistic.SPECIFICATION, subject, reason=reason, model=test.model)
    value, se = effects[path.group(1), path.group(2)]
    alpha = test.alpha or rules.alpha
    p = float(2 * norm.sf(abs(value / se))) if se > 0 else 0.0
    wide = float(norm.ppf(1 - alpha)) * se
    sign = 1 if test.predicted == "positive" else -1
    decision = decide_effect(
        value, (value - wide, value + wide), p, sign, (alpha, rules.smallest_effect)
    )
    reach = float(norm.ppf(1 - alpha / 2)) * se
    return Finding(
        NAME,
        Statistic.SPECIFICATION,
        subject,
        value,
        label=decision,
        se=se,
        low=value - reach,
        high=value + reach,
        level=1 - alpha,
        p=p,
        model=test.model,
    )


def curve(hypothesis: str, rows: Sequence[Finding]) -> Series | None:
    """Estimates in order of size, with the choices behind each."""
    mine = [row for row in rows if row.subject[0] == hypothesis and row.value is not None]
    if not mine:
        return None
    mine.sort(key=lambda row: row.value or 0.0)
    columns: dict[str, tuple[float | None, ...]] = {
        "value": tuple(row.value for row in mine),
        "low": tuple(row.low for row in mine),
        "high": tuple(row.high for row in mine),
        "supported": tuple(float(row.label == Decision.SUPPORTED) for row in mine),
        "plan": tuple(float(row is _first(rows, hypothesis)) for row in mine),
    }
    for place in range(1, len(mine[0].subject)):
        for option in sorted({row.subject[place] for row in mine}):
            chosen = tuple(float(row.subject[place] == option) for row in mine)
            columns[f"{place} {option}"] = chosen
    return Series(NAME, CURVE, (hypothesis,), columns, mine[0].model)


def _first(rows: Sequence[Finding], hypothesis: str) -> Finding | None:
    return next((row for row in rows if row.subject[0] == hypothesis), None)


def _warnings(tests: Sequence[Hypothesis], rows: Sequence[Finding]) -> Iterator[Warned]:
    """Name hypotheses on which specifications disagree."""
    changing = []
    for test in tests:
        labels = {row.label for row in rows if row.subject[0] == test.id and row.label}
        if len(labels) > 1:
            changing.append(test.id)
    if changing:
        yield Warned(NAME, "conclusions_change", {"names": ", ".join(changing)})


ANALYSIS = Analysis(
    NAME, run, reads=("robustness", "structure", "hypotheses", "screening"), after=()
)
