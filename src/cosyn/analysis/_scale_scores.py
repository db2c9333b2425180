"""Scores of facets and constructs, respondent by respondent or averaged over departments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cosyn.analysis._types import Context


def scale_scores(context: Context, name: str) -> NDArray[np.float64] | None:
    """Scores of a facet, or of a construct as the mean of its facets; None if there are none.

    Returns
    -------
    ndarray, shape (n,)
        NaN for whoever lacks a facet.
    """
    facets = context.facets
    if name in facets.names:
        return np.asarray(facets.columns((name,))[:, 0])
    parts = [
        facet.id
        for construct in context.instrument.constructs
        if construct.id == name
        for facet in construct.facets
        if facet.id in facets.names
    ]
    return np.asarray(facets.columns(parts).mean(axis=1)) if parts else None


def means_by_department(
    values: NDArray[np.float64], departments: Sequence[str], rows: NDArray[np.bool_], least: int
) -> dict[str, float]:
    """Mean of each department over the chosen respondents who have a value.

    Departments with fewer of them than `least` have none.
    """
    known = rows & ~np.isnan(values)
    names = np.array(departments, object)[known].astype(str)
    if not len(names):
        return {}
    found, groups, counts = np.unique(names, return_inverse=True, return_counts=True)
    totals = np.bincount(groups, weights=values[known])
    return {
        str(name): float(total / count)
        for name, total, count in zip(found, totals, counts, strict=True)
        if name and count >= least
    }
