"""Balance of two constructs, and which of several explains more."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cosyn.plan._base import Name, Strict


class Balance(Strict):
    """Response surfaces of pairs of constructs on an outcome, and dominance analysis.

    Attributes
    ----------
    pairs : tuple of (x, y)
        Constructs answered on the same scale.
    dominance : tuple of str
        Constructs that share the variance explained; none for no such analysis.
    latent : bool
        Whether the surfaces of latent variables are estimated too, by products of facet scores.
    bootstrap : int
        Resamples for the surface's stationary point and axes and for dominance; 0 for none.
    """

    outcome: Name
    pairs: Annotated[tuple[tuple[Name, Name], ...], Field(min_length=1)]
    dominance: tuple[Name, ...] = ()
    latent: bool = False
    bootstrap: Annotated[int, Field(ge=0, le=10_000)] = 500
