"""One row of distinct names stands above the answers, or the fault is named."""

from __future__ import annotations

import pytest
from tests.unit.importers.import_helpers import read

from cosyn.errors import ResponseError


def code(table: str) -> tuple[str, str]:
    with pytest.raises(ResponseError) as caught:
        read(table)
    return caught.value.code, str(caught.value)


def test_two_columns_of_one_name() -> None:
    found, text = code("A1,note,Ａ１ \n1,x,2\n")
    assert found == "response.duplicate-header"
    assert "t.csv, row 1" in text
    assert "column 1 and column 3 ('Ａ１')" in text


def test_answers_without_a_column_name() -> None:
    found, text = code("A1,,A2\n1,,2\n1,5,2\n")
    assert found == "response.empty-header"
    assert "column 2" in text


def test_an_empty_column_without_a_name_does_no_harm() -> None:
    imported = read("A1,A2,\n1,2,\n")
    assert [c.fate for c in imported.report.columns] == ["item", "item", "empty"]


def test_a_file_without_a_header() -> None:
    found, text = code("1,2,3\n2,2,1\n")
    assert found == "response.no-header"
    assert "row 1" in text


def test_a_header_that_stands_twice() -> None:
    found, text = code("A1,note\na1,NOTE\n1,x\n")
    assert found == "response.doubled-header"
    assert "t.csv, row 2" in text


def test_rows_of_wordings_below_the_header() -> None:
    table = "A1,A2,note\nWhat of trust?,And work?,Any?\nOn trust,On work,x\n1,2,x\n3,,x\n2,2,x\n"
    found, text = code(table)
    assert found == "response.doubled-header"
    assert "t.csv, rows 2 to 3" in text


def test_wordings_above_the_ids() -> None:
    found, text = code("How are you?,Well?\nA1,A2\n1,2\n")
    assert found == "response.doubled-header"
    assert "Delete the row 1" in text


@pytest.mark.parametrize(
    "row",
    ["7,8", "yes,yes", "maybe,1", "maybe,", "don't,1"],
    ids=["numbers", "equal", "mixed", "one", "known"],
)
def test_slips_in_the_first_row_are_not_taken_for_wordings(row: str) -> None:
    imported = read(f"A1,A2\n{row}\n1,2\n3,3\n2,1\n")
    assert {cells.rows for cells in imported.report.refused} == {(2,)}


def test_words_that_occur_again_are_not_taken_for_wordings() -> None:
    imported = read("A1,A2\nmaybe,never\nmaybe,2\n1,never\n1,1\n2,2\n")
    assert [cells.rows for cells in imported.report.refused] == [(2, 3), (2, 4)]


def test_a_header_repeated_further_down_is_set_aside() -> None:
    imported = read("A1,A2\n1,2\nA1,A2\n3,3\n")
    assert [(a.row, a.reason) for a in imported.report.rows_set_aside] == [
        (3, "it repeats the header")
    ]
    assert imported.report.rows_kept == 2


@pytest.mark.parametrize(
    ("header", "of"),
    [
        ("id,class,type/scale,name,relevance,text", "LimeSurvey"),
        ("type,name,label::English (en),appearance", "XLSForm"),
        ("Variable / Field Name,Form Name,Field Type", "REDCap"),
    ],
)
def test_what_was_asked_is_not_what_was_answered(header: str, of: str) -> None:
    with pytest.raises(ResponseError, match=f"questionnaire of {of}, not the answers") as caught:
        read(f"{header}\n{header.replace('e', 'x')}\n")
    assert caught.value.code == "response.questionnaire"
