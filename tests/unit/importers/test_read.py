"""A table as a whole: what is kept, what is set aside, what stops everything."""

from __future__ import annotations

import hashlib
import json

import pytest
from tests.unit.importers.import_helpers import INSTRUMENT, read

from cosyn.errors import ResponseError


def test_the_report_accounts_for_everything() -> None:
    table = "department,A1,A2,A3,junk\nD1,1,2,3,x\n\nD1,,,,x\nD2,98,4,1\nD2,98,4,1,x\nD3,3,,maybe,x\nD3,3,2,2,x\n"
    imported = read(table)
    report = imported.report
    assert (report.rows_read, report.rows_kept, report.rows_blank) == (6, 4, 1)
    assert [(a.row, a.reason) for a in report.rows_set_aside] == [
        (4, "no item answered"),
        (5, "it has 4 fields where the header has 5"),
    ]
    assert [(r.column, r.value, r.rows) for r in report.refused] == [
        ("A2", "4", (6,)),
        ("A3", "maybe", (7,)),
    ]
    assert 'missing: {"maybe": not_answered}' in report.refused[1].fix
    assert "1 to 3, 98 (dont_know), 99 (not_applicable)" in report.refused[1].fix
    assert report.missing_counts == {
        "not_shown": 0,
        "not_answered": 1,
        "dont_know": 1,
        "not_applicable": 0,
        "refused": 0,
        "invalid": 2,
        "suppressed": 0,
    }
    assert report.items_without_column == ("N1",)
    assert report.file == "t.csv"
    assert report.sha256 == hashlib.sha256(table.encode()).hexdigest()
    assert [s.digest for s in imported.submissions] == [INSTRUMENT.digest] * 4
    kept = imported.submissions[1].answers["A2"]
    assert (kept.raw, kept.value, kept.missing) == ("4", None, "invalid")


def test_the_report_is_ready_for_json() -> None:
    report = read("A1,A2\n1,7\n2,2\n3,1\n").report
    spelt = json.loads(json.dumps(report.to_dict()))
    assert spelt["refused"][0]["rows"] == [2]
    assert spelt["columns"][0] == {"name": "A1", "fate": "item", "target": "A1"}


def test_labels_where_no_format_knows_them() -> None:
    table = "A1,A2\nagree,1\nrather agree,2\nno,2\nagree,3\n,1\n1,2\n"
    with pytest.raises(ResponseError) as caught:
        read(table)
    assert caught.value.code == "response.text-where-codes"
    text = str(caught.value)
    assert "columns 'A1':" in text
    assert "'agree', 'rather agree', 'no'" in text
    assert 'labels: {agree: {"agree": CODE}}' in text


def test_half_of_a_column_may_be_refused() -> None:
    assert len(read("A1\nagree\n1\n").report.refused) == 1


def test_no_row_remains() -> None:
    for table in ("A1,A2\n", "A1,A2\n\n,\n", "A1,A2\n1,2,3\n1\n", "A1,x\n,x\n"):
        with pytest.raises(ResponseError) as caught:
            read(table)
        assert caught.value.code == "response.no-rows"
    with pytest.raises(ResponseError, match="1 set aside: it has 3 fields where the header has 2"):
        read("A1,A2\n1,2,3\n2\n")


def test_a_row_of_dont_know_is_an_answer() -> None:
    assert read("A1,A2\n98,98\n").report.rows_kept == 1
    with pytest.raises(ResponseError, match="no item answered"):
        read("A1,A2\n-3,-3\n", 'missing: {"-3": not_shown}')


def test_particulars_are_tidied_like_names() -> None:
    imported = read(
        "department,wave,respondent,A1\n 财政局\u3000一科 ,2026.0,1e3,1\nＤ１,-3.0,0.5,1\n"
    )
    first, second = imported.submissions
    assert (first.department, first.wave, first.respondent) == ("财政局 一科", "2026", "1e3")
    assert (second.department, second.wave, second.respondent) == ("D1", "-3", "0.5")


def test_departments_that_differ_in_spelling_alone_are_warned_of() -> None:
    imported = read("department,A1\nD1,1\nd1,2\nD2,3\n")
    assert imported.report.warnings == (
        "departments that differ in capitals or signs alone are kept apart: 'D1', 'd1'",
    )


def test_a_respondent_in_two_rows_is_warned_of_unless_in_two_waves() -> None:
    imported = read("respondent,wave,A1\n1,1,1\n1,2,2\n2,1,3\n2,1,3\n,1,1\n,1,1\n")
    assert imported.report.warnings == (
        "the same respondent stands in several rows of a wave, all kept: rows 4/5",
    )
    assert imported.report.rows_kept == 6


def test_ids_depend_on_file_row_and_mapping_alone() -> None:
    first = read("A1\n1\n1\n").submissions
    again = read("A1\n1\n1\n", name="other.csv").submissions
    assert [s.id for s in first] == [s.id for s in again]
    assert len({s.id for s in first}) == 2
    assert all(len(s.id) == 16 for s in first)
    mapped = read("A1\n1\n1\n", "constants: {wave: '2'}").submissions
    assert not {s.id for s in mapped} & {s.id for s in first}


def test_equal_cells_are_decoded_once() -> None:
    first, second = read("A1\n1\n1\n").submissions
    assert first.answers["A1"] is second.answers["A1"]
