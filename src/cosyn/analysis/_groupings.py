"""Groups of respondents that a plan names: by what they were asked, or how, or where they work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.findings import Finding, Statistic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from cosyn.analysis._types import Context

NOBODY = "no such answers"
BELOW_CELL = "below the minimum cell"
LEFT_OUT = "left_out"
"""Label of the count of a group that is too small for an analysis."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """Respondents in groups.

    Attributes
    ----------
    name : str
    labels : ndarray of str objects, shape (n,)
        Group of each respondent, "" if unknown.
    """

    name: str
    labels: NDArray[np.object_]

    def sizes(self, rows: NDArray[np.bool_]) -> dict[str, int]:
        """Respondents of each group among those chosen."""
        chosen = self.labels[rows & (self.labels != "")]
        names, counts = np.unique(chosen.astype(str), return_counts=True)
        return dict(zip(names.tolist(), counts.tolist(), strict=True))


def grouping_of(context: Context, name: str) -> Grouping | None:
    """The groups of a name, None if the data have nothing of it.

    A name is ``language``, ``wave`` or ``form``, metadata that the instrument names such as
    ``mode``, an item whose codes are the groups, or a column of the plan's table of departments,
    such as ``level`` or ``region``.
    """
    table = context.table
    particulars = {"language": table.languages, "wave": table.waves, "form": table.forms}
    asked = context.table if context.asked is None else context.asked
    if name in particulars:
        labels = np.array(particulars[name], object)
    elif name in table.metadata and any(table.metadata[name]):
        labels = np.array(table.metadata[name], object)
    elif name in context.plan.departments:
        known = context.plan.departments[name]
        labels = np.array([known.get(d, "") for d in table.departments], object)
    elif name in asked.items:
        codes = asked.columns([name])[:, 0]
        labels = np.array(["" if np.isnan(code) else f"{code:g}" for code in codes], object)
    else:
        return None
    return Grouping(name, labels) if (labels != "").any() else None


def group_counts(
    context: Context, analysis: str, grouping: str, sizes: dict[str, int], least: int
) -> Iterator[Finding]:
    """Sizes of groups, those left out marked; a count below the minimum cell is not shown."""
    for name, size in sizes.items():
        hidden = size < context.plan.plan.minimum_cell
        yield Finding(
            analysis,
            Statistic.COUNT,
            (grouping, name),
            None if hidden else size,
            label="" if size >= least else LEFT_OUT,
            reason=BELOW_CELL if hidden else "",
        )
