"""Exports of KoboToolbox: XML values or labels, with or without the names of groups."""

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
    "_submission_time": ("time", "submitted"),
    "today": ("platform", ""),
    "username": ("personal", "platform account"),
    "_submitted_by": ("personal", "platform account"),
    "deviceid": ("personal", "device"),
    "phonenumber": ("personal", "telephone number"),
    "_id": ("platform", ""),
    "_uuid": ("platform", ""),
    "_index": ("platform", ""),
    "_validation_status": ("platform", ""),
    "_notes": ("free text", ""),
    "_status": ("platform", ""),
    "__version__": ("platform", ""),
    "_tags": ("free text", ""),
    "_parent_table_name": ("platform", ""),
    "_parent_index": ("platform", ""),
    "meta/rootuuid": ("platform", ""),
    "meta/instanceid": ("platform", ""),
}
_REJECTED = {"validation_status_not_approved", "not approved"}


def recognises(table: RawTable) -> bool:
    """Tell by the columns that stand at the end of every export."""
    return has(table, "_id", "_uuid", "_index")


def prepare(table: RawTable, instrument: Instrument) -> Prepared:
    """Name Kobo's own columns; a column of a group is named by what stands behind the group.

    Submissions that somebody marked as not approved are set aside.
    """
    kept = without(table, "_validation_status", _REJECTED, "not approved in KoboToolbox")
    roles = behind_groups(kept, instrument, "/") | own_columns(kept, _OWN)
    return Prepared(kept, roles)


IMPORTER = Importer("kobo", "an export of KoboToolbox", recognises, prepare)
