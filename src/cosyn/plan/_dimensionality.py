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
    factors : "parallel" or int
        As many as parallel analysis suggests, or a number.
    bootstrap : int
        Resamples for standard errors; 0 for none.
    """

    select: dict[str, str] = Field(default={})
    extraction: Literal["minres", "ml"]
    rotation: Literal["oblimin", "promax", "quartimin", "varimax"]
    factors: Literal["parallel"] | Annotated[int, Field(ge=1)]
    parallel: ParallelRule
    salient_loading: Share
    bootstrap: Annotated[int, Field(ge=0, le=10_000)] = 0
