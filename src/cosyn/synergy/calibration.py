"""From scores to memberships in fuzzy sets, by three anchors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

if TYPE_CHECKING:
    from cosyn.engine._typing import Vector

#: Membership at the anchors of full membership, and one less at those of full non-membership.
FULL = 0.95
#: What is added to a membership of a half, which is in no row of a truth table (Fiss 2011).
NUDGE = 0.001

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Anchors:
    """Scores that are fully out of, at the crossover of, and fully in a set.

    Either rising or falling: with ``full_out`` above ``full_in`` low scores are in the set.
    """

    full_out: float
    crossover: float
    full_in: float

    @property
    def ordered(self) -> bool:
        """Whether the crossover lies between the two others."""
        low, high = sorted((self.full_out, self.full_in))
        return low < self.crossover < high


#: Of a 7-point scale, by its wording and not by percentiles of the sample.
SEVEN_POINTS = Anchors(2.0, 4.0, 6.0)


def calibrate(
    x: Vector, anchors: Anchors = SEVEN_POINTS, *, full: float = FULL, nudge: float = NUDGE
) -> Vector:
    """Ragin's (2008, ch. 5) direct method: log odds in proportion to the distance from crossover.

    Parameters
    ----------
    x : ndarray, shape (n,)
        NaN where missing.
    anchors : Anchors
    full : float
        Membership at the anchor of full membership. Ragin rounds its log odds to 3.
    nudge : float
        Added to memberships of exactly a half; 0 leaves them.

    Returns
    -------
    ndarray, shape (n,)

    Raises
    ------
    ValueError
        If the crossover does not lie between the other anchors (our bug or the caller's).
    """
    if not anchors.ordered:
        raise ValueError(f"the crossover of {anchors} does not lie between the other anchors")
    x = np.asarray(x, dtype=np.float64)
    away = x - anchors.crossover
    inside = (away > 0) == (anchors.full_in > anchors.crossover)
    reach = np.where(
        inside, anchors.full_in - anchors.crossover, anchors.crossover - anchors.full_out
    )
    membership = expit(np.log(full / (1 - full)) * away / reach)
    return np.where(np.abs(membership - 0.5) < _ROUNDING, 0.5 + nudge, membership)
