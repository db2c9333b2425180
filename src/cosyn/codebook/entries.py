"""What every codebook tells of a question, whatever its format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.codebook.phrases import phrases

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cosyn.i18n import Catalogue, Text
    from cosyn.instrument.about import About, AboutItem
    from cosyn.instrument.questionnaire import Question, Questionnaire, QuestionnairePage
    from cosyn.instrument.types import ResponseFormat

_STAMPS = ("department", "wave", "language", "form", "order", "instrument", "version", "digest")


@dataclass(frozen=True, slots=True)
class Entry:
    """A question, where it stands, and what is known of it.

    Attributes
    ----------
    place : int
        In the order as listed, from 1.
    gate : Question or None
        The last earlier question of whose answers one ends the questionnaire: whoever is asked
        this one went on after it.
    """

    question: Question
    about: AboutItem
    page: QuestionnairePage
    place: int
    gate: Question | None

    @property
    def turned(self) -> str:
        """From what a score takes a reverse-keyed answer away; empty if it is not reversed."""
        scale = self.question.response_format
        return number(scale.minimum + scale.maximum) if self.about.reverse else ""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that is known of a question, in words.

    Attributes
    ----------
    key : str
        What it is about, the same in every language.
    """

    key: str
    label: Text
    text: Text


@dataclass(frozen=True, slots=True)
class Phrases:
    """The fixed phrases of codebooks, in every language of a questionnaire at once."""

    catalogues: tuple[Catalogue, ...]

    def __call__(self, key: str, **values: object) -> Text:
        """Look a phrase up in every language and fill its gaps."""
        return {c.language: c(f"codebook.{key}", **values) for c in self.catalogues}

    def joined(self, key: str) -> str:
        """Write a phrase in all languages beside one another, each wording once."""
        return " · ".join(dict.fromkeys(self(key).values()))

    def stated(self, fact: Fact) -> Text:
        """Write a fact as one line, in every language."""
        return {
            c.language: c(
                "codebook.stated", what=fact.label[c.language], text=fact.text[c.language]
            )
            for c in self.catalogues
        }


def phrases_of(questionnaire: Questionnaire) -> Phrases:
    """Collect the fixed phrases for a questionnaire."""
    return Phrases(tuple(phrases(questionnaire, tag) for tag in questionnaire.languages))


def number(value: float) -> str:
    """Write a number with all its digits, and without a point where it needs none."""
    return str(int(value)) if float(value).is_integer() else repr(value)


def stamps(questionnaire: Questionnaire) -> tuple[str, ...]:
    """The columns of a table of answers that stand before the items, as importers know them."""
    taken = {question.id.casefold() for question in questionnaire.questions}
    return tuple(stamp for stamp in _STAMPS if stamp not in taken)


def answers(scale: ResponseFormat) -> tuple[tuple[int, Text], ...]:
    """Every code that a table of answers may hold, with its label: options, then reasons."""
    options = tuple((option.code, option.label) for option in scale.options)
    return (*options, *((missing.code, missing.label) for missing in scale.missing))


def formats(questionnaire: Questionnaire) -> tuple[ResponseFormat, ...]:
    """Every response format in use, once, in the order of use."""
    used = {q.response_format.id: q.response_format for q in questionnaire.questions}
    return tuple(used.values())


def entries(questionnaire: Questionnaire) -> tuple[Entry, ...]:
    """Every question in order, with what is known of it."""
    return tuple(_entries(questionnaire))


def _entries(questionnaire: Questionnaire) -> Iterator[Entry]:
    about = questionnaire.about
    halves = questionnaire.halves or ((), ())
    half = {page: number for number, pages in enumerate(halves, start=1) for page in pages}
    moved = [n for n, page in enumerate(questionnaire.pages) if page.id in half]
    passed: list[tuple[int, Question]] = []
    place = 0
    for n, page in enumerate(questionnaire.pages):
        mine = half.get(page.id, 0)
        # What stands in the other half may come later; past both halves everything came before.
        before = {0, mine} if moved and n <= moved[-1] else {0, 1, 2}
        for question in page.questions:
            place += 1
            gate = next((q for number, q in reversed(passed) if number in before), None)
            yield Entry(question, about.item(question.id), page, place, gate)
            if question.screen_out:
                passed.append((mine, question))


def facts(entry: Entry, about: About, say: Phrases) -> tuple[Fact, ...]:
    """What is known of a question, in words; nothing is said of what it is not."""
    return (*_of_theory(entry, about, say), *_of_asking(entry, say), *_of_use(entry, about, say))


def _of_theory(entry: Entry, about: About, say: Phrases) -> Iterator[Fact]:
    question = entry.question
    construct = next((c for c in about.constructs if c.id == question.construct), None)
    if construct is not None:
        yield Fact("construct", say("construct"), _coded(construct.id, construct.label))
        for facet in construct.facets:
            if facet.id == question.facet:
                yield Fact("facet", say("facet"), _coded(facet.id, facet.label))
    for attribute in about.attributes:
        value = entry.about.attributes.get(attribute.id, "")
        if value in attribute.values:
            yield Fact(f"attribute {attribute.id}", attribute.label, attribute.values[value])


def _of_asking(entry: Entry, say: Phrases) -> Iterator[Fact]:
    question = entry.question
    if entry.gate is not None:
        codes = _listed(entry.gate.screen_out)
        yield Fact("universe", say("universe"), say("gate", item=entry.gate.id, codes=codes))
    if question.screen_out:
        yield Fact("screen_out", say("screen_out"), _answers(question, question.screen_out))
    if question.expected is not None:
        yield Fact("expected", say("expected"), _answers(question, (question.expected,)))


def _of_use(entry: Entry, about: About, say: Phrases) -> Iterator[Fact]:
    if entry.about.reverse:
        yield Fact("reverse", say("reverse"), say("turned", sum=entry.turned))
    if entry.about.quasi_identifier:
        yield Fact("quasi_identifier", say("quasi_identifier"), say("quasi_identifier_why"))
    if about.items:
        yield Fact("status", say("status"), say(f"status_{entry.about.status}"))
    if entry.about.places:
        places = ", ".join(f"{form} {place}" for form, place in entry.about.places.items())
        yield Fact("places", say("places"), dict.fromkeys(entry.question.text, places))


def _coded(code: str, label: Text) -> Text:
    return {tag: f"{text} ({code})" for tag, text in label.items()}


def _listed(codes: Sequence[int]) -> str:
    return ", ".join(map(str, codes))


def _answers(question: Question, codes: Sequence[int]) -> Text:
    """Name answers by code and label."""
    labels = {option.code: option.label for option in question.response_format.options}
    shown = [(code, labels.get(code, {})) for code in codes]
    return {
        tag: ", ".join(
            f"{code} ({label[tag]})" if tag in label else str(code) for code, label in shown
        )
        for tag in question.text
    }
