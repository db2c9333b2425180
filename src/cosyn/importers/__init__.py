"""Read responses: one module a source, found by its marks and never by guesswork."""

from cosyn.importers._draft import Draft, draft
from cosyn.importers._fielded import read_fielded
from cosyn.importers._mapping import ResponseMapping, load_mapping
from cosyn.importers._read import read_responses
from cosyn.importers._types import (
    IMPORTERS,
    ColumnFate,
    Imported,
    Importer,
    ImportReport,
    Prepared,
    RefusedCells,
    SetAside,
)

__all__ = [
    "IMPORTERS",
    "ColumnFate",
    "Draft",
    "ImportReport",
    "Imported",
    "Importer",
    "Prepared",
    "RefusedCells",
    "ResponseMapping",
    "SetAside",
    "draft",
    "load_mapping",
    "read_fielded",
    "read_responses",
]
