"""Exports of LimeSurvey: responses as CSV, VV file or JSON of its remote control."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cosyn.columns import Column
from cosyn.importers._platform import behind_groups, has, own_columns
from cosyn.importers._types import Importer, Prepared
from cosyn.spelling import plain
from cosyn.tables import NOT_SHOWN, NULL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cosyn.importers._types import Role
    from cosyn.instrument.types import Instrument
    from cosyn.tables import RawTable

_ACCOUNT: Role = ("personal", "platform account")
_OWN: Mapping[str, Role] = {
    "startdate": ("time", "started"),
    "submitdate": ("time", "submitted"),
    "datestamp": ("time", "submitted"),
    "date started": ("time", "started"),
    "date submitted": ("time", "submitted"),
    "date last action": ("time", "submitted"),
    "startlanguage": ("language", ""),
    "start language": ("language", ""),
    "id": ("platform", ""),
    "response id": ("platform", ""),
    "lastpage": ("platform", ""),
    "last page": ("platform", ""),
    "seed": ("platform", ""),
    "token": _ACCOUNT,
    "access code": _ACCOUNT,
    "ipaddr": ("personal", "internet address"),
    "ip address": ("personal", "internet address"),
    "refurl": ("platform", ""),
    "referrer url": ("platform", ""),
    "interviewtime": ("seconds", ""),
    "total time": ("seconds", ""),
}
_MARKS = ("submitdate", "lastpage", "startlanguage")
_SHOWN_MARKS = ("date submitted", "last page", "start language")
_VV = {"{newline}": "\n", "{tab}": "\t", "{cr}": "\r", "{quote}": '"'}
_VV_NOT_SHOWN = "{question_not_shown}"


def recognises(table: RawTable) -> bool:
    """Tell by the columns of every export, in the header or, in a VV file, below it."""
    return has(table, *_MARKS) or has(table, *_SHOWN_MARKS) or _is_vv(table)


def _is_vv(table: RawTable) -> bool:
    """A VV file has the questions' texts above the codes."""
    below = {plain(cell) for cell in table.row(0)} if table.n else set()
    return table.delimiter == "\t" and set(_MARKS) <= below


def prepare(table: RawTable, instrument: Instrument) -> Prepared:
    """Tell questions that were not shown from those that were left out.

    In CSV the former are empty without quotes, in JSON null, in a VV file ``{question_not_shown}``.
    Submissions that were not sent off are kept and counted.
    """
    if _is_vv(table):
        table = _from_vv(table)
    roles = behind_groups(table, instrument, "_") | own_columns(table, _OWN)
    roles |= {name: ("platform", "") for name in table.header if _is_timing(name)}
    table = replace(table, columns=tuple(c.mapped(_shown) for c in table.columns))
    unsent = _unsent(table)
    if unsent:
        note = f"{unsent} responses were not sent off (no date of submission); they are kept"
        table = replace(table, warnings=(*table.warnings, note))
    return Prepared(table, roles)


def _shown(text: str) -> str:
    return NOT_SHOWN if text == NULL else text


def _is_timing(name: str) -> bool:
    """Tell the columns of the seconds that a group or question took."""
    return plain(name).startswith(("grouptime", "questiontime", "group time:", "question time:"))


def _from_vv(table: RawTable) -> RawTable:
    """Take the codes for the header and write line ends and tabs as they are."""
    codes = table.row(0)
    below = table.below(1)
    columns = [Column(tuple(map(_plainly, c.texts)), c.codes) for c in below.columns]
    header = tuple(code.strip() for code in codes)
    return replace(below, header=header, columns=tuple(columns), wordings=table.header)


def _plainly(text: str) -> str:
    if text.strip() == _VV_NOT_SHOWN:
        return NOT_SHOWN
    for mark, sign in _VV.items():
        text = text.replace(mark, sign)
    return text


def _unsent(table: RawTable) -> int:
    """Number of responses without a date of submission."""
    for name, column in zip(table.header, table.columns, strict=True):
        if plain(name) in {"submitdate", "date submitted"}:
            empty = np.array([not t.strip() or t == NOT_SHOWN for t in column.texts], bool)
            return int(empty[column.codes].sum()) if len(column.texts) else 0
    return 0


IMPORTER = Importer("limesurvey", "an export of LimeSurvey", recognises, prepare)
