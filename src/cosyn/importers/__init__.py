"""Read files of responses: one module a kind of file, found by content and never by guesswork."""

from cosyn.importers._choose import read_table
from cosyn.importers._mapping import ResponseMapping, load_mapping
from cosyn.importers._read import read_responses
from cosyn.importers._types import (
    IMPORTERS,
    ColumnFate,
    Imported,
    Importer,
    ImportReport,
    RawTable,
    RefusedCells,
    SetAside,
)

__all__ = [
    "IMPORTERS",
    "ColumnFate",
    "ImportReport",
    "Imported",
    "Importer",
    "RawTable",
    "RefusedCells",
    "ResponseMapping",
    "SetAside",
    "load_mapping",
    "read_responses",
    "read_table",
]
