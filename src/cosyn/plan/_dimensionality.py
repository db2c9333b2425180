"""Exploratory factor analysis."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from cosyn.plan._base import Share, Strict


class ParallelRule(Strict):
    """Settings of parallel analysis."""

    draws: Annotated[int, Field(ge=20, le=10_000)]
    quantile: Share


class Dimensionality(Strict):
    """Exploratory factor analysis of the items that `select` picks by their attributes.

    Attributes
    ----------
    correlations : "polychoric" or "pearson"
        Polychoric ones take the answers as ordered categories, Pearson's as numbers.
    factors : "parallel" or int
        As many as parallel analysis suggests, or a number.
    target : "construct", "facet" or "none"
        Groups of items towards which factors are rotated as well, one factor a group.
    bootstrap : int
        Resamples for standard errors; 0 for none.
    """

    select: dict[str, str] = Field(default={})
    correlations: Literal["polychoric", "pearson"] = "pearson"
    extraction: Literal["minres", "ml"]
    rotation: Literal["oblimin", "promax", "geomin", "varimax"]
    factors: Literal["parallel"] | Annotated[int, Field(ge=1)]
    parallel: ParallelRule
    target: Literal["construct", "facet", "none"] = "none"
    salient_loading: Share
    bootstrap: Annotated[int, Field(ge=0, le=10_000)] = 0
