"""Split ballot: the codes of a form mean what its own response formats say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cosyn.errors import ResponseError
from cosyn.importers import read_responses
from cosyn.instrument.load import load_instrument
from cosyn.instrument.types import Instrument
from cosyn.study import bundled


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return load_instrument(bundled() / "instrument")


def table(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "answers.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_codes_are_read_as_those_of_the_form(instrument: Instrument, tmp_path: Path) -> None:
    file = table(tmp_path, "form,IPG1,IPG2\ncore-40-five,5,True\ncore-40-five,4,In between\n")
    found = read_responses(file, instrument, form="core-40-five").submissions
    assert [[s.answers[i].value for i in ("IPG1", "IPG2")] for s in found] == [[5, 4], [4, 3]]
    assert {s.form for s in found} == {"core-40-five"}


def test_a_form_of_other_formats_is_refused_unless_it_is_named(
    instrument: Instrument, tmp_path: Path
) -> None:
    file = table(tmp_path, "form,IPG1\ncore-40,5\ncore-40-five,4\n")
    with pytest.raises(ResponseError, match=r"rows 3.*--form core-40-five") as caught:
        read_responses(file, instrument)
    assert caught.value.code == "response.other-form"
    with pytest.raises(ResponseError, match=r"rows 2") as caught:
        read_responses(file, instrument, form="core-40-five")
    assert caught.value.code == "response.other-form"


def test_rows_that_name_no_form_are_of_the_one_named(
    instrument: Instrument, tmp_path: Path
) -> None:
    found = read_responses(table(tmp_path, "IPG1\n5\n"), instrument, form="core-40-five")
    assert found.submissions[0].form == "core-40-five"
    with pytest.raises(ResponseError, match="no such form"):
        read_responses(table(tmp_path, "IPG1\n5\n"), instrument, form="x")


def test_a_row_keeps_the_digest_it_was_stamped_with(instrument: Instrument, tmp_path: Path) -> None:
    other = "ab" * 32
    file = table(tmp_path, f"digest,IPG1\n{instrument.digest[:12]},5\n{other},4\n,3\n")
    found = read_responses(file, instrument).submissions
    assert [s.digest for s in found] == [instrument.digest, other, instrument.digest]
    changed = replace(instrument, digest=other)
    assert [s.digest for s in read_responses(file, changed).submissions][1] == other
