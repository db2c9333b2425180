"""Standardised log-likelihood of the answers (Drasgow, Levine & Williams 1985)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.screening._categories import constructs
from cosyn.screening._likelihood import fit, likelihoods
from cosyn.screening._types import Rule, Sheet, Verdict, below, few, nothing, verdict

if TYPE_CHECKING:
    from cosyn.thresholds import PersonFit


def run(sheet: Sheet, rule: PersonFit) -> Verdict:
    """Add log-likelihoods, their means and variances up over the constructs, and standardise.

    The sum over several tests is that of Drasgow, Levine & McLaughlin (1991). With an estimated
    trait the index varies less than a standard normal variable, so that the rule is careful.
    """
    n = sheet.table.n
    observed, expected, variance = np.zeros((3, n))
    scales = 0
    for answers in constructs(sheet):
        probabilities = fit(answers)
        if probabilities is None:
            continue
        parts = likelihoods(answers.codes, probabilities)
        observed += parts.observed
        expected += parts.expected
        variance += parts.variance
        scales += 1
    if not scales:
        what = "no construct with three items that vary together"
        return nothing(n, what, rule.less_than)
    known = variance > 0
    value = np.zeros(n)
    value[known] = (observed - expected)[known] / np.sqrt(variance[known])
    gaps = [few(sheet), (~known, "no answers to these constructs")]
    return verdict(value, gaps, rule.less_than, below)


RULE = Rule("person_fit", run)
