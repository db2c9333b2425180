"""Even-odd consistency (Jackson 1976; Johnson 2005), corrected by Spearman-Brown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.screening._correlation import WithinRespondents
from cosyn.screening._types import Rule, Sheet, Verdict, below, few, nothing, verdict

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cosyn.screening._types import ScaleItem
    from cosyn.thresholds import EvenOdd

LEAST_SCALES = 3
"""Two points always lie on a line."""


def halves(sheet: Sheet) -> list[tuple[list[ScaleItem], list[ScaleItem]]]:
    """Odd and even items of each facet with two items or more."""
    members: dict[str, list[ScaleItem]] = {}
    for item in sheet.scale:
        members.setdefault(item.item.facet, []).append(item)
    return [(items[0::2], items[1::2]) for items in members.values() if len(items) >= 2]


def mean_of(sheet: Sheet, items: list[ScaleItem]) -> NDArray[np.float64]:
    """Mean of the answered keyed items of each respondent, NaN without any, shape (n,)."""
    total, count = np.zeros(sheet.table.n), np.zeros(sheet.table.n)
    for item in items:
        codes = sheet.keyed(item)
        known = ~np.isnan(codes)
        total += np.where(known, codes, 0.0)
        count += known
    mean = np.full(len(total), np.nan)
    np.divide(total, count, out=mean, where=count > 0)
    return mean


def run(sheet: Sheet, rule: EvenOdd) -> Verdict:
    """Correlate, within each respondent, the means of odd and even items over the facets.

    The correlation r becomes 2r / (1 + r), not below -1, as in ``evenodd`` of the R package
    careless (which turns the sign round).
    """
    pairs = halves(sheet)
    if len(pairs) < LEAST_SCALES:
        return nothing(sheet.table.n, "fewer than three facets of two items", rule.less_than)
    within = WithinRespondents(sheet.table.n)
    for odd, even in pairs:
        within.add(mean_of(sheet, odd), mean_of(sheet, even))
    r, varies = within.correlations()
    corrected = np.full(len(r), -1.0)
    np.divide(2 * r, 1 + r, out=corrected, where=r > -1 + 1e-12)
    gaps = [
        few(sheet),
        (within.count < LEAST_SCALES, "fewer than three facets answered"),
        (~varies, "the answers do not vary"),
    ]
    return verdict(np.maximum(corrected, -1), gaps, rule.less_than, below)


RULE = Rule("even_odd", run)
