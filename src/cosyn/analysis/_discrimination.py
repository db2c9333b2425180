"""Upper and lower groups of each construct's total, compared item by item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.engine.discrimination import upper_lower
from cosyn.findings import Finding, Statistic, Warned

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cosyn.analysis._types import Context
    from cosyn.plan import Convention

NAME = "items"
METHOD = "Kelley 1939; Welch 1947"
ALONE = "the construct has one item"


def discrimination(context: Context, share: float) -> Iterator[Finding]:
    """Critical ratio of every item: keyed, among those who answered all items of the construct."""
    items = [context.instrument.item(name) for name in context.table.items]
    for construct in context.instrument.constructs:
        mine = [item.id for item in items if item.construct == construct.id]
        if not mine:
            continue
        whole = context.items.complete(mine).values
        total = whole.sum(axis=1)
        for name, values in zip(mine, whole.T, strict=True):
            found = upper_lower(values, total, share, context.plan.plan.confidence)
            reason = ALONE if len(mine) == 1 else found.reason
            n = found.n_lower + found.n_upper
            if reason:
                for statistic in (Statistic.CRITICAL_RATIO, Statistic.UPPER_LOWER):
                    yield Finding(NAME, statistic, (name,), reason=reason, n=n)
                continue
            low, high = found.interval or (None, None)
            yield Finding(
                NAME,
                Statistic.CRITICAL_RATIO,
                (name,),
                found.t,
                p=found.pvalue,
                df=found.df,
                n=n,
                method=METHOD,
            )
            yield Finding(
                NAME,
                Statistic.UPPER_LOWER,
                (name,),
                found.difference,
                low=low,
                high=high,
                level=context.plan.plan.confidence,
                n=n,
                method=METHOD,
            )


def weak_items(rows: Sequence[Finding], conventions: Sequence[Convention]) -> Iterator[Warned]:
    """Items whose critical ratio is below what the plan calls customary."""
    for convention in conventions:
        least = convention.at_least
        if convention.statistic != Statistic.CRITICAL_RATIO or least is None:
            continue
        found = (row for row in rows if row.statistic == Statistic.CRITICAL_RATIO)
        weak = [r.subject[0] for r in found if r.value is not None and r.value < least]
        if weak:
            values = {
                "statistic": convention.statistic,
                "subjects": ", ".join(weak),
                "value": f"{least:g}",
                "source": convention.source,
            }
            yield Warned(NAME, "below_convention", values)
