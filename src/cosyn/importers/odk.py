"""Exports of ODK Central: questions as ``group-name``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.importers._platform import behind_groups, has, own_columns, without
from cosyn.importers._types import Importer, Prepared

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cosyn.importers._types import Role
    from cosyn.instrument.types import Instrument
    from cosyn.tables import RawTable

_OWN: Mapping[str, Role] = {
    "start": ("time", "started"),
    "end": ("time", "submitted"),
    "submissiondate": ("time", "submitted"),
    "today": ("platform", ""),
    "meta-instanceid": ("platform", ""),
    "meta-instancename": ("free text", ""),
    "instanceid": ("platform", ""),
    "key": ("platform", ""),
    "submitterid": ("personal", "platform account"),
    "submittername": ("personal", "platform account"),
    "deviceid": ("personal", "device"),
    "username": ("personal", "platform account"),
    "attachmentspresent": ("platform", ""),
    "attachmentsexpected": ("platform", ""),
    "status": ("platform", ""),
    "reviewstate": ("platform", ""),
    "edits": ("platform", ""),
    "formversion": ("platform", ""),
}


def recognises(table: RawTable) -> bool:
    """Tell by the columns that Central adds to every export."""
    return has(table, "submissiondate", "key", "formversion")


def prepare(table: RawTable, instrument: Instrument) -> Prepared:
    """Name Central's own columns; submissions that somebody rejected are set aside."""
    kept = without(table, "reviewstate", {"rejected"}, "rejected in ODK Central")
    roles = behind_groups(kept, instrument, "-") | own_columns(kept, _OWN)
    return Prepared(kept, roles)


IMPORTER = Importer("odk", "an export of ODK Central", recognises, prepare)
