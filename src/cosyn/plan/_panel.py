"""When an expert panel speaks for an item."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cosyn.plan._base import Share, Strict


class Cutoff(Strict):
    """A least value, and who says so."""

    at_least: Annotated[float, Field(ge=-1, le=1)]
    source: str


class PanelRule(Strict):
    """When the judgement of an expert panel speaks for an item, a facet or a construct.

    Attributes
    ----------
    relevant : int
        Ratings of relevance, 1 to 4, from which on an item counts as relevant.
    item_cvi, scale_cvi, joint_sort : Cutoff
        Least I-CVI of an item, S-CVI/Ave of a facet or construct, and share of blind placements
        that are right in every attribute.
    cvr_alpha : float
        One-sided level at which a content validity ratio is more than chance.
    """

    relevant: Annotated[int, Field(ge=2, le=4)]
    item_cvi: Cutoff
    scale_cvi: Cutoff
    joint_sort: Cutoff
    cvr_alpha: Share
