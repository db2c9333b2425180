"""Which source a table comes from: the marks that platforms leave in it decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.errors import ResponseError
from cosyn.importers._types import IMPORTERS

if TYPE_CHECKING:
    from cosyn.importers._types import Importer
    from cosyn.tables import RawTable

PLAIN = "plain"


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
