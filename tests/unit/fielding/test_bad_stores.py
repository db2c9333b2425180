"""Stores that are not there, cannot be named or have no space: one message each, and no trace left."""

from __future__ import annotations

import json
import os
import sqlite3
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.fielded_wave import instrument, invite, new_desk

from cosyn.errors import StoreError
from cosyn.fielding import refusals
from cosyn.fielding.counts import counts
from cosyn.fielding.desk import Desk, open_desk
from cosyn.fielding.events import events, note
from cosyn.fielding.opening import make_wave
from cosyn.fielding.paper import (
    KeyedSheet,
    begin_sheet,
    hand_in_sheet,
    issue_keying_link,
    key_sheet,
)
from cosyn.fielding.progress import progress
from cosyn.fielding.settings import Settings
from cosyn.fielding.verify import verify
from cosyn.server.serving import _PLAN, Plan, app_of_worker

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return new_desk(tmp_path / "fielding" / "1")


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("nonsense", "it is no URL"),
        ("postgresql://u:secret@host:port/x", "it is no URL"),
        ("mysql://u:secret@host/x", "'mysql' is no kind of database that serves here"),
    ],
)
def test_a_wave_is_not_made_in_a_database_that_cannot_be(
    tmp_path: Path, url: str, what: str
) -> None:
    folder = tmp_path / "fielding" / "1"
    with pytest.raises(StoreError) as caught:
        make_wave(folder, instrument(), Settings(), lock="0" * 64, database=url)
    assert (caught.value.code, caught.value.what) == ("field.database-url", what)
    assert "secret" not in str(caught.value)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_store_that_is_not_there_is_named(desk: Desk) -> None:
    desk.close()
    (desk.folder / "answers.sqlite").rename(desk.folder / "elsewhere.sqlite")
    with pytest.raises(StoreError, match="the file is not there") as caught:
        open_desk(desk.folder)
    assert caught.value.code == "store.missing"


def test_a_disk_without_space_for_the_index_of_the_log_is_full() -> None:
    refused = sqlite3.OperationalError("disk I/O error")
    assert refusals._refusal(refused, "answers")[0] == "refused"
    refused.sqlite_errorname = "SQLITE_IOERR_SHMSIZE"
    assert refusals._refusal(refused, "answers")[:2] == ("no-space", "the disk is full")


def test_a_line_of_the_log_that_was_cut_short_is_nothing(tmp_path: Path) -> None:
    note(tmp_path, "draw", NOON, released=5)
    path = tmp_path / "events.jsonl"
    with path.open("ab") as stream:
        stream.write(b'{"n": 2, "at": "2026-')
    assert [event.number for event in events(tmp_path)] == [1]
    note(tmp_path, "draw", NOON, released=6)
    assert [event.told for event in events(tmp_path)] == [{"released": 5}, {"released": 6}]


def test_what_the_log_has_no_space_for_leaves_it_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note(tmp_path, "draw", NOON, released=5)
    before = (tmp_path / "events.jsonl").read_bytes()

    def refuse(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", refuse)
        with pytest.raises(StoreError, match="Free some space"):
            note(tmp_path, "draw", NOON, released=6)
    assert (tmp_path / "events.jsonl").read_bytes() == before
    assert note(tmp_path, "draw", NOON, released=6).number == 2


def test_a_worker_that_reaches_no_store_says_so_in_a_line(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.close()
    (desk.folder / "answers.sqlite").unlink()
    plan = Plan(str(desk.folder), "http://pages.test")
    monkeypatch.setenv(_PLAN, json.dumps(asdict(plan)))
    with pytest.raises(SystemExit) as ended:
        app_of_worker()
    assert ended.value.code == 6
    assert json.loads(capsys.readouterr().err)["code"] == "store.missing"


def test_what_is_keyed_from_paper_was_begun_too(tmp_path: Path) -> None:
    desk = new_desk(tmp_path / "1", settings=Settings(mode="identified"))
    invite(desk, person="P1")
    token = issue_keying_link(desk)
    for number in ("1", "2", "3"):
        begin_sheet(desk, token, KeyedSheet(number, "D1", 0, "en"))
        for stage in (1, 2):
            key_sheet(desk, token, number, {"A": "3"}, stage=stage)
        assert hand_in_sheet(desk, token, number, {"answers": {"A": "3"}, "seen": [], "ended": ""})
    found, shown = counts(desk), progress(desk)
    assert sum(found.started.values()) == sum(found.completed.values()) == 3
    assert (shown.started, shown.completed) == (3, 3)
    assert next(check for check in verify(desk) if check.name == "tallies").ok
    desk.close()
