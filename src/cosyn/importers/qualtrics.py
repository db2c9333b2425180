"""Downloads of Qualtrics: one, two (of old) or three rows of header, by code or by choice text."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from cosyn.importers._platform import (
    changed,
    count,
    distinct,
    has,
    language_of,
    patterns,
    place,
    roles_of,
    set_aside,
    warned,
)
from cosyn.importers._qualtrics import by_position, by_text, refuse_other_texts
from cosyn.importers._types import Importer, Prepared
from cosyn.instrument.types import Missing
from cosyn.spelling import key, plain
from cosyn.tables import NOT_SHOWN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cosyn.columns import Column
    from cosyn.importers._types import Role
    from cosyn.instrument.types import Instrument
    from cosyn.tables import RawTable

_OWN = patterns(
    {
        "startdate": ("time", "started"),
        "enddate": ("time", "submitted"),
        "recordeddate": ("time", "submitted"),
        r"duration( \(in seconds\))?": ("seconds", ""),
        "userlanguage": ("language", ""),
        "ip ?address": ("personal", "internet address"),
        "(_recordid|response ?id)": ("personal", "platform account"),
        "recipient(last|first)name": ("personal", "name"),
        "(recipientemail|emailaddress)": ("personal", "e-mail address"),
        "external(data)?reference": ("personal", "identity number"),
        "location(latitude|longitude|accuracy)": ("personal", "place"),
        r".*_(browser|version|operating system|resolution|user agent)": ("personal", "device"),
        "status|progress|finished|responseset|distributionchannel": ("platform", ""),
        r"q_\w+|.*_do(_\w+)?|.*_(first click|last click|page submit|click count)": ("platform", ""),
    }
)
_ACCOUNT: Role = ("personal", "name")
_SEEN = "-99"
_LEGACY = re.compile(r"V\d+")
_ID = "ImportId"
_OF_A_QUESTION = re.compile(r"\d*_?QID")
_REAL = re.compile(r"0|16|32|48|.*\bip\b.*|offline( survey| response)*|ex")
"""Statuses of answers that a respondent gave."""
_UNREAL = (
    (re.compile("1|9|17|.*preview.*"), "a preview"),
    (re.compile("2|.*test.*"), "a test"),
    (re.compile("4|12|.*import.*"), "imported, not answered"),
    (re.compile("8|40|.*spam.*"), "marked as spam"),
)
_UNFINISHED = {"0", "false", "falsch", "否"}


def recognises(table: RawTable) -> bool:
    """Tell by the row of ``ImportId``, or by names that no other platform gives."""
    if any(_import_ids(table, row) for row in range(min(2, table.n))):
        return True
    if has(table, "responseid", "finished", "status") or has(table, "recordeddate", "finished"):
        return True
    return table.n > 0 and _is_legacy(table)


def _is_legacy(table: RawTable) -> bool:
    below = {plain(cell) for cell in table.row(0)}
    return bool(_LEGACY.fullmatch(table.header[0])) and {"responseid", "responseset"} <= below


def prepare(table: RawTable, instrument: Instrument) -> Prepared:
    """Take off the further rows of header, set aside what no respondent sent, name the columns.

    Raises
    ------
    ResponseError
        ``response.texts-disagree``: the texts of questions say that a column is another item.
    """
    ids: tuple[str, ...] = ()
    wordings: tuple[str, ...] = ()
    if table.n and _is_legacy(table):
        table, wordings = _named_by_the_second_row(table)
    else:
        rows = next((n + 1 for n in (0, 1) if n < table.n and _import_ids(table, n)), 0)
        ids = _import_ids(table, rows - 1) if rows else ()
        wordings = table.row(0) if rows == 2 else ()
        table = table.below(rows)
    table = _own_names(distinct(table, ids), ids)
    roles = _roles(table.header, ids)
    own = {name for name, role in roles.items() if role[0] != "item"}
    table = _only_real(table)
    table = changed(table, place(table, "userlanguage"), lambda t: language_of(t, instrument))
    items = by_position(table, instrument, wordings)
    items |= by_text(table, instrument, wordings, {*items, *own})
    refuse_other_texts(table, instrument, wordings, items)
    table, missing = _seen(table, instrument, own)
    table = replace(table, wordings=wordings)
    return Prepared(table, {**items, **roles}, missing)


def _import_ids(table: RawTable, row: int) -> tuple[str, ...]:
    """What a row of JSON calls the columns; empty if it is no such row."""
    cells = table.row(row)
    if not any(_ID in cell for cell in cells):
        return ()
    return tuple(map(_import_id, cells))


def _import_id(cell: str) -> str:
    try:
        found = json.loads(cell)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(found, dict):
        return ""
    parts = (str(found.get(part, "")) for part in (_ID, "choiceId"))
    return " ".join(filter(None, parts))


def _named_by_the_second_row(table: RawTable) -> tuple[RawTable, tuple[str, ...]]:
    """Name the columns ``V1`` and so on by the row of texts; the others have names."""
    below = table.row(0)
    header = tuple(
        below[i].strip() or name if _LEGACY.fullmatch(name) else name
        for i, name in enumerate(table.header)
    )
    return replace(table, header=header).below(1), below


def _own_names(table: RawTable, ids: tuple[str, ...]) -> RawTable:
    """Use English names for the platform's own columns, where the account has other ones."""
    english = {
        "startDate": "StartDate",
        "endDate": "EndDate",
        "status": "Status",
        "finished": "Finished",
        "recordedDate": "RecordedDate",
        "userLanguage": "UserLanguage",
    }
    if not ids:
        return table
    pairs = zip(table.header, ids, strict=True)
    return replace(table, header=tuple(english.get(own, name) for name, own in pairs))


