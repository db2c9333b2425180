"""Workbooks: cells become the text one would type, and what is broken is named."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import openpyxl
import pytest
from openpyxl import Workbook
from tests.unit.importers.import_helpers import read

from cosyn.errors import ResponseError
from cosyn.tables.excel import KIND

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


def workbook(**sheets: Sequence[Sequence[object]]) -> bytes:
    book = openpyxl.Workbook()
    del book["Sheet"]
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def rewritten(content: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """Pass every part of a workbook through a function; None leaves the part out."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            part = change(name, old.read(name))
            if part is not None:
                new.writestr(name, part)
    return stream.getvalue()


def test_numbers_texts_and_gaps() -> None:
    table = [("department", "A1", "A2", "N1"), (3.0, 1, "符合", 12.5), ("007", 2.0, None, 0)]
    imported = read(workbook(S=table), name="t.xlsx")
    first, second = imported.submissions
    assert (first.department, second.department) == ("3", "007")
    assert [c.value for c in first.answers.values()] == [1, 3, 12.5]
    assert second.answers["A1"].raw == "2"
    assert second.answers["A2"].missing == "not_answered"
    assert (imported.report.sheet, imported.report.kind) == ("S", "excel")


def test_cells_as_one_would_type_them(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    cells = (
        True,
        1e15,
        0.1,
        date(2026, 3, 5),
        datetime(2026, 3, 5, 10, 30, tzinfo=UTC).replace(tzinfo=None),
        time(9, 5),
        timedelta(hours=30),
        " x ",
    )
    path.write_bytes(workbook(S=[[f"c{i}" for i in range(len(cells))], cells]))
    ((_, row),) = KIND.read(path).records()
    assert row == (
        "TRUE",
        "1000000000000000",
        "0.1",
        "2026-03-05",
        "2026-03-05T10:30:00",
        "09:05:00",
        "1 day, 6:00:00",
        " x ",
    )


ESCAPES = (
    ("_x0041_", "A"),
    ("_x005F_x0041_", "_x0041_"),
    ("x005F_", "x005F_"),
    ("a_x000A_b", "a\nb"),
    ("_x001B_[31m_xFFFE_", "\x1b[31m\ufffe"),
    ("_x0000_null", "_x0000_null"),
    ("_xD83D_", "_xD83D_"),
    ("_x004_", "_x004_"),
)


def with_strings(rows: bytes, strings: bytes) -> bytes:
    """A sheet of such rows, and a table of shared strings, which openpyxl does not write."""

    def change(name: str, part: bytes) -> bytes:
        if name == "xl/worksheets/sheet1.xml":
            return HEAD + rows + b"</sheetData></worksheet>"
        return part.replace(b"</Types>", SHARED + b"</Types>")

    stream = io.BytesIO(rewritten(workbook(S=[]), change))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(
            "xl/sharedStrings.xml", f'<sst xmlns="{MAIN}">'.encode() + strings + b"</sst>"
        )
    return stream.getvalue()


@pytest.mark.parametrize("shared", [True, False])
def test_escapes_stand_for_what_excel_shows(tmp_path: Path, *, shared: bool) -> None:
    texts = ["c", *dict(ESCAPES)]
    inline = [f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts]
    cells = [f'<c t="s"><v>{i}</v></c>' for i in range(len(texts))] if shared else inline
    rows = "".join(f"<row>{cell}</row>" for cell in cells)
    strings = "".join(f"<si><t>{text}</t></si>" for text in texts)
    path = tmp_path / "t.xlsx"
    path.write_bytes(with_strings(rows.encode(), strings.encode()))
    assert [row for _, (row,) in KIND.read(path).records()] == [text for _, text in ESCAPES]


def test_blank_rows_above_and_between_keep_the_row_numbers() -> None:
    imported = read(workbook(S=[[], ["A1", "A2"], [1, 2], [], [3, None], []]), name="t.xlsx")
    assert [s.row for s in imported.submissions] == [3, 5]


def test_the_first_filled_sheet_is_read_and_others_are_warned_of() -> None:
    content = workbook(Empty=[], Data=[["A1"], [1]], Other=[["x"]])
    imported = read(content, name="t.xlsx")
    assert imported.report.sheet == "Data"
    assert imported.report.warnings == (
        "only the sheet 'Data' was read; there is something in 'Other' too",
    )


def test_hidden_sheets_come_last() -> None:
    book = openpyxl.Workbook()
    book["Sheet"].title = "lists"
    book["lists"].append(["A1"])
    book["lists"].sheet_state = "hidden"
    book.create_sheet("answers").append(["A1"])
    book["answers"].append([3])
    stream = io.BytesIO()
    book.save(stream)
    assert read(stream.getvalue(), name="t.xlsx").report.sheet == "answers"


def test_errors_and_formulas_without_a_value_are_refused_by_row_and_column() -> None:
    rows = [
        ("department", "A1", "A2"),
        ("D1", 1, 2),
        ("#N/A", "#DIV/0!", 3),
        ("D2", "=1+1", 2),
        ("D3", 2, "=A1"),
    ]
    imported = read(workbook(S=rows), name="t.xlsx")
    assert [(r.column, r.item, r.value, r.rows) for r in imported.report.refused] == [
        ("A1", "A1", "#DIV/0!", (3,)),
        ("A1", "A1", "#UNCALCULATED!", (4,)),
        ("A2", "A2", "#UNCALCULATED!", (5,)),
        ("department", "department", "#N/A", (3,)),
    ]
    assert [s.department for s in imported.submissions] == ["D1", "", "D2", "D3"]


def test_formulas_with_a_value_are_read_as_calculated() -> None:
    content = rewritten(
        workbook(S=[("A1", "A2"), ("=1+1", 3)]),
        lambda _, part: part.replace(b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>").replace(
            b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>"
        ),
    )
    imported = read(content, name="t.xlsx")
    assert imported.submissions[0].answers["A1"].value == 2


def test_a_wrong_stated_size_of_the_sheet_is_not_believed() -> None:
    content = rewritten(
        workbook(S=[("A1", "A2"), (1, 2), (3, 1)]),
        lambda _, part: part.replace(b'ref="A1:B3"', b'ref="A1"'),
    )
    assert read(content, name="t.xlsx").report.rows_kept == 2


def test_a_value_beside_the_header() -> None:
    with pytest.raises(ResponseError, match=r"t.xlsx, row 3: column D holds a value") as caught:
        read(workbook(S=[("A1", "A2"), (1, 2), (1, 2, None, "see note")]), name="t.xlsx")
    assert caught.value.code == "response.empty-header"


def test_columns_are_named_by_letters() -> None:
    with pytest.raises(ResponseError, match=r"column B and column AB \('A1'\)"):
        read(
            workbook(S=[["x0", "A1", *(f"x{i}" for i in range(1, 26)), "A1"], [1] * 28]),
            name="t.xlsx",
        )


def test_an_empty_workbook() -> None:
    with pytest.raises(ResponseError) as caught:
        read(workbook(S=[]), name="t.xlsx")
    assert caught.value.code == "response.empty-file"


def sheet_of(part: bytes) -> Callable[[str, bytes], bytes | None]:
    return lambda name, old: part if name == "xl/worksheets/sheet1.xml" else old


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEAD = f'<worksheet xmlns="{MAIN}"><sheetData>'.encode()
SHARED = b"""<Override PartName="/xl/sharedStrings.xml" ContentType=
"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>"""


@pytest.mark.parametrize(
    "part",
    [
        b"",
        b"no XML",
        HEAD + b'<row r="1"><c r="A1" t="s"><v>99</v></c></row></sheetData></worksheet>',
        HEAD + b'<row r="1"><c r="A1"><v>abc</v></c></row></sheetData></worksheet>',
        HEAD
        + b'<row r="99999999999"><c r="A99999999999"><v>1</v></c></row></sheetData></worksheet>',
        HEAD + b'<row r="1"><c r="A1"><v>1</v>',
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
        + b"".join(b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9))
        + b"]>"
        + HEAD
        + b'<row r="1"><c r="A1" t="str"><v>&j;</v></c></row></sheetData></worksheet>',
    ],
    ids=["empty", "no-xml", "no-string", "no-number", "no-row", "cut", "bomb"],
)
def test_broken_sheets(part: bytes) -> None:
    content = rewritten(workbook(S=[("A1",), (1,)]), sheet_of(part))
    with pytest.raises(ResponseError) as caught:
        read(content, name="t.xlsx")
    assert caught.value.code == "response.damaged-workbook"


