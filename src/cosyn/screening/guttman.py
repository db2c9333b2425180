"""Normed Guttman errors: hard steps taken while easy ones are not (Emons 2008)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.screening._categories import constructs
from cosyn.screening._guttman import errors
from cosyn.screening._types import Rule, Sheet, Verdict, above, few, nothing, verdict

if TYPE_CHECKING:
    from cosyn.thresholds import Guttman

_NORMAL = 1.482602218505602
"""Makes the median absolute deviation that of a normal distribution's standard deviation."""


def run(sheet: Sheet, rule: Guttman) -> Verdict:
    """Add errors and their greatest numbers up over the constructs, and divide.

    The threshold is the median plus so many median absolute deviations (Leys et al. 2013), which
    careless respondents hardly move.
    """
    n = sheet.table.n
    made, most = np.zeros(n), np.zeros(n)
    scales = 0
    for answers in constructs(sheet):
        found, greatest = errors(answers)
        made += found
        most += greatest
        scales += 1
    if not scales:
        return nothing(n, "no construct with three items")
    value = np.divide(made, most, out=np.zeros(n), where=most > 0)
    without, why = few(sheet)
    known = value[~without & (most > 0)]
    threshold = None
    if len(known):
        centre = float(np.median(known))
        threshold = centre + rule.deviations * _NORMAL * float(np.median(np.abs(known - centre)))
    gaps = [(without, why), (most <= 0, "only lowest or highest answers")]
    return verdict(value, gaps, threshold, above)


RULE = Rule("guttman", run)
