"""What a file in Qualtrics's Advanced Format TXT asks: one language, items by position."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cosyn.instrument.structure import Asked, Structure
from cosyn.structures._html import from_html
from cosyn.structures._types import Reader, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = "[[AdvancedFormat]]"
_TAG = re.compile(r"\[\[(\w+)(?::(.*))?\]\]")
_HINT = re.compile(r"<br><i>[^<]*</i>$")


@dataclass(slots=True)
class _Question:
    """A question under way: its kind, its text, and the codes and texts in its lists."""

    kind: str
    name: str = ""
    text: str = ""
    choices: list[tuple[str, str]] = field(default_factory=list)
    answers: list[tuple[str, str]] = field(default_factory=list)


def read(content: bytes) -> Structure:
    """Read the questions in their order; those that only tell something are left out."""
    try:
        head, *lines = content.decode("utf-8-sig").replace("\r\n", "\n").split("\n")
    except UnicodeDecodeError as problem:
        raise Unreadable(f"this is no text in UTF-8 ({problem.reason})") from problem
    if head.strip() != _HEAD:
        raise Unreadable(f"the first line is not {_HEAD}")
    stored, questions = _parsed(lines)
    if "language" not in stored:
        raise Unreadable("no line says the language, as [[ED:language:en]] does")
    asked = [entry for question in questions for entry in _asked(question)]
    tag = stored["language"]
    return Structure(
        (tag,),
        tuple(
            Asked(str(place), {tag: text}, tuple((code, {tag: said}) for code, said in answers))
            for place, (text, answers) in enumerate(asked, start=1)
        ),
    )


def _parsed(lines: list[str]) -> tuple[dict[str, str], list[_Question]]:
    """Collect embedded data and questions; a line without a tag is the text of the tag before."""
    stored: dict[str, str] = {}
    questions: list[_Question] = []
    place = ""
    for number, line in enumerate(lines, start=2):
        found = _TAG.fullmatch(line)
        kind, value = (found[1], found[2] or "") if found else ("", "")
        if kind == "ED":
            name, _, stored_value = value.partition(":")
            stored[name] = stored_value
        elif kind == "Question":
            questions.append(_Question(value))
            place = "text"
        elif kind == "ID" and questions:
            questions[-1].name = value
        elif kind in {"Choice", "Answer"} and questions:
            place = kind
            _list(questions[-1], place).append((value, ""))
        elif not found and line and questions:
            _add(questions[-1], place, line)
        elif not found and line:
            raise Unreadable(f"line {number} belongs to no question: {line[:40]}")
    return stored, questions


def _list(question: _Question, place: str) -> list[tuple[str, str]]:
    return question.choices if place == "Choice" else question.answers


def _add(question: _Question, place: str, line: str) -> None:
    if place == "text":
        question.text += line
    else:
        code, text = _list(question, place).pop()
        _list(question, place).append((code, text + line))


def _asked(question: _Question) -> Iterator[tuple[str, list[tuple[int, str]]]]:
    """Yield text and answers of each row of a matrix, or of the question itself."""
    if question.kind == "Matrix":
        answers = _coded(question, question.answers)
        yield from ((from_html(text), answers) for _, text in question.choices)
    elif question.kind.startswith("MC"):
        yield from_html(question.text), _coded(question, question.choices)
    elif question.kind.startswith("TE") and question.name != "department":
        yield from_html(_HINT.sub("", question.text)), []


def _coded(question: _Question, options: list[tuple[str, str]]) -> list[tuple[int, str]]:
    try:
        return [(int(code), from_html(text)) for code, text in options]
    except ValueError as problem:
        raise Unreadable(f"{question.name}: a code is no whole number ({problem})") from problem


READER = Reader(
    "qualtrics",
    (".qualtrics.txt",),
    read,
    per_language=True,
    item_codes=False,
    bounds=False,
)
