"""What a page's form says: answers, what is wrong with some of them, and what does not belong."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from unicodedata import normalize

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cosyn.instrument.questionnaire import Question, Questionnaire, QuestionnairePage

Wrong = Literal["number", "code", "both"]
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?")
LONGEST = 40
"""Characters of a number as it was typed; what is longer is none."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A form as it was sent.

    Attributes
    ----------
    answers : Mapping[str, str]
        Item -> a code on offer, a number within bounds, or empty where a number was taken out.
    typed : Mapping[str, str]
        Item -> what was sent, right or wrong, to be shown again.
    wrong : Mapping[str, Wrong]
        Item -> what is wrong.
    strangers : tuple of str
        Names of fields that are not on the page.
    """

    answers: Mapping[str, str]
    typed: Mapping[str, str]
    wrong: Mapping[str, Wrong]
    strangers: tuple[str, ...]


def read_form(
    page: QuestionnairePage | Questionnaire, fields: Iterable[tuple[str, str]]
) -> Reading:
    """Read a page's form; names of our own begin with ``_``, items' names never do."""
    questions = {question.id: question for question in page.questions}
    sent: dict[str, list[str]] = {}
    strangers: dict[str, None] = {}
    for name, value in fields:
        if name in questions:
            sent.setdefault(name, []).append(value)
        elif not name.startswith("_"):
            strangers[name] = None
    answers: dict[str, str] = {}
    typed: dict[str, str] = {}
    wrong: dict[str, Wrong] = {}
    for item, values in sent.items():
        given = [value for value in values if value.strip()]
        typed[item] = given[0][: 2 * LONGEST].strip() if given else ""
        found = _answer(questions[item], given)
        if isinstance(found, _Fault):
            wrong[item] = found.what
        else:
            answers[item] = found
    return Reading(answers, typed, wrong, tuple(strangers))


@dataclass(frozen=True, slots=True)
class _Fault:
    what: Wrong


def _answer(question: Question, given: list[str]) -> str | _Fault:
    if not given:
        return ""
    if len(set(given)) > 1:
        return _Fault("both")
    text = given[0]
    if text in {str(code) for code, _ in question.offered}:
        return text
    if question.response_format.kind == "options":
        return _Fault("code")
    number = number_typed(text)
    within = number is not None and question.response_format.accepts(float(number))
    return number if number is not None and within else _Fault("number")


def number_typed(typed: str) -> str | None:
    """A number as digits and a point, whatever keyboard typed it (full-width digits, for one)."""
    text = normalize("NFKC", typed.strip()[: LONGEST + 1]).strip().replace("−", "-")
    return text if _NUMBER.fullmatch(text) else None
