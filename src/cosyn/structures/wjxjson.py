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
_NOT_ASKED = ("段落说明", "分页栏")
Line = dict[str, Any]


def read(content: bytes) -> Structure:
    """Read the questions behind the first line, which describes the whole."""
    about, *lines = _lines(content)
    if about.get("qtype") != "问卷基础信息":
        raise Unreadable("line 1: the first line does not describe a survey (qtype 问卷基础信息)")
    language = str(about.get("language", "zh"))
    tag = _TAGS.get(language, language)
    return numbered((asked for line in lines for asked in _asked(line)), tag)


def _lines(content: bytes) -> list[Line]:
    found: list[Line] = []
    for number, line in enumerate(content.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            held = json.loads(line)
        except ValueError as problem:
            raise Unreadable(f"line {number} is no JSON ({problem})") from problem
        if not isinstance(held, dict):
            raise Unreadable(f"line {number} is no JSON object")
        found.append(held)
    if not found:
        raise Unreadable("there is no line in it")
    return found


def _asked(line: Line) -> Iterator[Wording]:
    """Yield what a line asks: each row of a matrix, or itself, with its options."""
    kind, title, options = line.get("qtype"), line.get("title", ""), line.get("select", ())
    if kind == "矩阵单选":
        yield from ((row, tuple(options)) for row in line.get("rowtitle", ()))
    elif kind in ("单选", "单项填空"):
        yield title, tuple(options)
    elif kind not in _NOT_ASKED:
        raise Unreadable(f"qtype {kind!r} is no kind of question that is known here")


READER = Reader(
    "wjxjson",
    (".wjx.jsonl",),
    read,
    per_language=True,
    item_codes=False,
    option_codes=False,
    bounds=False,
)
