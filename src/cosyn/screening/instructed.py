"""Instructed items answered otherwise than they ask (Meade & Craig 2012)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.instrument.types import Missing
from cosyn.responses import MISSING_ORDER
from cosyn.screening._types import Rule, Sheet, Verdict, at_least, nothing, verdict

if TYPE_CHECKING:
    from cosyn.thresholds import Instructed

#: Who was told what to choose and says so chose something else.
_OTHER = [MISSING_ORDER.index(reason) for reason in (Missing.DONT_KNOW, Missing.NOT_APPLICABLE)]


def run(sheet: Sheet, rule: Instructed) -> Verdict:
    """Count the instructed items a respondent failed; one left out is not failed."""
    table = sheet.table
    failed, seen = np.zeros(table.n), np.zeros(table.n, bool)
    asked = False
    for column, name in enumerate(table.items):
        expected = sheet.instrument.item(name).expected
        if expected is None:
            continue
        asked = True
        codes, missing = table.matrix[:, column], table.missing[:, column]
        otherwise = np.isin(missing, _OTHER)
        failed += (~np.isnan(codes) & (codes != expected)) | otherwise
        seen |= ~np.isnan(codes) | otherwise
    if not asked:
        return nothing(table.n, "no instructed item", rule.at_least)
    return verdict(failed, [(~seen, "no instructed item answered")], rule.at_least, at_least)


RULE = Rule("instructed", run)
