"""A data dictionary for REDCap: one row a field, one language a file.

Labels are HTML in REDCap, with the values of other fields in square brackets and whole fields in
braces; entities are decoded before this happens, so they protect nothing. What REDCap would take
for its own is therefore written with the full-width sign of the same look, and reported.
"""

from __future__ import annotations

import csv
import html
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.codebook.phrases import phrases
from cosyn.exporters._stamps import stamps
from cosyn.exporters._texts import labels, other_texts
from cosyn.exporters._types import Exported, Exporter, Feature, Loss

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cosyn.i18n import Catalogue
    from cosyn.instrument.questionnaire import Block, Question, Questionnaire, QuestionnairePage

COLUMNS = (
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
)
_FULL_WIDTH = str.maketrans("<>[]{}\\|", "＜＞［］｛｝＼｜")
_OWN_SIGNS = re.compile(r"[<>\[\]{}\\|]")
_LINE_BREAK = "<br>"
_MOST_OF_A_FORM_NAME = 50
# Names that REDCap refuses, and those of our own fields.
_TAKEN = re.compile(
    "action|case|catch|class|continue|document|elements|enum|focus|instance|new|return|submit|super"
    "|switch|target|throw|department|digest|form|instrument|language|order|version"
)


@dataclass(frozen=True, slots=True)
class _Field:
    """A row of the dictionary; what is not named stays empty."""

    name: str
    kind: str
    label: str
    header: str = ""
    choices: str = ""
    note: str = ""
    validation: str = ""
    bounds: tuple[str, str] = ("", "")
    logic: str = ""
    matrix: str = ""
    annotation: str = ""


def write(questionnaire: Questionnaire, language: str) -> Exported:
    """Write the dictionary in one language."""
    form = _form_name(questionnaire)
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_row(entry, form) for entry in _fields(questionnaire, language))
    name = f"{questionnaire.name}.{language}.redcap.csv"
    return Exported({name: stream.getvalue().encode()}, tuple(_losses(questionnaire, language)))


def _form_name(questionnaire: Questionnaire) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", questionnaire.name.lower())
    return plain[:_MOST_OF_A_FORM_NAME].strip("_")


def _row(entry: _Field, form: str) -> tuple[str, ...]:
    return (
        *(entry.name, form, entry.header, entry.kind, entry.label, entry.choices, entry.note),
        *(entry.validation, *entry.bounds, "", entry.logic, "", "", "", entry.matrix, ""),
        entry.annotation,
    )


def _fields(questionnaire: Questionnaire, language: str) -> Iterator[_Field]:
    yield _Field("record_id", "text", "Record ID")
    yield from _stamps(questionnaire, language)
    yield _Field("text_introduction", "descriptive", _text(questionnaire.introduction[language]))
    if questionnaire.consent:
        yield _Field("text_consent", "descriptive", _text(questionnaire.consent[language]))
    if not questionnaire.department:
        yield _department(phrases(questionnaire, language))
    logic = _logic(questionnaire)
    for page in questionnaire.pages:
        yield from _page(page, language, logic)
    yield from _last(questionnaire, language)


def _ends(question: Question) -> list[str]:
    """The conditions on a question under which the questionnaire ends."""
    return [f"[{question.id.lower()}] = '{code}'" for code in question.screen_out]


def _logic(questionnaire: Questionnaire) -> dict[str, str]:
    """Item -> the condition that no answer before it ended the questionnaire."""
    logic, before = {}, ""
    for question in questionnaire.questions:
        logic[question.id] = before
        if question.screen_out:
            before = " and ".join(filter(None, [before, _going_on([question])]))
    return logic


def _going_on(questions: Iterable[Question]) -> str:
    ends = (end for question in questions for end in _ends(question))
    return " and ".join(end.replace(" = ", " <> ") for end in ends)


def _last(questionnaire: Questionnaire, language: str) -> Iterator[_Field]:
    """Yield what is said at the end, under a header of its own, so that no page's header stays."""
    title, closing = _text(questionnaire.title[language]), _text(questionnaire.closing[language])
    logic = _going_on(questionnaire.questions)
    yield _Field("text_closing", "descriptive", closing, title, logic=logic)
    if questionnaire.screened_out and logic:
        label = _text(questionnaire.screened_out[language])
        ends = " or ".join(end for question in questionnaire.questions for end in _ends(question))
        yield _Field("text_screened_out", "descriptive", label, logic=ends)


def _department(t: Catalogue) -> _Field:
    label, note = _text(t("department")), _text(t("department_hint"))
    return _Field("department", "text", label, note=note)


def _stamps(questionnaire: Questionnaire, language: str) -> Iterator[_Field]:
    """Hidden fields with a value of their own: whose answers these are."""
    for name, value in (*stamps(questionnaire).items(), ("language", language)):
        yield _Field(name, "text", name, annotation=f'@HIDDEN @DEFAULT="{value}"')


def _page(page: QuestionnairePage, language: str, logic: Mapping[str, str]) -> Iterator[_Field]:
    """Yield the fields of a page, its texts above the first: REDCap parts pages at such headers."""
    header = _LINE_BREAK.join(_text(text[language]) for text in (page.title, page.instruction))
    for block in page.blocks:
        for question in block.questions:
            yield _question(question, block, language, header, logic[question.id])
            header = ""


def _question(question: Question, block: Block, language: str, header: str, logic: str) -> _Field:
    name, label = question.id.lower(), _text(question.text[language])
    response_format = question.response_format
    if response_format.kind == "numeric":
        low, high = _number(response_format.minimum), _number(response_format.maximum)
        return _Field(name, "text", label, header, "", "", "number", (low, high), logic)
    answers = [(option.code, option.label) for option in response_format.options]
    answers += [(missing.code, missing.label) for missing in question.missing]
    choices = " | ".join(f"{code}, {_text(label[language])}" for code, label in answers)
    matrix = block.id.lower() if block.display == "matrix" else ""
    return _Field(name, "radio", label, header, choices, logic=logic, matrix=matrix)


def _number(value: float) -> str:
    return f"{value:.15g}"


def _text(text: str) -> str:
    """Write a text as a label that shows just this."""
    # What a browser would decode, with or without a semicolon, must not begin with &.
    safe = text if html.unescape(text) == text else text.replace("&", "＆")
    return safe.translate(_FULL_WIDTH).replace("\n", _LINE_BREAK)


def _losses(questionnaire: Questionnaire, language: str) -> Iterator[Loss]:
    changed = r"< > [ ] { } \ | and &…; are REDCap's own: written full-width"
    for question in questionnaire.questions:
        if any(map(_is_changed, [question.text[language], *labels(question, language)])):
            yield Loss(question.id, changed)
        if _TAKEN.fullmatch(question.id.lower()):
            yield Loss(question.id, "REDCap refuses this name of a field, or it is a stamp's")
    for place, texts in other_texts(questionnaire, language):
        if any(map(_is_changed, texts)):
            yield Loss(place, changed)


def _is_changed(text: str) -> bool:
    return _OWN_SIGNS.search(text) is not None or html.unescape(text) != text


EXPORTER = Exporter(
    name="redcap",
    title="data dictionary for REDCap",
    write=write,
    per_language=True,
    cannot={
        Feature.SHUFFLE: "the listed order is kept; --orders writes permuted forms",
        Feature.HALVES: "the listed order is kept; --orders writes permuted forms",
        Feature.LANGUAGES: "one language a dictionary; others are added in REDCap by hand",
        Feature.MISSING_APART: "don't know stands last among the options",
    },
)
