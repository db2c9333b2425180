"""What figures of hypotheses show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class ForestRow:
    """One effect.

    Attributes
    ----------
    label : str
        What acts on what.
    estimate, low, high : float or None
        Standardised effect and the ends of its interval; None where there is none.
    verdict : str
        What was concluded, or why there is no estimate.
    """

    label: str
    estimate: float | None
    low: float | None
    high: float | None
    verdict: str


@dataclass(frozen=True, slots=True)
class ForestTexts:
    """Fixed phrases of the figure.

    Attributes
    ----------
    effect : str
        Name of the axis.
    band : str
        What the band means; unused without a band.
    """

    effect: str
    band: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One option: its name, and for which of the n specifications it was taken."""

    label: str
    taken: Sequence[bool]


@dataclass(frozen=True, slots=True)
class SpecificationTexts:
    """Fixed phrases: the axis of the effect, and the keys of the three kinds of points."""

    effect: str
    supported: str
    other: str
    plan: str
