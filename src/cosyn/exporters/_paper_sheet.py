"""A questionnaire as it stands on paper: every word of it, decided once for PDF and Word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.codebook.phrases import phrases
from cosyn.instrument.layout import as_table, ending, plain

if TYPE_CHECKING:
    from cosyn.i18n import Catalogue
    from cosyn.instrument.questionnaire import Block, Question, Questionnaire, QuestionnairePage
    from cosyn.instrument.types import ResponseFormat

_MOST_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Answer:
    """A box to tick.

    Attributes
    ----------
    apart : bool
        Whether it gives a reason for not answering.
    """

    code: int
    label: str
    apart: bool


@dataclass(frozen=True, slots=True)
class Number:
    """A number to write down.

    Attributes
    ----------
    hint : tuple of str
        A phrase in pieces; ``{low}`` and ``{high}`` stand for the bounds.
    digits : int
        Boxes to write in; 0 for a line.
    """

    low: str
    high: str
    hint: tuple[str, ...]
    digits: int


@dataclass(frozen=True, slots=True)
class Line:
    """A question; `hint` says which answers end the questionnaire."""

    number: int
    item: str
    text: str
    hint: str


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbouring questions: a table with headings, or one below the other."""

    table: bool
    answers: tuple[Answer, ...]
    number: Number | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What stands under one title."""

    part: str
    title: str
    instruction: str
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """All of it.

    Attributes
    ----------
    consent_title, consent : str
        Empty where the instrument has no such text.
    department_hint : str
        Empty where the department is known.
    stamp : str
        What the foot of each page says of version, form and order.
    code : str
        The same for machines, as a QR code.
    page_of : tuple of str
        A phrase in pieces; ``{number}`` and ``{count}`` stand for the page and for all pages.
    """

    language: str
    title: str
    introduction: str
    consent_title: str
    consent: str
    how: str
    department_label: str
    department: str
    department_hint: str
    parts: tuple[Part, ...]
    closing: str
    hand_back: str
    stamp: str
    code: str
    code_label: str
    page_of: tuple[str, ...]


def sheet(questionnaire: Questionnaire, language: str) -> Sheet:
    """Put a questionnaire into words for paper."""
    q, t = questionnaire, phrases(questionnaire, language)
    numbers = {question.id: n for n, question in enumerate(q.questions, start=1)}
    parts = tuple(
        Part(
            t("page", number=place, count=len(q.pages)),
            page.title[language],
            page.instruction[language],
            _groups(page, q, numbers, language),
        )
        for place, page in enumerate(q.pages, start=1)
    )
    return Sheet(
        language=language,
        title=q.title[language],
        introduction=q.introduction[language],
        consent_title=t("consent") if q.consent else "",
        consent=q.consent.get(language, ""),
        how=" ".join([t("paper.how"), *([t("paper.person")] if q.identified else [])]),
        department_label=t("department"),
        department=q.department,
        department_hint="" if q.department else t("department_hint"),
        parts=parts,
        closing=q.closing[language],
        hand_back=t("paper.hand_back"),
        stamp=_stamp(q, t),
        code=code(q),
        code_label=t("paper.qr"),
        page_of=_pieces(t("paper.page_of")),
    )


def code(questionnaire: Questionnaire) -> str:
    """What the QR code says: enough to know which form somebody holds in their hands."""
    q = questionnaire
    parts = ("cosyn", q.instrument, q.version, q.digest[:12], q.form, f"o{q.order}", q.department)
    return ":".join(parts)


def _stamp(q: Questionnaire, t: Catalogue) -> str:
    stamp = t(
        "paper.stamp",
        instrument=q.instrument,
        version=q.version,
        form=q.form,
        order=q.order,
        digest=q.digest[:12],
    )
    department = t("paper.of_department", department=q.department) if q.department else ""
    return " · ".join(filter(None, (stamp, department)))


def _groups(
    page: QuestionnairePage, q: Questionnaire, numbers: dict[str, int], language: str
) -> tuple[Group, ...]:
    return tuple(
        Group(
            as_table(block, language),
            _answers(block, language),
            _number(block.response_format, phrases(q, language)),
            tuple(_line(x, numbers[x.id], q, language) for x in block.questions),
        )
        for block in page.blocks
    )


def _answers(block: Block, language: str) -> tuple[Answer, ...]:
    options = [
        Answer(o.code, o.label[language], apart=False) for o in block.response_format.options
    ]
    return (*options, *(Answer(m.code, m.label[language], apart=True) for m in block.missing))


def _line(question: Question, number: int, q: Questionnaire, language: str) -> Line:
    t = phrases(q, language)
    hint, farewell = ending(question, language, t), q.screened_out.get(language, "")
    if hint and farewell:
        hint = t("paper.farewell", ends=hint, farewell=farewell)
    return Line(number, question.id, question.text[language], hint)


def _number(response_format: ResponseFormat, t: Catalogue) -> Number | None:
    if response_format.kind != "numeric":
        return None
    low, high = response_format.minimum, response_format.maximum
    whole = low >= 0 and low.is_integer() and high.is_integer()
    digits = len(plain(high)) if whole else 0
    return Number(
        plain(low),
        plain(high),
        _pieces(t("number_hint")),
        digits if digits <= _MOST_DIGITS else 0,
    )


def _pieces(phrase: str) -> tuple[str, ...]:
    """Cut a phrase at its gaps, which are filled where it is shown."""
    return tuple(filter(None, re.split(r"(\{\w+\})", phrase)))
