"""Turn codes into scores: reverse-keying, here and nowhere else, facet scores, and departments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.coded import Coded, beside, coded, complete_in

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
    matrix : ndarray of float or Coded, shape (n, p)
        NaN where there is no score.
    """

    names: tuple[str, ...]
    matrix: NDArray[np.float64] | Coded

    @property
    def values(self) -> NDArray[np.float64]:
        """Scores as an array of floats, shape (n, p); laid out anew where `matrix` is coded."""
        return np.asarray(self.matrix)

    def columns(self, names: Sequence[str]) -> NDArray[np.float64]:
        """Some columns in the order asked for, shape (n, len(names))."""
        return self.matrix[:, self._places(names)]

    def whole(self, names: Sequence[str]) -> NDArray[np.bool_]:
        """Which rows have no gap in some columns, shape (n,)."""
        return complete_in(self.matrix, self._places(names))

    def of_rows(self, rows: NDArray[np.bool_], names: Sequence[str]) -> NDArray[np.float64]:
        """Some columns of some rows, shape (rows chosen, len(names)); no more is laid out."""
        found = np.empty((int(rows.sum()), len(names)))
        for k, place in enumerate(self._places(names)):
            found[:, k] = self.matrix[:, place][rows]
        return found

    def complete(self, names: Sequence[str] | None = None) -> Scores:
        """Only the rows without a gap in some columns, all if left out (listwise deletion)."""
        chosen = self.names if names is None else tuple(names)
        return Scores(chosen, self.of_rows(self.whole(chosen), chosen))

    def _places(self, names: Sequence[str]) -> list[int]:
        return [self.names.index(name) for name in names]


def keyed(table: ResponseTable, instrument: Instrument) -> Scores:
    """Codes with reverse-keyed items turned round: lowest + highest code - code.

    Returns
    -------
    Scores
        Items in the table's order, shape (n, p); the table's own if none is reversed.
    """
    reverse = {j: i for j, i in enumerate(map(instrument.item, table.items)) if i.reverse}
    matrix = table.matrix
    if reverse and not isinstance(matrix, Coded):
        matrix = matrix.copy()
    for j, item in reverse.items():
        response_format = instrument.response_format(item)
        total = response_format.minimum + response_format.maximum
        if isinstance(matrix, Coded):
            matrix = matrix.turned(j, total)
        else:
            matrix[:, j] = total - matrix[:, j]
    return Scores(table.items, matrix)


def facet_scores(items: Scores, instrument: Instrument, minimum_answered: int) -> Scores:
    """Mean of the answered items of each facet that has items in the table.

    Parameters
    ----------
    minimum_answered : int
        Items that must be answered; a facet with fewer items needs all of its own.

    Returns
    -------
    Scores
        Facets in the instrument's order, shape (n, number of facets), coded if the items are.
    """
    names: list[str] = []
    columns: list[NDArray[np.float64] | Coded] = []
    is_coded = isinstance(items.matrix, Coded)
    for facet in instrument.facets():
        mine = [name for name in items.names if instrument.item(name).facet == facet.id]
        if not mine:
            continue
        block = items.columns(mine)
        answered = (~np.isnan(block)).sum(axis=1)
        enough = answered >= min(minimum_answered, len(mine))
        mean = np.nansum(block, axis=1) / np.maximum(answered, 1)
        names.append(facet.id)
        score = np.where(enough, mean, np.nan)
        # Means of a few answers are of few kinds, like the answers.
        columns.append(coded(score) if is_coded else score[:, None])
    return Scores(tuple(names), beside(columns, items.matrix.shape[0]))


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
