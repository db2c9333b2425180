"""The neutral form of a questionnaire: what every format shows, decided once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from cosyn.errors import InstrumentError
from cosyn.instrument.about import About, about

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cosyn.i18n import Text
    from cosyn.instrument.types import (
        Form,
        Halves,
        Instrument,
        Item,
        MissingOption,
        Page,
        ResponseFormat,
    )


@dataclass(frozen=True, slots=True)
class Question:
    """One item as a respondent sees it.

    Attributes
    ----------
    text : Text
        Wording in each language, placeholders filled.
    dont_know : bool
        Whether the offered missing options of `response_format` are shown.
    scale : bool
        Whether it reflects a construct: only such questions are shuffled.
    screen_out : tuple of int
        Answers after which the questionnaire ends.
    expected : int or None
        The instructed answer of an attention check; no respondent is told that it is one.
    """

    id: str
    text: Text
    response_format: ResponseFormat
    dont_know: bool
    construct: str
    facet: str
    scale: bool
    screen_out: tuple[int, ...] = ()
    expected: int | None = None

    @property
    def missing(self) -> tuple[MissingOption, ...]:
        """The reasons for giving no answer that are offered, set apart from the options."""
        return tuple(m for m in self.response_format.missing if m.offered and self.dont_know)

    @property
    def offered(self) -> tuple[tuple[int, Text], ...]:
        """Code and label of each option, and then of each reason for giving no answer."""
        answers = [(option.code, option.label) for option in self.response_format.options]
        return (*answers, *((reason.code, reason.label) for reason in self.missing))


@dataclass(frozen=True, slots=True)
class Block:
    """Neighbouring questions with the same answers on offer: one matrix, or one by one.

    Attributes
    ----------
    id : str
        Letters and digits, unique in the questionnaire, as every platform accepts it.
    questions : tuple of Question
        All share `response_format` and `dont_know`, so that a matrix needs no exceptions.
    """

    id: str
    display: Literal["matrix", "single"]
    questions: tuple[Question, ...]

    @property
    def response_format(self) -> ResponseFormat:
        """How each of its questions is answered."""
        return self.questions[0].response_format

    @property
    def missing(self) -> tuple[MissingOption, ...]:
        """The reasons for giving no answer that each of its questions offers."""
        return self.questions[0].missing


@dataclass(frozen=True, slots=True)
class QuestionnairePage:
    """One page.

    Attributes
    ----------
    shuffle : bool
        Whether the target should show the scale questions of each block in a random order.
    """

    id: str
    title: Text
    instruction: Text
    blocks: tuple[Block, ...]
    shuffle: bool = False

    @property
    def questions(self) -> tuple[Question, ...]:
        """Every question in order."""
        return tuple(question for block in self.blocks for question in block.questions)


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """Everything an exporter needs, and nothing it must decide.

    Attributes
    ----------
    instrument, version, digest, form : str
        Stamped on what is exported, so that answers can be traced to their wording.
    consent, screened_out : Text
        Empty where the instrument has no such text.
    halves : pair of tuples of page ids, or None
        The target should show a random half of the respondents the second group first.
    phrases : Mapping[str, Mapping[str, str]]
        Language -> fixed phrases, for languages that the program has none in.
    order : int
        0 for the order as listed, in which `halves` and `shuffle` are still to be carried out;
        k > 0 for the k-th permuted form, in which they have been.
    department : str
        Code of the department whose words fill the placeholders; empty for the default words.
    identified : bool
        Whether answers bear their person's code, as `consent` then says.
    about : About
        What codebooks tell beside; no respondent is shown any of it.
    """

    instrument: str
    version: str
    digest: str
    form: str
    languages: tuple[str, ...]
    title: Text
    introduction: Text
    consent: Text
    closing: Text
    screened_out: Text
    pages: tuple[QuestionnairePage, ...]
    halves: Halves | None = None
    phrases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    order: int = 0
    department: str = ""
    identified: bool = False
    about: About = field(default_factory=About)

    @property
    def questions(self) -> tuple[Question, ...]:
        """Every question in order."""
        return tuple(question for page in self.pages for question in page.questions)

    @property
    def name(self) -> str:
        """A name for files: instrument, form and, where there is one, department and order."""
        parts = (self.instrument, self.form, self.department, f"o{self.order}" * (self.order > 0))
        return "-".join(filter(None, parts))


def questionnaire(
    instrument: Instrument,
    form: str | None = None,
    names: Mapping[str, Text] | None = None,
    department: str = "",
) -> Questionnaire:
    """Select a form of an instrument and fill the placeholders.

    Parameters
    ----------
    form : str, optional
        Id of a form; the instrument's default form if left out.
    names : Mapping[str, Text], optional
        What placeholders stand for, where it is not the instrument's default.
    department : str
        Whose words they are.

    Raises
    ------
    InstrumentError
        If there is no such form.
    """
    chosen = _form(instrument, form or instrument.default_form)
    words = {**instrument.placeholders, **(names or {})}
    scales = {item.id for item in instrument.scale_items_of(chosen.id)}
    formats = {f.id: _worded(f, words) for f in instrument.response_formats}
    questions = {
        item.id: _question(item, formats[item.response_format], words, scale=item.id in scales)
        for item in instrument.in_form(chosen.id).items_of(chosen.id)
    }
    numbers = iter(range(1, len(questions) + 1))
    pages = tuple(_page(page, questions, words, numbers) for page in instrument.pages)
    return Questionnaire(
        instrument=instrument.id,
        version=instrument.version,
        digest=instrument.digest,
        form=chosen.id,
        languages=instrument.languages,
        title=fill(chosen.title or instrument.title, words),
        introduction=fill(chosen.introduction or instrument.introduction, words),
        consent=fill(instrument.consent, words),
        closing=fill(instrument.closing, words),
        screened_out=fill(instrument.screened_out, words),
        pages=tuple(page for page in pages if page.blocks),
        halves=_halves(instrument, {page.id for page in pages if page.blocks}),
        phrases=instrument.phrases,
        department=department,
        identified=instrument.identified,
        about=about(instrument, chosen.id),
    )


def _form(instrument: Instrument, name: str) -> Form:
    known = {form.id: form for form in instrument.forms}
    if name not in known:
        raise InstrumentError(
            "instrument.unknown-form",
            f"--form {name}",
            "there is no such form",
            f"Use one of: {', '.join(known)}",
        )
    return known[name]


def _halves(instrument: Instrument, shown: set[str]) -> Halves | None:
    """The halves that remain in a form; none if one of them is empty."""
    if instrument.halves is None:
        return None
    first, second = (tuple(p for p in half if p in shown) for half in instrument.halves)
    return (first, second) if first and second else None


def _page(
    page: Page, questions: Mapping[str, Question], words: Mapping[str, Text], numbers: Iterator[int]
) -> QuestionnairePage:
    asked = [questions[item] for item in page.items if item in questions]
    return QuestionnairePage(
        id=page.id,
        title=fill(page.title, words),
        instruction=fill(page.instruction, words),
        blocks=tuple(
            _block(f"b{next(numbers)}", page, tuple(group))
            for _, group in groupby(asked, key=lambda q: (q.response_format.id, q.dont_know))
        ),
        shuffle=page.shuffle,
    )


def _block(name: str, page: Page, questions: tuple[Question, ...]) -> Block:
    """A matrix needs two rows, and options."""
    matrix = len(questions) > 1 and questions[0].response_format.kind == "options"
    return Block(name, page.display if matrix else "single", questions)


def _worded(found: ResponseFormat, words: Mapping[str, Text]) -> ResponseFormat:
    """Fill the placeholders of a response format's labels."""
    return replace(
        found,
        options=tuple(replace(o, label=fill(o.label, words)) for o in found.options),
        missing=tuple(replace(m, label=fill(m.label, words)) for m in found.missing),
    )


def _question(
    item: Item, response_format: ResponseFormat, words: Mapping[str, Text], *, scale: bool
) -> Question:
    return Question(
        id=item.id,
        text=fill(item.text, words),
        response_format=response_format,
        dont_know=item.dont_know,
        construct=item.construct,
        facet=item.facet,
        scale=scale,
        screen_out=item.screen_out,
        expected=item.expected,
    )


def fill(texts: Text, words: Mapping[str, Text]) -> Text:
    """Put the words in place of ``{M}`` and the like; at the head of a text, with a capital."""
    filled = {}
    for language, text in texts.items():
        sentence = text
        for name, stands_for in words.items():
            sentence = sentence.replace(f"{{{name}}}", stands_for[language])
        headed = any(text.startswith(f"{{{name}}}") for name in words)
        filled[language] = sentence[:1].upper() + sentence[1:] if headed else sentence
    return filled
