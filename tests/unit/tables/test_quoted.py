"""Where every field is quoted, nothing at all differs from an empty text."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosyn.tables._quoted import records, tells_nothing_from_empty
from cosyn.tables._types import NULL

cells = st.one_of(
    st.none(), st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
)


@given(st.lists(st.lists(cells, min_size=2, max_size=4), min_size=1), st.sampled_from(";,\t"))
def test_any_table_comes_back(rows: list[list[str | None]], delimiter: str) -> None:
    written = "".join(
        delimiter.join("" if c is None else '"' + c.replace('"', '""') + '"' for c in row) + "\r\n"
        for row in rows
    )
    assert list(records(written, delimiter)) == [
        [NULL if c is None else c for c in r] for r in rows
    ]
    plainly = list(csv.reader(io.StringIO(written, newline=""), delimiter=delimiter, strict=True))
    assert plainly == [["" if c is None else c for c in row] for row in rows]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('"a";"b"\n"1";\n', True),
        ('"a";"b"\n"1";""\n', False),
        ('"a";"b"\n1;\n', False),
        ("a;b\n1;\n", False),
    ],
)
def test_only_where_all_is_quoted(text: str, told: bool) -> None:
    assert tells_nothing_from_empty(text, ";") is told


@pytest.mark.parametrize("text", ['"a";"b"\n"1"x;\n', '"a";"b"\n"1;\n', '"a";"b"\nx"1";\n'])
def test_wrong_quotes(text: str) -> None:
    with pytest.raises(ValueError, match="quote"):
        list(records(text, ";"))
