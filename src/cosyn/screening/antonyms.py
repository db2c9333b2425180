"""Psychometric antonyms: like answers to items that others answer oppositely (Johnson 2005)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.screening._pairs import judge_pairs
from cosyn.screening._types import Rule, Sheet, Verdict, above

if TYPE_CHECKING:
    from cosyn.thresholds import Antonyms


def run(sheet: Sheet, rule: Antonyms) -> Verdict:
    """Correlate answers over the pairs that correlate less than `correlation` in the sample."""
    return judge_pairs(
        sheet, rule, lambda r: np.asarray(r < rule.correlation), rule.more_than, above
    )


RULE = Rule("antonyms", run)
