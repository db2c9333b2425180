"""What a synergy model is: a function from scores and syntax to a result."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from cosyn.engine.difference import ChiSquareDifference
    from cosyn.engine.estimation import SemFit
    from cosyn.engine.standardize import Standardized
    from cosyn.synergy._interactions import InteractionResult

Matching = Literal["order", "reversed", "rotated"]


@dataclass(frozen=True, slots=True)
class Scores:
    """Complete scores: names of length p, values of shape (n, p).

    Attributes
    ----------
    cluster : ndarray of int, shape (n,), or None
        Number of the department of each respondent, for standard errors that allow for it, and
        for models of two levels.
    """

    names: tuple[str, ...]
    values: NDArray[np.float64]
    cluster: NDArray[np.intp] | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """A structural model to fit.

    Attributes
    ----------
    syntax, where : str
        Model syntax and the file it stands in.
    outcome : str
        The latent whose explained variance is compared.
    null, null_where : str
        Syntax of the model it must beat, "" if none.
    products : Mapping[str, tuple[str, str]]
        Name of a product latent -> the two latents it is the product of, the same for a square.
        What the syntax does not say of it (indicators, effect on the outcome) is added.
    quadratic : bool
        Add the square of each factor of a product, as ``<factor>x<factor>``: curved effects of
        correlated factors look like an interaction where there is none.
    matching : {"order", "reversed", "rotated"}
        Which indicators are multiplied: first with first, first with last, or first with second.
        An effect that depends on it is none to rely on (Foldnes & Hagtvet 2014). Squares that
        would be reversed are rotated, lest two of their indicators be the same.
    robust : bool
        Standard errors and tests that do not need normal variables, and allow for clusters.
    level : float
        Of confidence.
    enough_clusters : int
        With fewer of them what a model of two levels says of clusters is exploratory.
    """

    syntax: str
    where: str
    outcome: str
    null: str = ""
    null_where: str = ""
    products: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    quadratic: bool = False
    matching: Matching = "order"
    robust: bool = False
    level: float = 0.95
    enough_clusters: int = 200


@dataclass(frozen=True, slots=True)
class Effect:
    """A standardised effect that the ordinary standardisation gets wrong."""

    outcome: str
    predictor: str
    value: float
    se: float | None


@dataclass(frozen=True, slots=True)
class LevelEstimate:
    """One row of a model of two levels.

    Attributes
    ----------
    level : str
        ``"within"`` or ``"between"``; "" of what ``:=`` defines.
    value, low, high : float or None
        Estimate with its interval; no interval of what is fixed.
    standard, standard_low, standard_high : float or None
        The same with all variables of the level scaled to unit variance.
    """

    level: str
    lhs: str
    op: str
    rhs: str
    label: str
    value: float | None
    low: float | None
    high: float | None
    standard: float | None
    standard_low: float | None
    standard_high: float | None


@dataclass(frozen=True, slots=True)
class Levels:
    """What a model of two levels says of each.

    Attributes
    ----------
    estimates : tuple of LevelEstimate
        Empty where the fit did not converge or is not identified.
    clusters : int
    exploratory : bool
        Whether there are fewer clusters than the task calls enough.
    fixed : tuple of str
        Variables whose (residual) variance between clusters was estimated below 0 and fixed at 0,
        in the order in which that was done.
    free : SemFit
        The fit before anything was fixed.
    reason : str
        Why there are no estimates, or none that may be interpreted; "" if there are.
    """

    estimates: tuple[LevelEstimate, ...]
    clusters: int
    exploratory: bool
    fixed: tuple[str, ...]
    free: SemFit
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SynergyResult:
    """A fitted structural model, and how it stands against its null.

    Attributes
    ----------
    fit : SemFit
        The model; of an interaction without product indicators, which has no measures of fit,
        the additive model beside it.
    gain : float or None
        Variance of the outcome explained beyond the null.
    effects : tuple of Effect
        Replace the entries of `standard` for products.
    interaction : InteractionResult or None
        Of a model of interactions: what its products do.
    levels : Levels or None
        Of a model of two levels.
    """

    fit: SemFit
    standard: Standardized | None
    null: SemFit | None = None
    difference: ChiSquareDifference | None = None
    gain: float | None = None
    effects: tuple[Effect, ...] = ()
    interaction: InteractionResult | None = None
    levels: Levels | None = None


@dataclass(frozen=True, slots=True)
class Synergy:
    """An entry of the registry.

    Attributes
    ----------
    null_is_restricted : bool
        Whether the null is the model with fewer parameters (else it is the one with more).
    two_levels : bool
        Whether its syntax has a block for each of two levels, so that it needs clusters.
    """

    name: str
    run: Callable[[Scores, Task], SynergyResult]
    null_is_restricted: bool
    two_levels: bool = False
