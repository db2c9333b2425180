"""Exports of REDCap: raw codes or labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.importers._platform import changed, count, distinct, has, patterns, roles_of, warned
from cosyn.importers._types import Importer, Prepared
from cosyn.spelling import plain

if TYPE_CHECKING:
    from cosyn.instrument.types import Instrument
    from cosyn.tables import RawTable

_OWN = patterns(
    {
        r"\w+_timestamp|survey timestamp": ("time", "submitted"),
        "record_?id|record id": ("personal", "platform account"),
        "redcap_survey_identifier|survey identifier": ("personal", "platform account"),
        r"\w+_complete|complete\?": ("platform", ""),
        "redcap_event_name|event name": ("wave", ""),
        "redcap_(repeat_instrument|repeat_instance|data_access_group)": ("platform", ""),
        "repeat instrument|repeat instance|data access group": ("platform", ""),
    }
)
_NEVER = "[not completed]"


def recognises(table: RawTable) -> bool:
    """Tell by the record's number and the state of a form."""
    complete = any(plain(name).endswith(("_complete", "complete?")) for name in table.header)
    own = has(table, "redcap_survey_identifier") or has(table, "survey identifier")
    return (has(table, "record_id") or has(table, "record id")) and (complete or own)


def prepare(table: RawTable, instrument: Instrument) -> Prepared:
    """Say what REDCap's own columns are, and how many records are not complete."""
    del instrument
    table = distinct(table)
    roles = roles_of(table.header, _OWN)
    partial = 0
    for i, name in enumerate(table.header):
        if name in roles and roles[name][0] == "time":
            table = changed(table, i, lambda text: "" if text.strip() == _NEVER else text)
        if plain(name).endswith(("_complete", "complete?")):
            partial = max(partial, count(table.columns[i], _is_open))
    note = f"unfinished: {partial:,}; what they answered is kept" if partial else ""
    return Prepared(warned(table, note), roles)


def _is_open(text: str) -> bool:
    return plain(text) in {"0", "1", "incomplete", "unverified"}


IMPORTER = Importer("redcap", "an export of REDCap", recognises, prepare)
