"""What importers hand on, and what is reported of a file that was read."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Literal

from cosyn.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cosyn.instrument.types import Instrument, Missing
    from cosyn.responses import Submissions
    from cosyn.tables import RawTable

Fate = Literal[
    "item",
    "choices",
    "department",
    "wave",
    "respondent",
    "language",
    "form",
    "order",
    "week",
    "seconds",
    "metadata",
    "time",
    "checked",
    "personal",
    "free text",
    "platform",
    "ignored by mapping",
    "empty",
    "unmapped",
]


CHOSEN, NOT_CHOSEN = "\0001", "\0000"
"""Cells made of a choice: the codes 1 and 0, whatever these digits stand for in the file."""
Role = tuple[Fate, str]
"""What a column is, and which one of its kind: an item's id, what of a person it would tell."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A platform's export, laid out as one row of names above one row a respondent.

    Attributes
    ----------
    roles : Mapping[str, Role]
        Name of a column (as in the table's header) -> what it is, as far as the platform says.
    missing : Mapping[str, Missing]
        Texts in the columns of items that stand for a reason, e.g. ``"-99"``.
    labels : Mapping[str, Mapping[str, float]]
        Response format -> text -> code, where the platform writes neither code nor label; tried
        after the mapping file and before the codes.
    """

    table: RawTable
    roles: Mapping[str, Role] = field(default_factory=dict)
    missing: dict[str, Missing] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Importer:
    """An entry of the registry: one source of responses.

    Attributes
    ----------
    title : str
        What such a table is called in a sentence, e.g. ``"a Qualtrics export"``.
    recognises : callable
        Whether a table bears the source's marks.
    prepare : callable
        Lays the table out and says what the source's own columns are; `ResponseError` if it
        cannot be done without guessing.
    """

    name: str
    title: str
    recognises: Callable[[RawTable], bool]
    prepare: Callable[[RawTable, Instrument], Prepared]


IMPORTERS = Registry("cosyn.importers", Importer)


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row that was not imported, and why."""

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class ColumnFate:
    """What became of a column.

    Attributes
    ----------
    target : str
        The item's id, or what a personal column would tell; empty where the fate says it all.
    """

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
    importer, kind : str
        The source it was read as, and the kind of file.
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
    missing_by_item : Mapping[str, Mapping[str, int]]
        Item -> reason -> cells, for reasons that occur.
    languages, digests : Mapping[str, int]
        Language, digest of the wording -> kept rows.
    same_answers : tuple of tuple of int
        Rows that hold the same answers throughout; all are kept.
    """

    file: str
    sha256: str
    mapping_sha256: str
    importer: str
    kind: str
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
    missing_by_item: Mapping[str, Mapping[str, int]]
    languages: Mapping[str, int]
    digests: Mapping[str, int]
    same_answers: tuple[tuple[int, ...], ...]
    warnings: tuple[str, ...]

    def to_dict(self) -> dict[str, object]:
        """Plain dictionaries and tuples, ready for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Imported:
    """The submissions of a file and the report on it.

    Attributes
    ----------
    quarantine : bytes
        What was not understood and is no personal column, to be kept apart (compressed lines of
        JSON); empty if there is nothing.
    """

    submissions: Submissions
    report: ImportReport
    quarantine: bytes = b""
