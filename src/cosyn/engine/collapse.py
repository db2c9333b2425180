"""Merge neighbouring categories of ordinal items until all groups show the same ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Matrix, Vector


@dataclass(frozen=True, slots=True)
class Merge:
    """Two neighbouring categories of an item that count as one in all groups.

    Attributes
    ----------
    item : str
    merged, into : float
        The category that some group does not show or that no longer stands by itself, and the one
        that its answers were given to.
    counts : tuple of (int, int)
        Answers of each group in the two, before they were merged.
    """

    item: str
    merged: float
    into: float
    counts: tuple[tuple[int, int], ...]


def collapsed(
    parts: Sequence[Matrix], names: Sequence[str], items: Sequence[str]
) -> tuple[list[Matrix], tuple[Merge, ...]]:
    """Merge each category that a group lacks with the less chosen of its neighbours.

    Parameters
    ----------
    parts : sequence of ndarray, shape (n, p)
        Answers of each group.
    names : sequence of str, length p
    items : sequence of str
        The ordinal ones.

    Returns
    -------
    list of ndarray
        The answers with the merged categories recoded.
    tuple of Merge
        In the order in which they were merged.

    Raises
    ------
    IdentificationError
        If only one category of an item is left.
    """
    found = [part.copy() for part in parts]
    merges: list[Merge] = []
    for name in items:
        k = names.index(name)
        columns = [part[:, k] for part in found]
        while (merge := _next(name, columns)) is not None:
            merges.append(merge)
            for column in columns:
                column[column == merge.merged] = merge.into
    return found, tuple(merges)


def _next(name: str, columns: Sequence[Vector]) -> Merge | None:
    """The next merge that is needed, None if all groups show the same categories."""
    every = np.concatenate(columns)
    levels = np.unique(every[~np.isnan(every)])
    counts = np.array([[int((column == level).sum()) for level in levels] for column in columns])
    lacking = np.flatnonzero((counts == 0).any(axis=0))
    if not len(lacking):
        return None
    if len(levels) <= 2:
        raise IdentificationError(
            "data.categories",
            "the data",
            f"the groups share no two categories of `{name}`, however they are merged",
            "Leave it out",
        )
    at = int(lacking[0])
    beside = [other for other in (at - 1, at + 1) if 0 <= other < len(levels)]
    to = min(beside, key=lambda other: int(counts[:, other].sum()))
    pairs = tuple((int(row[at]), int(row[to])) for row in counts)
    return Merge(name, float(levels[at]), float(levels[to]), pairs)
