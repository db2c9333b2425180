"""Text to paste into Wenjuanxing (问卷星), where a questionnaire is made from it.

Everything is a line, and lines are told apart by what they look like; so texts that look like
something else are written otherwise, and this is reported.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cosyn.exporters._types import Exported, Exporter, Loss
from cosyn.exporters._wjx import CANNOT, RULES, survey, text_losses
from cosyn.exporters._wjx_mapping import mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.exporters._wjx import Entry, Sheet, Survey
    from cosyn.instrument.questionnaire import Questionnaire

# Nobody sees it, and the importer does not count it.
_UNSEEN = "\u200b"
_TAGS = (
    "(?:反向|矩阵反向|矩阵|表格|多项|多级|评分|测试|考试|投票)?"
    "(?:单选|多选|复选|不定项|下拉|填空|简答|问答|主观|量表|排序|判断|比重|文件|数值|滑动)"
    "(?:题|框|条|上传)?|(?:矩阵|表格|测试|商品|情景|绘图)题"
    "|段落说明|分页栏?|标签|题目|选填|必答题?|可多选"
)
_PASTED = (
    (re.compile(r"\["), "［", "[ begins the kind of a question here: written ［"),
    (re.compile(r"\]"), "］", "] ends the kind of a question here: written ］"),
    (
        re.compile(rf"(?<=[［【(（])(?=\s*(?:{_TAGS})\s*[］】)）])"),
        _UNSEEN,
        "brackets that would name the kind of a question hold an unseen mark",
    ),
    (
        re.compile(r"^(?=.)(?=[-=_\s]*(?:分页)?[-=_\s]*$)"),
        _UNSEEN,
        "what would be a blank line or a page break begins with an unseen mark",
    ),
)
_SINGLE, _MATRIX, _FILL_IN, _PARAGRAPH = "[单选题]", "[矩阵单选题]", "[填空题]", "[段落说明]"
_OPTIONAL, _PAGE_BREAK = "（选填）", "[分页栏]"
_BLANKS = re.compile(r"\s+")
# The site joins a line that begins like an option to the question above it.
_LIKE_A_QUESTION_OR_OPTION = re.compile(r"[A-Za-z][^A-Za-z0-9]|[A-Za-z]?\s*[0-9]")


def write(questionnaire: Questionnaire, language: str) -> Exported:
    """Write the text in one language, and the mapping file for its answers."""
    rules = (*RULES, *_PASTED)
    written = survey(questionnaire, language, rules)
    content = "\n\n".join("\n".join(lines) for lines in _paragraphs(written))
    name = f"{questionnaire.name}.{language}"
    to_import, unmapped = mapping(questionnaire, language)
    losses = (*text_losses(questionnaire, language, rules), *_column_losses(written))
    return Exported(
        {f"{name}.wjx.txt": f"{content}\n".encode(), f"{name}.wjx.mapping.yaml": to_import},
        (*losses, *unmapped),
    )


def _paragraphs(written: Survey) -> Iterator[list[str]]:
    """Yield groups of lines, between which stand blank lines."""
    yield [_unlike(written.title)]
    yield from ([_unlike(text)] for text in written.opening)
    if written.department is not None:
        yield _question(written.department)
    for place, sheet in enumerate(written.sheets):
        if place:
            yield [_PAGE_BREAK]
        # Before the first question every line belongs to the opening, which knows no tags.
        tag = _PARAGRAPH if place or written.department is not None else ""
        yield from _sheet(sheet, tag)


def _sheet(sheet: Sheet, tag: str) -> Iterator[list[str]]:
    yield from ([f"{_unlike(text)}{tag}"] for text in sheet.heading)
    yield from map(_question, sheet.entries)


def _unlike(text: str) -> str:
    """Keep a paragraph from being taken for a question or an option."""
    return f"{_UNSEEN}{text}" if _LIKE_A_QUESTION_OR_OPTION.match(text) else text


def _question(entry: Entry) -> list[str]:
    kind = _MATRIX if entry.rows else _SINGLE if entry.options else _FILL_IN
    first = f"{entry.number}. {entry.title}{kind}{_OPTIONAL}"
    if entry.rows:
        return [first, " ".join(map(_column, entry.options)), *entry.rows]
    return [first, *map(_option, range(len(entry.options)), entry.options)]


def _option(place: int, label: str) -> str:
    """Put a letter before an option: without one, ``I agree`` loses its first word."""
    return f"{chr(ord('A') + place % 26)}. {label}"


def _column(label: str) -> str:
    """Blanks of any kind part the columns of a matrix."""
    return _BLANKS.sub("_", label)


def _column_losses(written: Survey) -> Iterator[Loss]:
    why = "blanks part the columns of a matrix: labels are written with _"
    for entry in written.entries:
        if entry.rows and any(map(_BLANKS.search, entry.options)):
            yield from (Loss(question.id, why) for question in entry.questions)


EXPORTER = Exporter(
    name="wjx",
    title="text to paste into Wenjuanxing 问卷星",
    write=write,
    per_language=True,
    cannot=CANNOT,
)
