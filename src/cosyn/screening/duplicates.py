"""Others with the very same answers to every item: copied, or sent twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.screening._twins import SAME, answer_codes, others_alike, same_throughout
from cosyn.screening._types import Rule, Sheet, Verdict, at_least, few, verdict

if TYPE_CHECKING:
    from cosyn.thresholds import Duplicates


def run(sheet: Sheet, rule: Duplicates) -> Verdict:
    """Count equal rows by hashing: O(n log n) time, O(n) memory.

    Who gave the same answer throughout is left to other rules: many do so on their own.
    """
    codes = answer_codes(sheet)
    alike = others_alike(codes).astype(float)
    gaps = [few(sheet), (same_throughout(codes), SAME)]
    return verdict(alike, gaps, rule.at_least, at_least)


RULE = Rule("duplicates", run)
