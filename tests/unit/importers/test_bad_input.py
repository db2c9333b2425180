"""What goes wrong with files on their way: each fault is named with its place, in one message."""

from __future__ import annotations

import io
from dataclasses import replace

import openpyxl
import pytest
from tests.unit.importers.import_helpers import INSTRUMENT, read
from tests.unit.importers.test_platforms import values

from cosyn.errors import ResponseError


def code(table: str | bytes, match: str = "") -> str:
    with pytest.raises(ResponseError, match=match or None) as caught:
        read(table)
    return caught.value.code


def test_a_column_name_that_lost_its_quotes() -> None:
    table = "A1,A2,Why, or when, or where\n" + "1,2,x\n" * 5
    found = code(table, r"row 1: the header has 5 names, but 5 rows \(e\.g\. row 2\) have 3 fields")
    assert found == "response.shifted-header"


def test_a_few_rows_of_another_width_are_only_set_aside() -> None:
    imported = read("A1,A2\n1,2\n1,2\n1\n1,2,3\n3,3\n")
    assert [a.row for a in imported.report.rows_set_aside] == [4, 5]


@pytest.mark.parametrize("cell", ["02-Jan", "2-Feb", "Jan-02", "2026-01-02", "1月2日"])
def test_codes_that_a_spreadsheet_took_for_dates(cell: str) -> None:
    (refused,) = read(f"A1\n1\n{cell}\n2\n").report.refused
    assert (refused.value, refused.rows) == (cell, (3,))
    assert "made a date" in refused.fix


def test_numbers_that_a_spreadsheet_cut() -> None:
    report = read("respondent,A1\n6.34E+17,1\n6.34E+17,2\nR3,3\n").report
    (refused,) = report.refused
    assert (refused.column, refused.rows) == ("respondent", (2, 3))
    assert "cut a long number" in refused.fix


@pytest.mark.parametrize("cell", ["True 3", "True (3)", "3 True", "符合3", "3=符合", "True: 3"])
def test_code_and_label_that_agree(cell: str) -> None:
    assert values(read(f"A1\n{cell}\n1\n2\n"), "A1") == [3, 1, 2]


def test_code_and_label_that_do_not_agree() -> None:
    (refused,) = read("A1\nTrue 2\n1\n2\n").report.refused
    assert refused.value == "True 2"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("部门".encode().decode("gb18030", errors="ignore"), ""),
        ("café".encode().decode("cp1252"), "café"),
        ("部门".encode().decode("latin-1"), "部门"),
        ("完全符合".encode().decode("cp1252", errors="replace"), "lost characters"),
        ("本部门信任".encode().decode("gb18030", errors="replace"), ""),
        ("x\ufffdy", ""),
        ("锟斤拷", ""),
    ],
)
def test_a_damaged_header(name: str, meant: str) -> None:
    assert code(f"{name},A1\nD1,1\n", meant) in {"response.mojibake", "response.damaged-text"}


@pytest.mark.parametrize("name", ["部门", "Größe", "naïve café", "各部门之间的信任。", "Où"])
def test_texts_in_order_are_not_taken_for_damaged(name: str) -> None:
    assert read(f"{name},A1\nD1,1\n").report.rows_kept == 1


def test_a_damaged_cell() -> None:
    text = "café".encode().decode("cp1252")
    (refused,) = read(f"A1\n1\n{text}\n2\n").report.refused
    assert "probably 'café'" in refused.fix
    (refused,) = read("A1\n1\ncaf\ufffd\n2\n").report.refused
    assert "lost characters" in refused.fix


def test_a_million_blank_rows_cost_little() -> None:
    imported = read("A1,A2\n1,2\n" + "\n" * 1_000_000 + "3,3\n")
    assert (imported.report.rows_kept, imported.report.rows_blank) == (2, 1_000_000)
    assert imported.submissions[1].row == 1_000_003


def test_sixteen_thousand_columns() -> None:
    names = [f"X{i}" for i in range(16_383)]
    imported = read(",".join(["A1", *names]) + "\n" + ",".join(["1"] * 16_384) + "\n")
    assert values(imported, "A1") == [1]
    assert len(imported.report.columns) == 16_384


def test_mixed_line_ends() -> None:
    imported = read(b"A1,A2\r\n1,2\n3,3\r2,2\r\n")
    assert [s.row for s in imported.submissions] == [2, 3, 4]


def test_formulas_are_values_or_named_and_never_run() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["A1", "A2"], [1, 2], ["=1+1", 3], [3, 3]):
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    (refused,) = read(stream.getvalue()).report.refused
    assert (refused.value, refused.rows) == ("#UNCALCULATED!", (3,))


def test_only_a_header() -> None:
    assert code("A1,A2\n") == "response.no-rows"


def test_an_export_from_another_instrument() -> None:
    assert code("instrument,A1\nother,1\n", "belong to the instrument 'other'") == (
        "response.other-instrument"
    )
    assert code("Z1,Z2\n1,2\n") == "response.no-item-column"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("#DIV/0!", "Mend the formula in the sheet"),
        ("6,34E+17", "cut a long number"),
        ("2024/1/2", "made a date of a code"),
    ],
)
def test_what_a_spreadsheet_made_of_a_cell_is_said(text: str, said: str) -> None:
    (refused,) = read(f'A1\n1\n"{text}"\n2\n3\n').report.refused
    assert said in refused.fix
    assert refused.rows == (3,)


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_name_that_lost_its_quotes_is_found(delimiter: str) -> None:
    asks = INSTRUMENT.items[1].text["en"].replace(" is ", f"{delimiter} is{delimiter} ")
    item = replace(INSTRUMENT.items[1], text={"en": asks, "zh-Hans": "工作共同承担。"})
    asked = replace(INSTRUMENT, items=(INSTRUMENT.items[0], item, *INSTRUMENT.items[2:]))
    table = delimiter.join(["department", "A1", asks]) + "\n" + f"D{delimiter}1{delimiter}2\n" * 4
    with pytest.raises(ResponseError, match=r"column 3 to column 5 are one name: 'Work") as caught:
        read(table, instrument=asked)
    assert caught.value.code == "response.shifted-header"
