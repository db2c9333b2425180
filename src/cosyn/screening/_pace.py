"""How long respondents took."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.instrument.types import Missing
from cosyn.responses import MISSING_ORDER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cosyn.responses import ResponseTable

_NOT_SHOWN = MISSING_ORDER.index(Missing.NOT_SHOWN)


def shown(table: ResponseTable) -> NDArray[np.int64]:
    """Items that were put to each respondent, shape (n,)."""
    counts = np.zeros(table.n, np.int64)
    for column in range(len(table.items)):
        counts += table.missing[:, column] != _NOT_SHOWN
    return counts


def seconds_per_item(table: ResponseTable) -> NDArray[np.float64]:
    """Seconds by the items that were shown; NaN where there are none, or no time above zero."""
    counts = shown(table)
    known = (counts > 0) & (np.nan_to_num(table.seconds) > 0)
    pace = np.full(table.n, np.nan)
    pace[known] = table.seconds[known] / counts[known]
    return pace
