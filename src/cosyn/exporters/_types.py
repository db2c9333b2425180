"""What an exporter is: a function from a questionnaire and a language to files."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from cosyn.codebook.files import Exported, Loss

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cosyn.instrument.questionnaire import Question, Questionnaire, QuestionnairePage

__all__ = ["Exported", "Exporter", "Feature", "Loss", "losses"]


class Feature(StrEnum):
    """What a questionnaire may ask of a target that not every target can do."""

    SHUFFLE = "shuffled items"
    FIXED = "rows that keep their place in a shuffled table"
    HALVES = "order of blocks by random half"
    SCREEN_OUT = "an answer that ends the questionnaire"
    SKIP = "questions that may be left out"
    LANGUAGES = "several languages in one file"
    ITEM_CODES = "item codes"
    OPTION_CODES = "option codes"
    MISSING_APART = "don't know set apart from the options"
    NUMBERS = "numbers within bounds"
    STAMP = "version and form stamped on each answer"


@dataclass(frozen=True, slots=True)
class Exporter:
    """An entry of the registry: one questionnaire format.

    Attributes
    ----------
    title : str
        What the format is, in one line.
    write : callable
        Questionnaire and language (BCP 47 tag) -> `Exported`.
    per_language : bool
        Whether a file holds one language; otherwise every language is in it, and the one given
        is that in which it opens.
    cannot : Mapping[Feature, str]
        What the target cannot express -> what happens instead.
    """

    name: str
    title: str
    write: Callable[[Questionnaire, str], Exported]
    per_language: bool
    cannot: Mapping[Feature, str]

    @property
    def shuffles(self) -> bool:
        """Whether it needs no permuted forms."""
        return Feature.SHUFFLE not in self.cannot and Feature.HALVES not in self.cannot


def losses(exporter: Exporter, questionnaire: Questionnaire) -> tuple[Loss, ...]:
    """State what of this questionnaire the target cannot express, one loss an item."""
    return tuple(
        Loss(item, f"{feature.value}: {exporter.cannot[feature]}")
        for feature, items in _needs(questionnaire)
        if feature in exporter.cannot
        for item in items
    )


def _needs(questionnaire: Questionnaire) -> Iterator[tuple[Feature, tuple[str, ...]]]:
    """Yield each feature that the questionnaire makes use of, with the items that need it."""
    pages, questions = questionnaire.pages, questionnaire.questions
    swapped = {page for half in questionnaire.halves or () for page in half}
    moved = [q for page in pages if page.shuffle for q in page.questions if q.scale]
    halved = [q for page in pages if page.id in swapped for q in page.questions]
    numeric = [q for q in questions if q.response_format.kind == "numeric"]
    yield Feature.SHUFFLE, _ids(moved)
    yield Feature.FIXED, _ids([q for page in pages if page.shuffle for q in _fixed(page)])
    yield Feature.HALVES, _ids(halved)
    yield Feature.SCREEN_OUT, _ids([q for q in questions if q.screen_out])
    yield Feature.MISSING_APART, _ids([q for q in questions if q.missing])
    yield Feature.NUMBERS, _ids(numeric)
    yield Feature.OPTION_CODES, _ids([q for q in questions if q not in numeric])
    for always in (Feature.SKIP, Feature.ITEM_CODES, Feature.STAMP):
        yield always, _ids(questions)
    if len(questionnaire.languages) > 1:
        yield Feature.LANGUAGES, _ids(questions)


def _fixed(page: QuestionnairePage) -> list[Question]:
    """Checks and the like among rows that are shuffled."""
    tables = [b.questions for b in page.blocks if b.display == "matrix"]
    return [q for rows in tables if sum(r.scale for r in rows) > 1 for q in rows if not q.scale]


def _ids(questions: list[Question] | tuple[Question, ...]) -> tuple[str, ...]:
    return tuple(question.id for question in questions)
