"""An XLSForm for ODK, KoboToolbox, Ona and SurveyCTO: every language in one workbook.

Exact times, device ids and audit logs are left out on purpose: they identify people. Rows of a
group cannot be shuffled in an XLSForm, so the items keep the questionnaire's order.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from openpyxl import Workbook

from cosyn.archive import packed, text_cell
from cosyn.codebook.phrases import phrase
from cosyn.exporters._types import Exported, Exporter, Feature, Loss
from cosyn.instrument.layout import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cosyn.i18n import Text
    from cosyn.instrument.questionnaire import Block, Question, Questionnaire, QuestionnairePage
    from cosyn.instrument.types import MissingOption, ResponseFormat

# XLSForm wants `name (code)` with a two-letter code; pyxform refuses (zh-Hans) and (zh-CN).
_NAMES = {"en": "English (en)", "zh-Hans": "简体中文 (zh)"}
_REFERENCE, _BROKEN = "${", "$ {"
_COLUMNS = ("type", "name", "appearance", "relevant", "constraint", "calculation", "required")


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the sheet `survey`."""

    type: str
    name: str
    label: Text | None = None
    appearance: str = ""
    relevant: str = ""
    constraint: str = ""
    message: Text | None = None
    calculation: str = ""


def write(questionnaire: Questionnaire, language: str) -> Exported:
    """Write the workbook; `language` is the one the form opens in."""
    languages = questionnaire.languages
    book = Workbook(write_only=True)
    labels = [f"label::{_name(tag)}" for tag in languages]
    messages = [f"constraint_message::{_name(tag)}" for tag in languages]
    survey = [(*_COLUMNS, *labels, *messages)]
    survey += [_survey_row(row, languages) for row in _survey(questionnaire)]
    choices = [("list_name", "name", *labels), *_choices(questionnaire)]
    for title, rows in (
        ("survey", survey),
        ("choices", choices),
        ("settings", _settings(questionnaire, language)),
    ):
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append([text_cell(sheet, value) for value in row])
    name = f"{questionnaire.name}.{language}.xlsx"
    return Exported({name: packed(book)}, tuple(_losses(questionnaire)))


def _name(language: str) -> str:
    return _NAMES.get(language, f"{language} ({language.partition('-')[0]})")


def _survey_row(row: _Row, languages: Sequence[str]) -> tuple[str, ...]:
    label, message = row.label or {}, row.message or {}
    return (
        row.type,
        row.name,
        row.appearance,
        row.relevant,
        row.constraint,
        row.calculation,
        "",
        *(_plain(label.get(tag, "")) for tag in languages),
        *(message.get(tag, "") for tag in languages),
    )


def _plain(text: str) -> str:
    """Break up what would be read as a reference to an answer."""
    return text.replace(_REFERENCE, _BROKEN)


def _losses(questionnaire: Questionnaire) -> Iterator[Loss]:
    for question in questionnaire.questions:
        texts = [question.text]
        texts += [option.label for option in question.response_format.options]
        texts += [gap.label for gap in question.missing]
        if any(_REFERENCE in words for text in texts for words in text.values()):
            yield Loss(question.id, f"{_REFERENCE} means a reference here: written {_BROKEN}")


def _survey(questionnaire: Questionnaire) -> Iterator[_Row]:
    yield from _stamps(questionnaire)
    yield _Row("note", "introduction", questionnaire.introduction)
    if questionnaire.consent:
        yield _Row("note", "consent", questionnaire.consent)
    if not questionnaire.department:
        yield _Row("text", "department", phrase(questionnaire, "department"))
    ended: list[str] = []
    for page in questionnaire.pages:
        yield from _page(page, questionnaire, ended)
    if ended and questionnaire.screened_out:
        out = f"not({_going_on(ended)})"
        yield _Row("note", "screened_out", questionnaire.screened_out, relevant=out)
    yield _Row("note", "closing", questionnaire.closing, relevant=_going_on(ended))


