"""The same answer to items that are keyed against each other: nobody read them both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.screening._types import Rule, Sheet, Verdict, at_least, nothing, verdict

if TYPE_CHECKING:
    from cosyn.screening._types import ScaleItem
    from cosyn.thresholds import Reversed


def _opposites(sheet: Sheet) -> list[list[ScaleItem]]:
    """Items of one construct and response format, some of them keyed against the others."""
    groups: dict[tuple[str, str], list[ScaleItem]] = {}
    for item in sheet.scale:
        groups.setdefault((item.item.construct, item.response_format.id), []).append(item)
    return [items for items in groups.values() if len({i.item.reverse for i in items}) == 2]


def run(sheet: Sheet, rule: Reversed) -> Verdict:
    """Share of the pairs of opposite items answered with the same code.

    The middle answer agrees with both, so that pairs with it are left out. Items of each code are
    counted, which takes O(n) memory and no loop over pairs.
    """
    n = sheet.table.n
    groups = _opposites(sheet)
    if not groups:
        return nothing(n, "no items keyed against each other", rule.at_least)
    same, pairs = np.zeros(n), np.zeros(n)
    for items in groups:
        kind = items[0].response_format
        middle = (kind.minimum + kind.maximum) / 2
        totals = np.zeros((2, n))
        for code in (option.code for option in kind.options if option.code != middle):
            counts = np.zeros((2, n))
            for item in items:
                counts[int(item.item.reverse)] += sheet.codes(item) == code
            same += counts[0] * counts[1]
            totals += counts
        pairs += totals[0] * totals[1]
    share = np.divide(same, pairs, out=np.zeros(n), where=pairs > 0)
    few = pairs < rule.pairs, f"fewer than {rule.pairs} pairs of opposite items answered"
    return verdict(share, [few], rule.at_least, at_least)


RULE = Rule("reversed_items", run)
