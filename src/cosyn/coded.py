"""A matrix of numbers that keeps each distinct number of a column once: an answer takes a byte."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import DTypeLike, NDArray

    Vector = NDArray[np.float64]
    Matrix = NDArray[np.float64]
    Places = NDArray[np.signedinteger[Any]]
    Rows = slice | NDArray[np.intp] | NDArray[np.bool_]
    Columns = Sequence[int] | NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """n rows of p columns, to be indexed as an array of floats is.

    A column comes as an array of floats, several as a matrix; rows alone, or a slice of columns,
    stay coded. What is laid out is laid out anew each time, so that nothing is held.

    Attributes
    ----------
    numbers : tuple of ndarray of float, length p
        The distinct numbers of each column, NaN for gaps.
    places : tuple of ndarray of int, length p
        Of shape (n,): position of each row's number among them; -1 is the last.
    rows : int
        n, which no column says where there is none.
    """

    numbers: tuple[Vector, ...]
    places: tuple[Places, ...]
    rows: int

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.rows, len(self.places)

    @overload
    def __getitem__(self, at: Rows) -> Coded: ...
    @overload
    def __getitem__(self, at: tuple[slice, int]) -> Vector: ...
    @overload
    def __getitem__(self, at: tuple[slice, slice]) -> Coded: ...
    @overload
    def __getitem__(self, at: tuple[Rows, Columns]) -> Matrix: ...
    def __getitem__(self, at: Any) -> Any:
        """Rows (coded), or of some rows a column, columns (laid out) or a slice of them (coded)."""
        some, columns = at if isinstance(at, tuple) else (at, slice(None))
        chosen = self if isinstance(some, slice) and some == slice(None) else self._taken(some)
        if isinstance(columns, slice):
            return Coded(chosen.numbers[columns], chosen.places[columns], chosen.rows)
        if isinstance(columns, int | np.integer):
            return _looked_up(chosen.numbers[columns], chosen.places[columns])
        # Column after column in memory, as numpy lays out what is picked from an array by columns.
        found = np.empty((chosen.rows, len(columns)), order="F")
        for k, j in enumerate(columns):
            _looked_up(chosen.numbers[j], chosen.places[j], found[:, k])
        return found

    def _taken(self, rows: Rows) -> Coded:
        places = tuple(column[rows] for column in self.places)
        some = len(places[0]) if places else len(np.empty((self.rows, 0))[rows])
        return Coded(self.numbers, places, some)

    def __array__(
        self, dtype: DTypeLike | None = None, *, copy: bool | None = None
    ) -> NDArray[Any]:
        """All of it as an array of floats, row after row in memory."""
        if copy is False:
            raise ValueError("coded numbers can be laid out only in another place")
        found = np.empty(self.shape)
        for j, (numbers, places) in enumerate(zip(self.numbers, self.places, strict=True)):
            found[:, j] = _looked_up(numbers, places)
        return found if dtype is None else found.astype(dtype, copy=False)

    def turned(self, column: int, total: float) -> Coded:
        """The same with one column's numbers taken from a total: reverse-keyed."""
        numbers = list(self.numbers)
        numbers[column] = total - numbers[column]
        return Coded(tuple(numbers), self.places, self.rows)


def _looked_up(numbers: Vector, places: Places, into: Vector | None = None) -> Vector:
    # "wrap" spares the check of each position, which takes most of the time; -1 is the last.
    return np.take(numbers, places, out=into, mode="wrap")


def coded(values: Vector) -> Coded:
    """Code one column, shape (n,)."""
    numbers, places = np.unique(values, return_inverse=True)
    kind = next(t for t in "bhi" if len(numbers) <= np.iinfo(t).max)
    return Coded((numbers,), (places.ravel().astype(kind),), len(values))


def beside(parts: Sequence[Matrix | Coded], rows: int) -> Matrix | Coded:
    """The columns of several, all of so many rows, beside one another; coded if all are."""
    kept = [part for part in parts if isinstance(part, Coded)]
    if not parts or len(kept) < len(parts):
        return np.hstack([np.empty((rows, 0)), *(np.asarray(part) for part in parts)])
    numbers = tuple(column for part in kept for column in part.numbers)
    return Coded(numbers, tuple(column for part in kept for column in part.places), rows)


def missing_in(values: Matrix | Coded, column: int) -> NDArray[np.bool_]:
    """Which rows have a gap in a column, shape (n,)."""
    if isinstance(values, Coded):
        gaps = np.isnan(values.numbers[column])
        return np.take(gaps, values.places[column], mode="wrap")
    return np.asarray(np.isnan(values[:, column]))


def complete_in(values: Matrix | Coded, columns: Sequence[int]) -> NDArray[np.bool_]:
    """Which rows have no gap in some columns, shape (n,); memory O(n)."""
    whole = np.ones(values.shape[0], bool)
    for column in columns:
        whole &= ~missing_in(values, column)
    return whole
