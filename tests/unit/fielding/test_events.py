"""The log of a wave, its schedule, and one server at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.fielded_wave import new_desk

from cosyn.errors import InstrumentError, StoreError
from cosyn.fielding.desk import Desk, open_desk
from cosyn.fielding.events import events, note
from cosyn.fielding.once import serving
from cosyn.fielding.schedule import Schedule, read_schedule, read_time, write_schedule

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = new_desk(tmp_path / "fielding" / "1")
    yield opened
    opened.close()


def test_lines_follow_one_another(tmp_path: Path) -> None:
    note(tmp_path, "draw", NOON, by_hand=False, released=5)
    note(tmp_path, "backup", NOON, files=["a.zip"])
    first, second = events(tmp_path)
    assert (first.number, first.verb, first.who, first.told) == (1, "draw", "", {"released": 5})
    assert (second.number, second.at) == (2, "2026-11-02T12:00:00+00:00")
    assert second.who


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (b'"released": 5', b'"released": 6', 1),
        (b'{"n": 1', b'{"n": 2', 1),
        (b"draw", b"dra", 1),
        (b'{"n": 2', b'{"n": 2}', 2),
    ],
)
def test_a_changed_line_is_found(tmp_path: Path, old: bytes, new: bytes, line: int) -> None:
    note(tmp_path, "draw", NOON, released=5)
    note(tmp_path, "draw", NOON, released=7)
    path = tmp_path / "events.jsonl"
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))
    with pytest.raises(StoreError, match="not what was written") as caught:
        events(tmp_path)
    assert caught.value.where.endswith(f":{line}")


def test_a_line_taken_out_is_found(tmp_path: Path) -> None:
    for released in (5, 6, 7):
        note(tmp_path, "draw", NOON, released=released)
    path = tmp_path / "events.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[2])
    with pytest.raises(StoreError, match="one before it is missing"):
        events(tmp_path)


def test_a_wave_is_open_between_its_dates(tmp_path: Path) -> None:
    assert read_schedule(tmp_path).state(NOON) == "open"
    opens, closes = "2026-11-02T12:00+00:00", "2026-11-02T14:00+01:00"
    write_schedule(tmp_path, Schedule(opens, closes))
    found = read_schedule(tmp_path)
    assert found.state(NOON.replace(hour=11)) == "early"
    assert found.state(NOON) == "open"
    assert found.state(NOON.replace(hour=13)) == "over"
    assert Schedule(paused=True).state(NOON) == "paused"


def test_nothing_opens_what_was_closed_for_good(tmp_path: Path) -> None:
    write_schedule(tmp_path, Schedule(closed="2026-11-02T12:00:00+00:00"))
    assert read_schedule(tmp_path).state(NOON) == "closed"
    with pytest.raises(StoreError) as caught:
        write_schedule(tmp_path, Schedule())
    assert caught.value.code == "field.closed"


def test_a_spoilt_schedule_is_named(tmp_path: Path) -> None:
    (tmp_path / "schedule.json").write_text('{"schema": "cosyn.schedule/1", "opens": "soon"}')
    with pytest.raises(StoreError) as caught:
        read_schedule(tmp_path)
    assert caught.value.code == "field.schedule-damaged"


def test_times_are_read_with_a_zone() -> None:
    assert read_time("2026-12-01T18:00+08:00", "--closes") == "2026-12-01T18:00+08:00"
    assert datetime.fromisoformat(read_time("2026-12-01", "--closes")).tzinfo is not None
    with pytest.raises(InstrumentError) as caught:
        read_time("tomorrow", "--closes")
    assert (caught.value.code, caught.value.where) == ("field.time", "--closes")


def test_one_server_at_a_time(desk: Desk) -> None:
    second = open_desk(desk.folder)
    with serving(desk):
        with pytest.raises(StoreError) as caught, serving(second):
            pass
        assert caught.value.code == "field.served"
    with serving(second):
        pass
    second.close()
