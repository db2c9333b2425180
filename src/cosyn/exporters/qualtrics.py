"""Qualtrics's Advanced Format TXT: questions, options and codes of one language.

Logic, randomisation, validation and translations have no words in it and are set by hand after
the import; the mapping file beside it leads the numbered rows of a matrix back to their items.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from cosyn.codebook.phrases import phrases
from cosyn.exporters._qualtrics import heading, spoken, tag
from cosyn.exporters._stamps import stamps
from cosyn.exporters._types import Exported, Exporter, Feature
from cosyn.instrument.layout import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.instrument.questionnaire import Block, Question, Questionnaire, QuestionnairePage


def write(questionnaire: Questionnaire, language: str) -> Exported:
    """Write the questions and the mapping file in one language."""
    lines = ["[[AdvancedFormat]]", ""]
    stored = {**stamps(questionnaire), "language": language}
    lines += [f"[[ED:{name}:{value}]]" for name, value in stored.items()]
    lines += _introduction(questionnaire, language)
    for page in questionnaire.pages:
        lines += _page(page, questionnaire, language)
    lines += ["", "[[Block:closing]]"]
    lines += _told("closing", spoken(questionnaire.closing[language]))
    name = f"{questionnaire.name}.{language}"
    text = "\n".join(lines) + "\n"
    mapping = _mapping(questionnaire)
    return Exported(
        {f"{name}.qualtrics.txt": text.encode(), f"{name}.qualtrics.mapping.yaml": mapping}
    )


def _introduction(questionnaire: Questionnaire, language: str) -> Iterator[str]:
    title = f"<b>{spoken(questionnaire.title[language])}</b>"
    yield from ("", "[[Block:introduction]]")
    yield from _told("introduction", f"{title}<br>{spoken(questionnaire.introduction[language])}")
    if questionnaire.consent:
        yield from _told("consent", spoken(questionnaire.consent[language]))
    if not questionnaire.department:
        t = phrases(questionnaire, language)
        asked = f"{spoken(t('department'))}<br><i>{spoken(t('department_hint'))}</i>"
        yield from _asked("TE:SingleLine", "department", asked)


def _page(page: QuestionnairePage, questionnaire: Questionnaire, language: str) -> Iterator[str]:
    """Yield a block of the target, which is a page of its own there."""
    yield from ("", f"[[Block:{page.id}]]")
    yield from _told(tag(f"page_{page.id}"), heading(page, language))
    for block in page.blocks:
        if block.display == "matrix":
            yield from _matrix(block, page, language)
        else:
            for question in block.questions:
                yield from _single(question, questionnaire, language)


def _told(name: str, text: str) -> Iterator[str]:
    return _asked("DB", name, text)


def _asked(kind: str, name: str, text: str) -> Iterator[str]:
    yield from ("", f"[[Question:{kind}]]", f"[[ID:{name}]]", text)


def _matrix(block: Block, page: QuestionnairePage, language: str) -> Iterator[str]:
    yield from _asked("Matrix", block.id, spoken(page.instruction[language]))
    yield "[[AdvancedChoices]]"
    for question in block.questions:
        yield from ("[[Choice]]", spoken(question.text[language]))
    yield "[[AdvancedAnswers]]"
    yield from _options(block.questions[0], "Answer", language)


def _single(question: Question, questionnaire: Questionnaire, language: str) -> Iterator[str]:
    text, response_format = spoken(question.text[language]), question.response_format
    if response_format.kind == "numeric":
        low, high = plain(response_format.minimum), plain(response_format.maximum)
        hint = phrases(questionnaire, language)("number_hint", low=low, high=high)
        yield from _asked("TE:SingleLine", question.id, f"{text}<br><i>{spoken(hint)}</i>")
        return
    yield from _asked("MC:SingleAnswer:Vertical", question.id, text)
    yield "[[AdvancedChoices]]"
    yield from _options(question, "Choice", language)


def _options(question: Question, kind: str, language: str) -> Iterator[str]:
    for code, label in question.offered:
        yield from (f"[[{kind}:{code}]]", spoken(label[language]))


def _mapping(questionnaire: Questionnaire) -> bytes:
    """Say which numbered column is which item; other columns bear their items' names."""
    columns = {
        f"{block.id}_{row}": question.id
        for page in questionnaire.pages
        for block in page.blocks
        if block.display == "matrix"
        for row, question in enumerate(block.questions, start=1)
    }
    content = {"columns": columns, "missing": {"-99": "not_answered"}}
    return yaml.safe_dump(content, sort_keys=False).encode()


EXPORTER = Exporter(
    name="qualtrics",
    title="Qualtrics Advanced Format TXT (questions and codes; the rest by hand)",
    write=write,
    per_language=True,
    cannot={
        Feature.SHUFFLE: "rows keep their order; set it by hand, or --orders for permuted forms",
        Feature.HALVES: "the listed order is kept; set it by hand, or --orders for permuted forms",
        Feature.SCREEN_OUT: "nothing ends it; add skip logic to the end of survey by hand",
        Feature.LANGUAGES: "one language a file; add the others as translations by hand",
        Feature.ITEM_CODES: "rows of a matrix are numbered; the mapping file names the items",
        Feature.MISSING_APART: "these stand last, in one row with the options",
        Feature.NUMBERS: "any text is taken; add validation of the content by hand",
    },
)
