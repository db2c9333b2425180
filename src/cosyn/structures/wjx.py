"""What a text for Wenjuanxing asks: positions in place of codes, and no word of its language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cosyn.structures._types import UNSAID, Reader, Unreadable
from cosyn.structures._wjx import numbered

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cosyn.instrument.structure import Structure
    from cosyn.structures._wjx import Wording

_QUESTION = re.compile(r"[0-9]+\.\s*(.+?)\s*\[([^\]]+)\](?:\s*（选填）)?")
_LETTER = re.compile(r"^[A-Za-z](?:[.．、)）]\s*|\s+(?=\S))")
_PAGE_BREAKS = ("[分页栏]", "=== 分页 ===")
_MATRICES, _CHOICES, _FILL_INS = ("矩阵单选题", "矩阵题"), ("单选题",), ("填空题",)
Group = list[str]
"""The lines of a question: the one with its number and kind, then rows or options."""


def read(content: bytes) -> Structure:
    """Read numbered questions; titles, paragraphs and page breaks are not asked for."""
    try:
        lines = content.decode().split("\n")
    except UnicodeDecodeError as problem:
        raise Unreadable(f"this is no text ({problem.reason})") from problem
    groups = list(_groups(lines))
    if not groups:
        raise Unreadable("no line is a numbered question such as `1. …[单选题]`")
    return numbered((asked for group in groups for asked in _asked(group)), UNSAID)


def _groups(lines: Iterable[str]) -> Iterator[Group]:
    """Yield each question's lines; a blank line or a page break ends it."""
    group: Group = []
    for line in (*(line.strip() for line in lines), ""):
        starts = _QUESTION.fullmatch(line) is not None
        if group and (starts or not line or line in _PAGE_BREAKS):
            yield group
            group = []
        if starts or (group and line):
            group.append(line)


def _asked(group: Group) -> Iterator[Wording]:
    """Yield what a question asks: each row of a matrix, or itself, with its options."""
    first = _QUESTION.fullmatch(group[0])
    assert first is not None
    title, kind, body = first[1], first[2], group[1:]
    if kind in _MATRICES and body:
        columns, *rows = body
        yield from ((row, tuple(columns.split())) for row in rows)
    elif kind in _CHOICES:
        yield title, tuple(_LETTER.sub("", option, count=1) for option in body)
    elif kind in _FILL_INS:
        yield title, ()
    elif kind != "段落说明":
        raise Unreadable(f"[{kind}] is no kind of question that is known here: {title[:40]}")


READER = Reader(
    "wjx",
    (".wjx.txt",),
    read,
    per_language=True,
    item_codes=False,
    option_codes=False,
    bounds=False,
    language=False,
)
