"""An empty table to key answers on paper into: one row a sheet, columns in the printed order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from cosyn.archive import packed
from cosyn.codebook.phrases import phrases
from cosyn.instrument.layout import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.i18n import Catalogue
    from cosyn.instrument.questionnaire import Question, Questionnaire

_LAST_ROW = 10_000
_LONGEST_LIST = 250  # characters; the format takes a few more


@dataclass(frozen=True, slots=True)
class _Rule:
    """What a column may hold: one of some values, or a number within bounds; else anything."""

    values: tuple[str, ...] = ()
    bounds: tuple[str, ...] = ()


def keying(questionnaire: Questionnaire, language: str) -> bytes:
    """Write the header, and let each column take only what may stand there."""
    stamps = {"language": language, "form": questionnaire.form, "order": f"{questionnaire.order}"}
    columns = {"department": _Rule(), **{name: _Rule((text,)) for name, text in stamps.items()}}
    columns |= {question.id: _rule(question) for question in questionnaire.questions}
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "answers"
    sheet.append(list(columns))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "E2"
    places: dict[_Rule, list[int]] = {}
    for place, rule in enumerate(columns.values(), start=1):
        places.setdefault(rule, []).append(place)
    t = phrases(questionnaire, language)
    for rule, found in places.items():
        if rule != _Rule():
            sheet.add_data_validation(_validation(rule, found, t))
    return packed(book)


def _rule(question: Question) -> _Rule:
    """Codes that respondents are not shown may be keyed in too: a refusal, say."""
    response_format = question.response_format
    missing = tuple(str(option.code) for option in response_format.missing)
    if response_format.kind == "numeric":
        bounds = plain(response_format.minimum), plain(response_format.maximum)
        return _Rule() if missing else _Rule(bounds=bounds)
    codes = (*(str(option.code) for option in response_format.options), *missing)
    return _Rule(codes) if len(",".join(codes)) <= _LONGEST_LIST else _Rule()


def _validation(rule: _Rule, places: Sequence[int], t: Catalogue) -> DataValidation:
    where = " ".join(f"{get_column_letter(p)}2:{get_column_letter(p)}{_LAST_ROW}" for p in places)
    listed = ",".join(rule.values)
    if rule.bounds:
        low, high = rule.bounds
        found = DataValidation("decimal", low, high, sqref=where)
        found.error = t("number_hint", low=low, high=high)
    else:
        found = DataValidation("list", f'"{listed}"', sqref=where)
        found.error = t("paper.one_of", codes=listed)[:_LONGEST_LIST]
    found.showErrorMessage = True
    return found
