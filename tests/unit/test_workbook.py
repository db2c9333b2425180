"""What is put into a workbook is read back exactly, whatever it holds."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from cosyn.errors import InstrumentError, ResponseError
from cosyn.workbook import (
    identity_of,
    new_book,
    open_to_answer,
    packed,
    protect,
    put,
    put_identity,
    read_book,
    written,
)

TEXTS = ["=1+1", "+1", "-1", "@x", "'=1", "#N/A", "TRUE", "1.50", "2020-01-01", "_x0041_", "x005F_",
         "_x005F_x0041_", "__x000D__", "a\nb", "a\tb", "<b> & </b>", '"{M}"', "😀𠮷", "\u202eabc", "中" * 5000]  # fmt: skip


def written_book(texts: list[str]) -> bytes:
    book = new_book()
    sheet = book.create_sheet("Texts")
    for row, text in enumerate(texts, start=1):
        put(sheet, row, 1, text)
    open_to_answer(sheet.cell(1, 2))
    protect(sheet)
    (choices,) = put_identity(book, {"schema": "x/1", "digest": "0042"}, [["a, b", '"c"']])
    choices.offer(sheet, [sheet.cell(1, 2)], "Answer", "Choose from the list")
    return packed(book)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "book.xlsx"
    path.write_bytes(written_book(TEXTS))
    return path


def test_texts_come_back_and_none_is_a_formula(file: Path) -> None:
    sheet = read_book(file)["Texts"]
    cells = [sheet.cell(row, 1) for row in range(1, len(TEXTS) + 1)]
    assert [cell.value for cell in cells] == TEXTS
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells[:5])


def test_other_programs_escapes_are_read_but_no_control_characters(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row, text in enumerate(["a_x000D__x000A_b", "_x001B_[31m", "_xD83D_", "_x4E2D_"], start=1):
        sheet.cell(row, 1).value = text
    book.save(tmp_path / "b.xlsx")
    cells = [row[0].value for row in read_book(tmp_path / "b.xlsx").worksheets[0].iter_rows()]
    assert cells == ["a\r\nb", "_x001B_[31m", "_xD83D_", "中"]


def test_only_open_cells_can_be_changed(file: Path) -> None:
    book = openpyxl.load_workbook(file)
    sheet = book["Texts"]
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    assert [sheet.cell(1, column).protection.locked for column in (1, 2)] == [True, False]
    (rule,) = sheet.data_validations.dataValidation
    assert (str(rule.sqref), rule.formula1) == ("B1", "cosyn!$D$1:$D$2")
    assert [book["cosyn"].cell(row, 4).value for row in (1, 2)] == ["a, b", '"c"']
    assert book["cosyn"].sheet_state == "hidden"


def test_a_workbook_says_what_it_is(file: Path) -> None:
    assert identity_of(read_book(file)) == {"schema": "x/1", "digest": "0042"}


def test_the_same_content_is_the_same_file() -> None:
    assert written_book(["a"]) == written_book(["a"])
    assert written_book(["a"]) != written_book(["b"])


def test_a_text_that_no_cell_can_hold_is_refused_not_cut() -> None:
    sheet = new_book().create_sheet("S")
    put(sheet, 1, 1, "a" * 32_767)
    with pytest.raises(InstrumentError) as caught:
        put(sheet, 2, 1, "😀" * 16_384)
    assert caught.value.code == "workbook.too-long"


def test_what_a_cell_holds_is_read_as_one_would_type_it() -> None:
    assert [written(v) for v in (None, 3, 3.0, 2.5, " a \r\n", "x\ry")] == [
        "",
        "3",
        "3",
        "2.5",
        "a",
        "x\ny",
    ]


def bomb() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 200_000_001)
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "damaged"), (b"PK\x03\x04", "damaged"), (b"a,b\n1,2\n", "damaged"), (bomb(), "too-big")],
)
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(content)
    with pytest.raises(ResponseError) as caught:
        read_book(path)
    assert caught.value.code == f"workbook.{code}"


@pytest.mark.parametrize("part", ["sheet1", "workbook.xml", "styles", "core.xml"])
def test_a_workbook_with_a_broken_part_is_refused(file: Path, tmp_path: Path, part: str) -> None:
    broken = tmp_path / "broken.xlsx"
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(broken, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data[: len(data) // 2] if part in name else data)
    with pytest.raises(ResponseError) as caught:
        read_book(broken)
    assert caught.value.code == "workbook.damaged"
