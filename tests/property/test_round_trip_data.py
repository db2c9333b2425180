"""Exporting stored responses and importing them again gives the same responses."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.property.test_import import IDS, hostile, instruments, six_digits, texts

from cosyn.datasets import DATASETS, delivery, mapping
from cosyn.errors import SurveyError
from cosyn.importers import load_mapping, read_responses
from cosyn.instrument.types import Instrument, ResponseFormat
from cosyn.responses import ResponseTable, response_table

PARTICULARS = ("department", "wave", "language", "order", "respondent")
# What programs have a use of their own for, and what a column beside the items is called.
TAKEN = (
    "ALL",
    "to",
    "ne",
    "byte",
    "strL",
    "str12",
    "in",
    "Department",
    "WAVE",
    "digest",
    "Simulated",
    "Seconds",
    "submission",
    "a",
    "x",
)
ids = st.one_of(IDS, IDS, st.sampled_from(TAKEN))
more = st.sampled_from(
    [
        "=1+1",
        "+1",
        "-1",
        "@x",
        'q"u"o',
        "a\tb",
        "a\nb",
        "a\r\nb",
        "😀",
        "\u200fשלום\u200f",
        "_x0041_",
        "x005F_",
        "007",
        "1e5",
        "'=1",
        "\x01\x1b[31m\x7f",
        "\ufffe\uffff",
        "_x0001_",
        "\u3000x\u200b",
        "x" * 3000,
        "中" * 300,
    ]
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[Instrument, list[list[str]]]:
    """An instrument and rows of a file as somebody might have sent it."""
    own = draw(instruments(ids))
    n = draw(st.integers(1, 6))
    names = [item.id for item in own.items]
    taken = {name.casefold() for name in names}
    particular = st.one_of(texts, hostile, more, st.just(""))
    columns = {name: [draw(particular) for _ in range(n)] for name in PARTICULARS}
    columns["seconds"] = [draw(st.sampled_from(["", "12", "0.25", "1234567.5"])) for _ in range(n)]
    columns["simulated"] = [draw(st.sampled_from(["", "yes"]))] * n
    columns = {name: cells for name, cells in columns.items() if name not in taken}
    for item in own.items:
        columns[item.id] = draw(cells(own.response_format(item), n))
    return own, [list(columns), *map(list, zip(*columns.values(), strict=True))]


@st.composite
def cells(draw: st.DrawFn, scale: ResponseFormat, n: int) -> list[str]:
    """Answers, gaps, and texts that are no answer, as long as they are not the most."""
    known = [str(o.code) for o in scale.options] + [str(m.code) for m in scale.missing]
    numbers = st.floats(scale.minimum, scale.maximum, allow_nan=False).map(six_digits).map(repr)
    answer = st.sampled_from(known) if scale.kind == "options" else numbers
    made = [draw(st.one_of(answer, answer, st.just(""))) for _ in range(n)]
    gaps = [i for i, text in enumerate(made) if not text]
    for i in gaps[: n - len(gaps)]:
        made[i] = draw(st.sampled_from(["", "what?", "991", "a"]))
    return made


@pytest.fixture(autouse=True, scope="module")
def libraries_within_this_process() -> Iterator[None]:
    """A process of their own for each of many small files takes most of the time."""
    with pytest.MonkeyPatch.context() as patch:
        at_once = lambda function, path, *more: function(str(path), *more)  # noqa: E731
        patch.setattr("cosyn.tables._labelled.apart", at_once)
        yield


def imported(path: Path, own: Instrument, rules: Path | None = None) -> ResponseTable:
    found = read_responses(path, own, load_mapping(rules, own) if rules else None)
    items = [item.id for item in own.items]
    return response_table(found.submissions, items, simulated=found.report.simulated)


def same(first: ResponseTable, second: ResponseTable) -> None:
    assert first.items == second.items
    assert np.array_equal(first.values, second.values, equal_nan=True)
    assert first.missing.tolist() == second.missing.tolist()
    assert np.array_equal(first.seconds, second.seconds, equal_nan=True)
    for name in (
        "departments",
        "waves",
        "languages",
        "respondents",
        "forms",
        "orders",
        "simulated",
    ):
        assert getattr(first, name) == getattr(second, name), name


@settings(deadline=None, max_examples=40)
@pytest.mark.parametrize("kind", DATASETS.names())
@given(drawn=tables())
def test_import_of_export_is_what_was_exported(
    kind: str, drawn: tuple[Instrument, list[list[str]]]
) -> None:
    own, rows = drawn
    sent = io.StringIO()
    csv.writer(sent).writerows(rows)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "source.csv").write_text(sent.getvalue(), encoding="utf-8", newline="")
        try:
            stored = imported(folder / "source.csv", own)
        except SurveyError:
            assume(False)
        made = delivery(own, stored, "en", {"instrument": own.id, "digest": own.digest})
        part = made.parts[0]
        for file, written in DATASETS[kind].write(made).files.items():
            (folder / file).write_bytes(written)
        file, content = mapping(made, part, DATASETS[kind])
        rules = folder / file
        rules.write_bytes(content)
        data = folder / file.removesuffix(".import.yaml")
        same(imported(data, own, rules), stored)
