"""Share of the items shown that have no answer, whatever the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.instrument.types import Missing as Reason
from cosyn.responses import MISSING_ORDER
from cosyn.screening._types import Rule, Sheet, Verdict, above, verdict

if TYPE_CHECKING:
    from cosyn.thresholds import Missing

_NOT_SHOWN = MISSING_ORDER.index(Reason.NOT_SHOWN)


def run(sheet: Sheet, rule: Missing) -> Verdict:
    """Divide the gaps among the items of the scales by those that were shown."""
    n = sheet.table.n
    shown, gaps = np.zeros(n), np.zeros(n)
    for item in sheet.scale:
        reason = sheet.table.missing[:, item.column]
        shown += reason != _NOT_SHOWN
        gaps += (reason != 0) & (reason != _NOT_SHOWN)
    share = np.divide(gaps, shown, out=np.zeros(n), where=shown > 0)
    return verdict(share, [(shown == 0, "no item shown")], rule.more_than, above)


RULE = Rule("missing", run)