def _roles(header: Iterable[str], ids: tuple[str, ...]) -> dict[str, Role]:
    """What the platform's own columns are; one that bears a question's id is none of them."""
    names = list(header)
    asked = {n for n, i in zip(names, ids, strict=False) if _OF_A_QUESTION.match(i)}
    found = roles_of((name for name in names if name not in asked), _OWN)
    for name, own in zip(names, ids, strict=False):
        # Names in the language of the account are known by what the third row calls them.
        if name not in asked and name not in found and own:
            role = roles_of([own], _OWN).get(own)
            found |= {name: role} if role else {}
    if names and not ids and plain(names[0]) == "responseid":
        found |= {name: _ACCOUNT for name in names[:10] if plain(name) == "name"}
    return found


def _only_real(table: RawTable) -> RawTable:
    """Set aside previews, tests, imports and spam; say how many answers are unfinished."""
    table = set_aside(table, place(table, "status"), _not_real)
    table = set_aside(table, place(table, "distributionchannel"), _only_distributed)
    finished = place(table, "finished")
    if finished is None:
        return table
    partial = count(table.columns[finished], lambda text: plain(text) in _UNFINISHED)
    unfinished = f"unfinished: {partial:,}; what they answered is kept"
    return warned(table, unfinished if partial else "")


def _not_real(text: str) -> str:
    status = key(text)
    if not status or _REAL.fullmatch(status):
        return ""
    found = (what for pattern, what in _UNREAL if pattern.fullmatch(status))
    what = next(found, f"of the status {text.strip()!r}")
    return f"{what} in Qualtrics"


def _only_distributed(text: str) -> str:
    return "a preview in Qualtrics" if plain(text) == "preview" else ""


def _seen(
    table: RawTable, instrument: Instrument, own: set[str]
) -> tuple[RawTable, dict[str, Missing]]:
    """Where -99 marks what was seen and left out, a blank was not seen."""
    formats = instrument.response_formats
    taken = any(
        f.accepts(float(_SEEN)) or any(str(m.code) == _SEEN for m in f.missing) for f in formats
    )
    asked = [i for i, name in enumerate(table.header) if name not in own]
    marked = any(_SEEN in map(str.strip, table.columns[i].held()) for i in asked)
    if taken or not marked:
        return table, {} if taken else {_SEEN: Missing.NOT_ANSWERED}
    columns = list(table.columns)
    for i in asked:
        columns[i] = _blanks_not_shown(columns[i])
    return replace(table, columns=tuple(columns)), {_SEEN: Missing.NOT_ANSWERED}


def _blanks_not_shown(column: Column) -> Column:
    return column.mapped(lambda text: text if text.strip() else NOT_SHOWN)


IMPORTER = Importer("qualtrics", "a download of Qualtrics", recognises, prepare)
