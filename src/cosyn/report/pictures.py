"""What figures show: plain frozen data, made by sections and drawn by ``cosyn.report.figures``.

They stand apart from what draws them, so that a report whose figures are known needs no matplotlib.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure that is still to be drawn.

    Attributes
    ----------
    function : str
        Name of a function of ``cosyn.report.figures``.
    shown : tuple
        Its arguments: data of this module, texts and numbers, sequences, mappings and arrays of
        them, and methods of frozen data that write numbers. So they can be sent to another
        process, and told apart from other arguments by what they say.
    """

    function: str
    shown: tuple[Any, ...]


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
class InteractionTexts:
    """Fixed phrases of the figure.

    Attributes
    ----------
    outcome, predictor, moderator : str
        Names of the axes, in standard deviations.
    slope : str
        Name of the second axis: slope of the predictor.
    levels : tuple of str
        Keys of the lines, from the lowest value of the moderator.
    nothing : str
        Key of the values of the moderator at which the slope may be zero.
    """

    outcome: str
    predictor: str
    moderator: str
    slope: str
    levels: tuple[str, str, str]
    nothing: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its pointwise interval, columns of one length."""

    at: Sequence[float]
    value: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]


@dataclass(frozen=True, slots=True)
class LikertRow:
    """The answers to one item.

    Attributes
    ----------
    item_id : str
        Its name, printed before the label.
    label : str
        Its wording.
    shares : tuple of float, shape (k,)
        Share of each category among the answers, lowest first; all zero without answers.
    n : int
        Number of answers.
    missing_share : float
        Share of respondents without an answer.
    group : str
        Heading above the first of the neighbouring rows that share it; empty for none.
    """

    item_id: str
    label: str
    shares: tuple[float, ...]
    n: int
    missing_share: float
    group: str = ""


@dataclass(frozen=True, slots=True)
class LikertTexts:
    """Fixed phrases of the figure.

    Attributes
    ----------
    missing : str
        Heading of the missing shares.
    answers : str
        Number of answers, with a gap ``{n}``.
    """

    missing: str
    answers: str = "n = {n}"


@dataclass(frozen=True, slots=True)
class LoadingRow:
    """The loadings of one item.

    Attributes
    ----------
    item : str
    group : str
        Neighbouring rows that share it stand together.
    loadings : tuple of float, shape (k,)
    own : int or None
        Column of the factor that it is meant for; its cell is framed.
    """

    item: str
    group: str
    loadings: tuple[float, ...]
    own: int | None


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
class PathDiagram:
    """A structural model with its estimates as texts.

    Attributes
    ----------
    latents : mapping of str to str
        Id -> label, from top to bottom.
    indicators : mapping of str to tuple of (str, str)
        Id of a latent variable -> (name, loading) of each indicator. A name that is itself the
        id of a latent variable makes a second-order factor.
    paths : tuple of (str, str, str, bool or None)
        From, to, coefficient, whether it is significant; None where that was not tested.
    covariances : tuple of (str, str, str)
        Two ids and the text; best left out where they only clutter.
    notes : mapping of str to str
        Id -> small text under the label, e.g. explained variance.
    """

    latents: Mapping[str, str]
    indicators: Mapping[str, tuple[tuple[str, str], ...]]
    paths: tuple[tuple[str, str, str, bool | None], ...]
    covariances: tuple[tuple[str, str, str], ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)

    def observed(self, latent: str) -> tuple[tuple[str, str], ...]:
        """Indicators that are measured."""
        return tuple(
            each for each in self.indicators.get(latent, ()) if each[0] not in self.latents
        )

    def lower(self, latent: str) -> tuple[tuple[str, str], ...]:
        """Indicators that are latent variables themselves."""
        return tuple(each for each in self.indicators.get(latent, ()) if each[0] in self.latents)


@dataclass(frozen=True, slots=True)
class PathTexts:
    """Fixed phrases of the figure.

    Attributes
    ----------
    significant, not_significant : str
        Meaning of a solid and of a dashed arrow.
    """

    significant: str
    not_significant: str


@dataclass(frozen=True, slots=True)
class ReliabilityRow:
    """One scale.

    Attributes
    ----------
    label : str
    value, low, high : float or None
        Coefficient and the ends of its interval; None where there is none.
    groups : tuple of float
        The coefficient in groups of respondents.
    """

    label: str
    value: float | None
    low: float | None
    high: float | None
    groups: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class ReliabilityTexts:
    """Fixed phrases of the figure.

    Attributes
    ----------
    coefficient : str
        Name of the axis.
    groups : str
        What the small marks are; unused without groups.
    custom : str
        What the broken line is; unused without it.
    """

    coefficient: str
    groups: str
    custom: str


@dataclass(frozen=True, slots=True)
class ScreeTexts:
    """Fixed phrases of the figure.

    Attributes
    ----------
    number, eigenvalue : str
        Names of the axes.
    observed, random_mean, random_quantile : str
        Names of the lines.
    suggested : str
        What the analysis suggests, with a gap ``{k}``.
    """

    number: str
    eigenvalue: str
    observed: str
    random_mean: str
    random_quantile: str
    suggested: str


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


@dataclass(frozen=True, slots=True)
class ResponseSurface:
    """What is drawn, in the scores of the coefficients.

    Attributes
    ----------
    x, y, z : ndarray, shape (g, g)
        Grid points and the fitted outcome.
    inside : ndarray of bool, shape (g, g)
        Grid points among the cases; the surface is drawn there alone.
    hull : ndarray, shape (h, 2)
        Corners of the cases' range.
    lines : mapping
        ``congruence`` (y = x) and ``incongruence`` (y = -x): x, y and height along each.
    stationary : (x, y) or None
        Drawn if it lies among the cases.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    z: NDArray[np.float64]
    inside: NDArray[np.bool_]
    hull: NDArray[np.float64]
    lines: Mapping[str, tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]]
    stationary: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class SurfaceTexts:
    """Fixed phrases of the figure.

    Attributes
    ----------
    x, y, z : str
        Names of the axes.
    congruence, incongruence, stationary, range : str
        Names in the key.
    """

    x: str
    y: str
    z: str
    congruence: str
    incongruence: str
    stationary: str
    range: str


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
