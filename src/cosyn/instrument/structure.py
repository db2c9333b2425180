"""What a questionnaire's file asks, whatever its format: to compare sent with held."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cosyn.instrument.questionnaire import Question, Questionnaire


Answers = tuple[tuple[int, "Mapping[str, str]"], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as a file holds it.

    Attributes
    ----------
    text : Mapping[str, str]
        Language -> wording.
    answers : tuple of (code, labels)
        Options in order, then the offered reasons for giving no answer; empty for a number.
    bounds : (lowest, highest) or None
        Of a number, where the file states them.
    """

    id: str
    text: Mapping[str, str]
    answers: Answers
    bounds: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Structure:
    """Every question of a file, in its order, and the languages that it has texts in."""

    languages: tuple[str, ...]
    questions: tuple[Asked, ...]

    def only(self, languages: tuple[str, ...]) -> Structure:
        """The same with the texts of some languages."""
        return Structure(languages, tuple(_only(asked, languages) for asked in self.questions))

    def without(self, *, item_codes: bool, option_codes: bool, bounds: bool) -> Structure:
        """The same with positions, from 1, in place of codes, and without bounds."""
        asked = self.questions
        if item_codes:
            asked = tuple(replace(q, id=str(place)) for place, q in enumerate(asked, start=1))
        if option_codes:
            asked = tuple(replace(q, answers=_numbered(q.answers)) for q in asked)
        if bounds:
            asked = tuple(replace(q, bounds=None) for q in asked)
        return Structure(self.languages, asked)


def _only(asked: Asked, languages: tuple[str, ...]) -> Asked:
    answers = tuple((code, {t: label[t] for t in languages}) for code, label in asked.answers)
    return replace(asked, text={t: asked.text[t] for t in languages}, answers=answers)


def _numbered(answers: Answers) -> Answers:
    return tuple((place, label) for place, (_, label) in enumerate(answers, start=1))


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not held as it was sent.

    Attributes
    ----------
    place : str
        Question, and code and language where they matter, e.g. ``"A1, code 3, en"``.
    sent, held : str
        Empty where there is nothing.
    """

    place: str
    sent: str
    held: str


def structure_of(questionnaire: Questionnaire) -> Structure:
    """State what a file of this questionnaire should ask."""
    return Structure(questionnaire.languages, tuple(map(_asked, questionnaire.questions)))


def _asked(question: Question) -> Asked:
    response_format = question.response_format
    answers = [(o.code, o.label) for o in response_format.options]
    answers += [(m.code, m.label) for m in question.missing]
    numeric = response_format.kind == "numeric"
    bounds = (response_format.minimum, response_format.maximum) if numeric else None
    return Asked(question.id, question.text, tuple(answers), bounds)


def differences(sent: Structure, held: Structure) -> tuple[Difference, ...]:
    """Compare question by question; the order of the questions counts too."""
    return tuple(_differences(sent, held))


def _differences(sent: Structure, held: Structure) -> Iterator[Difference]:
    if set(sent.languages) != set(held.languages):
        yield Difference("languages", ", ".join(sent.languages), ", ".join(held.languages))
    order, found = [q.id for q in sent.questions], [q.id for q in held.questions]
    if order != found:
        yield Difference("questions in order", ", ".join(order), ", ".join(found))
    held_by_id = {question.id: question for question in held.questions}
    for question in sent.questions:
        if question.id in held_by_id:
            yield from _of_question(question, held_by_id[question.id], sent.languages)


def _of_question(sent: Asked, held: Asked, languages: tuple[str, ...]) -> Iterator[Difference]:
    yield from _of_text(sent.id, sent.text, held.text, languages)
    codes, found = ([str(code) for code, _ in asked.answers] for asked in (sent, held))
    if codes != found:
        yield Difference(f"{sent.id}, codes", ", ".join(codes), ", ".join(found))
    labels = dict(held.answers)
    for code, label in sent.answers:
        if code in labels:
            yield from _of_text(f"{sent.id}, code {code}", label, labels[code], languages)
    if sent.bounds != held.bounds:
        yield Difference(f"{sent.id}, bounds", str(sent.bounds or ""), str(held.bounds or ""))


def _of_text(
    place: str, sent: Mapping[str, str], held: Mapping[str, str], languages: tuple[str, ...]
) -> Iterator[Difference]:
    for language in languages:
        if sent.get(language, "") != held.get(language, ""):
            yield Difference(f"{place}, {language}", sent.get(language, ""), held.get(language, ""))
