"""Sheets of paper: keyed twice, compared, handed in once."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fielded_wave import new_desk

from cosyn.errors import StoreError
from cosyn.fielding.desk import Desk, admit
from cosyn.fielding.ending import close
from cosyn.fielding.paper import (
    KeyedSheet,
    begin_sheet,
    drop_sheet,
    hand_in_sheet,
    issue_keying_link,
    key_sheet,
    sheet_of,
    withdraw_keying_links,
)
from cosyn.fielding.released import released

END = {"answers": {"A": "3"}, "seen": ["p1"], "ended": ""}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return new_desk(tmp_path / "1")


def begun(desk: Desk, number: str = "7") -> str:
    token = issue_keying_link(desk)
    assert begin_sheet(desk, token, KeyedSheet(number, "D1", 2, "zh-Hans"))
    return token


def test_two_passes_that_differ_name_the_items(desk: Desk) -> None:
    token = begun(desk)
    key_sheet(desk, token, "7", {"A": "3", "B": "", "C": "1"}, stage=1)
    found = key_sheet(desk, token, "7", {"A": "2", "B": "4", "C": "1"}, stage=2)
    assert found is not None
    assert found.differences == ("A", "B")
    assert sheet_of(desk, token, "7") == found
    assert key_sheet(desk, token, "7", {"A": "5"}, stage=3) == found


def test_a_sheet_is_handed_in_once_with_its_very_answers(desk: Desk) -> None:
    token = begun(desk)
    key_sheet(desk, token, "7", {"A": "3"}, stage=1)
    assert not hand_in_sheet(desk, token, "7", END)
    key_sheet(desk, token, "7", {"A": "3"}, stage=2)
    assert hand_in_sheet(desk, token, "7", END)
    assert hand_in_sheet(desk, token, "7", END)
    assert sheet_of(desk, token, "7") is None
    assert not begin_sheet(desk, token, KeyedSheet("7", "D1", 2, "en"))
    close(desk)
    _, (answered,), waiting = released(desk.folder)
    assert (answered.origin, answered.answers, answered.order) == ("paper", {"A": "3"}, 2)
    assert (answered.department, answered.language, waiting) == ("D1", "zh-Hans", 0)


def test_another_link_neither_opens_nor_drops_a_sheet(desk: Desk) -> None:
    token, other = begun(desk), issue_keying_link(desk)
    for call in (sheet_of, drop_sheet):
        with pytest.raises(StoreError):
            call(desk, other, "7")
    drop_sheet(desk, token, "7")
    assert sheet_of(desk, token, "7") is None


def test_a_withdrawn_link_opens_nothing(desk: Desk) -> None:
    token = issue_keying_link(desk)
    assert admit(desk, token) is not None
    assert withdraw_keying_links(desk) == 1
    assert admit(desk, token) is None
