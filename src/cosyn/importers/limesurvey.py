"""Responses of LimeSurvey: CSV under codes or texts, VV, and JSON over its remote control."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cosyn.importers._match import wordings_of
from cosyn.importers._platform import (
    changed,
    count,
    distinct,
    has,
    language_of,
    patterns,
    place,
    roles_of,
    warned,
)
from cosyn.importers._types import Importer, Prepared
from cosyn.spelling import key, plain
from cosyn.tables import NOT_SHOWN, NULL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from cosyn.columns import Column
    from cosyn.importers._types import Role
    from cosyn.instrument.types import Instrument
    from cosyn.tables import RawTable

_OWN = patterns(
    {
        "submitdate|date submitted": ("time", "submitted"),
        "startdate|date started": ("time", "started"),
        "datestamp|date last action": ("time", "submitted"),
        "interviewtime|total time": ("seconds", ""),
        "startlanguage|start language": ("language", ""),
        "token|access code": ("personal", "platform account"),
        "ipaddr|ip address": ("personal", "internet address"),
        "refurl|referrer url": ("personal", "place"),
        "firstname|first name|lastname|last name": ("personal", "name"),
        "email|email address": ("personal", "e-mail address"),
        r"attribute_?\d+": ("personal", "participant's attribute"),
        "id|response id|lastpage|last page|seed": ("platform", ""),
        r"(group|question) ?time.*|\w*\d+time": ("platform", ""),
        r".*(\[other\]|_other|\[comment\]|_?comment)": ("free text", ""),
    }
)
_MARKS = (("submitdate", "startlanguage"), ("date submitted", "start language"))
_VV = {"{question_not_shown}": NOT_SHOWN}
_SIGNS = (("{newline}", "\n"), ("{tab}", "\t"), ("{cr}", "\r"), ("{lf}", "\n"))
_NEVER = ("1980-01-01",)
_OTHER_CODE = re.compile(r"(?:a|ao)0*(\d{1,3})")


def recognises(table: RawTable) -> bool:
    """Tell by the names of its own columns, in the first row or (VV) in the second."""
    return any(has(table, *marks) for marks in _MARKS) or _is_vv(table)


def _is_vv(table: RawTable) -> bool:
    below = {cell.strip() for cell in table.row(0)} if table.n else set()
    return {"id", "submitdate", "startlanguage"} <= below


def prepare(table: RawTable, instrument: Instrument) -> Prepared:
    """Name the columns by code, or by the item whose text they bear; set aside empty rows."""
    if _is_vv(table):
        table = _from_vv(table)
    table = distinct(replace(table, columns=tuple(c.mapped(_null) for c in table.columns)))
    roles = roles_of(table.header, _OWN)
    table = _shown(table, [name for name, role in roles.items() if role[0] != "item"])
    table = changed(table, _language(table), lambda text: language_of(text, instrument))
    items = dict(_items(table, roles, instrument))
    roles |= items
    table, labels = _other_codes(table, items, instrument)
    return Prepared(table, roles, labels=labels)


def _null(text: str) -> str:
    return NOT_SHOWN if text == NULL else text


def _language(table: RawTable) -> int | None:
    return place(table, "startlanguage", "start language")


def _from_vv(table: RawTable) -> RawTable:
    """Take the codes for names, the texts above them for wordings, and undo its own signs."""
    texts, header = table.header, table.row(0)
    below = table.below(1)
    columns = tuple(column.mapped(_unescaped) for column in below.columns)
    return replace(
        below,
        header=tuple(name.strip() for name in header),
        columns=columns,
        wordings=texts,
        first_row=table.first_row + 1,
    )


def _unescaped(text: str) -> str:
    for sign, meant in _SIGNS:
        text = text.replace(sign, meant)
    return _VV.get(text, text)


def _shown(table: RawTable, own: list[str]) -> RawTable:
    """Set aside rows to whom nothing was shown; tell how many others are incomplete."""
    asked = [c for n, c in zip(table.header, table.columns, strict=True) if n not in own]
    nothing = np.full(table.n, bool(asked))
    for column in asked:
        nothing &= _is_null(column)
    if nothing.any():
        table = table.only(~nothing, "no question was shown (an empty row of LimeSurvey's)")
    submitted = place(table, "submitdate", "date submitted")
    if submitted is None:
        return table
    partial = count(table.columns[submitted], lambda text: not text.strip() or text == NOT_SHOWN)
    table = changed(table, submitted, lambda text: "" if text.startswith(_NEVER) else text)
    what = f"{partial:,} responses were not sent off (no date of submission); they are kept"
    note = what if partial else ""
    return warned(_without_null_dates(table), note)


def _without_null_dates(table: RawTable) -> RawTable:
    own = roles_of(table.header, _OWN)
    for i, name in enumerate(table.header):
        if name in own:
            table = changed(table, i, lambda t: "" if t == NOT_SHOWN or t.startswith(_NEVER) else t)
    return table


def _is_null(column: Column) -> NDArray[np.bool_]:
    return np.array([text == NOT_SHOWN for text in column.texts], bool)[column.codes]


def _items(
    table: RawTable, own: Mapping[str, Role], instrument: Instrument
) -> Iterator[tuple[str, Role]]:
    """Columns that bear an item's code or wording, alone or as the row of an array."""
    ids = {plain(item.id): item.id for item in instrument.items}
    known = wordings_of(instrument)
    for name in table.header:
        if name in own:
            continue
        item = _coded(name, ids) or _worded(name, known)
        if item:
            yield name, ("item", item)


