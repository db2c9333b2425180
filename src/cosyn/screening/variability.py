"""Intra-individual response variability (Dunn et al. 2018): hardly any is straight-lining."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.screening._types import Rule, Sheet, Verdict, few, quantile, verdict

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cosyn.thresholds import Variability


def deviations(sheet: Sheet) -> NDArray[np.float64]:
    """Standard deviation (divisor k - 1) of each respondent's codes, shape (n,); memory O(n).

    NaN for fewer than two answers.
    """
    n = sheet.table.n
    k, total, squares = np.zeros(n), np.zeros(n), np.zeros(n)
    for item in sheet.scale:
        codes = sheet.codes(item)
        known = ~np.isnan(codes)
        filled = np.where(known, codes, 0.0)
        k += known
        total += filled
        squares += filled**2
    enough = k >= 2
    spread = np.full(n, np.nan)
    # Codes are whole numbers: the difference is exact, and nought where all answers are the same.
    sums = (squares * k - total**2)[enough]
    spread[enough] = np.sqrt(sums / (k * (k - 1))[enough])
    return spread


def run(sheet: Sheet, rule: Variability) -> Verdict:
    """Flag values at or below the quantile, unless all respondents have the same value."""
    spread = deviations(sheet)
    without, why = few(sheet)
    known = np.where(without, np.nan, spread)
    threshold = quantile(known, rule.quantile)
    differ = threshold is not None and bool(np.nanmax(known) > threshold)
    return verdict(spread, [(without, why)], threshold, lambda v, t: np.asarray((v <= t) & differ))


RULE = Rule("variability", run)
