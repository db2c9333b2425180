"""Whether the answers hold the structure that scores, models and hypotheses take for granted."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cosyn.analysis._types import Analysis, Context, Outcome
from cosyn.findings import Finding, Statistic, Warned

if TYPE_CHECKING:
    from collections.abc import Sequence

NAME = "premises"
ALPHA = 0.05
"""Of Bartlett's test: above it correlations do not differ from those of unrelated items."""
NOT_EXPLORED = "the number of factors was not explored"
METHOD = "Bartlett 1951; Horn 1965"
_row = partial(Finding, NAME, Statistic.STRUCTURE_FOUND)


def run(context: Context) -> Outcome:
    """Read from the exploration of the items whether they go together, and whether apart.

    Without any structure, by Bartlett's test or because parallel analysis suggests no factor,
    nothing that follows has a meaning; with a single factor the constructs that were asked for
    are not told apart. Both must be said in words: models of such data may well be estimated.
    """
    section = context.plan.plan.dimensionality
    if section is None:
        return Outcome(())
    bartlett = _earlier(context.earlier, Statistic.BARTLETT)
    factors = _earlier(context.earlier, Statistic.SUGGESTED_FACTORS)
    if bartlett is None or factors is None or bartlett.p is None or factors.value is None:
        return Outcome((_row(reason=NOT_EXPLORED),))
    count = int(factors.value)
    constructs = {item.construct for item in context.items_with(section.select)}
    label = _label(bartlett.p, count, len(constructs))
    row = _row(value=count, label=label, p=bartlett.p, n=factors.n, method=METHOD)
    if label == "none":
        values = {"p": f"{bartlett.p:.3f}", "factors": str(count)}
        return Outcome((row,), (Warned(NAME, "no_structure", values),))
    if label == "one_factor":
        values = {"constructs": str(len(constructs))}
        return Outcome((row,), (Warned(NAME, "one_factor_found", values),))
    return Outcome((row,))


def _label(p: float, factors: int, constructs: int) -> str:
    if p >= ALPHA or factors == 0:
        return "none"
    return "one_factor" if factors == 1 and constructs > 1 else "factors"


def _earlier(rows: Sequence[Finding], statistic: Statistic) -> Finding | None:
    return next((row for row in rows if row.statistic == statistic), None)


ANALYSIS = Analysis(NAME, run)
