"""What SPSS can hold of a form: short labels, three missing codes, line breaks of its own kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.codebook.entries import answers, entries, number
from cosyn.codebook.files import Loss

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cosyn.codebook.entries import Entry
    from cosyn.instrument.questionnaire import Question, Questionnaire
    from cosyn.instrument.types import ResponseFormat

VARIABLE_LABEL, VALUE_LABEL = 255, 120
"""Bytes of UTF-8 that SPSS holds; of more it cuts the end off without a word."""
RESERVED = frozenset(
    {"ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH"}
)
"""Words of SPSS's language that cannot be names of variables."""
# SPSS breaks a label's line at these two characters, and its syntax has no other way to.
_BREAK, _NO_BREAK = "\\n", "\\ n"

Missing = tuple[int | tuple[int, int], ...]
"""Codes, or a range (lowest, highest) and at most one code."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of SPSS.

    Attributes
    ----------
    labels : tuple of (code, label)
        Options, then every code that stands for a reason.
    missing : tuple of int or (int, int)
        Codes that SPSS leaves out of statistics; a pair is a range.
    width : (int, int)
        Digits in all and after the point.
    attributes : Mapping[str, str]
        What SPSS keeps for programs and does not show.
    """

    name: str
    label: str
    labels: tuple[tuple[int, str], ...]
    missing: Missing
    ordinal: bool
    width: tuple[int, int]
    attributes: Mapping[str, str]


def variables(
    questionnaire: Questionnaire, language: str
) -> tuple[tuple[Variable, ...], tuple[Loss, ...]]:
    """Fit every question into what SPSS holds, and state what did not."""
    losses: list[Loss] = []
    fitted = tuple(_variable(entry, language, losses) for entry in entries(questionnaire))
    return fitted, tuple(losses)


def _variable(entry: Entry, language: str, losses: list[Loss]) -> Variable:
    question, scale = entry.question, entry.question.response_format

    def fit(text: str, most: int, what: str) -> str:
        if _BREAK in text:
            losses.append(Loss(question.id, f"{_BREAK} breaks a line in SPSS: written {_NO_BREAK}"))
        shown = text.replace(_BREAK, _NO_BREAK).replace("\n", _BREAK)
        if len(shown.encode()) <= most:
            return shown
        losses.append(Loss(question.id, f"{what} has more than the {most} bytes of SPSS: cut"))
        return cut(shown, most)

    return Variable(
        name=_name(question, losses),
        label=fit(question.text[language], VARIABLE_LABEL, "the variable's label"),
        labels=tuple(
            (code, fit(label[language], VALUE_LABEL, f"the label of code {code}"))
            for code, label in answers(scale)
        ),
        missing=_missing(question, losses),
        ordinal=scale.kind == "options",
        width=_width(scale),
        attributes=dict(_attributes(entry)),
    )


def cut(text: str, most: int) -> str:
    """Shorten a text to a number of bytes, between characters, and show that it was."""
    return text.encode()[: most - len("…".encode())].decode(errors="ignore").rstrip("\\") + "…"


def _name(question: Question, losses: list[Loss]) -> str:
    if question.id.upper() not in RESERVED:
        return question.id
    losses.append(Loss(question.id, f"a word of SPSS's language: named {question.id}_"))
    return f"{question.id}_"


def _width(scale: ResponseFormat) -> tuple[int, int]:
    if scale.kind == "numeric":
        digits = max(len(number(bound)) for bound in (scale.minimum, scale.maximum))
        return max(8, digits + 3), 2
    return max(len(str(code)) for code, _ in answers(scale)), 0


def _missing(question: Question, losses: list[Loss]) -> Missing:
    declared, spare = missing_codes(question.response_format)
    if spare:
        codes = ", ".join(map(str, spare))
        losses.append(
            Loss(question.id, f"SPSS knows three missing codes: {codes} count as answers")
        )
    return declared


def missing_codes(scale: ResponseFormat) -> tuple[Missing, tuple[int, ...]]:
    """State the missing codes: three, or a range without answers in it and one more.

    Returns
    -------
    declared : Missing
    spare : tuple of int
        Codes that SPSS has no room for.
    """
    codes = sorted(missing.code for missing in scale.missing)
    if len(codes) <= 3:
        return tuple(codes), ()
    for inside, beside in ((codes, []), (codes[1:], codes[:1]), (codes[:-1], codes[-1:])):
        if not _answered(scale, inside):
            return ((inside[0], inside[-1]), *beside), ()
    return tuple(codes[:3]), tuple(codes[3:])


def _answered(scale: ResponseFormat, codes: Sequence[int]) -> bool:
    """Tell whether an answer lies between the first and the last of these codes."""
    low, high = codes[0], codes[-1]
    if scale.kind == "numeric":
        return low <= scale.maximum and high >= scale.minimum
    return any(low <= option.code <= high for option in scale.options)


def _attributes(entry: Entry) -> Iterator[tuple[str, str]]:
    question, scale = entry.question, entry.question.response_format
    yield "construct", question.construct
    yield "facet", question.facet
    if question.missing:
        yield "offered", " ".join(str(missing.code) for missing in question.missing)
    if scale.kind == "numeric":
        yield "minimum", number(scale.minimum)
        yield "maximum", number(scale.maximum)
    if entry.about.reverse:
        yield "reversed_from", entry.turned
    if question.expected is not None:
        yield "expected", str(question.expected)
