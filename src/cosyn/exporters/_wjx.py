"""What Wenjuanxing is given in either of its formats: questions as it counts them, texts it keeps.

It knows no codes, only positions: of questions, of the rows of a matrix, of options.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.codebook.phrases import phrases
from cosyn.exporters._texts import labels, other_texts
from cosyn.exporters._types import Feature, Loss

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cosyn.i18n import Catalogue
    from cosyn.instrument.questionnaire import Block, Question, Questionnaire, QuestionnairePage

Rules = tuple[tuple[re.Pattern[str], str, str], ...]
"""Pattern, what is written in its place, and why."""

RULES: Rules = (
    (re.compile("[\t-\r\x1c-\x1e\x85\u2028\u2029]+"), " ", "line breaks and tabs become blanks"),
    (re.compile("\ufeff"), "", "an unseen mark is left out"),
    (re.compile("<"), "＜", "< may be taken for HTML: written ＜"),
    (re.compile(">"), "＞", "> may be taken for HTML: written ＞"),
)
"""What holds in every format; full-width signs are read back as the usual ones."""
_NOTHING_LEFT = "…"
# The vendor's own parser reads the first line of a matrix as its columns from three on only.
_FEWEST_COLUMNS = 3

CANNOT: Mapping[Feature, str] = {
    Feature.SHUFFLE: "the listed order is kept; --orders writes permuted forms",
    Feature.HALVES: "the listed order is kept; --orders writes permuted forms",
    Feature.SCREEN_OUT: "set the jump to the end by hand; the mapping file lists where",
    Feature.LANGUAGES: "a file for each language, and so a questionnaire for each",
    Feature.ITEM_CODES: "questions have numbers only; the mapping file leads back to the items",
    Feature.OPTION_CODES: "options have positions only; the mapping file leads back to the codes",
    Feature.MISSING_APART: "don't know stands last among the options",
    Feature.NUMBERS: "any text can be filled in; the mapping file lists the bounds to set by hand",
    Feature.STAMP: "answers bear no version; the mapping file names form and language",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One question as Wenjuanxing counts them.

    Attributes
    ----------
    number : int
        From 1; a matrix counts once.
    questions : tuple of Question
        The rows of a matrix, or one; none for the department.
    title : str
        Wording, or what stands above a matrix.
    rows : tuple of str
        Wordings of a matrix; empty for a single question.
    options : tuple of str
        Empty where a text is filled in.
    """

    number: int
    questions: tuple[Question, ...]
    title: str
    rows: tuple[str, ...]
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page: the paragraphs above its questions, and these."""

    heading: tuple[str, ...]
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """A questionnaire in one language, every text cleaned.

    Attributes
    ----------
    opening : tuple of str
        Paragraphs before the first question.
    department : Entry or None
        Asks for the department, unless the questionnaire is one department's own.
    """

    title: str
    opening: tuple[str, ...]
    department: Entry | None
    sheets: tuple[Sheet, ...]
    closing: str
    screened_out: str

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every question in order, without that for the department."""
        return tuple(entry for sheet in self.sheets for entry in sheet.entries)


def survey(questionnaire: Questionnaire, language: str, rules: Rules) -> Survey:
    """Number the questions and clean every text."""
    numbers, t = itertools.count(1), phrases(questionnaire, language)
    opening = (questionnaire.introduction, questionnaire.consent)
    screened_out = questionnaire.screened_out.get(language, "")
    return Survey(
        title=cleaned(questionnaire.title[language], rules),
        opening=tuple(cleaned(text[language], rules) for text in opening if text),
        department=None if questionnaire.department else _department(t, next(numbers)),
        sheets=tuple(_sheet(page, language, rules, numbers) for page in questionnaire.pages),
        closing=cleaned(questionnaire.closing[language], rules),
        screened_out=cleaned(screened_out, rules) if screened_out else "",
    )


def _department(t: Catalogue, number: int) -> Entry:
    return Entry(number, (), t("wjx.department"), (), ())


def _sheet(page: QuestionnairePage, language: str, rules: Rules, numbers: Iterator[int]) -> Sheet:
    instruction = cleaned(page.instruction[language], rules)
    entries = tuple(
        Entry(
            number=next(numbers),
            questions=questions,
            title=cleaned(questions[0].text[language], rules) if single else instruction,
            rows=() if single else tuple(cleaned(q.text[language], rules) for q in questions),
            options=tuple(cleaned(label, rules) for label in labels(questions[0], language)),
        )
        for block in page.blocks
        for questions, single in _parts(block)
    )
    title = cleaned(page.title[language], rules)
    # A matrix bears the instruction as its own title.
    return Sheet((title,) if entries[0].rows else (title, instruction), entries)


def _parts(block: Block) -> Iterator[tuple[tuple[Question, ...], bool]]:
    """Part a block into what is one question here: all of a matrix, or each by itself."""
    columns = len(block.response_format.options) + len(block.missing)
    if block.display == "matrix" and columns >= _FEWEST_COLUMNS:
        yield block.questions, False
    else:
        yield from (((question,), True) for question in block.questions)


def cleaned(text: str, rules: Rules) -> str:
    """Write a text so that the platform keeps it."""
    return _cleaned(text, rules)[0]


def _cleaned(text: str, rules: Rules) -> tuple[str, list[str]]:
    """Write a text, and say what was changed for which reasons."""
    reasons = []
    for pattern, instead, why in rules:
        text, times = pattern.subn(instead, text)
        if times:
            reasons.append(why)
    return text.strip() or _NOTHING_LEFT, reasons


def text_losses(questionnaire: Questionnaire, language: str, rules: Rules) -> Iterator[Loss]:
    """State which texts are not written as they are, and why."""
    known: dict[tuple[str, bool], list[str]] = {}
    for question in questionnaire.questions:
        shown = question.response_format.id, question.dont_know
        if shown not in known:
            known[shown] = _reasons(labels(question, language), rules)
        reasons = _reasons([question.text[language]], rules) + known[shown]
        yield from (Loss(question.id, why) for why in dict.fromkeys(reasons))
    for place, texts in other_texts(questionnaire, language):
        yield from (Loss(place, why) for why in dict.fromkeys(_reasons(texts, rules)))


def _reasons(texts: Iterable[str], rules: Rules) -> list[str]:
    return [why for text in texts for why in _cleaned(text, rules)[1]]
