"""What importers hand on, and what is reported of a file that was read."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

from cosyn.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from cosyn.responses import Submission

Fate = Literal[
    "item",
    "department",
    "wave",
    "respondent",
    "language",
    "form",
    "order",
    "checked",
    "ignored by mapping",
    "empty",
    "unmapped",
]


@dataclass(frozen=True, slots=True)
class RawTable:
    """A file's cells as text, before anything is understood.

    Attributes
    ----------
    header : tuple of str
        Length m, stripped.
    rows : tuple of tuple of str
        Every row below the header, blank and malformed ones too, so that row numbers hold.
    first_row : int
        Number in the file of ``rows[0]``, counted as a spreadsheet shows it.
    encoding, delimiter, sheet : str
        How it was read; empty where the kind of file has none.
    warnings : tuple of str
        What the reader had to decide by itself.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    first_row: int
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    warnings: tuple[str, ...] = ()

    def place(self, column: int) -> str:
        """Name a column as the user's program does: ``column C`` in a sheet, else ``column 3``."""
        return f"column {letters(column) if self.sheet else column + 1}"


@dataclass(frozen=True, slots=True)
class Importer:
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


IMPORTERS = Registry("cosyn.importers", Importer)


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row that was not imported, and why."""

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class ColumnFate:
    """What became of a column; `target` is the item's id where there is one."""

    name: str
    fate: Fate
    target: str = ""


@dataclass(frozen=True, slots=True)
class RefusedCells:
    """A value that is no answer: where it stands and how to mend it.

    Attributes
    ----------
    item : str
        Item id, or what else the column was read as (``"department"``).
    rows : tuple of int
        Every row that holds the value.
    """

    column: str
    item: str
    value: str
    rows: tuple[int, ...]
    fix: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """Everything a data manager should know of an import.

    Attributes
    ----------
    file : str
        Name only, without its folder.
    mapping_sha256 : str
        Of the mapping file's content; empty without one.
    rows_read : int
        Rows below the header that are not blank.
    missing_counts : Mapping[str, int]
        Reason -> cells of the kept rows.
    items_without_column : tuple of str
        Items of the instrument that the file says nothing about.
    simulated : bool
        Whether the file says that a computer drew its rows.
    """

    file: str
    sha256: str
    mapping_sha256: str
    importer: str
    encoding: str
    delimiter: str
    sheet: str
    rows_read: int
    rows_kept: int
    rows_blank: int
    rows_set_aside: tuple[SetAside, ...]
    columns: tuple[ColumnFate, ...]
    refused: tuple[RefusedCells, ...]
    missing_counts: Mapping[str, int]
    items_without_column: tuple[str, ...]
    simulated: bool
    warnings: tuple[str, ...]

    def to_dict(self) -> dict[str, object]:
        """Plain dictionaries and tuples, ready for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Imported:
    """The submissions of a file and the report on it."""

    submissions: tuple[Submission, ...]
    report: ImportReport


def letters(column: int) -> str:
    """Spreadsheet letters of a column counted from 0: A, B, ..., Z, AA."""
    letters = ""
    left = column + 1
    while left:
        left, digit = divmod(left - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters
