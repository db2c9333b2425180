"""What figures of departments show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class NecessityPanel:
    """One condition.

    Attributes
    ----------
    label : str
        Name of the condition.
    cases, step, line : tuple of (x, y)
        Departments without names; corners of CE-FDH; ends of CR-FDH, empty without a line.
    """

    label: str
    cases: Points
    step: Points
    line: Points = ()


@dataclass(frozen=True, slots=True)
class NecessityTexts:
    """Fixed phrases of the figure.

    Attributes
    ----------
    outcome : str
        Name of the vertical axes.
    cases, step, line : str
        Names of the points and of both ceilings.
    """

    outcome: str
    cases: str
    step: str
    line: str


@dataclass(frozen=True, slots=True)
class CaterpillarPanel:
    """The groups' means of one score, the lowest first.

    Attributes
    ----------
    label : str
        Name of the score.
    mean, low, high : sequence of float, shape (groups,)
        Means and the ends of their intervals.
    grand : float
        Mean of all groups.
    """

    label: str
    mean: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    grand: float


@dataclass(frozen=True, slots=True)
class CaterpillarTexts:
    """Fixed phrases: names of the axes."""

    groups: str
    mean: str
