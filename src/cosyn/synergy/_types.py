"""What a synergy model is: a function from scores and syntax to a result."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from cosyn.engine.difference import ChiSquareDifference
    from cosyn.engine.estimation import SemFit
    from cosyn.engine.standardize import Standardized


@dataclass(frozen=True, slots=True)
class Scores:
    """Complete scores: names of length p, values of shape (n, p)."""

    names: tuple[str, ...]
    values: NDArray[np.float64]


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
        Name of a product latent -> the two latents it is the product of.
    """

    syntax: str
    where: str
    outcome: str
    null: str = ""
    null_where: str = ""
    products: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Effect:
    """A standardised effect that the ordinary standardisation gets wrong."""

    outcome: str
    predictor: str
    value: float
    se: float | None


@dataclass(frozen=True, slots=True)
class SynergyResult:
    """A fitted structural model, and how it stands against its null.

    Attributes
    ----------
    gain : float or None
        Variance of the outcome explained beyond the null.
    effects : tuple of Effect
        Replace the entries of `standard` for products.
    """

    fit: SemFit
    standard: Standardized | None
    null: SemFit | None = None
    difference: ChiSquareDifference | None = None
    gain: float | None = None
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class Synergy:
    """An entry of the registry.

    Attributes
    ----------
    null_is_restricted : bool
        Whether the null is the model with fewer parameters (else it is the one with more).
    """

    name: str
    run: Callable[[Scores, Task], SynergyResult]
    null_is_restricted: bool
