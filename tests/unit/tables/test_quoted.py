"""Where every field is quoted, nothing at all differs from an empty text."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cosyn.errors import ResponseError
from cosyn.tables import _quoted
from cosyn.tables._quoted import records, tells_nothing_from_empty
from cosyn.tables._types import NULL
from cosyn.tables.delimited import KIND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

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


def read(rows: Callable[[], Iterable[list[str]]]) -> list[list[str]] | None:
    try:
        return list(rows())
    except (csv.Error, ValueError):
        return None


# Almost nothing but what has a meaning: of other texts few are wrong in an interesting way.
marks = st.text(st.sampled_from('"";;\n\r0 '), max_size=40)
rowed = st.lists(st.sampled_from(['"a"', '""', '"x;""\n"', '""""', "", "", "0", ";", "\n", "\r\n"]))


@settings(max_examples=1000)
@given(st.one_of(marks, rowed.map(";".join), rowed.map("".join)), st.sampled_from([0, 5, 1 << 20]))
@example('"a";"\n0"\n', 0)
@example('0"a;"b\n";\n', 0)
@example('"a";;"b"\n;\n"c"', 5)
def test_any_text_is_read_as_the_csv_module_reads_it(text: str, block: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_quoted, "_BLOCK", block)
        found = read(lambda: records(text, ";"))
    plainly = read(lambda: csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True))
    shown = found and [["" if cell == NULL else cell for cell in row] for row in found]
    assert shown == plainly
    # Field by field, by another way, what is nothing is the same.
    assert found == read(lambda: _quoted._one_by_one(text, ";"))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('"a";"b"\n"1"x;\n', "response.bad-quotes"),
        ('"a";\n"1";"1;\n', "response.cut-off"),
    ],
)
def test_wrong_quotes_are_named_with_their_row(tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ResponseError, match="row 2") as caught:
        KIND.read(path)
    assert caught.value.code == code
