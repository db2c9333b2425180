"""What figures of models show."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray


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
