"""Mahalanobis distance from the others (Mahalanobis 1936), robust and with gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.screening._distance import BLOCK, moments, p_values, squared_distances
from cosyn.screening._types import Rule, Sheet, Verdict, below, few, nothing, verdict

if TYPE_CHECKING:
    from cosyn.thresholds import Mahalanobis

MOST = 20_000
"""Moments rest on so many respondents at most, evenly spaced over the table."""


def run(sheet: Sheet, rule: Mahalanobis) -> Verdict:
    """Give the p-value of each respondent's distance over the items he or she answered.

    Items that nobody answers differently say nothing and are left out. Beyond `MOST` respondents
    the moments are those of an even selection, so that memory stays bounded.
    """
    table = sheet.table
    columns = [i.column for i in sheet.scale if _varies(sheet, i.column)]
    if not columns:
        return nothing(table.n, "no item varies", rule.alpha)
    step = -(-table.n // MOST)
    at = moments(table.matrix[::step][:, columns], robust=rule.robust)
    if at is None:
        what = "too few respondents for the items, or items that depend on one another"
        return nothing(table.n, what, rule.alpha)
    value = np.empty(table.n)
    for start in range(0, table.n, BLOCK):
        rows = slice(start, start + BLOCK)
        value[rows] = p_values(*squared_distances(table.matrix[rows][:, columns], at))
    return verdict(value, [few(sheet)], rule.alpha, below)


def _varies(sheet: Sheet, column: int) -> bool:
    codes = sheet.table.matrix[:, column]
    known = codes[~np.isnan(codes)]
    return len(known) > 0 and bool(known.min() < known.max())


RULE = Rule("mahalanobis", run)
