"""ODK Validate accepts what the XLSForm exporter writes, and refuses what is broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from openpyxl import Workbook, load_workbook
from tests.referees import odk
from tests.referees.tools import needs

from cosyn.exporters import EXPORTERS
from cosyn.instrument.load import load_instrument
from cosyn.instrument.questionnaire import questionnaire
from cosyn.study import bundled

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = needs(*odk.NEEDED)


def form(folder: Path, **cells: str) -> Path:
    """Write a form of one question; `cells` are further columns of its row."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "survey"
    sheet.append(("type", "name", "label", *cells))
    sheet.append(("integer", "years", "Years?", *cells.values()))
    file = folder / "form.xlsx"
    book.save(file)
    return file


@pytest.mark.parametrize(("name", "language"), [("core-40", "zh-Hans"), ("long", "en")])
def test_the_default_instrument_passes_without_a_word(
    name: str, language: str, tmp_path: Path
) -> None:
    asked = questionnaire(load_instrument(bundled() / "instrument"), name)
    ((file, content),) = EXPORTERS["xlsform"].write(asked, language).files.items()
    (tmp_path / file).write_bytes(content)
    verdict = odk.judge(tmp_path / file)
    assert verdict.errors == ()
    assert verdict.warnings == ()
    assert all(f"/{question.id}" in verdict.xform for question in asked.questions)


def test_an_expression_that_odk_cannot_read_is_refused(tmp_path: Path) -> None:
    assert odk.judge(form(tmp_path, constraint=". >= 0")).errors == ()
    (error,) = odk.judge(form(tmp_path, constraint=". >= and 3")).errors
    assert error.startswith("ODK Validate Errors")


def test_a_reference_to_nothing_is_refused(tmp_path: Path) -> None:
    (error,) = odk.judge(form(tmp_path, relevant="${nonesuch} = 1")).errors
    assert "nonesuch" in error


def test_a_form_that_warns_is_heard(tmp_path: Path) -> None:
    file = form(tmp_path)
    book = load_workbook(file)
    book["survey"]["C1"] = "label::Chinese (zh-Hans)"
    book.save(file)
    assert odk.judge(file).warnings != ()
