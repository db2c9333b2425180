"""Exporting stored responses and importing them again gives the same responses."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.property.test_import import hostile, instruments, six_digits, texts

from cosyn.datasets import DATASETS, delivery, mapping
from cosyn.errors import SurveyError
from cosyn.importers import load_mapping, read_responses
from cosyn.instrument.types import Instrument
from cosyn.responses import ResponseTable, response_table

PARTICULARS = ("department", "wave", "language", "order", "respondent")
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
    ]
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[Instrument, list[list[str]]]:
    """An instrument and rows of a file as somebody might have sent it."""
    own = draw(instruments())
    names = [item.id for item in own.items]
    particular = st.one_of(texts, hostile, more, st.just(""))
    rows = [[*PARTICULARS, *names]]
    for _ in range(draw(st.integers(1, 6))):
        cells = [draw(particular) for _ in PARTICULARS]
        for item in own.items:
            scale = own.response_format(item)
            known = [str(o.code) for o in scale.options] + [str(m.code) for m in scale.missing]
            numbers = (
                st.floats(scale.minimum, scale.maximum, allow_nan=False).map(six_digits).map(repr)
            )
            answer = st.sampled_from(known) if scale.kind == "options" else numbers
            cells.append(draw(st.one_of(answer, answer, st.just(""), st.just("what?"))))
        rows.append(cells)
    return own, rows


def imported(path: Path, own: Instrument, rules: Path | None = None) -> ResponseTable:
    found = read_responses(path, own, load_mapping(rules, own) if rules else None)
    items = [item.id for item in own.items]
    return response_table(found.submissions, items, simulated=found.report.simulated)


def same(first: ResponseTable, second: ResponseTable) -> None:
    assert first.items == second.items
    assert np.array_equal(first.values, second.values, equal_nan=True)
    assert first.missing.tolist() == second.missing.tolist()
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
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@given(drawn=tables())
def test_import_of_export_is_what_was_exported(
    kind: str, drawn: tuple[Instrument, list[list[str]]]
) -> None:
    own, rows = drawn
    content = io.StringIO()
    csv.writer(content).writerows(rows)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "source.csv").write_text(content.getvalue(), encoding="utf-8", newline="")
        try:
            stored = imported(folder / "source.csv", own)
        except SurveyError:
            assume(False)
        made = delivery(own, stored, "en", {"digest": own.digest})
        part = made.parts[0]
        for file, data in DATASETS[kind].write(made).files.items():
            (folder / file).write_bytes(data)
        rules = folder / f"{part.name}.import.yaml"
        rules.write_bytes(mapping(made, part))
        same(imported(folder / f"{part.name}.{kind}", own, rules), stored)
