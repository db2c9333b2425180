"""Cells without quotes in a file that puts all else in quotes are told from blank texts."""

from __future__ import annotations

import csv
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from cosyn.tables import KINDS, NOT_SHOWN
from cosyn.tables._nulls import all_quoted, with_nulls

TEXTS = st.text(st.sampled_from('a";,\t\n é'), max_size=6)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(*[st.none() | TEXTS] * 3), min_size=1, max_size=4),
    st.sampled_from([";", ",", "\t"]),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_any_cells_come_back(
    rows: list[tuple[str | None, ...]], mark: str, end: str, last: bool
) -> None:
    def cell(value: str | None) -> str:
        return "" if value is None else '"' + value.replace('"', '""') + '"'

    rows = [("head", "of", "it"), *rows]
    text = end.join(mark.join(map(cell, row)) for row in rows) + end * last
    held = [tuple(row) for row in csv.reader(with_nulls(text.splitlines(keepends=True), mark), delimiter=mark)]  # fmt: skip
    expected = [tuple(NOT_SHOWN if v is None else v for v in row) for row in rows]
    blank = (NOT_SHOWN,) * 3
    # A row of no quotes at all is a blank row.
    expected = [("",) * 3 if row == blank else row for row in expected]
    assert held == expected
    assert all_quoted(text, mark) or not any(None in row for row in rows)


def test_files_with_anything_bare_are_read_as_before(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('"A1","A2"\n1,\n"2",\n', encoding="utf-8")
    table = KINDS["delimited"].read(path)
    assert table.row(0) == ("1", "")
    path.write_text('"A1","A2"\n"1",\n"2",\n', encoding="utf-8")
    assert KINDS["delimited"].read(path).row(0) == ("1", NOT_SHOWN)
