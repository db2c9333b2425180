"""Old Excel and OpenDocument workbooks give what the same cells in XLSX give."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pytest
from tests.unit.importers.import_helpers import INSTRUMENT
from tests.unit.importers.test_platforms import values

from cosyn.errors import ResponseError
from cosyn.importers import read_responses
from cosyn.tables import _calamine, read_table

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("python_calamine")
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
CONTENT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content office:version="1.2"
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
<table:table table:name="S">{rows}</table:table></office:spreadsheet></office:body>
</office:document-content>"""
MANIFEST = """<?xml version="1.0"?><manifest:manifest
 xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">{more}</manifest:manifest>"""


def cell(value: object) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, str):
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="float" office:value="{value}"/>'


def ods(rows: list[list[object]], *, body: str = "", more: str = "") -> bytes:
    spelt = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", ODS_TYPE, zipfile.ZIP_STORED)
        archive.writestr("content.xml", CONTENT.format(rows=spelt + body))
        archive.writestr("META-INF/manifest.xml", MANIFEST.format(more=more))
    return stream.getvalue()


def test_an_open_document(tmp_path: Path) -> None:
    path = tmp_path / "t.ods"
    path.write_bytes(
        ods([["A1", "A2", "部门"], [3, 98, "D1"], [None, None, None], [1.0, "符合", "D2"]])
    )
    imported = read_responses(path, INSTRUMENT)
    assert (imported.report.kind, imported.report.rows_blank) == ("ods", 1)
    assert (values(imported, "A1"), values(imported, "A2")) == ([3, 1], ["dont_know", 3])
    assert imported.submissions[1].answers["A1"].raw == "1"
    assert [s.row for s in imported.submissions] == [2, 4]


def test_an_open_document_with_a_password(tmp_path: Path) -> None:
    path = tmp_path / "t.ods"
    path.write_bytes(ods([["A1"], [1]], more="<manifest:encryption-data/>"))
    with pytest.raises(ResponseError) as caught:
        read_responses(path, INSTRUMENT)
    assert caught.value.code == "response.locked"


def test_a_bomb_of_repeated_cells_is_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "t.ods"
    bomb = (
        '<table:table-row table:number-rows-repeated="1048000">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    path.write_bytes(ods([["A1"], [1]], body=bomb))
    assert values(read_responses(path, INSTRUMENT), "A1") == [1]


def test_a_bomb_of_repeated_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.ods"
    bomb = (
        '<table:table-row table:number-rows-repeated="100">'
        '<table:table-cell table:number-columns-repeated="200" office:value-type="float"'
        ' office:value="1"/></table:table-row>'
    )
    path.write_bytes(ods([["A1"], [1]], body=bomb))
    monkeypatch.setattr(_calamine, "_MOST_CELLS", 20_000)
    with pytest.raises(ResponseError, match=r"102 rows of 200 columns") as caught:
        _calamine.read_here(str(path))
    assert caught.value.code == "response.too-big"


def test_sheets_that_begin_further_down_and_sheets_beside(tmp_path: Path) -> None:
    path = tmp_path / "t.ods"
    more = '</table:table><table:table table:name="T"><table:table-row>' + cell("x")
    rows: list[list[object]] = [[None], [None, "A1", "A2"], [None, 3, 1]]
    path.write_bytes(ods(rows, body=more + "</table:table-row>"))
    imported = read_responses(path, INSTRUMENT)
    assert (imported.report.sheet, values(imported, "A1")) == ("S", [3])
    assert [s.row for s in imported.submissions] == [3]
    assert "there is something in 'T' too" in imported.report.warnings[0]


def test_a_zip_bomb(tmp_path: Path) -> None:
    path = tmp_path / "t.ods"
    path.write_bytes(ods([["A1"], [1]], body=" " * 200_000_000))
    with pytest.raises(ResponseError) as caught:
        read_responses(path, INSTRUMENT)
    assert caught.value.code == "response.too-big"


def convert(path: Path, suffix: str) -> None:
    soffice = shutil.which("soffice")
    assert soffice
    folder = str(path.parent)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [soffice, profile, "--headless", "--convert-to", suffix, "--outdir", folder]
    subprocess.run([*command, str(path)], check=True, capture_output=True)


@pytest.mark.referee("soffice")
@pytest.mark.parametrize("suffix", ["xls", "ods"])
def test_what_libre_office_saves(tmp_path: Path, suffix: str) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["A1", "A2", "N1", "部门"], [3, 98, 12.5, "D 1"], [1, "符合", "=10+2", "D2"]):
        sheet.append(row)
    book.save(tmp_path / "t.xlsx")
    convert(tmp_path / "t.xlsx", suffix)
    imported = read_responses(tmp_path / f"t.{suffix}", INSTRUMENT)
    assert imported.report.kind == suffix
    assert (values(imported, "A1"), values(imported, "A2")) == ([3, 1], ["dont_know", 3])
    assert values(imported, "N1") == [12.5, 12]
    assert [s.department for s in imported.submissions] == ["D 1", "D2"]


