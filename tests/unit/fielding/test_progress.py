"""What is shown of a wave: snapshots in steps of k, the same in every view and language."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update
from tests.fielded_wave import Clock, answer, complete, invite, new_desk

from cosyn.fielding import schema
from cosyn.fielding.database import writing
from cosyn.fielding.desk import Desk
from cosyn.fielding.progress import median_band, progress
from cosyn.fielding.schedule import Schedule, write_schedule
from cosyn.fielding.settings import Settings
from cosyn.fielding.watch import told
from cosyn.fielding.watch.files import COLUMNS, as_csv
from cosyn.messages.fielding_status import bar, status_json, status_lines
from cosyn.workflow.fielding_status import Watched


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    settings = Settings(smallest_batch=3)
    opened = new_desk(
        tmp_path / "1", settings=settings, departments=("D1", "D2", "D3"), clock=clock
    )
    with writing(opened.roster) as connection:
        connection.execute(update(schema.departments).values(row='{"invited": 20}'))
    yield opened
    opened.close()


def hand_in_some(desk: Desk, count: int, department: str = "D1") -> None:
    for _ in range(count):
        complete(desk, invite(desk, department), {"IPG1": "3"})


def by_code(desk: Desk) -> dict[str, int | None]:
    return {d.department: d.completed for d in progress(desk).departments}


def test_nothing_is_shown_before_k_have_completed(desk: Desk) -> None:
    hand_in_some(desk, 2)
    found = progress(desk)
    assert (found.completed, found.at, found.started, found.minutes) == (0, "", None, "")
    assert set(by_code(desk).values()) == {None}
    document = status_json(Watched(found, told(found, "en"), None))
    assert (document["completed"], document["rate"]) == (None, None)


def test_what_is_shown_stays_until_k_more_have_come(desk: Desk) -> None:
    hand_in_some(desk, 5, "D1")
    hand_in_some(desk, 5, "D2")
    hand_in_some(desk, 4, "D3")
    first = progress(desk)
    assert first.completed == 14
    assert first.invited == 60
    hand_in_some(desk, 1, "D1")
    again = progress(desk)
    assert (again.completed, again.at, again.departments) == (14, first.at, first.departments)
    hand_in_some(desk, 2, "D1")
    assert progress(desk).completed == 17


def test_no_department_is_given_away_by_subtraction(desk: Desk) -> None:
    hand_in_some(desk, 8, "D1")
    hand_in_some(desk, 8, "D2")
    hand_in_some(desk, 1, "D3")
    shown = by_code(desk)
    assert shown["D3"] is None
    known = sum(count for count in shown.values() if count)
    assert progress(desk).completed - known >= 3


def test_those_who_agreed_to_be_known_are_shown_at_once(tmp_path: Path) -> None:
    desk = new_desk(tmp_path / "1", settings=Settings(mode="identified"))
    complete(desk, invite(desk, person="P1"), {"IPG1": "3"})
    answer(desk, invite(desk, person="P2"), {"IPG1": "3"})
    found = progress(desk)
    assert (found.k, found.completed, found.started) == (1, 1, 2)
    first, second = found.departments
    assert (first.invited, first.started, first.completed, first.rate) == (2, 2, 1, 0.5)
    assert (second.completed, second.rate) == (0, None)
    assert found.pages == {2: 1}
    complete(desk, invite(desk, person="P3"), {"IPG1": "3"})
    assert progress(desk).completed == 2
    desk.close()


def test_days_add_up_to_what_is_shown_and_give_a_projection(desk: Desk, clock: Clock) -> None:
    for count in (4, 3, 6, 5, 4):
        hand_in_some(desk, count, "D1" if count % 2 else "D2")
        clock.later(days=1)
    write_schedule(desk.folder, Schedule(closes="2026-11-09T18:00+00:00"))
    found = progress(desk)
    assert sum(day.count for day in found.days) == found.completed == 22
    assert found.days[0].first == "2026-11-02"
    told_of = found.projection
    assert told_of.until == "2026-11-09"
    assert told_of.expected is not None
    assert told_of.low is not None
    assert told_of.high is not None
    assert 22 <= told_of.low < told_of.expected < told_of.high <= 60


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_every_view_shows_the_same_numbers(desk: Desk, language: str) -> None:
    for name in ("D1", "D2", "D3"):
        hand_in_some(desk, 6, name)
    found = progress(desk)
    words = told(found, language)
    done = Watched(found, words, None)
    document = status_json(done)
    rows = [*csv.reader(io.StringIO(as_csv(found).decode("utf-8-sig")))]
    assert tuple(rows[0]) == COLUMNS
    text = "\n".join(status_lines(done))
    assert words.title in text
    for d, spelt in zip(found.departments, document["departments"], strict=True):
        cell = next(r[3] for r in rows if r[:3] == ["department", d.department, "completed"])
        assert cell == ("" if d.completed is None else str(d.completed))
        assert spelt["completed"] == d.completed
        line = next(line for line in text.splitlines() if line.strip().startswith(d.department))
        assert "20" in line
        assert d.completed is None or str(d.completed) in line


def test_bars_and_bands() -> None:
    assert (bar(None), bar(0.0), bar(1.0), bar(0.5)) == ("", "", "█" * 20, "█" * 10)
    assert len(bar(7.0)) == 20
    assert median_band({}) == ""
    assert median_band({"3-5": 1, "5-10": 5, "60-": 2}) == "5-10"


def test_what_was_begun_is_told_by_day_in_steps(desk: Desk, clock: Clock) -> None:
    hand_in_some(desk, 4)
    clock.later(days=1)
    hand_in_some(desk, 2, "D2")
    for _ in range(2):
        answer(desk, invite(desk), {"IPG1": "3"})
    clock.later(days=1)
    hand_in_some(desk, 1, "D3")
    found = progress(desk)
    assert [(day.first, day.last, day.count) for day in found.begun] == [
        ("2026-11-02", "2026-11-02", 4),
        ("2026-11-03", "2026-11-04", 5),
    ]
    assert found.started == 9
    hand_in_some(desk, 2, "D3")
    assert progress(desk).begun == found.begun
    hand_in_some(desk, 1, "D3")
    again = progress(desk)
    assert again.begun[-1].count == 8
    assert again.started == 12
    rows = list(csv.DictReader(io.StringIO(as_csv(again).decode("utf-8-sig"))))
    assert ("day", "2026-11-02", "4") in {
        (row["part"], row["name"], row["value"]) for row in rows if row["measure"] == "started"
    }


def test_everything_that_is_named_is_in_every_view(desk: Desk, clock: Clock) -> None:
    write_schedule(desk.folder, Schedule(closes="2026-11-20T18:00+00:00"))
    for _ in range(6):
        hand_in_some(desk, 4, "D1" if clock().day % 2 else "D2")
        for _ in range(3):
            answer(desk, invite(desk, "D3"), {"IPG1": "3"})
        clock.later(days=1)
    found = progress(desk)
    assert found.projection.expected is not None
    document = status_json(Watched(found, told(found, "en"), None))
    for name in ("invited", "started", "completed", "rate", "minutes", "begun", "days", "pages"):
        assert document[name], name
    assert document["projection"]["expected"]
    rows = list(csv.DictReader(io.StringIO(as_csv(found).decode("utf-8-sig"))))
    measures = {(row["part"], row["measure"]) for row in rows if row["value"]}
    totals = ("invited", "started", "completed", "rate", "minutes", "projected_expected")
    assert {("total", name) for name in totals} <= measures
    assert {("department", name) for name in ("invited", "completed", "rate")} <= measures
    assert {("day", "started"), ("day", "completed"), ("page", "unfinished")} <= measures
    heads = {
        "en": (
            "Invited",
            "Started",
            "Completed",
            "Response rate",
            "Median time",
            "By department",
            "Started by day",
            "Completed by day",
            "Unfinished",
            "If it goes on like this: About",
        ),
        "zh-Hans": (
            "受邀",
            "已开始",
            "已完成",
            "回收率",
            "用时中位数",
            "按部门",
            "按日开始数",
            "按日完成数",
            "最后到达的页",
            "若照此继续: 到",
        ),
    }
    for language, said in heads.items():
        shown = "\n".join(status_lines(Watched(found, told(found, language), None)))
        assert [head for head in said if head not in shown] == []
        assert "█" in shown
