"""Answers to the items of one construct as numbers of categories."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from cosyn.screening._types import Sheet

LEAST_ITEMS = 3
"""Fewer items have hardly an order that one can depart from."""


@dataclass(frozen=True, slots=True, eq=False)
class Categories:
    """Answers of n respondents to k keyed items of one construct.

    Attributes
    ----------
    codes : ndarray of int8, shape (n, k)
        0, 1, ... from the lowest category to the highest; -1 where there is no answer.
    counts : tuple of int, length k
        Categories of each item.
    """

    codes: NDArray[np.int8]
    counts: tuple[int, ...]


def constructs(sheet: Sheet) -> Iterator[Categories]:
    """The constructs with three items or more, one after another: memory is that of one."""
    for construct in sheet.instrument.constructs:
        items = [i for i in sheet.scale if i.item.construct == construct.id]
        if len(items) < LEAST_ITEMS:
            continue
        codes = np.full((sheet.table.n, len(items)), -1, np.int8)
        for j, item in enumerate(items):
            values = sheet.keyed(item)
            for number, option in enumerate(_options(sheet, item.column)):
                codes[values == option, j] = number
        yield Categories(codes, tuple(len(i.response_format.options) for i in items))


def _options(sheet: Sheet, column: int) -> list[float]:
    """Codes of an item's options as `keyed` gives them, in increasing order."""
    item = next(i for i in sheet.scale if i.column == column)
    kind = item.response_format
    codes = [float(option.code) for option in kind.options]
    if item.item.reverse:
        codes = [kind.minimum + kind.maximum - code for code in codes]
    return sorted(codes)
