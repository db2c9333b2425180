"""Delimited text: every dialect that spreadsheets write, and every way a file is broken."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest
from tests.unit.importers.import_helpers import read

from cosyn.errors import ResponseError

if TYPE_CHECKING:
    from cosyn.importers import Imported


def values(imported: Imported) -> list[list[float | None]]:
    return [[cell.value for cell in s.answers.values()] for s in imported.submissions]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(delimiter: str, end: str) -> None:
    rows = (("A1", "A2"), ("1", "2"), ("3", ""))
    imported = read(end.join(delimiter.join(row) for row in rows))
    assert values(imported) == [[1, 2], [3, None]]
    assert imported.report.delimiter == delimiter


def test_mixed_line_ends_and_an_open_last_line() -> None:
    assert values(read("A1,A2\r\n1,2\n2,3\r3,1")) == [[1, 2], [2, 3], [3, 1]]


def test_commas_in_quotes_do_not_make_the_delimiter() -> None:
    table = '"a, b, c, d";A1;A2\n"x, y";1;2\n'
    assert values(read(table)) == [[1, 2]]


def test_the_delimiter_must_split_the_rows_as_the_header() -> None:
    table = "A1;Why, and how, and when, please;A2\n1;so;2\n3;;1\n"
    assert values(read(table)) == [[1, 2], [3, 1]]


def test_the_line_that_excel_is_told_the_delimiter_by() -> None:
    imported = read("sep=;\r\nA1;A2\r\n1;2\r\n")
    assert values(imported) == [[1, 2]]
    assert imported.submissions[0].row == 3


def test_line_breaks_in_quotes_are_one_row() -> None:
    imported = read('A1,note,A2\n1,"first\nsecond, ""third""\n",2\n3,x,1\n')
    assert [s.row for s in imported.submissions] == [2, 3]


def test_blank_rows_are_counted_and_keep_the_row_numbers() -> None:
    imported = read("\nA1,A2\n\n1,2\n , \n3,4\n,,\n")
    assert imported.report.rows_blank == 3
    assert imported.report.rows_read == 2
    assert [s.row for s in imported.submissions] == [4, 6]


def test_rows_of_another_width_are_set_aside_never_shifted() -> None:
    imported = read("A1,A2,A3\n1,2,3\n1,2\n1,oh, no,3\n2,2,2\n")
    assert [(a.row, a.reason) for a in imported.report.rows_set_aside] == [
        (3, "it has 2 fields where the header has 3"),
        (4, "it has 4 fields where the header has 3"),
    ]
    assert values(imported) == [[1, 2, 3], [2, 2, 2]]


def test_a_file_cut_in_a_quote() -> None:
    with pytest.raises(ResponseError, match=r"t.csv, row 3: .*never closed") as caught:
        read('A1,note\n1,ok\n2,"and th')
    assert caught.value.code == "response.cut-off"


def test_a_quote_in_the_middle_of_a_quoted_field() -> None:
    with pytest.raises(ResponseError, match=r"t.csv, row 2") as caught:
        read('A1,note\n1,"he said "no" to it"\n')
    assert caught.value.code == "response.bad-quotes"


def test_nul_bytes_are_named_with_their_line() -> None:
    with pytest.raises(ResponseError, match=r"t.csv, line 3: .*NUL") as caught:
        read("A1,A2\n1,2\n1\x00,3\n")
    assert caught.value.code == "response.nul-bytes"


def test_long_comments_are_no_obstacle_and_the_limit_is_put_back() -> None:
    before = csv.field_size_limit()
    imported = read(f"A1,note\n1,{'x' * 200_000}\n")
    assert values(imported) == [[1]]
    assert csv.field_size_limit() == before


@pytest.mark.parametrize("table", ["", "\n", "\ufeff", " \n,,\n"])
def test_files_without_a_row(table: str) -> None:
    with pytest.raises(ResponseError) as caught:
        read(table)
    assert caught.value.code == "response.empty-file"


def test_one_column_needs_no_delimiter() -> None:
    assert values(read("A1\n1\n3\n")) == [[1], [3]]
