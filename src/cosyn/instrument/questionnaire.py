"""The neutral form of a questionnaire: ordered pages with rendered texts, for every format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.errors import InstrumentError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cosyn.i18n import Text
    from cosyn.instrument.types import Instrument, Item, ResponseFormat


@dataclass(frozen=True, slots=True)
class Question:
    """One item as a respondent sees it.

    Attributes
    ----------
    text : Text
        Wording in each language, placeholders filled.
    dont_know : bool
        Whether the offered missing options of `response_format` are shown.
    """

    id: str
    text: Text
    response_format: ResponseFormat
    dont_know: bool


@dataclass(frozen=True, slots=True)
class QuestionnairePage:
    """One page; its questions may have different response formats."""

    id: str
    title: Text
    instruction: Text
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """Everything an exporter needs, and nothing it must decide.

    Attributes
    ----------
    instrument, version, digest, form : str
        Stamped on what is exported, so that answers can be traced to their wording.
    """

    instrument: str
    version: str
    digest: str
    form: str
    languages: tuple[str, ...]
    title: Text
    introduction: Text
    closing: Text
    pages: tuple[QuestionnairePage, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        """Every question in order."""
        return tuple(question for page in self.pages for question in page.questions)


def questionnaire(
    instrument: Instrument, form: str | None = None, names: Mapping[str, Text] | None = None
) -> Questionnaire:
    """Select a form of an instrument and fill the placeholders.

    Parameters
    ----------
    form : str, optional
        Id of a form; the instrument's default form if left out.
    names : Mapping[str, Text], optional
        What placeholders stand for, where it is not the instrument's default.

    Raises
    ------
    InstrumentError
        If there is no such form.
    """
    chosen = form or instrument.default_form
    known = [f.id for f in instrument.forms]
    if chosen not in known:
        raise InstrumentError(
            "instrument.unknown-form",
            f"--form {chosen}",
            "there is no such form",
            f"Use one of: {', '.join(known)}",
        )
    words = {**instrument.placeholders, **(names or {})}
    selected = {item.id: item for item in instrument.items_of(chosen)}
    pages = tuple(
        QuestionnairePage(
            id=page.id,
            title=_fill(page.title, words),
            instruction=_fill(page.instruction, words),
            questions=tuple(
                _question(selected[i], instrument, words) for i in page.items if i in selected
            ),
        )
        for page in instrument.pages
    )
    return Questionnaire(
        instrument=instrument.id,
        version=instrument.version,
        digest=instrument.digest,
        form=chosen,
        languages=instrument.languages,
        title=_fill(instrument.title, words),
        introduction=_fill(instrument.introduction, words),
        closing=_fill(instrument.closing, words),
        pages=tuple(page for page in pages if page.questions),
    )


def _question(item: Item, instrument: Instrument, words: Mapping[str, Text]) -> Question:
    return Question(
        item.id, _fill(item.text, words), instrument.response_format(item), item.dont_know
    )


def _fill(texts: Text, words: Mapping[str, Text]) -> Text:
    """Put the words in place of ``{M}`` and the like; a sentence still begins with a capital."""
    filled = {}
    for language, text in texts.items():
        sentence = text
        for name, stands_for in words.items():
            sentence = sentence.replace(f"{{{name}}}", stands_for[language])
        filled[language] = sentence[:1].upper() + sentence[1:]
    return filled
