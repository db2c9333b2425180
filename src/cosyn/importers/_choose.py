"""Which source a table comes from: the marks that platforms leave in it decide."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cosyn.errors import ResponseError
from cosyn.importers._types import IMPORTERS
from cosyn.tables import NULL

if TYPE_CHECKING:
    from cosyn.importers._types import Importer, Prepared
    from cosyn.instrument.types import Instrument
    from cosyn.tables import RawTable

PLAIN = "plain"


def prepared(importer: Importer, table: RawTable, instrument: Instrument) -> Prepared:
    """Lay a table out as its source says; what no importer tells from a blank is one."""
    found = importer.prepare(table, instrument)
    if not any(NULL in column.texts for column in found.table.columns):
        return found
    columns = [c.mapped(lambda text: "" if text == NULL else text) for c in found.table.columns]
    return replace(found, table=replace(found.table, columns=tuple(columns)))


def choose(table: RawTable, asked: str | None, file: str) -> Importer:
    """Find the importer that recognises a table, or take the one asked for.

    Raises
    ------
    ResponseError
        ``response.several-sources`` if it bears the marks of more than one.
    PlanError
        If there is no importer of the name asked for.
    """
    if asked is not None:
        return IMPORTERS[asked]
    found = [entry for entry in IMPORTERS if entry.recognises(table)]
    if len(found) > 1:
        what = f"this may be {' or '.join(entry.title for entry in found)}"
        fix = f"Say which: {' or '.join(f'--importer {entry.name}' for entry in found)}"
        raise ResponseError("response.several-sources", file, what, fix)
    return found[0] if found else IMPORTERS[PLAIN]