@pytest.mark.parametrize(
    "gone", ["xl/workbook.xml", "[Content_Types].xml", "xl/worksheets/sheet1.xml"]
)
def test_missing_parts(gone: str) -> None:
    content = rewritten(
        workbook(S=[("A1",), (1,)]), lambda name, part: None if name == gone else part
    )
    with pytest.raises(ResponseError) as caught:
        read(content, name="t.xlsx")
    assert caught.value.code in {"response.damaged-workbook", "response.empty-file"}


def test_a_damaged_byte_in_a_packed_part() -> None:
    content = bytearray(workbook(S=[("A1",), *((i % 3 + 1,) for i in range(500))]))
    place = content.index(b"xl/worksheets/sheet1.xml") + 200
    content[place : place + 40] = b"\0" * 40
    with pytest.raises(ResponseError) as caught:
        read(bytes(content), name="t.xlsx")
    assert caught.value.code == "response.damaged-workbook"


def test_a_workbook_that_unpacks_to_something_huge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cosyn.tables._sheets._MOST_UNPACKED", 1000)
    with pytest.raises(ResponseError) as caught:
        read(workbook(S=[("A1",), (1,)]), name="t.xlsx")
    assert caught.value.code == "response.too-big"


def test_merged_cells_are_named(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["A", "B"], [1, 2], [None, 3], [4, 5], [6, None]):
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    sheet.merge_cells("A5:B5")
    other = book.create_sheet("other")
    other.append([1])
    other.merge_cells("A1:C1")
    book.save(tmp_path / "t.xlsx")
    *_, said = KIND.read(tmp_path / "t.xlsx").warnings
    assert "2 ranges of cells merged (A2:A3, A5:B5)" in said


def test_merged_cells_are_found_wherever_a_piece_of_the_part_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["A"])
    sheet["A2"] = 1
    for number in range(1, 100):
        sheet.merge_cells(f"A{2 * number}:A{2 * number + 1}")
    book.save(tmp_path / "t.xlsx")
    for size in (61, 64, 997):
        monkeypatch.setattr("cosyn.tables.excel._CHUNK", size)
        *_, said = KIND.read(tmp_path / "t.xlsx").warnings
        assert "99 ranges of cells merged" in said
