"""Necessary condition analysis."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from cosyn.plan._base import Name, Share, Strict


class Necessity(Strict):
    """Which conditions departments need for a high outcome.

    A condition is supported as necessary if the effect size of the ceiling named by `ceiling` is
    at least `minimum_effect` and its permutation p-value is below `alpha`; not supported if
    either fails; undecided if there is no effect size.

    Attributes
    ----------
    outcome : str
        A facet or construct.
    conditions : dict
        Facet or construct -> whether a high outcome is claimed to need a high or a low score.
    replicates : int
        Permutations.
    """

    outcome: Name
    conditions: Annotated[dict[Name, Literal["high", "low"]], Field(min_length=1)]
    replicates: Annotated[int, Field(ge=200, le=100_000)]
    ceiling: Literal["ce_fdh", "cr_fdh"] = "ce_fdh"
    minimum_effect: Share
    alpha: Share
