"""Whether the answers can bear what scores, models and hypotheses take for granted."""

from __future__ import annotations

from functools import partial
from statistics import fmean
from typing import TYPE_CHECKING

from cosyn.analysis._types import Analysis, Context, Outcome
from cosyn.findings import Finding, Statistic, Warned

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NAME = "premises"
ALPHA = 0.05
"""Of Bartlett's test: above it correlations do not differ from those of unrelated items."""
MANY_HIGHEST = 0.25
"""Share of highest answers from which on the test of a product rejects too often: our rule, from
``benchmarks/simulation_study.py``, where a third of the answers were the highest."""
NOT_EXPLORED = "the number of factors was not explored"
METHOD = "Bartlett 1951; Horn 1965"
_row = partial(Finding, NAME, Statistic.STRUCTURE_FOUND)


def run(context: Context) -> Outcome:
    """Say whether items go together, whether apart, and whether products are in danger.

    Without any structure, by Bartlett's test or because parallel analysis suggests no factor,
    nothing that follows has a meaning; with a single factor the constructs that were asked for
    are not told apart. Where answers pile up at the top, additive effects bend, and pass for an
    interaction. All of it must be said in words: models of such data may well be estimated.
    """
    rows, warnings = _structure(context)
    return Outcome(tuple(rows), (*warnings, *_ceilings(context)))


def _structure(context: Context) -> tuple[list[Finding], list[Warned]]:
    section = context.plan.plan.dimensionality
    if section is None:
        return [], []
    bartlett = _earlier(context.earlier, Statistic.BARTLETT)
    factors = _earlier(context.earlier, Statistic.SUGGESTED_FACTORS)
    if bartlett is None or factors is None or bartlett.p is None or factors.value is None:
        return [_row(reason=NOT_EXPLORED)], []
    count = int(factors.value)
    constructs = {item.construct for item in context.items_with(section.select)}
    label = _label(bartlett.p, count, len(constructs))
    row = _row(value=count, label=label, p=bartlett.p, n=factors.n, method=METHOD)
    if label == "none":
        values = {"p": f"{bartlett.p:.3f}", "factors": str(count)}
        return [row], [Warned(NAME, "no_structure", values)]
    if label == "one_factor":
        values = {"constructs": str(len(constructs))}
        return [row], [Warned(NAME, "one_factor_found", values)]
    return [row], []


def _ceilings(context: Context) -> Iterator[Warned]:
    """Name the constructs of products whose items have many highest answers."""
    structure = context.plan.plan.structure
    models = structure.models if structure else ()
    factors = dict.fromkeys(f for m in models for pair in m.products.values() for f in pair)
    ceilings = {
        row.subject[0]: row.value
        for row in context.earlier
        if row.statistic == Statistic.CEILING and row.value is not None
    }
    shares = {}
    for factor in factors:
        items = [n for n in context.table.items if context.instrument.item(n).construct == factor]
        known = [ceilings[name] for name in items if name in ceilings]
        if known and fmean(known) >= MANY_HIGHEST:
            shares[factor] = fmean(known)
    if shares:
        values = {"constructs": ", ".join(shares), "share": f"{100 * max(shares.values()):.0f}"}
        yield Warned(NAME, "ceiling_products", values)


def _label(p: float, factors: int, constructs: int) -> str:
    if p >= ALPHA or factors == 0:
        return "none"
    return "one_factor" if factors == 1 and constructs > 1 else "factors"


def _earlier(rows: Sequence[Finding], statistic: Statistic) -> Finding | None:
    return next((row for row in rows if row.statistic == statistic), None)


ANALYSIS = Analysis(NAME, run)
