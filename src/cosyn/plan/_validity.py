"""Convergent and discriminant validity, invariance, and what the method of asking adds."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cosyn.plan._base import Name, Share, Strict
from cosyn.plan._derive import Derive


class Validity(Strict):
    """Whether constructs measured by facet scores are one thing each, and different things.

    Attributes
    ----------
    htmt : float
        Ratios whose interval reaches it are named (Henseler, Ringle & Sarstedt 2015).
    replicates : int
        Bootstrap samples for the intervals.
    pairs : tuple of (facet, facet)
        Facets whose items are suspected of being about the same, compared item by item.
    """

    htmt: Share = 0.90
    replicates: Annotated[int, Field(ge=100, le=10_000)] = 500
    pairs: tuple[tuple[Name, Name], ...] = ()


class OrdinalLadder(Strict):
    """The ladder of items as ordered categories (Wu & Estabrook 2016).

    Attributes
    ----------
    file : str
        A model of items, in ``models/<file>.lav``, without factors of factors: their intercepts
        would not be determined.
    groups : tuple of str
        Groupings that it is climbed in too.
    """

    file: str
    groups: tuple[Name, ...]


class InvarianceRule(Strict):
    """Whether a measurement model of facet scores is the same in groups of respondents.

    Attributes
    ----------
    file : str
        The model, in ``models/<file>.lav``.
    derive : Derive or None
        How the model follows from the instrument where there is no such file.
    groups : tuple of str
        ``language``, ``wave``, ``form``, columns of ``departments.csv`` such as ``level``,
        ``region`` or ``mode``, or items whose codes are the groups.
    least : int
        Smaller groups are left out, and counted.
    cfi, rmsea : float
        Largest loss of CFI, and growth of RMSEA, that a step may bring (Chen 2007).
    partial : bool
        Look for the parameters that differ where a step fails, and go on without their equality.
    categories : OrdinalLadder or None
    """

    file: str
    groups: tuple[Name, ...]
    least: Annotated[int, Field(ge=20)] = 200
    cfi: Share = 0.010
    rmsea: Share = 0.015
    partial: bool = False
    categories: OrdinalLadder | None = None
    derive: Derive | None = None


class MethodBias(Strict):
    """What answers have in common because one person gave them in one way.

    Attributes
    ----------
    marker : str or None
        Construct that has nothing to do with the others in theory.
    """

    marker: Name | None = None
