"""Workbooks for people pass through LibreOffice: it shows, calculates and keeps what they hold."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from tests.referees import office
from tests.referees.tools import needs
from tests.unit.panel.panel_helpers import agreeing, as_text, fill

from cosyn.instrument.load import load_instrument
from cosyn.panel.answers import Rating, open_answers, read_answers
from cosyn.panel.material import material
from cosyn.study import bundled
from cosyn.translation.sheet import COLUMNS, HEAD
from cosyn.workflow import panel, translate

pytestmark = needs(*office.CALC)

HOSTILE = [
    "=1+1",
    "+1 \"a\" 'b'",
    "@x\n<b> & </b>",
    "_x0041_ x005F_",
    "\u202eabc 😀 𠮷",
]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("study")
    for part in ("instrument", "analysis"):
        shutil.copytree(bundled() / part, root / part)
    return root


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_an_experts_workbook(study: Path, language: str, tmp_path: Path) -> None:
    judged = material(load_instrument(study / "instrument"))
    (file,) = panel.write(study, 1, [language], out=tmp_path).files
    wanted = agreeing(judged, 1, language)
    comments = dict(zip((item.id for item in judged.to_rate), HOSTILE, strict=False))
    ratings = {**wanted.ratings} | {i: Rating(1, None, 2, text) for i, text in comments.items()}
    fill(file, judged, replace(wanted, ratings=ratings))
    (again,) = office.saved_again([file], tmp_path / "saved")
    (found,) = read_answers([open_answers(again)], judged)
    assert found.places == wanted.places
    assert found.ratings == ratings
    book = openpyxl.load_workbook(again)
    assert all(sheet.protection.sheet for sheet in book.worksheets)
    assert book["cosyn"].sheet_state == "hidden"
    rules = [len(sheet.data_validations.dataValidation) for sheet in book.worksheets[1:3]]
    assert rules == [3, 3]
    (printed,) = office.to_pdf([file], tmp_path)
    text = "".join(office.text_of(printed).split())
    for entry in (judged.constructs[0], judged.facets[-1]):
        assert "".join(entry.definition[language].split()) in text


def test_a_review_sheet_answers_while_one_types(study: Path, tmp_path: Path) -> None:
    done = translate.write(study, "zh-Hans", out=tmp_path / "sheet.xlsx")
    book = openpyxl.load_workbook(done.file)
    sheet = book.worksheets[0]
    rows = {sheet.cell(row, 1).value: row for row in range(HEAD + 1, sheet.max_row + 1)}
    proposed = {"items.ENS2.text": "没有", "closing": "=1+1 _x0041_", "title": "部门"}
    for address, text in proposed.items():
        as_text(sheet.cell(rows[address], COLUMNS.index("proposed") + 1), text)
    book.save(done.file)
    (again,) = office.saved_again([done.file], tmp_path / "saved")
    shown = openpyxl.load_workbook(again, data_only=True).worksheets[0]

    def cell(address: str, column: str) -> object:
        return shown.cell(rows[address], COLUMNS.index(column) + 1).value

    assert cell("items.ENS2.text", "placeholders") == "不一致"
    assert cell("items.ENS1.text", "placeholders") == "一致"
    source = cell("title", "source")
    assert cell("title", "ratio") == pytest.approx(2 / len(str(source)))
    (study / "instrument" / "versions.yaml").unlink(missing_ok=True)
    as_text(book.worksheets[0].cell(rows["items.ENS2.text"], COLUMNS.index("proposed") + 1), "")
    book.save(done.file)
    (again,) = office.saved_again([done.file], tmp_path / "saved2")
    found = translate.read(study, again).proposals
    assert {c.entry.address: c.new for c in found.changes} == {
        "closing": "=1+1 _x0041_",
        "title": "部门",
    }
