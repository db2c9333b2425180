"""Who leaves gaps: the share of each construct's cells without an answer, also by background."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.findings import Finding, Statistic
from cosyn.instrument.types import Missing
from cosyn.responses import MISSING_ORDER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from cosyn.analysis._types import Context

NAME = "items"
BELOW_CELL = "below the minimum cell"
NOT_ASKED = "not asked"
NOT_SHOWN = MISSING_ORDER.index(Missing.NOT_SHOWN)


def block_gaps(context: Context, by: Sequence[str]) -> Iterator[Finding]:
    """Share of the cells shown that hold no answer, of all and of those who chose each option.

    A share of fewer respondents than the plan's minimum cell is not shown.
    """
    everyone = np.ones(context.table.n, dtype=np.bool_)
    table = context.table if context.asked is None else context.asked
    known = [name for name in by if name in table.items]
    for name in by:
        if name not in known:
            yield Finding(NAME, Statistic.BLOCK_MISSING, ("by", name), reason=NOT_ASKED)
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
        for name in known:
            codes = table.columns([name])[:, 0]
            item = context.instrument.item(name)
            for option in context.instrument.response_format(item).options:
                subject = construct.id, name, str(option.code)
                chosen = codes == option.code
                yield _share(subject, missing, chosen, context.plan.plan.minimum_cell)


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
