"""Experts for tests: they fill in workbooks as a person would, in a spreadsheet's own cells."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from cosyn.panel.answers import Answers, Rating
from cosyn.panel.material import SCALES, Material, choices
from cosyn.panel.workbooks import HEAD, phrases_in, scale


def as_text(cell: object, value: str) -> None:
    """Write what is chosen or typed into a cell formatted as text."""
    cell.value, cell.data_type = value.replace("_x", "_x005F_x"), "s"  # type: ignore[attr-defined]


def fill(file: Path, material: Material, answers: Answers) -> Path:
    """Fill a workbook in with what an expert chose."""
    book = openpyxl.load_workbook(file)
    phrases = phrases_in(answers.language)
    if material.to_sort:
        sheet = book[phrases("sheet.sort")]
        for number, item in enumerate(material.shuffled(answers.expert), start=1):
            chosen = answers.places.get(item.id, {})
            for column, attribute in enumerate(material.attributes, start=3):
                words = choices(attribute, answers.language, phrases("none"))
                shown = {value: word for word, value in words.items()}
                if attribute.id in chosen:
                    as_text(sheet.cell(HEAD + number, column), shown[chosen[attribute.id]])
    if material.to_rate:
        sheet = book[phrases("sheet.ratings")]
        rows = {sheet.cell(row, 1).value: row for row in range(HEAD + 1, sheet.max_row + 1)}
        for item_id, rating in answers.ratings.items():
            for column, name in enumerate(SCALES, start=3):
                code = getattr(rating, name)
                shown_code = {c: word for word, c in scale(name, phrases).items()}
                if code is not None:
                    as_text(sheet.cell(rows[item_id], column), shown_code[str(code)])
            as_text(sheet.cell(rows[item_id], 6), rating.comment)
    book.save(file)
    return file


def agreeing(material: Material, expert: int, language: str = "en") -> Answers:
    """An expert who puts everything where it belongs and finds it good."""
    names = [attribute.id for attribute in material.attributes]
    return Answers(
        file="",
        expert=expert,
        language=language,
        places={
            item.id: dict(zip(names, item.place, strict=True))
            for item in material.to_sort
            if item.place is not None
        },
        ratings={item.id: Rating(4, "essential", 4, "") for item in material.to_rate},
    )
