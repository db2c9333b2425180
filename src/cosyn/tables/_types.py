"""A file's cells as text, before anything is understood."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from cosyn.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from cosyn.columns import Column

UNCALCULATED = "#UNCALCULATED!"
"""Stands for a formula whose value the file does not hold."""
NULL = "\0null"
"""Stands for a cell that the file holds as nothing, where it writes an empty text otherwise."""
NOT_SHOWN = "\0not shown"
"""Stands for a cell of which the file says that its question was not shown; no text holds NUL."""


@dataclass(frozen=True, slots=True)
class Aside:
    """A row of a file that is no answer: its number, why, and what it held."""

    row: int
    reason: str
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class RawTable:
    """A header and m columns of n rows.

    Attributes
    ----------
    header : tuple of str
        Length m, stripped.
    columns : tuple of Column
        Length m: the rows that are as wide as the header, without blank ones.
    numbers : ndarray of int64, shape (n,)
        Number of each row in the file, counted as a spreadsheet shows it.
    aside : tuple of Aside
        Rows that are no answers, in the file's order.
    blank : int
        Number of blank rows.
    first_row : int
        Number in the file of the row below the header.
    encoding, delimiter, sheet : str
        How it was read; empty where the kind of file has none.
    wordings : tuple of str
        What the file itself says each column asks (length m), or nothing.
    labels : tuple of Mapping[str, str]
        Code -> what the file calls it, a column each; or nothing.
    user_missing : tuple of tuple of (str, str)
        Ranges of codes, both ends included, that the file declares as missing, a column each.
    warnings : tuple of str
        What the reader had to decide by itself.
    """

    header: tuple[str, ...]
    columns: tuple[Column, ...]
    numbers: NDArray[np.int64]
    first_row: int
    aside: tuple[Aside, ...] = ()
    blank: int = 0
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    wordings: tuple[str, ...] = ()
    labels: tuple[Mapping[str, str], ...] = ()
    user_missing: tuple[tuple[tuple[str, str], ...], ...] = ()
    warnings: tuple[str, ...] = field(default=())

    @property
    def n(self) -> int:
        """Number of rows that may be answers."""
        return len(self.numbers)

    def place(self, column: int) -> str:
        """Name a column as the user's program does: ``column C`` in a sheet, else ``column 3``."""
        return f"column {letters(column) if self.sheet else column + 1}"

    def row(self, i: int) -> tuple[str, ...]:
        """The cells of a row."""
        return tuple(column[i] for column in self.columns)

    def records(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Number and cells of each row; for tables that are small."""
        return zip(self.numbers.tolist(), zip(*self.columns, strict=True), strict=True)

    def only(self, kept: NDArray[np.bool_], reason: str) -> RawTable:
        """Set aside the rows that are not kept."""
        gone = [
            Aside(int(self.numbers[i]), reason, self.row(i)) for i in np.flatnonzero(~kept).tolist()
        ]
        return replace(
            self,
            columns=tuple(column.taken(kept) for column in self.columns),
            numbers=self.numbers[kept],
            aside=tuple(sorted((*self.aside, *gone), key=lambda aside: aside.row)),
        )

    def below(self, rows: int) -> RawTable:
        """Leave out the first rows: further rows of a header, which are no answers."""
        return replace(
            self,
            columns=tuple(column.taken(slice(rows, None)) for column in self.columns),
            numbers=self.numbers[rows:],
        )

    def with_columns(self, header: Sequence[str], columns: Iterable[Column]) -> RawTable:
        """The same rows under other columns."""
        return replace(
            self,
            header=tuple(header),
            columns=tuple(columns),
            wordings=(),
            labels=(),
            user_missing=(),
        )


@dataclass(frozen=True, slots=True)
class Kind:
    """An entry of the registry: one kind of file.

    Attributes
    ----------
    title : str
        What the kind is called in a sentence, e.g. ``"an Excel workbook"``.
    suffixes : tuple of str
        Endings such files usually have, e.g. ``".csv"``; another ending is only warned about.
    recognises : callable
        Whether a file, given its path and first bytes, is of this kind by its content.
    read : callable
        Turns the file into a `RawTable`; `ResponseError` if it cannot.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    recognises: Callable[[Path, bytes], bool]
    read: Callable[[Path], RawTable]


KINDS = Registry("cosyn.tables", Kind)


def letters(column: int) -> str:
    """Spreadsheet letters of a column counted from 0: A, B, ..., Z, AA."""
    letters = ""
    left = column + 1
    while left:
        left, digit = divmod(left - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters
