"""Chi-square difference of nested models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.chisquare import chi_square

if TYPE_CHECKING:
    from cosyn.engine.sem import SemFit

#: How far below zero, relative to the statistics, rounding may put a difference.
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class ChiSquareDifference:
    """The test of a restricted model within a fuller one.

    Attributes
    ----------
    chisq : float or None
    df : int or None
    pvalue : float or None
    reason : str
        Why there is no test, "" if there is one.
    """

    chisq: float | None
    df: int | None
    pvalue: float | None
    reason: str = ""


def chi_square_difference(restricted: SemFit, full: SemFit) -> ChiSquareDifference:
    """Likelihood-ratio test; both models must be fitted by ML to the same moments.

    Whether the models are nested is for the caller to know; the test is refused where the
    numbers show that they are not.
    """
    reason = _obstacle(restricted, full)
    if reason:
        return ChiSquareDifference(None, None, None, reason)
    assert restricted.measures
    assert full.measures
    a, b = restricted.measures, full.measures
    difference = a.chisq - b.chisq
    if difference < -_ROUNDING * max(1.0, b.chisq):
        return ChiSquareDifference(
            None, None, None, "the restricted model fits better: the models are not nested"
        )
    test = chi_square(max(difference, 0.0), a.df - b.df)
    return ChiSquareDifference(test.value, int(test.df), test.pvalue)


def _obstacle(restricted: SemFit, full: SemFit) -> str:
    for fit, name in ((restricted, "restricted"), (full, "full")):
        if fit.measures is None:
            return f"the {name} model was not estimated: {', '.join(fit.status.reasons)}"
    if set(restricted.table.observed) != set(full.table.observed):
        return "the models are of different variables"
    if restricted.n != full.n or not _same_data(restricted, full):
        return "the models were fitted to different respondents"
    if restricted.table.df <= full.table.df:
        return "the restricted model does not have more degrees of freedom"
    return ""


def _same_data(restricted: SemFit, full: SemFit) -> bool:
    if len(restricted.groups) != len(full.groups):
        return False
    others = [group.subset(restricted.table.observed) for group in full.groups]
    return all(
        mine.n == other.n and np.allclose(mine.cov, other.cov, rtol=1e-9, atol=1e-12)
        for mine, other in zip(restricted.groups, others, strict=True)
    )
