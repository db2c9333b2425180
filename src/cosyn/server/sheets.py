"""The questionnaire as pieces of HTML: written once, put together for each page that is shown."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

from cosyn.instrument.arrange import arranged
from cosyn.instrument.layout import as_table, ending, headings, plain
from cosyn.instrument.questionnaire import questionnaire
from cosyn.server.texts import phrases

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cosyn.i18n import Catalogue, Text
    from cosyn.instrument.questionnaire import Block, Question, Questionnaire
    from cosyn.server.types import Survey

_NUMBER = "\x01"  # stands for a question's number, which depends on the order
_FRAGMENTS = 16_384
_ORDERS = 1024
_WORDINGS = 256


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a department: hashable, so that departments that share them share pieces."""

    words: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]

    def names(self) -> dict[str, Text]:
        """Placeholder -> what it stands for in each language."""
        return {name: dict(texts) for name, texts in self.words}


def wording(words: Mapping[str, Text]) -> Wording:
    """The words of a department, in one order."""
    return Wording(tuple(sorted((n, tuple(sorted(t.items()))) for n, t in words.items())))


USUAL = wording({})
"""The instrument's own words."""


class Sheets:
    """Questionnaires and their pieces, kept as long as they are wanted.

    Parameters
    ----------
    survey : Survey
    """

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        # Caches of this object, not of the class: they end with it.
        self._plain = lru_cache(_WORDINGS)(self._read)
        self.asked = lru_cache(_ORDERS)(self._arranged)
        self._fragment = lru_cache(_FRAGMENTS)(self._written)
        self._questions = lru_cache(_WORDINGS)(self._by_id)

    def _read(self, words: Wording) -> Questionnaire:
        return questionnaire(self._survey.instrument, self._survey.form, words.names())

    def _arranged(self, words: Wording, order: int) -> Questionnaire:
        """The questionnaire in a department's words and one of the orders."""
        return arranged(self._plain(words), order)

    def _by_id(self, words: Wording) -> dict[str, Question]:
        return {question.id: question for question in self._plain(words).questions}

    def _written(self, words: Wording, language: str, item: str) -> str:
        return _question(self._questions(words)[item], language, "")

    def page(
        self,
        words: Wording,
        order: int,
        number: int,
        language: str,
        answers: Mapping[str, str],
        faults: Mapping[str, str],
    ) -> Markup:
        """The blocks of one page.

        Parameters
        ----------
        number : int
            Of the page, from 1.
        answers : Mapping[str, str]
            Item -> what is chosen or typed.
        faults : Mapping[str, str]
            Item -> what is said to be wrong with it.
        """
        asked = self.asked(words, order)
        before = sum(len(page.questions) for page in asked.pages[: number - 1])
        parts: list[str] = []
        place = before
        for block in asked.pages[number - 1].blocks:
            table = as_table(block, language)
            parts.append('<div class="block table">' if table else '<div class="block">')
            if table:
                parts.append(_head(block, language))
            for question in block.questions:
                place += 1
                fault = faults.get(question.id, "")
                piece = (
                    _question(question, language, fault)
                    if fault
                    else self._fragment(words, language, question.id)
                )
                parts.append(_filled(piece, place, question, answers.get(question.id, "")))
            parts.append("</div>")
        return Markup("".join(parts))  # noqa: S704 - made of templates that escape


def _filled(piece: str, place: int, question: Question, answer: str) -> str:
    """Put the number and the answer in; an answer that is not on offer is not shown."""
    piece = piece.replace(_NUMBER, str(place), 1)
    if not answer:
        return piece
    if answer in {str(code) for code, _ in question.offered}:
        return piece.replace(f'value="{answer}"', f'value="{answer}" checked', 1)
    if question.response_format.kind == "numeric":
        return piece.replace('value=""', f'value="{escape(answer)}"', 1)
    return piece


@lru_cache(1024)
def _heads(labels: tuple[str, ...], apart: int) -> str:
    cells = "".join(
        f"<span{' class=apart' if place >= apart else ''}>{escape(label)}</span>"
        for place, label in enumerate(labels)
    )
    return f'<div class="head" aria-hidden="true"><span></span>{cells}<span></span></div>'


def _head(block: Block, language: str) -> str:
    return _heads(tuple(headings(block, language)), len(block.response_format.options))


def _question(question: Question, language: str, fault: str) -> str:
    t, bounds = phrases(language), question.response_format
    return (
        _environment()
        .get_template("question.html.j2")
        .render(
            q=question,
            text=question.text[language],
            language=language,
            t=t,
            mark=_NUMBER,
            options=bounds.kind == "options",
            ending=ending(question, language, t),
            bounds=bounds_of(question, t),
            low=bounds.minimum,
            fault=fault,
        )
    )


def bounds_of(question: Question, t: Catalogue) -> str:
    """Say which numbers a question takes."""
    found = question.response_format
    return t("number_hint", low=plain(found.minimum), high=plain(found.maximum))


@cache
def _environment() -> Environment:
    return Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(asset),
        auto_reload=False,
    )


@cache
def asset(name: str) -> str:
    """A file of the templates' folder."""
    return files("cosyn.server").joinpath("templates", name).read_text(encoding="utf-8")


def rendered(template: str, **values: object) -> str:
    """Fill one of the templates; every value is escaped."""
    return _environment().get_template(template).render(values)
