"""A draft of a mapping file counts for nothing until somebody completes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from tests.unit.importers.import_helpers import INSTRUMENT

from cosyn.errors import ResponseError
from cosyn.importers import draft, load_mapping, read_responses

if TYPE_CHECKING:
    from pathlib import Path

TABLE = 'department,"Q1 ""it"": #1",A2,Colour\nD1,1,rather,red\nD2,3,rather,blue\nD1,2,quite,red\n'


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "t.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def test_what_is_open_is_named_with_what_it_holds(table: Path) -> None:
    found = draft(table, INSTRUMENT)
    assert '#  "Q1 \\"it\\": #1": ITEM  # holds "1", "3", "2"' in found.text
    assert '#  "Colour": ITEM  # holds "red", "blue"' in found.text
    assert '#    "rather": CODE  # in "A2"' in found.text
    assert "Understood without help: department (department), A2 (A2)" in found.text
    assert found.left_open == 4


def test_a_draft_as_it_is_says_nothing(table: Path, tmp_path: Path) -> None:
    rules = tmp_path / "map.yaml"
    rules.write_text(draft(table, INSTRUMENT).text, encoding="utf-8")
    with pytest.raises(ResponseError, match="empty") as caught:
        load_mapping(rules, INSTRUMENT)
    assert caught.value.code == "mapping.empty"


def test_a_completed_draft_is_replayed(table: Path, tmp_path: Path) -> None:
    text = draft(table, INSTRUMENT).text
    text = re.sub(r'^#(  "Q1.*): ITEM', r"\1: A1", text, flags=re.MULTILINE)
    text = re.sub(r'^#(    "rather"): CODE', r"\1: 2", text, flags=re.MULTILINE)
    text = re.sub(r'^#(    "quite"): CODE', r"\1: 3", text, flags=re.MULTILINE)
    text = re.sub(r"^#(columns:|labels:|  agree:)", r"\1", text, flags=re.MULTILINE)
    rules = tmp_path / "map.yaml"
    rules.write_text(text, encoding="utf-8")
    imported = read_responses(table, INSTRUMENT, load_mapping(rules, INSTRUMENT))
    assert [s.answers["A1"].value for s in imported.submissions] == [1, 3, 2]
    assert [s.answers["A2"].value for s in imported.submissions] == [2, 2, 3]


def test_an_item_worded_much_alike_is_only_mentioned(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("Work is shared among us.,A1\n1,2\n", encoding="utf-8")
    assert "; worded much like A2" in draft(path, INSTRUMENT).text


def test_free_text_is_not_copied_into_a_draft(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("A1,Why\n" + "".join(f"1,because {i}\n" for i in range(60)), encoding="utf-8")
    text = draft(path, INSTRUMENT).text
    assert "60 different texts" in text
    assert "because" not in text
