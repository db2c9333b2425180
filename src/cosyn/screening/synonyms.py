"""Psychometric synonyms: unlike answers to items that others answer alike (Meade & Craig 2012)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.screening._pairs import judge_pairs
from cosyn.screening._types import Rule, Sheet, Verdict, below

if TYPE_CHECKING:
    from cosyn.thresholds import Synonyms


def run(sheet: Sheet, rule: Synonyms) -> Verdict:
    """Correlate answers over the pairs that correlate more than `correlation` in the sample."""
    return judge_pairs(
        sheet, rule, lambda r: np.asarray(r > rule.correlation), rule.less_than, below
    )


RULE = Rule("synonyms", run)
