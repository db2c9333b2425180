"""What the products of a model do, whichever way they were estimated.

Everything is standardised as Wen, Marsh & Hau (2010) have it: factors and outcome in their own
standard deviations, products as products of these. A coefficient of a product is then the change
of a factor's slope as the other factor moves by one standard deviation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from cosyn.engine.estimates import Estimate
    from cosyn.engine.probing import Band, Region, SimpleSlope

Method = Literal["product indicators", "SAM", "LMS"]


class Comparison(NamedTuple):
    """Test of all products' effects being zero; numbers None for the reason given."""

    chisq: float | None
    df: int | None
    pvalue: float | None
    method: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ProductEffect:
    """A product's standardised effect, with a pointwise interval."""

    outcome: str
    product: str
    factors: tuple[str, str]
    value: float
    standard_error: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """How the slope of one factor depends on another, in standard deviations.

    Attributes
    ----------
    slopes : tuple of SimpleSlope
        At -1, 0 and 1 standard deviations of the moderator.
    region : Region
        Where the slope differs from zero (Johnson & Neyman).
    band : Band
        The slope over the moderator, with its interval.
    lines : tuple of Band
        The outcome over the predictor, one line a value of the moderator as in `slopes`; 0 is the
        outcome where predictor and moderator are at their means. Of a square, a single curve.
    """

    outcome: str
    predictor: str
    moderator: str
    slopes: tuple[SimpleSlope, ...]
    region: Region
    band: Band
    lines: tuple[Band, ...]


@dataclass(frozen=True, slots=True, eq=False)
class InteractionResult:
    """What a model of interactions found.

    Attributes
    ----------
    method : {"product indicators", "SAM", "LMS"}
    estimates : tuple of Estimate
        The regressions of the outcome, unstandardised.
    effects : tuple of ProductEffect
    comparison : Comparison
        With the additive model.
    gain : float or None
        Share of the outcome's variance that the products explain beyond it.
    probes : tuple of Probe
        Two a product, each factor in turn the moderator; one a square.
    problem : str
        Why there are no numbers, "" if there are.
    unsound : str
        Why the numbers must not be interpreted, such as a Heywood case; "" if they may.
    """

    method: Method
    estimates: tuple[Estimate, ...]
    effects: tuple[ProductEffect, ...]
    comparison: Comparison
    gain: float | None
    probes: tuple[Probe, ...]
    problem: str = ""
    unsound: str = ""
