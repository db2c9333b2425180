"""The mapping file for what Wenjuanxing will hand back, with what is left to do there by hand.

A table of answers downloaded by option number heads its columns with the number and the wording
of a question (``3、wording``; a row of a matrix behind or in place of the matrix's title), and its
cells hold positions of options. So items are found by wording, codes by position.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cosyn.codebook.phrases import phrases
from cosyn.exporters._types import Loss
from cosyn.exporters._wjx import RULES, survey
from cosyn.i18n import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cosyn.exporters._wjx import Survey
    from cosyn.i18n import Catalogue
    from cosyn.instrument.questionnaire import Question, Questionnaire

# YAML reads longer keys only behind a question mark.
_LONGEST_KEY = 1000
# Inferred from scripts that others published, not documented; by option number, then by text.
_SKIPPED, _EMPTY = ("-3", "(跳过)"), ("-2", "(空)")


def mapping(questionnaire: Questionnaire, language: str) -> tuple[bytes, tuple[Loss, ...]]:
    """Write the mapping file of one language, and state which items it cannot lead back to."""
    written = survey(questionnaire, language, RULES)
    owners = _owners(written)
    alone = {text: items[0] for text, items in owners.values() if len(items) == 1}
    twice = [item for text, items in owners.values() if len(items) > 1 for item in items]
    content = {
        **_department(written),
        "columns": alone,
        "labels": dict(_labels(questionnaire)),
        "missing": dict.fromkeys(_SKIPPED, "not_shown") | dict.fromkeys(_EMPTY, "not_answered"),
        "constants": _constants(questionnaire, language),
    }
    notes = _notes(questionnaire, written, phrases(questionnaire, language))
    head = "".join(f"# {line}\n" for line in notes)
    body = "".join(f"{line}\n" for line in _yaml(content))
    losses = [Loss(i, "same wording as another question: name its column by hand") for i in twice]
    losses += [
        Loss(question.id, "-2 and -3 are read as left out, not as numbers")
        for question in questionnaire.questions
        if _accepts_a_mark(question)
    ]
    return f"{head}{body}".encode(), tuple(losses)


def _owners(written: Survey) -> dict[str, tuple[str, list[str]]]:
    """Spelling of a wording -> the wording and the items that have it."""
    owners: dict[str, tuple[str, list[str]]] = {}
    for entry in written.entries:
        for question, text in zip(entry.questions, entry.rows or (entry.title,), strict=True):
            owners.setdefault(plain(text), (text, []))[1].append(question.id)
    return owners


def _labels(questionnaire: Questionnaire) -> Iterator[tuple[str, dict[str, int]]]:
    """Yield each format's positions with their codes."""
    longest: dict[str, Question] = {}
    for question in questionnaire.questions:
        response_format = question.response_format
        if response_format.kind == "options":
            held = longest.setdefault(response_format.id, question)
            longest[response_format.id] = question if question.missing else held
    for name, question in longest.items():
        codes = [option.code for option in question.response_format.options]
        codes += [missing.code for missing in question.missing]
        yield name, {str(place): code for place, code in enumerate(codes, start=1)}


def _accepts_a_mark(question: Question) -> bool:
    """Whether what the platform writes for no answer could be a number that was meant."""
    response_format = question.response_format
    return response_format.kind == "numeric" and any(
        response_format.accepts(float(mark)) for mark in (_SKIPPED[0], _EMPTY[0])
    )


def _department(written: Survey) -> dict[str, object]:
    return {} if written.department is None else {"department": written.department.title}


def _constants(questionnaire: Questionnaire, language: str) -> dict[str, str]:
    constants = {"form": questionnaire.form, "language": language}
    return constants | (
        {"department": questionnaire.department} if questionnaire.department else {}
    )


def _notes(questionnaire: Questionnaire, written: Survey, t: Catalogue) -> Iterator[str]:
    """What the formats cannot say and somebody has to click, line by line."""
    yield t("wjx.by_hand")
    yield f"- {t('wjx.download')}"
    for page, sheet in zip(questionnaire.pages, written.sheets, strict=True):
        if page.shuffle:
            yield f"- {t('wjx.shuffle', page=sheet.heading[0])}"
    for entry in written.entries:
        for row, question in enumerate(entry.questions, start=1):
            number = f"{entry.number} ({row})" if entry.rows else str(entry.number)
            yield from (f"- {note}" for note in _settings(question, number, t))
    yield f"- {t('wjx.closing', text=written.closing)}"
    if written.screened_out and any(question.screen_out for question in questionnaire.questions):
        yield f"- {t('wjx.screened_out', text=written.screened_out)}"


def _settings(question: Question, number: str, t: Catalogue) -> Iterator[str]:
    response_format = question.response_format
    if response_format.kind == "numeric":
        low, high = response_format.minimum, response_format.maximum
        yield t("wjx.bounds", number=number, low=f"{low:.15g}", high=f"{high:.15g}")
    places = [
        str(place)
        for place, option in enumerate(response_format.options, start=1)
        if option.code in question.screen_out
    ]
    if places:
        yield t("wjx.screen_out", number=number, options=", ".join(places))


def _yaml(content: Mapping[str, object], indent: str = "") -> Iterator[str]:
    """Write nested mappings; what is written as JSON is YAML too, and ten times as fast."""
    for key, value in content.items():
        spelt = _quoted(key) if indent else key
        if isinstance(value, dict) and value:
            yield f"{indent}{spelt}:"
            yield from _yaml(value, f"{indent}  ")
        elif len(spelt) < _LONGEST_KEY:
            yield f"{indent}{spelt}: {_quoted(value)}"
        else:
            yield f"{indent}? {spelt}"
            yield f"{indent}: {_quoted(value)}"


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
