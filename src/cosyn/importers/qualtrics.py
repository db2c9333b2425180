"""Exports of Qualtrics: three header rows, or the older two; codes or the texts of choices."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from cosyn.importers._match import recogniser
from cosyn.importers._platform import has, own_columns, without
from cosyn.importers._types import Importer, Prepared
from cosyn.instrument.types import Missing
from cosyn.spelling import plain
from cosyn.tables import NOT_SHOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cosyn.importers._types import Role
    from cosyn.instrument.types import Instrument
    from cosyn.tables import RawTable

_ACCOUNT: Role = ("personal", "platform account")
_OWN: Mapping[str, Role] = {
    "startdate": ("time", "started"),
    "enddate": ("time", "submitted"),
    "recordeddate": ("time", "submitted"),
    "duration (in seconds)": ("seconds", ""),
    "userlanguage": ("language", ""),
    "q_language": ("language", ""),
    "status": ("platform", ""),
    "progress": ("platform", ""),
    "finished": ("platform", ""),
    "distributionchannel": ("platform", ""),
    "responseid": ("platform", ""),
    "responseset": ("platform", ""),
    "ipaddress": ("personal", "internet address"),
    "name": ("personal", "name"),
    "recipientlastname": ("personal", "name"),
    "recipientfirstname": ("personal", "name"),
    "emailaddress": ("personal", "e-mail address"),
    "recipientemail": ("personal", "e-mail address"),
    "externalreference": _ACCOUNT,
    "externaldatareference": _ACCOUNT,
    "locationlatitude": ("personal", "place"),
    "locationlongitude": ("personal", "place"),
    "locationaccuracy": ("personal", "place"),
}
_NO_RESPONSE = {
    "a preview": {"1", "9", "17", "survey preview", "spam preview", "offline survey preview"},
    "a test": {"2", "survey test"},
    "imported, not answered": {"4", "12", "imported"},
    "marked as spam": {"8", "spam"},
}
_LANGUAGES = {"zh-s": "zh-Hans", "zh-cn": "zh-Hans", "zh-t": "zh-Hant"}
_IMPORT_ID = re.compile(r'\{\s*"ImportId"\s*:')
_LEGACY = re.compile(r"v\d+")
_TAG = re.compile(r"<[^<>]*>")
SEEN_UNANSWERED = "-99"


def recognises(table: RawTable) -> bool:
    """Tell by the third header row, by the older second one, or by the columns of every export."""
    own = has(table, "startdate", "enddate", "recordeddate", "responseid")
    return own or _headers(table) > 0


def _headers(table: RawTable) -> int:
    """Number of header rows below the first."""
    for rows in (2, 1):
        if table.n >= rows and any(_IMPORT_ID.match(cell) for cell in table.row(rows - 1)):
            return rows
    if table.n and _LEGACY.fullmatch(plain(table.header[0])) and "responseset" in _spelt(table, 0):
        return 1
    return int(bool(table.n) and has(table, "startdate") and "start date" in _spelt(table, 0))


def _spelt(table: RawTable, row: int) -> set[str]:
    return {plain(cell) for cell in table.row(row)}


def prepare(table: RawTable, instrument: Instrument) -> Prepared:
    """Take the further header rows off, and set aside what nobody answered: previews and the like.

    A column is known by its name; one that is not, by the wording in the second row: alone, or
    behind the title of its matrix. Where seen but unanswered questions are marked (-99), a blank
    means that the question was not shown.
    """
    rows = _headers(table)
    wordings = table.row(0) if rows else ()
    kept = replace(table.below(rows), wordings=wordings)
    kept = _named(kept)
    for reason, texts in _NO_RESPONSE.items():
        kept = without(kept, "status", texts, f"{reason} in Qualtrics")
    kept = without(kept, "distributionchannel", {"preview"}, "a preview in Qualtrics")
    known = recogniser(instrument)
    roles = {
        column: role
        for column, wording in zip(kept.header, wordings, strict=False)
        if known(column)[0] == "unmapped" and (role := _by_wording(wording, known)) is not None
    }
    roles |= own_columns(kept, _OWN)
    return Prepared(
        _blanks(_languages(kept, roles), roles, instrument),
        roles,
        {SEEN_UNANSWERED: Missing.NOT_ANSWERED},
    )


def _named(table: RawTable) -> RawTable:
    """Give the columns V1, V2 ... of older exports the names that stand below."""
    if not table.wordings:
        return table
    names = [
        wording.strip() if _LEGACY.fullmatch(plain(column)) and wording.strip() else column
        for column, wording in zip(table.header, table.wordings, strict=True)
    ]
    return replace(table, header=tuple(names))


def _by_wording(wording: str, known: Callable[[str], Role]) -> Role | None:
    """The item that is worded so, alone or behind what stands before a hyphen."""
    text = _TAG.sub("", wording)
    tails = (text[i + 1 :] for i, sign in enumerate(text) if sign == "-")
    found = (role for tail in (text, *tails) if (role := known(tail.strip()))[0] == "item")
    return next(found, None)


def _languages(table: RawTable, roles: Mapping[str, Role]) -> RawTable:
    """Spell languages as the instrument does: EN is en, ZH-S is zh-Hans."""
    columns = [
        column.mapped(lambda text: _LANGUAGES.get(plain(text), plain(text)))
        if roles.get(name) == ("language", "")
        else column
        for name, column in zip(table.header, table.columns, strict=True)
    ]
    return replace(table, columns=tuple(columns))


def _blanks(table: RawTable, roles: Mapping[str, Role], instrument: Instrument) -> RawTable:
    """Mark blanks as not shown where the export marks what was seen and not answered."""
    known = recogniser(instrument)
    items = [(roles.get(name) or known(name))[0] == "item" for name in table.header]
    asked = [column for column, item in zip(table.columns, items, strict=True) if item]
    if not any(SEEN_UNANSWERED in map(str.strip, column.held()) for column in asked):
        return table
    columns = [
        column.mapped(lambda text: text if text.strip() else NOT_SHOWN) if item else column
        for column, item in zip(table.columns, items, strict=True)
    ]
    return replace(table, columns=tuple(columns))


IMPORTER = Importer("qualtrics", "an export of Qualtrics", recognises, prepare)
