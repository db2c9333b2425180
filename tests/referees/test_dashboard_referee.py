"""The page of a wave's progress in a real browser: on a phone, without scripts, in both languages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from tests.fielded_wave import Clock, answer, complete, invite, new_desk
from tests.referees import browser
from tests.referees.tools import needs
from tests.served_pages import FakeDesk, listened

from cosyn.fielding import schema
from cosyn.fielding.database import writing
from cosyn.fielding.desk import Desk
from cosyn.fielding.progress import progress
from cosyn.fielding.schedule import Schedule, write_schedule
from cosyn.fielding.settings import Settings
from cosyn.fielding.watch.passes import new_pass
from cosyn.server.dashboard import Dashboard

pytestmark = needs(*browser.NEEDED)

LANGUAGES = ("en", "zh-Hans")
WIDTHS = (320, 360, 1280)
NAMES = {
    "en": "Joint Office for Administrative Approval and Intergovernmental Coordination",
    "zh-Hans": "行政审批与跨部门协同联合办公室",
}


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A wave of a week with every part of the page, and names that are long."""
    clock = Clock()
    folder = tmp_path_factory.mktemp("busy") / "1"
    departments = ("D1", "D2", "DEPARTMENT-OF-LETTERS")
    desk = new_desk(
        folder, settings=Settings(smallest_batch=3), departments=departments, clock=clock
    )
    row = json.dumps({"invited": 40, "names": NAMES})
    with writing(desk.roster) as connection:
        connection.execute(update(schema.departments).values(row=row, quota=12))
    write_schedule(folder, Schedule(closes="2026-11-20T18:00+00:00"))
    for _ in range(4):
        answer(desk, invite(desk, "D1"), {"IPG1": "3"})
    for day in range(6):
        for department in departments[: 2 if day else 3]:
            for _ in range(2 + (day + len(department)) % 3):
                complete(desk, invite(desk, department), {"IPG1": "3"})
        progress(desk)
        clock.later(days=1)
    yield desk
    desk.close()


@pytest.fixture(scope="module")
def seen(busy: Desk) -> dict[str, browser.Found]:
    shown = new_pass(busy.keys.watch, busy.clock() + timedelta(days=1))
    with listened(FakeDesk(), Dashboard(busy).pages()) as base:
        visits = {
            language: browser.visit(
                f"{base}/progress/{shown}?lang={language}",
                browser.look(),
                browser.audit(WIDTHS),
                browser.zoom(4.0),
                browser.press(".switch"),
                javascript=False,
            )
            for language in LANGUAGES
        }
        visits["forced"] = browser.visit(
            f"{base}/progress/{shown}", browser.audit(WIDTHS), forced_colors=True
        )
        return dict(zip(visits, browser.browse(visits.values()), strict=True))


def audits(seen: dict[str, browser.Found]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, found in seen.items():
        for view in next(act["views"] for act in found["acts"] if "views" in act):
            yield name, view


def test_it_keeps_the_rules_at_every_width(seen: dict[str, browser.Found]) -> None:
    found = list(audits(seen))
    assert len(found) == 3 * len(WIDTHS)
    for name, view in found:
        assert view["violations"] == view["practice"] == [], (name, view["width"])
        assert view["overflow"] == 0, (name, view["width"])
        assert view["small"] == [], (name, view["width"])


def test_every_part_is_there_without_scripts(busy: Desk, seen: dict[str, browser.Found]) -> None:
    found = progress(busy)
    assert found.pages
    assert found.projection.expected is not None
    assert len(found.days) > 3
    for language, other in zip(LANGUAGES, LANGUAGES[::-1], strict=True):
        looked, _, zoomed, switched = seen[language]["acts"]
        assert (looked["language"], switched["language"]) == (language, other)
        assert zoomed["overflow"] == 0


def test_the_browser_has_nothing_to_complain_of(seen: dict[str, browser.Found]) -> None:
    for name, found in seen.items():
        assert found["console"] == [], name
        assert {request.split("/")[2].split(":")[0] for request in found["requests"]} == {
            "127.0.0.1"
        }
