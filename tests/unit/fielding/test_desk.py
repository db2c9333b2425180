"""The desk: tokens let in, drafts begun, changed and handed in, each POST with one effect."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.fielded_wave import Clock, admitted, answer, complete, invite, new_desk

from cosyn.errors import StoreError
from cosyn.fielding import schema
from cosyn.fielding.counts import counts
from cosyn.fielding.database import reading, writing
from cosyn.fielding.desk import (
    Desk,
    admit,
    begin,
    change,
    draft_of,
    hand_in,
    is_spent,
    join,
    open_desk,
)
from cosyn.fielding.envelopes import Answered, open_envelope
from cosyn.fielding.keys import read_private
from cosyn.fielding.settings import Settings
from cosyn.fielding.tokens import new_token
from cosyn.fielding.types import Change


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    opened = new_desk(tmp_path / "fielding" / "1", clock=clock)
    yield opened
    opened.close()


def handed_in(desk: Desk) -> list[Answered]:
    private = read_private(desk.folder / "keys" / "answers.key", desk.keys.public)
    with reading(desk.answers) as connection:
        rows = connection.execute(select(schema.envelopes)).all()
    return [open_envelope(private, desk.wave, row.id, row.batch, row.sealed) for row in rows]


def test_only_a_token_that_holds_is_let_in(desk: Desk) -> None:
    token = invite(desk, "D2")
    found = admitted(desk, token)
    assert (found.kind, found.department, found.full) == ("person", "D2", False)
    assert admit(desk, new_token()) is None
    with writing(desk.roster) as connection:
        connection.execute(schema.invitations.update().values(state="withdrawn"))
    assert admit(desk, token) is None


def test_a_used_token_is_let_in_as_little_as_an_unknown_one(desk: Desk) -> None:
    token = invite(desk)
    complete(desk, token, {"IPG1": "3"})
    assert admit(desk, token) is None
    assert is_spent(desk, token)


def test_in_identified_mode_a_used_token_is_said_to_be_used(tmp_path: Path) -> None:
    desk = new_desk(tmp_path / "fielding" / "1", settings=Settings(mode="identified"))
    token = invite(desk, person="P7")
    complete(desk, token, {"IPG1": "3"})
    again = admitted(desk, token)
    assert again.answered
    assert again.person == "P7"
    assert handed_in(desk)[0].person == "P7"
    desk.close()


def test_a_draft_is_begun_once_and_resumed_with_the_token_alone(desk: Desk) -> None:
    token = invite(desk)
    first = begin(desk, admitted(desk, token), "zh-Hans")
    assert first is not None
    assert 1 <= first.order <= 24
    answer(desk, token, {"IPG1": "3"})
    desk.close()
    again = open_desk(desk.folder)
    found = draft_of(again, admitted(again, token))
    again.close()
    assert found is not None
    assert found.order == first.order
    assert (found.language, found.answers, found.page) == ("zh-Hans", {"IPG1": "3"}, 1)
    assert found.seen == ("p1",)


def test_the_last_write_wins_and_what_was_sent_before_changes_nothing(desk: Desk) -> None:
    token = invite(desk)
    admission = admitted(desk, token)
    begin(desk, admission, "en")

    def send(nonce: str, sequence: int, value: str) -> str:
        sent = Change(nonce=nonce, sequence=sequence, page_id="p1", answers={"IPG1": value})
        found = change(desk, admission, sent)
        assert found is not None
        return found.answers["IPG1"]

    assert send("a", 2, "2") == "2"
    assert send("a", 1, "1") == "2", "an earlier autosave that comes later"
    assert send("b", 1, "4") == "4", "another tab"
    assert send("a", 0, "5") == "5"
    assert send("a", 3, "6") == "5", "an autosave after its page was finished"
    assert send("b", 0, "7") == "7"
    assert send("a", 0, "5") == "7", "the same POST once more"
    assert send("a", 0, "1") == "1", "the same page, gone back to and answered differently"


def test_handing_in_twice_is_handing_in_once(desk: Desk) -> None:
    token = invite(desk)
    admission = answer(desk, token, {"IPG1": "3", "IPG2": ""}, language="zh-Hans")
    assert hand_in(desk, admission)
    assert hand_in(desk, admission)
    assert begin(desk, admission, "en") is None
    assert change(desk, admission, Change("late", answers={"IPG1": "1"})) is None
    (found,) = handed_in(desk)
    assert found.answers == {"IPG1": "3"}
    assert (found.language, found.department, found.wave) == ("zh-Hans", "D1", "1")
    assert (found.origin, found.person, found.batch) == ("web", "", 0)
    told = counts(desk)
    assert (told.completed, told.waiting) == ({"2026-11-02": 1}, 1)


def test_nothing_begun_is_nothing_to_hand_in(desk: Desk) -> None:
    assert not hand_in(desk, admitted(desk, invite(desk)))


def test_time_is_kept_as_a_band_without_pauses(desk: Desk, clock: Clock) -> None:
    token = invite(desk)
    admission = admitted(desk, token)
    begin(desk, admission, "en")
    for number, time in enumerate([{"minutes": 4}, {"hours": 20}, {"hours": -3}], start=1):
        clock.later(**time)
        change(desk, admission, Change(f"n{number}"))
    hand_in(desk, admission)
    assert handed_in(desk)[0].minutes == "10-15"
    assert counts(desk).minutes == {"10-15": 1}


def test_no_time_is_kept_where_the_settings_say_so(tmp_path: Path) -> None:
    desk = new_desk(tmp_path / "fielding" / "1", settings=Settings(minutes="none", orders=0))
    complete(desk, invite(desk), {})
    assert handed_in(desk)[0].minutes == ""
    assert handed_in(desk)[0].order == 0
    assert counts(desk).minutes == {}
    desk.close()


def test_the_quota_is_known_to_whoever_comes_next(desk: Desk) -> None:
    with writing(desk.roster) as connection:
        connection.execute(schema.departments.update().values(quota=1))
    first, second = invite(desk), invite(desk)
    assert not admitted(desk, second).full
    complete(desk, first, {})
    assert admitted(desk, second).full


def test_a_departments_link_mints_an_invitation_for_each_who_comes(desk: Desk) -> None:
    link = invite(desk, "D2", kind="department")
    one, other = join(desk, link, "a"), join(desk, link, "b")
    assert one is not None
    assert one != other
    assert admitted(desk, one).kind == "place"
    assert admitted(desk, one).department == "D2"
    assert join(desk, link, "a") == one, "the same page, sent again"
    assert counts(desk).departments[1].places == 2
    assert join(desk, one, "a") is None
    assert join(desk, new_token(), "a") is None


def test_counts_tell_departments_pages_and_days(desk: Desk) -> None:
    complete(desk, invite(desk), {"IPG1": "1"})
    answer(desk, invite(desk), {"IPG1": "1"})
    invite(desk, "D2")
    told = counts(desk)
    first, second = told.departments
    assert (first.department, first.invited, first.answered) == ("D1", 2, 0)
    assert (first.drafts, first.envelopes, first.released) == (1, 1, 0)
    assert (second.invited, second.drafts, second.envelopes) == (1, 0, 0)
    assert told.drafts_by_page == {1: 1}
    assert told.started == {"2026-11-02": 2}


def test_stores_of_another_wave_are_refused(desk: Desk, tmp_path: Path) -> None:
    other = new_desk(tmp_path / "fielding" / "2")
    for opened in (desk, other):
        opened.close()
    (other.folder / "answers.sqlite").replace(desk.folder / "answers.sqlite")
    with pytest.raises(StoreError, match=r"not that of wave\.json") as caught:
        open_desk(desk.folder)
    assert caught.value.code == "field.other-wave"


def test_the_mode_is_frozen_in_the_stores_too(desk: Desk) -> None:
    desk.close()
    path = desk.folder / "wave.json"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"anonymous"', '"identified"'), encoding="utf-8")
    with pytest.raises(StoreError, match="its mode is not that of"):
        open_desk(desk.folder)


def test_keys_of_another_wave_are_refused(desk: Desk, tmp_path: Path) -> None:
    other = new_desk(tmp_path / "fielding" / "2")
    other.close()
    (other.folder / "keys" / "server.key").replace(desk.folder / "keys" / "server.key")
    with pytest.raises(StoreError, match=r"its keys is not that of") as caught:
        open_desk(desk.folder)
    assert caught.value.code == "field.other-wave"
