"""LimeSurvey's structure file: its rows, and texts written so that they arrive as they were meant.

LimeSurvey's import answers OK while it loses content, so the file is written to be read in one
way only: no quotes, no line breaks and no tabs in a cell, and no text that it could take for
markup, for an expression or for another encoding. What was seen of LimeSurvey 6.4 and 6.13 is said
where it matters.
"""

from __future__ import annotations

import csv
import html
import io
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SURVEY, TEXTS, GROUP, QUESTION, ROW, OPTION = "S", "SL", "G", "Q", "SQ", "A"
NOTE = "note"
"""A class that LimeSurvey does not know and leaves out."""
TITLE_LENGTH = 200
"""The longest title of a survey, as HTML; with a longer one the import is refused."""
RESERVED = frozenset(
    ["LANG", "SID", "SAVEDID", "TOKEN", "QID", "GID", "SGQ", "self", "that", "this"]
)
"""Codes of questions that LimeSurvey replaces by others of its own making."""

_COLUMNS = ("class", "type/scale", "name", "relevance", "text", "language")
_ATTRIBUTES = (
    "mandatory",
    "other",
    "hidden",
    "random_order",
    "random_group",
    "min_num_value_n",
    "max_num_value_n",
)
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9]{0,19}")
_OPTION = re.compile(r"[A-Za-z0-9]{1,5}")
_BRACE = re.compile(r"(\\?)([{}])")
_ESCAPED_BRACE = re.compile(r"\\([{}])")
# Two backslashes before a brace escape one another, and the brace begins an expression; one at the
# end of a text with braces is dropped. So a text's own backslash is kept apart from both.
_APART = "<span></span>"
_SPELT = str.maketrans(
    {
        # A cell that is wholly in quotes loses them, and a backslash before a quote breaks the row.
        '"': "&quot;",
        # A file of ASCII alone with "+AGE-" in it is taken for UTF-7.
        "+": "&#43;",
        # What LimeSurvey (or Python's csv) takes for the end of a row, cell or line.
        "\t": "&#9;",
        "\n": "<br />",
        "\x85": "<br />",
        "\u2028": "&#8232;",
        "\u2029": "&#8233;",
    }
)
# Meant to be a no-break space, this literal string becomes a blank in every file.
_BLANKED, _KEPT = "0xC20xA0", "&#48;xC20xA0"
# PHP takes this text for an empty one: a group of this name is called G1.
_EMPTY, _ZERO = "0", "&#48;"
# LimeSurvey guesses the encoding from so many bytes; Chinese in UTF-8 may pass for EUC-JP or SJIS,
# above all where the last character is cut. In ASCII there is nothing to guess.
_GUESSED_FROM = 10_000
_FILLER = (
    "LimeSurvey guesses the encoding of a file from its beginning; this row is that beginning. "
)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file.

    Attributes
    ----------
    kind : str
        The column ``class``: `SURVEY`, `TEXTS`, `GROUP`, `QUESTION`, `ROW` (of an array) or
        `OPTION`.
    type : str
        The column ``type/scale``: letter of a question's type, number of a group, or scale.
    text : str
        HTML, as `encode` makes it.
    attributes : Mapping[str, str]
        Further columns of a question or group, those that are not empty.
    """

    kind: str
    name: str
    text: str = ""
    language: str = ""
    type: str = ""
    relevance: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


def is_code(code: str) -> bool:
    """Tell whether a code of a question or row arrives unchanged."""
    return _CODE.fullmatch(code) is not None


def is_option(code: str) -> bool:
    """Tell whether an option's code arrives; all others are left out without a word."""
    return _OPTION.fullmatch(code) is not None


