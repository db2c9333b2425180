"""Submissions of one department one after another that are alike, or all improbably quick."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.screening._pace import seconds_per_item
from cosyn.screening._twins import BLOCK, answer_codes
from cosyn.screening._types import Rule, Sheet, Verdict, at_least, few, verdict

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cosyn.thresholds import Sequence


def run(sheet: Sheet, rule: Sequence) -> Verdict:
    """Length of the run of submissions a respondent's own belongs to; O(n) memory.

    Departments are followed in stored order. Two submissions after one another belong to one run
    if they agree in at least `share` of the items or both took less than `less_than` an item.
    """
    n = sheet.table.n
    departments = np.array(sheet.table.departments, dtype=object)
    _, place = np.unique(departments.astype(str), return_inverse=True)
    order = np.argsort(place, kind="stable")
    where = place.ravel()[order]
    linked = np.zeros(n, bool)
    if n > 1:
        linked[1:] = (where[1:] == where[:-1]) & (
            _alike(sheet, order, rule.share) | _quick(sheet, order, rule.less_than)
        )
    begins = np.cumsum(~linked)
    lengths = np.bincount(begins, minlength=1)[begins] if n else np.zeros(0)
    value = np.empty(n)
    value[order] = lengths
    unknown = np.fromiter((not name for name in sheet.table.departments), bool, n)
    gaps = [(unknown, "no department recorded"), few(sheet)]
    return verdict(value, gaps, rule.run, at_least)


def _alike(sheet: Sheet, order: NDArray[np.intp], share: float) -> NDArray[np.bool_]:
    """Whether each submission after the first agrees with the one before it, shape (n - 1,)."""
    codes = answer_codes(sheet)
    same = np.empty(len(order) - 1)
    for start in range(0, len(same), BLOCK):
        rows = order[start : start + BLOCK + 1]
        now, before = codes[rows[1:]], codes[rows[:-1]]
        same[start : start + BLOCK] = (now == before).sum(axis=1)
    return np.asarray(same >= share * codes.shape[1] - 1e-9)


def _quick(sheet: Sheet, order: NDArray[np.intp], least: float) -> NDArray[np.bool_]:
    # NaN is not less than anything: who has no time is not quick.
    quick = (seconds_per_item(sheet.table) < least)[order]
    return np.asarray(quick[1:] & quick[:-1])


RULE = Rule("sequence", run)
