"""Content validity from counts of experts: relevance, necessity, and blind sorting."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import TYPE_CHECKING, Generic, TypeVar

from scipy.stats import binom

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

C = TypeVar("C")
"""A class that items are sorted into."""


def item_cvi(agreeing: int, raters: int) -> float | None:
    """Share of the raters who call an item relevant (I-CVI; Lynn 1986); None without raters."""
    return agreeing / raters if raters else None


def modified_kappa(agreeing: int, raters: int) -> float | None:
    """Item content validity beyond chance agreement on relevance, k*; None without raters.

    Parameters
    ----------
    agreeing, raters : int
        How many raters call the item relevant, and how many there are.

    Notes
    -----
    Polit, Beck & Owen (2007), p. 465: ``pc = N! / (A! (N - A)!) * .5**N`` and
    ``k* = (I-CVI - pc) / (1 - pc)``.
    """
    if raters < 1:
        return None
    chance = comb(raters, agreeing) * 0.5**raters
    return (agreeing / raters - chance) / (1 - chance)


def scale_cvi(items: Sequence[float | None]) -> tuple[float | None, float | None]:
    """S-CVI/Ave and S-CVI/UA of the items of a scale.

    Parameters
    ----------
    items : sequence of float or None
        I-CVI of each item; an item that nobody rated (None) counts for neither.

    Returns
    -------
    average, universal : float or None
        Mean of the I-CVI, and share of the items that all their raters call relevant
        (Polit & Beck 2006); None if no item was rated.
    """
    rated = [cvi for cvi in items if cvi is not None]
    if not rated:
        return None, None
    return sum(rated) / len(rated), sum(cvi == 1 for cvi in rated) / len(rated)


def content_validity_ratio(essential: int, raters: int) -> float | None:
    """CVR = (n_e - N/2) / (N/2) (Lawshe 1975, p. 567); None without raters."""
    return 2 * essential / raters - 1 if raters else None


def critical_cvr(raters: int, alpha: float = 0.05) -> float | None:
    """Smallest CVR that chance reaches with a probability of at most alpha, one-sided.

    Parameters
    ----------
    raters : int
        Size of the panel.
    alpha : float
        Level of the exact binomial test of ``p = .5`` (Ayre & Scally 2014).

    Returns
    -------
    float or None
        None if the panel is so small that even unanimity could be chance (four at .05).
    """
    for essential in range(raters + 1):
        if binom.sf(essential - 1, raters, 0.5) <= alpha:
            return content_validity_ratio(essential, raters)
    return None


@dataclass(frozen=True, slots=True)
class SubstantiveValidity(Generic[C]):
    """How experts sorted one item without knowing where it belongs.

    Attributes
    ----------
    agreement : float or None
        Proportion of substantive agreement, ``psa = n_c / N`` (Anderson & Gerbing 1991, eq. 1).
    coefficient : float or None
        Substantive-validity coefficient, ``csv = (n_c - n_o) / N`` (eq. 2), from -1 to 1.
    rival : C or None
        The other class that drew most experts; None if none drew any.
    rival_count : int
        n_o, how many it drew.
    """

    agreement: float | None
    coefficient: float | None
    rival: C | None
    rival_count: int


def substantive_validity(counts: Mapping[C, int], intended: C) -> SubstantiveValidity[C]:
    """Compare how many experts put an item where it belongs with the strongest other class.

    Parameters
    ----------
    counts : Mapping
        Class -> number of experts who put the item there; of equal rivals the first counts.
    intended : C
        The class the item was written for.
    """
    experts = sum(counts.values())
    others = {key: count for key, count in counts.items() if key != intended and count}
    rival = max(others, key=lambda key: others[key], default=None)
    most = others[rival] if rival is not None else 0
    if not experts:
        return SubstantiveValidity(None, None, None, 0)
    correct = counts.get(intended, 0)
    return SubstantiveValidity(correct / experts, (correct - most) / experts, rival, most)
