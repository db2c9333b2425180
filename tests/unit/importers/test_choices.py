"""Several choices in one cell become an item each, and none that is not declared is dropped."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.unit.importers.import_helpers import AGREE, INSTRUMENT, SHARE, read

from cosyn.errors import Faults, ResponseError
from cosyn.importers import Imported, draft
from cosyn.importers._choices import MARKS
from cosyn.instrument.types import Option

if TYPE_CHECKING:
    from pathlib import Path

YES = replace(
    AGREE,
    options=(Option(0, {"en": "no"}), Option(1, {"en": "yes"})),
    minimum=0,
    maximum=1,
)
OWN = replace(INSTRUMENT, response_formats=(YES, SHARE))
MAPPING = 'choices: {"Which?": {Red: A1, "Blue, light": A2, Other: null}}'


def said(imported: Imported, item: str) -> list[float | str | None]:
    cells = (s.answers[item] for s in imported.submissions)
    return [c.value if c.missing == "answered" else str(c.missing) for c in cells]


def table(*cells: str, header: str = "Which?,A3") -> str:
    return "\n".join([header, *(f'"{cell}",1' for cell in cells)]) + "\n"


@pytest.mark.parametrize("mark", [";", "┋", "|", "\n", " ┋ ", "；"])
def test_every_choice_is_an_item(mark: str) -> None:
    cells = (f"Red{mark}Blue, light", "blue, light", "Other", "", f"Other{mark}Red")
    imported = read(table(*cells), MAPPING, instrument=OWN)
    assert said(imported, "A1") == [1, 0, 0, "not_answered", 1]
    assert said(imported, "A2") == [1, 1, 0, "not_answered", 0]
    fates = {c.name: (c.fate, c.target) for c in imported.report.columns}
    assert fates["Which?"] == ("choices", "Which?")
    assert fates["Which? (Red)"] == ("item", "A1")
    assert imported.quarantine


def test_a_reason_for_no_answer_stays_one() -> None:
    imported = read(table("Red", "-99"), MAPPING + '\nmissing: {"-99": refused}', instrument=OWN)
    assert said(imported, "A1") == [1, "refused"]


def test_a_choice_that_is_not_declared_stops_the_import() -> None:
    with pytest.raises(ResponseError, match="'Green'") as caught:
        read(table("Red;Green", "Red"), MAPPING, instrument=OWN)
    assert caught.value.code == "response.unknown-choice"
    assert "map.yaml:1" in caught.value.where


def test_all_other_choices_can_be_an_item() -> None:
    mapping = 'choices: {"Which?": {Red: A1, "*": A2}}'
    imported = read(table("Red;Green", "Red", "mauve"), mapping, instrument=OWN)
    assert said(imported, "A1") == [1, 1, 0]
    assert said(imported, "A2") == [1, 0, 1]


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        ('choices: {"Which?": {Red: A9}}', "mapping.unknown-item"),
        ('choices: {"Which?": {Red: A1, Blue: A1}}', "mapping.item-twice"),
        ('columns: {A3: A1}\nchoices: {"Which?": {Red: A1}}', "mapping.item-twice"),
        ('choices: {"Whch?": {Red: A1}}', "mapping.unknown-column"),
    ],
)
def test_faults_of_the_mapping(mapping: str, code: str) -> None:
    with pytest.raises((ResponseError, Faults)) as caught:
        read(table("Red"), mapping, instrument=OWN)
    assert code in str(caught.value) or caught.value.code == code


def test_an_item_without_the_codes_of_a_choice_is_refused() -> None:
    with pytest.raises(ResponseError, match="1 or 0") as caught:
        read(table("Red"), 'choices: {"Which?": {Red: A1}}')
    assert caught.value.code == "mapping.unknown-code"


def test_a_choice_for_an_item_that_has_a_column_is_refused() -> None:
    with pytest.raises(ResponseError) as caught:
        read(table("Red"), 'choices: {"Which?": {Red: A3}}', instrument=OWN)
    assert caught.value.code == "response.target-twice"


def test_own_words_beside_an_option_are_free_text() -> None:
    header = "序号,提交答卷时间,所用时间,9、颜色,A3"
    cells = "1,2026/9/3 12:00:00,80秒,红┋其他〖my own colour〗,1"
    mapping = 'choices: {"9、颜色": {红: A1, 其他: A2}}'
    imported = read(f"{header}\n{cells}\n", mapping, instrument=OWN)
    assert (said(imported, "A1"), said(imported, "A2")) == ([1], [1])
    assert all("own colour" not in s.answers["A2"].raw for s in imported.submissions)
    assert ("9、颜色 〖〗", "free text") in [(c.name, c.fate) for c in imported.report.columns]


def test_a_draft_lists_the_choices(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(table("Red;Blue", "Red", "Blue;Green", "Green;Red", "Blue"), encoding="utf-8")
    found = draft(path, OWN)
    assert '#choices:\n#  "Which?":\n#    "Red": ITEM\n#    "Blue": ITEM' in found.text
    assert 'Which?": ITEM' not in found.text
    assert found.left_open == 3


@given(
    st.lists(st.lists(st.sampled_from(["红", "B", "C d"]), unique=True, min_size=1), min_size=1),
    st.sampled_from(MARKS[:-1]),
)
def test_whatever_was_chosen_comes_out(rows: list[list[str]], mark: str) -> None:
    assume(mark != "\n" or all(len(row) > 1 for row in rows))
    mapping = 'choices: {"Which?": {红: A1, B: A2, C d: null}}'
    imported = read(table(*(mark.join(row) for row in rows)), mapping, instrument=OWN)
    assert said(imported, "A1") == [float("红" in row) for row in rows]
    assert said(imported, "A2") == [float("B" in row) for row in rows]
