"""Means of departments: the cases of analyses that look at departments, not at respondents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cosyn.analysis._types import Context

NO_DEPARTMENT = "no department recorded"
TOO_SMALL = "no department reaches the minimum cell"


@dataclass(frozen=True, slots=True)
class DepartmentMeans:
    """Means of scores by department, in no order that tells which department is which.

    Attributes
    ----------
    names : tuple of str
        Facets or constructs, length p.
    values : ndarray, shape (g, p)
        NaN where fewer respondents than the plan's minimum cell have a score; departments without
        any mean are left out.
    reason : str
        Why there are none, "" if there are.
    """

    names: tuple[str, ...]
    values: NDArray[np.float64]
    reason: str = ""


def department_means(context: Context, names: Sequence[str]) -> DepartmentMeans:
    """Means of facets or constructs over the respondents of each department.

    A respondent's score of a construct is the mean of all its facets' scores; whoever lacks one
    has none. What nobody answered has no means.
    """
    names = tuple(names)
    departments = np.array(context.table.departments, object)
    known = np.array([bool(department) for department in departments], bool)
    nothing = np.empty((0, len(names)))
    if not known.any():
        return DepartmentMeans(names, nothing, NO_DEPARTMENT)
    scores = np.column_stack([_scores(context, name) for name in names])[known]
    groups = np.unique(departments[known], return_inverse=True)[1]
    count = np.zeros((groups.max() + 1, len(names)))
    total = np.zeros_like(count)
    np.add.at(count, groups, ~np.isnan(scores))
    np.add.at(total, groups, np.nan_to_num(scores))
    enough = count >= context.plan.plan.minimum_cell
    means = np.where(enough, total / np.maximum(count, 1), np.nan)
    means = means[enough.any(axis=1)]
    if not len(means):
        return DepartmentMeans(names, nothing, TOO_SMALL)
    # Ordered by value, so that a row's place does not give a department away.
    return DepartmentMeans(names, means[np.lexsort(means.T[::-1])])


def response_formats(context: Context, name: str) -> tuple[str, ...]:
    """Response formats of the items behind a facet's or construct's score, each once."""
    items = (context.instrument.item(item) for item in context.table.items)
    mine = [item.response_format for item in items if name in {item.facet, item.construct}]
    return tuple(dict.fromkeys(mine))


def _scores(context: Context, name: str) -> NDArray[np.float64]:
    """Scores of all respondents, shape (n,)."""
    facets = context.facets
    if name in facets.names:
        return facets.columns((name,))[:, 0]
    parts = [
        facet.id
        for construct in context.instrument.constructs
        if construct.id == name
        for facet in construct.facets
        if facet.id in facets.names
    ]
    if not parts:
        return np.full(facets.matrix.shape[0], np.nan)
    return np.asarray(facets.columns(parts).mean(axis=1))
