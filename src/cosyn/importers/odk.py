"""Downloads of ODK Central: one row a submission, groups before the names."""

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
        "start|.*-start": ("time", "started"),
        "end|.*-end": ("time", "submitted"),
        "submissiondate": ("time", "submitted"),
        "key|(meta-)?instance(id|name)": ("personal", "platform account"),
        "submitter(id|name)|username": ("personal", "platform account"),
        "deviceid|subscriberid|simserial": ("personal", "device"),
        "phonenumber": ("personal", "telephone number"),
        "email": ("personal", "e-mail address"),
        r".*-(latitude|longitude|altitude|accuracy)": ("personal", "place"),
        "attachments(present|expected)|status|reviewstate|edits|formversion|today|(meta-)?audit": (
            "platform",
            "",
        ),
    }
)


def recognises(table: RawTable) -> bool:
    """Tell by the columns before and behind the answers."""
    return has(table, "submissiondate", "key") or has(table, "submissiondate", "meta-instanceid")


def prepare(table: RawTable, instrument: Instrument) -> Prepared:
    """Find items behind their groups; set aside what was looked at and rejected."""
    table = distinct(table)
    roles = roles_of(table.header, _OWN)
    table = set_aside(table, place(table, "reviewstate"), _rejected)
    return Prepared(table, {**items_in_groups(table.header, roles, instrument, "-"), **roles})


def _rejected(text: str) -> str:
    return "rejected in ODK Central" if plain(text) == "rejected" else ""


IMPORTER = Importer("odk", "a download of ODK Central", recognises, prepare)
