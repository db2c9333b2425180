"""What a clerk's form says of a sheet of paper: codes, numbers, and the choice where two differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from cosyn.server.reading import LONGEST, number_typed
from cosyn.server.sheets import bounds_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cosyn.i18n import Catalogue
    from cosyn.instrument.questionnaire import Question, Questionnaire

FIRST, SECOND, OTHER = "1", "2", "3"
"""What may be chosen where two passes differ: one of them, or something else."""


@dataclass(frozen=True, slots=True)
class Keyed:
    """A form of a clerk.

    Attributes
    ----------
    answers : Mapping[str, str]
        Item -> code or number, without the unanswered.
    typed : Mapping[str, str]
        Item -> what was typed, right or wrong.
    wrong : tuple of str
        Items whose answer cannot be one, or that are not decided.
    """

    answers: Mapping[str, str]
    typed: Mapping[str, str]
    wrong: tuple[str, ...]


def codes_of(question: Question) -> dict[str, str | Mapping[str, str]]:
    """Code -> its label, for every code that may be keyed.

    Reasons that respondents are not offered are among them: a refusal may be written on paper.
    """
    found = question.response_format
    return {
        **{str(option.code): option.label for option in found.options},
        **{str(option.code): option.label for option in found.missing},
    }


def read_pass(asked: Questionnaire, fields: Mapping[str, str]) -> Keyed:
    """Read one keying of a sheet."""
    typed = {q.id: _plain(fields.get(q.id, "")) for q in asked.questions}
    read = {q.id: _answer(q, typed[q.id]) for q in asked.questions}
    wrong = tuple(item for item, answer in read.items() if answer is None)
    answers = {item: answer for item, answer in read.items() if answer}
    return Keyed(content_of(asked, answers)["answers"], typed, wrong)


def read_choices(
    asked: Questionnaire,
    fields: Mapping[str, str],
    passes: Sequence[Mapping[str, str]],
    differences: Sequence[str],
) -> Keyed:
    """Read what was decided where two passes differ; what they agree on stands."""
    first, second = passes
    answers = {item: value for item, value in first.items() if item not in differences}
    wrong = []
    for question in asked.questions:
        if question.id not in differences:
            continue
        chosen = {
            FIRST: first.get(question.id, ""),
            SECOND: second.get(question.id, ""),
            OTHER: _answer(question, _plain(fields.get(other_of(question.id), ""))),
        }.get(fields.get(question.id, ""))
        if chosen is None:
            wrong.append(question.id)
        elif chosen:
            answers[question.id] = chosen
    return Keyed(answers, fields, tuple(wrong))


def other_of(item: str) -> str:
    """Name of the field for what stands on the sheet, where neither pass has it."""
    return f"_other_{item}"


def content_of(asked: Questionnaire, answers: Mapping[str, str]) -> dict[str, Any]:
    """What goes into the envelope: behind an answer that ends the questionnaire, nothing."""
    kept: dict[str, str] = {}
    seen: list[str] = []
    for page in asked.pages:
        seen.append(page.id)
        for question in page.questions:
            value = answers.get(question.id, "")
            if value:
                kept[question.id] = value
            if value in {str(code) for code in question.screen_out}:
                return {"answers": kept, "seen": seen, "ended": question.id}
    return {"answers": kept, "seen": seen, "ended": ""}


def hint_of(question: Question, t: Catalogue) -> str:
    """Which codes, or numbers, a question takes."""
    codes = " ".join(codes_of(question))
    numeric = question.response_format.kind != "options"
    return f"{bounds_of(question, t)} {codes}".strip() if numeric else codes


def meaning(question: Question, value: str, language: str, t: Catalogue) -> str:
    """A keyed answer with what it means, to be compared with a ticked box."""
    label = codes_of(question).get(value)
    if not value:
        return t("keying.empty")
    return f"{value} · {label[language]}" if isinstance(label, dict) else value


def _plain(typed: str) -> str:
    """What was typed, whatever keyboard typed it: a Chinese one gives full-width digits."""
    return normalize("NFKC", typed.strip()[:LONGEST]).strip()


def _answer(question: Question, typed: str) -> str | None:
    """A code or a number, empty where nothing was typed; None if it can be neither."""
    if not typed or typed in codes_of(question):
        return typed
    if question.response_format.kind == "options":
        return None
    number = number_typed(typed)
    within = number is not None and question.response_format.accepts(float(number))
    return number if within else None