def encode(text: str) -> str:
    r"""Spell a text as HTML that LimeSurvey shows as it was meant.

    Braces get a backslash, not a reference: for an author whose HTML is filtered (everyone but
    superadministrators) LimeSurvey turns ``&#123;name&#125;`` into ``{name}``, an expression.
    """
    if text == _EMPTY:
        return _ZERO
    escaped = html.escape(text, quote=False).translate(_SPELT).replace(_BLANKED, _KEPT)
    return _BRACE.sub(_escaped_brace, escaped) + _APART * escaped.endswith("\\")


def _escaped_brace(found: re.Match[str]) -> str:
    before, brace = found.groups()
    return f"{before}{_APART * len(before)}\\{brace}"


def decode(markup: str) -> str:
    """Read a text that `encode` spelt, or that LimeSurvey made of it; unknown tags stay."""
    meant = {"<br>": "\n", "<span>": "", "</span>": ""}
    parts = (meant.get(tag, tag) if tag else text for tag, text in _parts(markup))
    return _ESCAPED_BRACE.sub(r"\1", "".join(parts))


def canonical(markup: str) -> str:
    r"""Spell markup in one way: equal results are shown equally.

    Which characters are written as references is of no account; ``\{`` and ``{`` stay apart, and
    so do a tag and the text that looks like one.
    """
    return "".join(tag or html.escape(text, quote=False) for tag, text in _parts(markup))


def _parts(markup: str) -> list[tuple[str, str]]:
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return reader.parts


class _Reader(HTMLParser):
    """Collects (tag, "") and ("", text) in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[tuple[str, str]] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(("", data))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append(
            ("<br>" if tag == "br" and not attrs else self.get_starttag_text() or "", "")
        )

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self.parts.append((f"</{tag}>", ""))

    def handle_comment(self, data: str) -> None:
        self.parts.append((f"<!--{data}-->", ""))


def write_lines(lines: Sequence[Line]) -> bytes:
    """Write the file: UTF-8 without a byte order mark, nothing quoted.

    With a mark and a quoted heading LimeSurvey makes a survey without questions.
    """
    columns = (*_COLUMNS, *_ATTRIBUTES)
    rows = ["\t".join(columns), *("\t".join(_cells(line)) for line in lines)]
    if not "".join(rows).isascii():
        rows.insert(1, "\t".join(_cells(Line(NOTE, "", _filler()))))
    return "".join(f"{row}\n" for row in rows).encode()


def _filler() -> str:
    return (_FILLER * (_GUESSED_FROM // len(_FILLER) + 1)).strip()


def _cells(line: Line) -> Iterator[str]:
    yield from (line.kind, line.type, line.name, line.relevance, line.text, line.language)
    yield from (line.attributes.get(name, "") for name in _ATTRIBUTES)


def read_lines(content: bytes) -> tuple[Line, ...]:
    """Read the file's rows, also of a file that LimeSurvey exported itself.

    Raises
    ------
    ValueError
        If the file is not UTF-8, its quotes are broken, or it has no column ``class``.
    """
    text = content.decode("utf-8-sig")
    rows = _quoted(text) if '"' in text else [row.split("\t") for row in text.split("\n") if row]
    columns = [name.strip() for name in rows[0]] if rows else []
    if "class" not in columns:
        raise ValueError("the first row has no column `class`")
    masked = "related_id" in columns  # Only LimeSurvey's own exports have this column.
    cells = (dict(zip(columns, row, strict=False)) for row in rows[1:])
    return tuple(_line(row, masked=masked) for row in cells if row)


def _quoted(text: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter="\t"))
    except csv.Error as error:
        raise ValueError(str(error)) from error


def _line(cells: Mapping[str, str], *, masked: bool) -> Line:
    text = cells.get("text", "")
    if masked and re.match("'[=+@-]", text):
        text = text[1:]
    others = {name: value for name, value in cells.items() if value and name not in _COLUMNS}
    return Line(
        kind=cells["class"],
        name=cells.get("name", ""),
        text=text,
        language=cells.get("language", ""),
        type=cells.get("type/scale", ""),
        relevance=cells.get("relevance", ""),
        attributes=others,
    )
