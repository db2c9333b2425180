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
_PARAGRAPH = "段落说明"
Group = list[str]
"""Lines without a blank one between: a question with its rows or options, or something else."""


def read(content: bytes) -> Structure:
    """Read numbered questions; titles, paragraphs and page breaks are not asked for."""
    try:
        lines = content.decode().split("\n")
    except UnicodeDecodeError as problem:
        raise Unreadable(f"this is no text ({problem.reason})") from problem
    groups = list(_groups(lines))
    asked = [place for place, group in enumerate(groups) if _QUESTION.fullmatch(group[0])]
    if not asked:
        raise Unreadable("no line is a numbered question such as `1. …[单选题]`")
    if _is_department(groups, asked[0]):
        del asked[0]
    return numbered((found for place in asked for found in _asked(groups[place])), UNSAID)


def _groups(lines: Iterable[str]) -> Iterator[Group]:
    """Yield lines that belong together; a number, a page break or a blank line begins anew."""
    group: Group = []
    for line in (*(line.strip() for line in lines), ""):
        begins = _QUESTION.fullmatch(line) is not None or line in _PAGE_BREAKS
        if group and (begins or not line):
            yield group
            group = []
        if line:
            group.append(line)


def _is_department(groups: list[Group], first: int) -> bool:
    """Tell the question for the department: filled in, and before the texts of the first page."""
    question, after = _QUESTION.fullmatch(groups[first][0]), groups[first + 1 : first + 2]
    filled_in = question is not None and question[2] in _FILL_INS
    return filled_in and any(group[0].endswith(f"[{_PARAGRAPH}]") for group in after)


def _asked(group: Group) -> Iterator[Wording]:
    """Yield what a question asks: each row of a matrix, or itself, with its options."""
    first, *body = group
    question = _QUESTION.fullmatch(first)
    assert question is not None
    title, kind = question[1], question[2]
    if kind in _MATRICES and body:
        columns, *rows = body
        yield from ((row, tuple(columns.split())) for row in rows)
    elif kind in _CHOICES:
        yield title, tuple(_LETTER.sub("", option) for option in body)
    elif kind in _FILL_INS:
        yield title, ()
    elif kind != _PARAGRAPH:
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
