"""Who leaves gaps: the share of each construct's cells without an answer, also by group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.analysis._groupings import grouping_of
from cosyn.findings import Finding, Statistic
from cosyn.instrument.types import Missing
from cosyn.responses import MISSING_ORDER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from cosyn.analysis._groupings import Grouping
    from cosyn.analysis._types import Context

NAME = "items"
BELOW_CELL = "below the minimum cell"
NOT_ASKED = "not asked"
NOT_SHOWN = MISSING_ORDER.index(Missing.NOT_SHOWN)


def block_gaps(context: Context, by: Sequence[str]) -> Iterator[Finding]:
    """Share of the cells shown that hold no answer, of all and of each group of respondents.

    A share of fewer respondents than the plan's minimum cell is not shown.
    """
    everyone = np.ones(context.table.n, dtype=np.bool_)
    groupings = [grouping_of(context, name) for name in by]
    for name, grouping in zip(by, groupings, strict=True):
        if grouping is None:
            yield Finding(NAME, Statistic.BLOCK_MISSING, ("by", name), reason=NOT_ASKED)
    groups = [
        (g.name, label, g.labels == label) for g in groupings if g for label in _groups(context, g)
    ]
    for construct in context.instrument.constructs:
        places = [
            j
            for j, item in enumerate(context.table.items)
            if context.instrument.item(item).construct == construct.id
        ]
        if not places:
            continue
        missing = context.table.missing[:, places]
        yield _share((construct.id,), missing, everyone, 1)
        for name, label, chosen in groups:
            subject = construct.id, name, label
            yield _share(subject, missing, chosen, context.plan.plan.minimum_cell)


def _groups(context: Context, grouping: Grouping) -> Sequence[str]:
    """Options of an item, whether chosen or not; else the groups that there are."""
    if context.instrument.has_item(grouping.name):
        item = context.instrument.item(grouping.name)
        options = context.instrument.response_format(item).options
        return [str(option.code) for option in options]
    return list(grouping.sizes(np.ones(len(grouping.labels), bool)))


def _share(
    subject: tuple[str, ...], missing: NDArray[np.int8], chosen: NDArray[np.bool_], least: int
) -> Finding:
    n = int(chosen.sum())
    if n < least:
        return Finding(NAME, Statistic.BLOCK_MISSING, subject, reason=BELOW_CELL)
    cells = missing[chosen]
    shown = int((cells != NOT_SHOWN).sum())
    if not shown:
        return Finding(NAME, Statistic.BLOCK_MISSING, subject, reason="no item shown", n=n)
    gaps = int(((cells != NOT_SHOWN) & (cells != 0)).sum())
    return Finding(NAME, Statistic.BLOCK_MISSING, subject, gaps / shown, n=n)
