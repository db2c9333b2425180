"""Seconds an item: too quick to have read (Huang et al. 2012)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.screening._pace import seconds_per_item
from cosyn.screening._types import Rule, Sheet, Verdict, below, nothing, verdict

if TYPE_CHECKING:
    from cosyn.thresholds import Seconds


def run(sheet: Sheet, rule: Seconds) -> Verdict:
    """Divide the time by the items that were shown, background questions included."""
    table = sheet.table
    if np.isnan(table.seconds).all():
        return nothing(table.n, "no times recorded", rule.less_than)
    pace = seconds_per_item(table)
    gaps = [
        (np.isnan(table.seconds), "no time recorded"),
        (np.isnan(pace), "the time is not above zero, or no item was shown"),
    ]
    return verdict(pace, gaps, rule.less_than, below)


RULE = Rule("seconds", run)
