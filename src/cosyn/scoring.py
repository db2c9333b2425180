"""Turn codes into scores: reverse-keying, here and nowhere else, facet scores, and departments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cosyn.instrument.types import Instrument
    from cosyn.plan import Estimation
    from cosyn.responses import ResponseTable


@dataclass(frozen=True, slots=True)
class Scores:
    """A matrix of scores with its column names.

    Attributes
    ----------
    names : tuple of str
        Length p: item or facet ids.
    values : ndarray of float, shape (n, p)
        NaN where there is no score.
    """

    names: tuple[str, ...]
    values: NDArray[np.float64]

    def columns(self, names: Sequence[str]) -> NDArray[np.float64]:
        """Some columns in the order asked for, shape (n, len(names))."""
        return self.values[:, [self.names.index(name) for name in names]]

    def complete(self) -> Scores:
        """Only the rows without a gap (listwise deletion)."""
        gaps = np.zeros(len(self.values), bool)
        for column in self.values.T:
            gaps |= np.isnan(column)
        return Scores(self.names, self.values[~gaps] if gaps.any() else self.values)


def keyed(table: ResponseTable, instrument: Instrument) -> Scores:
    """Codes with reverse-keyed items turned round: lowest + highest code - code.

    Returns
    -------
    Scores
        Items in the table's order, shape (n, p); the table's own values if no item is reversed.
    """
    reverse = {j: i for j, i in enumerate(map(instrument.item, table.items)) if i.reverse}
    values = table.values.copy() if reverse else table.values
    for j, item in reverse.items():
        response_format = instrument.response_format(item)
        values[:, j] = response_format.minimum + response_format.maximum - values[:, j]
    return Scores(table.items, values)


def facet_scores(items: Scores, instrument: Instrument, minimum_answered: int) -> Scores:
    """Mean of the answered items of each facet that has items in the table.

    Parameters
    ----------
    minimum_answered : int
        Items that must be answered; a facet with fewer items needs all of its own.

    Returns
    -------
    Scores
        Facets in the instrument's order, shape (n, number of facets).
    """
    names, columns = [], []
    for facet in instrument.facets():
        mine = [name for name in items.names if instrument.item(name).facet == facet.id]
        if not mine:
            continue
        block = items.columns(mine)
        answered = (~np.isnan(block)).sum(axis=1)
        enough = answered >= min(minimum_answered, len(mine))
        mean = np.nansum(block, axis=1) / np.maximum(answered, 1)
        names.append(facet.id)
        columns.append(np.where(enough, mean, np.nan))
    values = np.column_stack(columns) if columns else np.empty((len(items.values), 0))
    return Scores(tuple(names), values)


def clusters_of(table: ResponseTable, estimation: Estimation) -> NDArray[np.intp] | None:
    """Number of each respondent's department, shape (n,); None where it is not to matter.

    Respondents without a department are departments of their own: nobody is known to be like them.
    It does not matter where nobody has one, or all are of one.
    """
    if estimation.clusters == "none" or estimation.estimator == "ML":
        return None
    codes = np.unique(np.array(table.departments, object), return_inverse=True)[1]
    nowhere = np.array([not department for department in table.departments], bool)
    numbers = codes.astype(np.intp)
    numbers[nowhere] = len(numbers) + np.arange(nowhere.sum())
    numbers = np.unique(numbers, return_inverse=True)[1].astype(np.intp)
    return None if nowhere.all() or len(np.unique(numbers)) < 2 else numbers
