"""Construct scores: the mean of the facet scores, with the scale they were answered on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.scoring import Scores

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cosyn.analysis._types import Context

UNKNOWN = "no such construct"
NO_ITEMS = "no items in the data"
MIXED = "items have different response scales"


@dataclass(frozen=True, slots=True)
class Scored:
    """Scores of one construct.

    Attributes
    ----------
    values : ndarray, shape (n,)
        NaN where a facet has no score; all NaN where `reason` says why.
    low, high : float
        Ends of the response scale; 0 and 0 without one.
    """

    id: str
    values: NDArray[np.float64]
    low: float
    high: float
    reason: str = ""


def scored(context: Context, construct: str) -> Scored:
    """The mean of all facets that have items in the data."""
    found = {c.id: c for c in context.instrument.constructs}.get(construct)
    facets = [f.id for f in found.facets if f.id in context.facets.names] if found else []
    if not facets:
        return _none(context, construct, NO_ITEMS if found else UNKNOWN)
    items = (context.instrument.item(name) for name in context.table.items)
    formats = (context.instrument.response_format(i) for i in items if i.construct == construct)
    scales = {(each.minimum, each.maximum) for each in formats}
    if len(scales) > 1:
        return _none(context, construct, MIXED)
    ((low, high),) = scales
    return Scored(construct, context.facets.columns(facets).mean(axis=1), low, high)


def _none(context: Context, construct: str, reason: str) -> Scored:
    return Scored(construct, np.full(context.table.n, np.nan), 0.0, 0.0, reason)


def side_by_side(scored: Sequence[Scored]) -> Scores:
    """Scores of several constructs, shape (n, k)."""
    columns = np.column_stack([each.values for each in scored])
    return Scores(tuple(each.id for each in scored), columns)
