"""Lead and cooperating departments of one matter: how alike their answers are, who acts on whom."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from cosyn.analysis._constructs import scored
from cosyn.analysis._types import Analysis, Context, Outcome
from cosyn.findings import Finding, Statistic, Warned
from cosyn.synergy.dyads import actor_partner, sides

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from cosyn.engine.regression import Quantity
    from cosyn.plan import Dyads

NAME = "dyads"
NO_PAIRS = "neither the plan nor the answers name pairs of departments"
NO_ROLE = "nobody was asked for the role of the department"
TOO_FEW = "fewer pairs with both sides than the plan asks for"
PATTERNS = 3
"""Different scores behind what a side says: as where departments are described."""
SIDES = ("lead", "cooperating")
_row = partial(Finding, NAME)
Pair = tuple["NDArray[np.bool_]", "NDArray[np.bool_]"]
"""Respondents of the lead side of a matter, and of the cooperating one."""


def run(context: Context) -> Outcome:
    """Compare the sides on every construct, and let both sides' scores predict each outcome."""
    section = context.plan.plan.dyads
    if section is None:
        return Outcome(())
    pairs = _pairs(context, section) if section.pairs else _matters(context, section)
    if isinstance(pairs, str):
        return Outcome((_row(Statistic.COUNT, ("pairs",), reason=pairs),))
    scores = {name: _sides(context, name, pairs) for name in _names(section)}
    n = min(_both(score) for score in scores.values())
    if n < section.least:
        return Outcome((_row(Statistic.COUNT, ("pairs",), reason=TOO_FEW),))
    exploratory = n < section.exploratory_below
    label = "exploratory" if exploratory else ""
    rows = [_row(Statistic.COUNT, ("pairs",), n, label=label)]
    rows += _compared(context, scores)
    rows += _effects(context, section, scores)
    gaps = {"n": str(n), "least": str(section.exploratory_below)}
    return Outcome(tuple(rows), (Warned(NAME, "exploratory_pairs", gaps),) if exploratory else ())


def _names(section: Dyads) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*section.constructs, section.outcome)))


def _pairs(context: Context, section: Dyads) -> list[Pair] | str:
    """Respondents of each side of the plan's pairs, by what they say of their department."""
    asked = context.table if context.asked is None else context.asked
    if section.role not in asked.items:
        return NO_ROLE
    role = asked.columns([section.role])[:, 0]
    departments = np.array(context.table.departments, object)

    def side(department: str, code: int) -> NDArray[np.bool_]:
        return np.asarray((departments == department) & (role == code), bool)

    return [
        (side(pair.lead, section.lead), side(pair.cooperating, section.cooperating))
        for pair in section.pairs
    ]


def _matters(context: Context, section: Dyads) -> list[Pair] | str:
    """Respondents of each side of every matter, by what is known of the answers."""
    known = context.table.metadata
    matters = np.array(known.get(section.matter, ()), object)
    sides = known.get(section.side, ())
    if not len(matters) or not any(sides):
        return NO_PAIRS
    lead, cooperating = (
        np.array([side in words for side in sides], bool)
        for words in (section.sides.lead, section.sides.cooperating)
    )
    found = []
    for name in sorted({str(matter) for matter in matters if matter}):
        here = np.asarray(matters == name, bool)
        if (here & lead).any() and (here & cooperating).any():
            found.append((here & lead, here & cooperating))
    return found or NO_PAIRS


def _sides(context: Context, construct: str, pairs: Sequence[Pair]) -> NDArray[np.float64]:
    """Mean score of each side of each pair, shape (pairs, 2); NaN where it may not be told."""
    values = scored(context, construct).values
    least = context.plan.plan.minimum_cell

    def mean(rows: NDArray[np.bool_]) -> float:
        mine = values[rows & np.isfinite(values)]
        enough = len(mine) >= least and len(np.unique(mine)) >= PATTERNS
        return float(mine.mean()) if enough else np.nan

    return np.array([(mean(lead), mean(cooperating)) for lead, cooperating in pairs])


def _both(score: NDArray[np.float64]) -> int:
    return int(np.isfinite(score).all(axis=1).sum())


def _compared(context: Context, scores: Mapping[str, NDArray[np.float64]]) -> Iterator[Finding]:
    level = context.plan.plan.confidence
    for name, score in scores.items():
        found = sides(score[:, 0], score[:, 1], level)
        yield _estimate(Statistic.SIDES_CORRELATION, (name,), found.correlation, found.n, level)
        yield _estimate(Statistic.SIDES_DIFFERENCE, (name,), found.difference, found.n, level)


def _effects(
    context: Context, section: Dyads, scores: Mapping[str, NDArray[np.float64]]
) -> Iterator[Finding]:
    level = context.plan.plan.confidence
    outcome = scores[section.outcome].T
    for name in section.constructs:
        if name == section.outcome:
            continue
        predictor = scores[name].T
        n = int(np.isfinite(np.vstack([predictor, outcome])).all(axis=0).sum())
        found = actor_partner((predictor[0], predictor[1]), (outcome[0], outcome[1]), level)
        for side in SIDES:
            for effect in found[side]:
                subject = (section.outcome, name, side, effect.name)
                yield _estimate(Statistic.DYAD_EFFECT, subject, effect, n, level)


def _estimate(
    statistic: Statistic, subject: tuple[str, ...], found: Quantity, n: int, level: float
) -> Finding:
    return _row(
        statistic,
        subject,
        found.value,
        reason=found.reason if found.value is None else "",
        se=found.se,
        low=found.lower,
        high=found.upper,
        level=level if found.lower is not None else None,
        p=found.pvalue,
        n=n,
    )


ANALYSIS = Analysis(NAME, run, after=())
