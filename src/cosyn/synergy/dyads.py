"""Two departments of one matter, the lead and the cooperating one, as a pair.

Members of a pair are told apart by their role, so that agreement is a correlation of two columns
and not of interchangeable members, and the actor-partner interdependence model is two regressions,
one an outcome's side (Kenny, Kashy & Cook 2006, *Dyadic Data Analysis*, chapters 2 and 7).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from cosyn.engine.inference import check_level
from cosyn.engine.regression import Quantity, coefficients, ols, quantity

if TYPE_CHECKING:
    from cosyn.engine._typing import Vector

FEW = "fewer than four pairs"
CONSTANT = "one side does not vary"


@dataclass(frozen=True, slots=True)
class Sides:
    """How alike the two sides of pairs are.

    Attributes
    ----------
    n : int
        Pairs with both sides.
    correlation : Quantity
        Of the two sides, its interval by Fisher's z.
    difference : Quantity
        Lead less cooperating: the mean of the pairs' differences (paired t).
    """

    n: int
    correlation: Quantity
    difference: Quantity


def sides(lead: Vector, cooperating: Vector, level: float = 0.95) -> Sides:
    """Compare the two sides of pairs on one score.

    Parameters
    ----------
    lead, cooperating : ndarray, shape (n,)
        Pairs with a NaN are left out.
    level : float
        Of the intervals.

    Raises
    ------
    IdentificationError
        If the level is not between 0 and 1.
    """
    check_level(level)
    both = np.isfinite(lead) & np.isfinite(cooperating)
    a, b = lead[both], cooperating[both]
    n = len(a)
    if n < 4:
        none = Quantity("", None, reason=FEW)
        return Sides(n, none, none)
    gap = a - b
    se = float(gap.std(ddof=1) / np.sqrt(n))
    difference = quantity("difference", float(gap.mean()), se, n - 1, level)
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return Sides(n, Quantity("correlation", None, reason=CONSTANT), difference)
    return Sides(n, _correlation(a, b, level), difference)


def _correlation(a: Vector, b: Vector, level: float) -> Quantity:
    r = float(np.asarray(np.corrcoef(a, b))[0, 1])
    if abs(r) >= 1:
        return Quantity("correlation", float(np.sign(r)))
    # The test is t's, which is exact for normal scores; the interval is Fisher's.
    n = len(a)
    exact = quantity("correlation", r, float(np.sqrt((1 - r**2) / (n - 2))), n - 2, level)
    z, reach = np.arctanh(r), float(ndtri((1 + level) / 2)) / np.sqrt(n - 3)
    low, high = float(np.tanh(z - reach)), float(np.tanh(z + reach))
    return Quantity("correlation", r, exact.se, exact.t, exact.pvalue, low, high)


def actor_partner(
    predictor: tuple[Vector, Vector], outcome: tuple[Vector, Vector], level: float = 0.95
) -> dict[str, tuple[Quantity, Quantity]]:
    """Regress each side's outcome on its own predictor (actor) and the other side's (partner).

    Parameters
    ----------
    predictor, outcome : tuple of ndarray, shape (n,)
        Lead and cooperating side; pairs with a NaN are left out.

    Returns
    -------
    dict
        ``"lead"`` and ``"cooperating"`` -> effect of the actor and of the partner, unstandardised.

    Raises
    ------
    IdentificationError
        If the level is not between 0 and 1.
    """
    found = {}
    for side, own in (("lead", 0), ("cooperating", 1)):
        y, actor, partner = outcome[own], predictor[own], predictor[1 - own]
        X = np.column_stack([np.ones_like(y), actor, partner])
        rows = coefficients(ols(X, y, ("constant", "actor", "partner")), level)
        found[side] = (rows[1], rows[2])
    return found
