"""Exports of REDCap, raw (codes) or with labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.importers._platform import own_columns
from cosyn.importers._types import Importer, Prepared
from cosyn.spelling import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cosyn.importers._types import Role
    from cosyn.instrument.types import Instrument
    from cosyn.tables import RawTable

_OWN: Mapping[str, Role] = {
    "record_id": ("platform", ""),
    "record id": ("platform", ""),
    "redcap_survey_identifier": ("personal", "platform account"),
    "survey identifier": ("personal", "platform account"),
    "redcap_event_name": ("wave", ""),
    "event name": ("wave", ""),
    "redcap_repeat_instrument": ("platform", ""),
    "redcap_repeat_instance": ("platform", ""),
}
_TIMES = ("_timestamp", "survey timestamp")
_DONE = ("_complete", "complete?")
_UNSENT = "[not completed]"


def recognises(table: RawTable) -> bool:
    """Tell by the record's number in the first column and the state of a form."""
    names = [plain(column) for column in table.header]
    first = names[:1]
    return first in (["record_id"], ["record id"]) and any(n.endswith(_DONE) for n in names)


def prepare(table: RawTable, instrument: Instrument) -> Prepared:
    """Name REDCap's own columns; variables are item ids in small letters."""
    del instrument
    roles: dict[str, Role] = own_columns(table, _OWN)
    timed = False
    for column in table.header:
        name = plain(column)
        if name.endswith(_DONE):
            roles[column] = ("platform", "")
        elif name.endswith(_TIMES):
            roles[column] = ("platform", "") if timed else ("time", "submitted")
            timed = True
    times = next((c for c in table.header if roles.get(c) == ("time", "submitted")), None)
    if times is not None:
        place = table.header.index(times)
        blanked = table.columns[place].mapped(lambda text: "" if plain(text) == _UNSENT else text)
        columns = (*table.columns[:place], blanked, *table.columns[place + 1 :])
        table = table.with_columns(table.header, columns)
    return Prepared(table, roles)


IMPORTER = Importer("redcap", "an export of REDCap", recognises, prepare)
