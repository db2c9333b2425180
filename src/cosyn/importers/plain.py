"""A table of answers of no platform in particular: one row of names, one row a respondent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.importers._types import Importer, Prepared

if TYPE_CHECKING:
    from cosyn.instrument.types import Instrument
    from cosyn.tables import RawTable


def recognises(table: RawTable) -> bool:
    """Never by itself: it is what remains when no platform has left its marks."""
    del table
    return False


def prepare(table: RawTable, instrument: Instrument) -> Prepared:
    """Take the table as it is."""
    del instrument
    return Prepared(table)


IMPORTER = Importer("plain", "a table of answers", recognises, prepare)
