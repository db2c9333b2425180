"""What a Word document of ours asks: one language a document."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import TYPE_CHECKING, Any

from cosyn.errors import extra
from cosyn.instrument.structure import Asked, Structure
from cosyn.structures._types import Reader, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

_OURS = "cosyn"
Marked = dict[str, str]


def read(content: bytes) -> Structure:
    """Read the rows of the tables by the character styles that mark what a text is.

    Raises
    ------
    ExtraError
        If the optional part is not installed.
    """
    with extra("paper"):
        from docx import Document  # noqa: PLC0415 - an optional part
    try:
        document = Document(BytesIO(content))
        language = document.core_properties.language
        asked = tuple(_asked(document.element.body, language))
    except (zipfile.BadZipFile, LookupError, ValueError, SyntaxError) as problem:
        raise Unreadable(f"this is no questionnaire in Word ({problem})") from problem
    if not language or not asked:
        raise Unreadable("the document holds no question, or does not say its language")
    return Structure((language,), asked)


def _asked(body: Any, language: str) -> Iterator[Asked]:
    """Yield a question a row; a row without an item names the columns of those below it."""
    for table in body.iter(_name("tbl")):
        headings: list[str] = []
        for row in table.iter(_name("tr")):
            paragraphs = [_marked(paragraph) for paragraph in row.iter(_name("p"))]
            whole = {mark: text for found in paragraphs for mark, text in found.items()}
            if "item" not in whole:
                headings = [found["label"] for found in paragraphs if "label" in found]
                continue
            coded = [found for found in paragraphs if "code" in found]
            labels = headings or [found["label"] for found in coded]
            yield Asked(
                whole["item"],
                {language: whole["text"]},
                tuple(
                    (int(found["code"]), {language: label})
                    for found, label in zip(coded, labels, strict=True)
                ),
                (float(whole["low"]), float(whole["high"])) if "low" in whole else None,
            )


def _marked(paragraph: Any) -> Marked:
    """Texts of a paragraph by what they are marked as.

    Word cuts a text into several runs, and LibreOffice spells the names of styles anew.
    """
    found: Marked = {}
    for run in paragraph.iter(_name("r")):
        style = (run.style or "").casefold()
        if style.startswith(_OURS):
            mark = style.removeprefix(_OURS)
            found[mark] = found.get(mark, "") + run.text
    return found


def _name(tag: str) -> str:
    from docx.oxml.ns import qn  # noqa: PLC0415 - an optional part

    return qn(f"w:{tag}")


READER = Reader("paper", (".docx",), read, per_language=True)
