"""What an XLSForm asks: every language in one workbook."""

from __future__ import annotations

import io
import re
import warnings
from typing import TYPE_CHECKING

from openpyxl import load_workbook

from cosyn.instrument.structure import Asked, Structure
from cosyn.openxml import DAMAGE
from cosyn.structures._types import Reader, Unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping

_LABEL = "label::"
_TAG = re.compile(r"\((.+)\)\s*$")
_BOUNDS = re.compile(r"\. >= (\S+) and \. <= (\S+)")
_OWN_LISTS = ("label",)
Row = dict[str, str]


def read(content: bytes) -> Structure:
    """Read the sheets ``survey`` and ``choices``."""
    sheets = _sheets(content)
    tags = {name: _tag(name) for name in sheets["survey"][0] if name.startswith(_LABEL)}
    choices: dict[str, list[tuple[int, Mapping[str, str]]]] = {}
    for row in sheets["choices"]:
        if row["list_name"]:
            answer = int(row["name"]), _texts(row, tags)
            choices.setdefault(row["list_name"], []).append(answer)
    asked = (_asked(row, tags, choices) for row in sheets["survey"])
    return Structure(tuple(tags.values()), tuple(filter(None, asked)))


def _sheets(content: bytes) -> dict[str, list[Row]]:
    try:
        with warnings.catch_warnings():
            # openpyxl warns of what it would lose when writing; nothing is written here.
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(content))
    except DAMAGE as problem:
        raise Unreadable(f"this is no workbook ({problem})") from problem
    found: dict[str, list[Row]] = {}
    for title in ("survey", "choices"):
        if title not in book.sheetnames:
            raise Unreadable(f"the workbook has no sheet {title!r}")
        header, *rows = book[title].iter_rows(values_only=True)
        names = [str(name or "") for name in header]
        cells = ([str(v) if v is not None else "" for v in row] for row in rows)
        found[title] = [dict(zip(names, row, strict=True)) for row in cells]
    return found


def _tag(column: str) -> str:
    """``label::简体中文 (zh)`` -> ``zh-Hans``: the workbook holds the first part alone."""
    found = _TAG.search(column)
    if found is None:
        raise Unreadable(f"the column {column!r} names no language code")
    return {"zh": "zh-Hans"}.get(found[1], found[1])


def _texts(row: Row, tags: Mapping[str, str]) -> dict[str, str]:
    return {tag: row[column] for column, tag in tags.items()}


def _asked(
    row: Row, tags: Mapping[str, str], choices: Mapping[str, list[tuple[int, Mapping[str, str]]]]
) -> Asked | None:
    kind, _, list_name = row["type"].partition(" ")
    if kind == "select_one" and row["appearance"] not in _OWN_LISTS:
        return Asked(row["name"], _texts(row, tags), tuple(choices.get(list_name, ())))
    bounds = _BOUNDS.fullmatch(row["constraint"])
    if kind == "decimal" and bounds:
        low, high = float(bounds[1]), float(bounds[2])
        return Asked(row["name"], _texts(row, tags), (), (low, high))
    return None


READER = Reader("xlsform", (".xlsx",), read)
