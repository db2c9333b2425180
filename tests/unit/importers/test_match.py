"""Columns are found by id, usual name and full wording; nothing is guessed and nothing is hidden."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.importers.import_helpers import INSTRUMENT, read

from cosyn.errors import ResponseError


@pytest.mark.parametrize(
    "header",
    [
        "A1",
        " a1 ",
        "Ａ１",
        "p1/A1",
        "p1-A1",
        "p1[A1]",
        "b5[A1]",
        "page_p1/A1",
        "page_p1-A1",
        "we trust THE  partners.",
        "本部门信任合作部门。",
        "3、本部门信任合作部门。",
        "第3题：本部门信任合作部门。",
        "2、您怎么看—本部门信任合作部门。",
        "How far? [We trust the partners.]",
        "第2题(本部门信任合作部门。)",
        "2、(本部门信任合作部门。)",
        "2、您怎么看—真的—本部门信任合作部门。",
        "Q7. We trust the partners.",
    ],
)
def test_an_items_column(header: str) -> None:
    imported = read(f'"{header}",x\n3,y\n')
    assert imported.submissions[0].answers["A1"].value == 3
    column = imported.report.columns[0]
    assert (column.name, column.fate, column.target) == (header.strip(), "item", "A1")


@pytest.mark.parametrize(
    "header", ["A1 comment", "time (A1)", "A1b", "We trust the partners", "q1"]
)
def test_what_only_resembles_an_item_is_not_used(header: str) -> None:
    imported = read(f'"{header}",A2\nx,1\n')
    assert imported.report.columns[0].fate == "unmapped"
    assert set(imported.submissions[0].answers) == {"A2"}
    assert imported.report.items_without_column == ("A1", "A3", "N1")


def test_a_wording_that_two_items_share_is_not_used() -> None:
    first, second, *rest = INSTRUMENT.items
    shared = replace(INSTRUMENT, items=(first, replace(second, text=first.text), *rest))
    imported = read("We trust the partners.,A3\n1,2\n", instrument=shared)
    assert [c.fate for c in imported.report.columns] == ["unmapped", "item"]


def test_an_items_id_comes_before_a_usual_name() -> None:
    items = (replace(INSTRUMENT.items[0], id="wave"), *INSTRUMENT.items[1:])
    pages = (replace(INSTRUMENT.pages[0], items=tuple(item.id for item in items)),)
    imported = read("wave\n2\n", instrument=replace(INSTRUMENT, items=items, pages=pages))
    assert imported.submissions[0].answers["wave"].value == 2


@pytest.mark.parametrize(
    ("header", "fate"),
    [
        ("Department", "department"),
        ("部门", "department"),
        ("wave", "wave"),
        ("批次", "wave"),
        ("轮次", "wave"),
        ("respondent", "respondent"),
        ("编号", "respondent"),
        ("Language", "language"),
        ("语言", "language"),
        ("form", "form"),
    ],
)
def test_usual_names(header: str, fate: str) -> None:
    imported = read(f"{header},A1\n x 1 ,2\n")
    assert getattr(imported.submissions[0], fate) == "x 1"
    assert imported.report.columns[0].fate == fate


def test_columns_that_are_not_mapped_are_named_and_not_stored() -> None:
    imported = read("Name,IP,Colour,A1\nLi Wei,10.0.0.1,mauve,2\n")
    fates = [(c.name, c.fate, c.target) for c in imported.report.columns]
    assert fates[:3] == [
        ("Name", "personal", "name"),
        ("IP", "personal", "internet address"),
        ("Colour", "unmapped", ""),
    ]
    assert "Li Wei" not in repr(imported.submissions)
    assert "mauve" not in repr(imported.submissions)
    assert "10.0.0.1" not in repr(imported)


@pytest.mark.parametrize(
    "header", ["A1,We trust the partners.", "department,部门,A1", "批次,轮次,A1"]
)
def test_two_columns_for_one_thing(header: str) -> None:
    with pytest.raises(ResponseError, match=r"column 1 .* and column 2 .* are both") as caught:
        read(f"{header}\n1,2,3\n")
    assert caught.value.code == "response.target-twice"


def test_no_column_is_an_item() -> None:
    with pytest.raises(
        ResponseError, match=r"'Q1', 'Q2', 'Q3', 'Q4', 'Q5' and 1 more.*columns: {Q1: ITEM}"
    ) as caught:
        read("Q1,Q2,Q3,Q4,Q5,Q6\n1,2,3,1,2,3\n")
    assert caught.value.code == "response.no-item-column"


def test_answers_to_another_instrument() -> None:
    with pytest.raises(ResponseError, match=r"t.csv, row 3: .*'other'.*'small'") as caught:
        read("instrument,A1\nsmall,1\nother,2\n")
    assert caught.value.code == "response.other-instrument"
    assert read("instrument,A1\nother,2\n", "ignore: [instrument]").report.rows_kept == 1


def test_another_version_and_digest_are_warned_of() -> None:
    table = "instrument,version,digest,A1\nsmall,1.0.0,{0},1\nsmall,0.9.0,ffffffffffffffff,2\n"
    imported = read(table.format("0123456789abcdef" * 4))
    assert imported.report.warnings == (
        "rows 3 were answered on version 0.9.0, not 1.0.0",
        "rows 3 were answered on an instrument with the digest ffffffffffff, not 0123456789ab: the wording may differ",
    )
    assert [c.fate for c in imported.report.columns[:3]] == ["checked"] * 3


@pytest.mark.parametrize(("digest", "warnings"), [("01234567", 0), ("0123", 1), ("", 0)])
def test_a_shortened_digest(digest: str, warnings: int) -> None:
    assert len(read(f"digest,A1\n{digest},1\n").report.warnings) == warnings


def test_simulated_answers_are_known_as_such() -> None:
    assert read("simulated,A1\nseed 7,1\nseed 7,2\n").report.simulated
    assert not read("simulated,A1\n,1\nno,2\n").report.simulated
    assert not read("A1\n1\n").report.simulated


def test_simulated_answers_beside_real_ones() -> None:
    with pytest.raises(ResponseError, match="rows 3 hold") as caught:
        read("simulated,A1\nseed 7,1\n,2\n")
    assert caught.value.code == "response.mixed-simulated"
