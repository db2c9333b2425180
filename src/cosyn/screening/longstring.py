"""Longest run of the same answer (Johnson 2005), against the sample's quantile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.screening._types import Rule, Sheet, Verdict, above, few, quantile, verdict

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cosyn.thresholds import Longstring


def longest_runs(sheet: Sheet) -> NDArray[np.float64]:
    """Longest run of one code over the items in the pages' order; a gap ends a run, shape (n,).

    As ``longstring`` of the R package careless counts them; memory O(n).
    """
    n = sheet.table.n
    current, longest = np.zeros(n), np.zeros(n)
    previous = np.full(n, np.nan)
    for item in sheet.scale:
        codes = sheet.codes(item)
        # NaN equals nothing, so that a gap ends a run and begins none.
        current = np.where(codes == previous, current + 1, np.where(np.isnan(codes), 0.0, 1.0))
        np.maximum(longest, current, out=longest)
        previous = codes
    return longest


def run(sheet: Sheet, rule: Longstring) -> Verdict:
    """Flag runs longer than the quantile, or longer than a share of the items.

    Ties with the threshold, which is the lower of the two, are not flagged.
    """
    runs = longest_runs(sheet)
    without, why = few(sheet)
    threshold = quantile(np.where(without, np.nan, runs), rule.quantile)
    if threshold is not None:
        threshold = min(threshold, rule.share * len(sheet.scale))
    return verdict(runs, [(without, why)], threshold, above)


RULE = Rule("longstring", run)