def _coded(name: str, ids: Mapping[str, str]) -> str:
    """Read ``A1``, ``b1[A1]`` (CSV, JSON) and ``b1_A1`` (VV)."""
    spelt = plain(name)
    row = re.fullmatch(r"\w+\[(\w+)\]", spelt)
    return ids.get(spelt) or ids.get(row[1] if row else spelt.rpartition("_")[2]) or ""


def _worded(name: str, known: Mapping[str, str]) -> str:
    """Read ``How? [Row]``, whole or cut after some signs; braces are escaped by a backslash."""
    text = name.replace("\\{", "{").replace("\\}", "}").strip()
    spelt = plain(text)
    if spelt in known:
        return known[spelt]
    starts = [i for i, sign in enumerate(spelt) if sign == "["] if spelt.endswith("]") else []
    rows = [spelt[i + 1 : -1].strip() for i in starts]
    found = next((known[row] for row in rows if row in known), "")
    if found or ".." not in text:
        return found
    return _cut(rows[-1] if rows else spelt, known)


def _cut(text: str, known: Mapping[str, str]) -> str:
    """Find the one wording that begins as a shortened text does."""
    if not text.endswith(".."):
        return ""
    start = text.removesuffix("..").strip()
    found = {item for wording, item in known.items() if start and wording.startswith(start)}
    return found.pop() if len(found) == 1 else ""


def _other_codes(
    table: RawTable, items: Mapping[str, Role], instrument: Instrument
) -> tuple[RawTable, dict[str, dict[str, float]]]:
    """Read ``A2`` and ``AO02``, LimeSurvey's own codes, as the instrument's code 2."""
    labels: dict[str, dict[str, float]] = {}
    columns = dict(zip(table.header, table.columns, strict=True))
    for name, (_, item) in items.items():
        answers = next(
            f for f in instrument.response_formats if f.id == instrument.item(item).response_format
        )
        spelt = [key(text) for text in columns[name].held() if text.strip() and text != NOT_SHOWN]
        read = {text: found for text in spelt if (found := _OTHER_CODE.fullmatch(text))}
        if not read or len(read) < len(set(spelt)) or answers.kind != "options":
            continue
        codes = {text: float(found[1]) for text, found in read.items()}
        if all(answers.accepts(code) for code in codes.values()):
            labels.setdefault(answers.id, {}).update(codes)
    shown = sorted({text for codes in labels.values() for text in codes})
    note = f"LimeSurvey's codes were read as the instrument's: {', '.join(shown[:5])}"
    return warned(table, note if shown else ""), labels


IMPORTER = Importer("limesurvey", "responses of LimeSurvey", recognises, prepare)
