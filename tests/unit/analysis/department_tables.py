"""Tables of answers in which every respondent of a department answers alike."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from tests.planned import planned

from cosyn.analysis import ANALYSES, Context, Outcome
from cosyn.findings import Finding, Statistic
from cosyn.instrument.load import load_instrument
from cosyn.plan import LoadedPlan
from cosyn.responses import ResponseTable
from cosyn.scoring import facet_scores, keyed
from cosyn.study import bundled

INSTRUMENT = load_instrument(bundled() / "instrument")
PLAN = planned()
DYNAMICS = ("IP", "IN", "EP", "EN")


def changed(section: str, **changes: Any) -> LoadedPlan:
    """Return the bundled plan with some settings of a section changed."""
    whole = PLAN.plan
    new = getattr(whole, section).model_copy(update=changes)
    return dataclasses.replace(PLAN, plan=whole.model_copy(update={section: new}))


def departments(scores: Sequence[Mapping[str, float]], size: int = 5) -> ResponseTable:
    """Return a table: each row of scores by construct or facet is a department of `size`."""
    items = tuple(item.id for item in INSTRUMENT.scale_items_of("core-40"))[:40]
    rows, names = [], []
    for number, department in enumerate(scores):
        answer = [_score(department, item) for item in items]
        rows += [answer] * size
        names += [f"D{number}"] * size
    return table(np.array(rows, float), items, names)


def table(values: np.ndarray, items: tuple[str, ...], names: Sequence[str]) -> ResponseTable:
    n = len(values)
    return ResponseTable(
        items=items,
        matrix=values,
        missing=np.where(np.isnan(values), 3, 0).astype(np.int8),
        submissions=tuple(map(str, range(n))),
        departments=tuple(names),
        waves=("2026",) * n,
        languages=("en",) * n,
        respondents=("",) * n,
        forms=("",) * n,
        orders=("",) * n,
        seconds=np.full(n, np.nan),
        simulated=False,
    )


def _score(department: Mapping[str, float], item: str) -> float:
    about = INSTRUMENT.item(item)
    return department.get(about.facet, department.get(about.construct, 4.0))


def run(step: str, answers: ResponseTable, plan: LoadedPlan = PLAN) -> Outcome:
    items = keyed(answers, INSTRUMENT)
    facets = facet_scores(items, INSTRUMENT, plan.plan.facet_scores.minimum_answered)
    return ANALYSES[step].run(Context(INSTRUMENT, plan, answers, items, facets))


def found(outcome: Outcome, statistic: Statistic, *subject: str) -> Finding:
    rows = outcome.findings
    return next(r for r in rows if r.statistic == statistic and r.subject == subject)
