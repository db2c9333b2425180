"""Downloads of KoboToolbox: by value or by label, with or without the names of groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.importers._groups import items_in_groups
from cosyn.importers._platform import distinct, has, patterns, place, roles_of, set_aside
from cosyn.importers._types import Importer, Prepared
from cosyn.spelling import plain

if TYPE_CHECKING:
    from cosyn.instrument.types import Instrument
    from cosyn.tables import RawTable

_OWN = patterns(
    {
        "start": ("time", "started"),
        "end": ("time", "submitted"),
        "_submission_time": ("time", "submitted"),
        "_id|_uuid|meta/(instance|root)(id|uuid)|_submitted_by|username": (
            "personal",
            "platform account",
        ),
        "deviceid|subscriberid|simserial|imei": ("personal", "device"),
        "phonenumber": ("personal", "telephone number"),
        "email": ("personal", "e-mail address"),
        "_geolocation|_.*_(latitude|longitude|altitude|precision)": ("personal", "place"),
        "_index|_parent_.*|_submission__.*|__version__|_tags|_notes|_status|today|audit": (
            "platform",
            "",
        ),
        "_validation_status|background-audio": ("platform", ""),
    }
)


def recognises(table: RawTable) -> bool:
    """Tell by the columns behind the answers."""
    return has(table, "_uuid", "_submission_time") or has(table, "_id", "_uuid", "_index")


def prepare(table: RawTable, instrument: Instrument) -> Prepared:
    """Find items behind their groups; set aside what was looked at and not approved."""
    table = distinct(table)
    roles = roles_of(table.header, _OWN)
    table = set_aside(table, place(table, "_validation_status"), _refused)
    return Prepared(table, {**items_in_groups(table.header, roles, instrument, "/"), **roles})


def _refused(text: str) -> str:
    spelt = plain(text).replace("_", " ")
    return "not approved in KoboToolbox" if spelt.endswith("not approved") else ""


IMPORTER = Importer("kobo", "a download of KoboToolbox", recognises, prepare)
