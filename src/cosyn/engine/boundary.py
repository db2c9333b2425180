"""Whether an estimate beyond a bound, such as a negative variance, is more than chance.

Savalei & Kolenikov (2008), *Constrained versus unconstrained estimation in structural equation
modeling*, Psychological Methods 13, 150-170; Self & Liang (1987).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc

from cosyn.engine.constraints import constraints_of
from cosyn.engine.difference import ChiSquareDifference

if TYPE_CHECKING:
    from cosyn.engine.estimation import SemFit

#: Loss of fit that is rounding error.
_ROUNDING = 1e-8


def boundary_test(bounded: SemFit, unbounded: SemFit) -> ChiSquareDifference:
    """Test the bound that a fit reached by what the fit without it gains.

    If the parameter is on its bound in the population, the gain is 0 for half of all samples and
    chi-square with one degree of freedom for the others: the p-value is half that of the latter.
    A small one says that no such value of the parameter explains the data: the model is wrong.

    Parameters
    ----------
    bounded, unbounded : SemFit
        Fits of one model to one sample, with and without bounds.

    Returns
    -------
    ChiSquareDifference
        Of method ``"boundary"``, with a reason in the place of numbers if there is no such test.
    """
    reason = _obstacle(bounded, unbounded)
    if reason:
        return ChiSquareDifference(None, None, None, reason, method="boundary")
    assert bounded.tests
    assert unbounded.tests
    gain = max(bounded.tests.model.value - unbounded.tests.model.value, 0.0)
    p = 1.0 if gain < _ROUNDING else float(chdtrc(1, gain)) / 2
    return ChiSquareDifference(gain, 1, p, method="boundary")


def _obstacle(bounded: SemFit, unbounded: SemFit) -> str:
    for fit, name in ((bounded, "bounded"), (unbounded, "unbounded")):
        if fit.measures is None:
            return f"the {name} model was not estimated: {', '.join(fit.status.reasons)}"
    if not _alike(bounded, unbounded):
        return "the fits are of different models, estimators or respondents"
    chosen, rules = unbounded.options.resolved(), constraints_of(bounded.table)
    if chosen.test != "standard" or chosen.robust:
        return f"there is no such test with the estimator {chosen.name}"
    if unbounded.options.bounds is not None or rules is None or not rules.bounded:
        return "one of the fits must have bounds, and the other none"
    if np.sum(rules.at_bound(bounded.x)) > 1:
        return "several bounds are reached, and the distribution for several is not known here"
    return ""


def _alike(bounded: SemFit, unbounded: SemFit) -> bool:
    """Whether only the bounds differ."""
    rows = [
        tuple(replace(row, lower=-np.inf, upper=np.inf) for row in fit.table.rows)
        for fit in (bounded, unbounded)
    ]
    same = rows[0] == rows[1] and bounded.options.estimator == unbounded.options.estimator
    return same and all(
        a.n == b.n and np.allclose(a.cov, b.cov, rtol=1e-9, atol=1e-12)
        for a, b in zip(bounded.groups, unbounded.groups, strict=True)
    )