def _stamps(questionnaire: Questionnaire) -> Iterator[_Row]:
    """Yield what each answer carries: what it answers, in which words and order."""
    stamps = {
        "instrument": questionnaire.instrument,
        "version": questionnaire.version,
        "digest": questionnaire.digest,
        "form": questionnaire.form,
        "order": str(questionnaire.order),
    }
    if questionnaire.department:
        stamps["department"] = questionnaire.department
    for name, value in stamps.items():
        yield _Row("calculate", name, calculation=f"'{value}'")


def _going_on(ended: Sequence[str]) -> str:
    """Nobody who gave one of these answers sees what follows."""
    return " and ".join(ended)


def _page(
    page: QuestionnairePage, questionnaire: Questionnaire, ended: list[str]
) -> Iterator[_Row]:
    """Yield a page as one screen; a matrix becomes a table with one header.

    `ended` grows by the answers of the page that end the questionnaire.
    """
    name = f"page_{page.id.replace('-', '_')}"
    yield _Row("begin_group", name, page.title, "field-list", _going_on(ended))
    yield _Row("note", f"{name}_instruction", page.instruction)
    before = len(ended)
    ends = {question.id: question.screen_out for question in page.questions}
    for block in page.blocks:
        for row in _block(block, name, questionnaire):
            yield replace(row, relevant=_going_on(ended[before:]))
            ended += [f"${{{row.name}}} != '{code}'" for code in ends.get(row.name, ())]
    yield _Row("end_group", "")


def _block(block: Block, page: str, questionnaire: Questionnaire) -> Iterator[_Row]:
    if block.response_format.kind == "numeric":
        yield from (_number(question, questionnaire) for question in block.questions)
        return
    kind = f"select_one {_list_name(block.questions[0])}"
    if block.display == "single":
        yield from (_Row(kind, question.id, question.text) for question in block.questions)
        return
    yield _Row(kind, f"{page}_{block.id}", phrase(questionnaire, "options"), "label")
    for question in block.questions:
        yield _Row(kind, question.id, question.text, "list-nolabel")


def _is_choice(question: Question) -> bool:
    return question.response_format.kind == "options"


def _number(question: Question, questionnaire: Questionnaire) -> _Row:
    response_format = question.response_format
    low, high = plain(response_format.minimum), plain(response_format.maximum)
    return _Row(
        "decimal",
        question.id,
        question.text,
        constraint=f". >= {low} and . <= {high}",
        message=phrase(questionnaire, "number_hint", low=low, high=high),
    )


def _list_name(question: Question) -> str:
    base = question.response_format.id.replace("-", "_")
    return f"{base}_dk" if question.dont_know else base


def _choices(questionnaire: Questionnaire) -> Iterator[tuple[str, ...]]:
    lists: dict[str, tuple[ResponseFormat, tuple[MissingOption, ...]]] = {}
    for question in filter(_is_choice, questionnaire.questions):
        lists[_list_name(question)] = (question.response_format, question.missing)
    for name, (response_format, missing) in lists.items():
        shown: list[tuple[int, Mapping[str, str]]] = [
            (option.code, option.label) for option in response_format.options
        ]
        shown += [(m.code, m.label) for m in missing]
        for code, label in shown:
            yield (name, str(code), *(_plain(label[tag]) for tag in questionnaire.languages))


def _settings(questionnaire: Questionnaire, language: str) -> list[tuple[str, ...]]:
    identity = questionnaire.name.replace("-", "_")
    return [
        ("form_title", "form_id", "version", "default_language", "style"),
        (
            questionnaire.title[language],
            identity,
            f"{questionnaire.version}-{questionnaire.digest[:12]}",
            _name(language),
            "theme-grid",
        ),
    ]


EXPORTER = Exporter(
    name="xlsform",
    title="XLSForm for ODK, KoboToolbox, Ona, SurveyCTO",
    write=write,
    per_language=True,
    cannot={
        Feature.SHUFFLE: "rows of a group cannot be shuffled; --orders writes permuted forms",
        Feature.HALVES: "the listed order is kept; --orders writes permuted forms",
    },
)
