"""What JSON lines for Wenjuanxing ask: positions in place of codes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cosyn.structures._types import Reader, Unreadable
from cosyn.structures._wjx import numbered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.instrument.structure import Structure
    from cosyn.structures._wjx import Wording

_TAGS = {"zh": "zh-Hans"}
_PARAGRAPH, _PAGE_BREAK = "段落说明", "分页栏"
_MATRIX, _CHOICE, _FILL_IN = "矩阵单选", "单选", "单项填空"
Line = dict[str, Any]


def read(content: bytes) -> Structure:
    """Read the questions behind the first line, which describes the whole."""
    about, *lines = _lines(content)
    if about.get("qtype") != "问卷基础信息":
        raise Unreadable("line 1: the first line does not describe a survey (qtype 问卷基础信息)")
    language = _text(about.get("language", "zh"))
    asked = [found for line in _without_department(lines) for found in _asked(line)]
    return numbered(asked, _TAGS.get(language, language))


def _without_department(lines: list[Line]) -> list[Line]:
    """Leave out the question for the department: filled in, before the texts of the first page."""
    kinds = [line.get("qtype") for line in lines]
    first = next((place for place, kind in enumerate(kinds) if kind != _PARAGRAPH), len(kinds))
    known = kinds[first : first + 2] == [_FILL_IN, _PARAGRAPH]
    return lines[:first] + lines[first + known :]


def _lines(content: bytes) -> list[Line]:
    found: list[Line] = []
    for number, line in enumerate(content.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            held = json.loads(line)
        except (ValueError, RecursionError) as problem:
            raise Unreadable(f"line {number} is no JSON ({problem})") from problem
        if not isinstance(held, dict):
            raise Unreadable(f"line {number} is no JSON object")
        found.append(held)
    if not found:
        raise Unreadable("there is no line in it")
    return found


def _asked(line: Line) -> Iterator[Wording]:
    """Yield what a line asks: each row of a matrix, or itself, with its options."""
    kind = line.get("qtype")
    if kind == _MATRIX:
        options = _texts(line.get("select"))
        yield from ((row, options) for row in _texts(line.get("rowtitle")))
    elif kind == _CHOICE:
        yield _text(line.get("title")), _texts(line.get("select"))
    elif kind == _FILL_IN:
        yield _text(line.get("title")), ()
    elif kind not in (_PARAGRAPH, _PAGE_BREAK):
        raise Unreadable(f"qtype {kind!r} is no kind of question that is known here")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Unreadable(f"{value!r} stands where a text should be")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise Unreadable(f"{value!r} stands where a list of texts should be")
    return tuple(map(_text, value))


READER = Reader(
    "wjxjson",
    (".wjx.jsonl",),
    read,
    per_language=True,
    item_codes=False,
    option_codes=False,
    bounds=False,
)
