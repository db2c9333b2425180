"""Others with nearly the same answers: copied and altered (Kuriakose & Robbins 2016)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.screening._twins import SAME, answer_codes, near_twins, same_throughout
from cosyn.screening._types import Rule, Sheet, Verdict, at_least, few, verdict

if TYPE_CHECKING:
    from cosyn.thresholds import NearDuplicates


def run(sheet: Sheet, rule: NearDuplicates) -> Verdict:
    """Count rows that agree in at least a share of the items, equal ones included.

    Only rows that share a band of answers are compared; the count is a lower bound where more
    than `neighbours` rows share one.
    """
    codes = answer_codes(sheet)
    constant = same_throughout(codes)
    gaps = [few(sheet), (constant, SAME)]
    judged = ~(gaps[0][0] | constant)
    alike = judged.astype(float)
    alike[judged] = near_twins(codes[judged], rule.share, rule.neighbours)
    return verdict(alike, gaps, rule.at_least, at_least)


RULE = Rule("near_duplicates", run)