@pytest.mark.parametrize("place", ["content.xml", "META-INF/manifest.xml"])
def test_a_damaged_part(tmp_path: Path, place: str) -> None:
    content = bytearray(ods([["A1"], [1]]))
    start = content.index(place.encode()) + len(place)
    content[start : start + 20] = b"\xff" * 20
    path = tmp_path / "t.ods"
    path.write_bytes(content)
    with pytest.raises(ResponseError) as caught:
        read_responses(path, INSTRUMENT)
    assert caught.value.code == "response.damaged-workbook"


@pytest.mark.parametrize(
    ("does", "reason"),
    [
        ("raise PanicException('index out of bounds')", "index out of bounds"),
        ("raise PanicException", "PanicException"),
        ("os.abort()", "broke down"),
    ],
)
def test_a_library_that_breaks_is_no_fault_of_ours_and_says_nothing_itself(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    does: str,
    reason: str,
) -> None:
    breaking = (
        "import os\nclass PanicException(BaseException): pass\nclass SheetVisibleEnum: pass\n"
    )
    breaking += "class CalamineWorkbook:\n @staticmethod\n def from_filelike(_):\n"
    breaking += f"  os.write(2, b'thread panicked')\n  {does}\n"
    (tmp_path / "python_calamine.py").write_text(breaking, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    path = tmp_path / "t.ods"
    path.write_bytes(ods([["A1"], [1]]))
    with pytest.raises(ResponseError, match=reason) as caught:
        read_responses(path, INSTRUMENT)
    assert caught.value.code == "response.damaged-workbook"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("suffix", "said"),
    [
        ("xls", ["1 range of cells merged (A2:A3)"]),
        ("ods", ["1 range of cells merged"]),
    ],
)
@pytest.mark.referee("soffice")
def test_merged_cells_and_errors_are_told(tmp_path: Path, suffix: str, said: list[str]) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["部门", "A1"], ["D1", "=1/0"], [None, 3]):
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    book.save(tmp_path / "t.xlsx")
    convert(tmp_path / "t.xlsx", suffix)
    table = read_table(tmp_path / f"t.{suffix}")
    assert table.row(0) == ("D1", "#DIV/0!")
    warnings = table.warnings
    for words in said:
        assert any(words in warning for warning in warnings)


def test_nothing_is_told_of_a_plain_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cosyn.tables.ods._CHUNK", 61)
    path = tmp_path / "t.ods"
    spanned = '<table:table-cell table:number-columns-spanned="1" table:number-rows-spanned="{}"/>'
    plain = ods([["A1"], [1]], body=f"<table:table-row>{spanned.format(1)}</table:table-row>")
    path.write_bytes(plain)
    assert read_table(path).warnings == ()
    path.write_bytes(
        ods([["A1"], [1]], body=f"<table:table-row>{spanned.format(12) * 3}</table:table-row>")
    )
    assert any("3 ranges of cells merged" in warning for warning in read_table(path).warnings)
