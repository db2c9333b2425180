"""Paper keyed into a real PostgreSQL: by several clerks and processes at once, each sheet once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tests.fielded_wave import invite, new_desk
from tests.postgresql import postgresql_server
from tests.referees.tools import needs

from cosyn.fielding.counts import counts
from cosyn.fielding.desk import Desk, admit
from cosyn.fielding.ending import close
from cosyn.fielding.paper import (
    KeyedSheet,
    begin_sheet,
    discard_sheets,
    hand_in_sheet,
    issue_keying_link,
    key_sheet,
    waiting_sheets,
)
from cosyn.fielding.released import released
from cosyn.fielding.settings import Settings
from cosyn.fielding.urn import draw

pytestmark = needs("postgresql")
END = {"answers": {"A": "3"}, "seen": ["p1"], "ended": ""}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with postgresql_server() as server:
        database = server.new_database("keyed")
        settings = Settings(mode="identified")
        opened = new_desk(tmp_path / "1", settings=settings, database=database)
        yield opened
        opened.close()


def at_once(call: Callable[[], Any]) -> list[Any]:
    with ThreadPoolExecutor(4) as crowd:
        return [done.result() for done in [crowd.submit(call) for _ in range(8)]]


def test_a_sheet_is_begun_keyed_twice_and_handed_in_once_whoever_comes_at_once(desk: Desk) -> None:
    token, link = issue_keying_link(desk), invite(desk, person="P1")
    sheet = KeyedSheet("7", "D1", 0, "en", "P1")
    assert at_once(lambda: begin_sheet(desk, token, sheet)).count(True) == 1
    for stage in (1, 2):
        at_once(lambda stage=stage: key_sheet(desk, token, "7", {"A": "3"}, stage=stage))  # type: ignore[misc]
        assert [one.passes for one in waiting_sheets(desk, token)] == [stage]
    assert at_once(lambda: hand_in_sheet(desk, token, "7", END)) == [True] * 8
    assert not begin_sheet(desk, token, sheet)
    assert begin_sheet(desk, token, KeyedSheet("8", "D1", 0, "en"))
    assert discard_sheets(desk, ["8"]) == ("8",)
    assert sum(counts(desk).completed.values()) == 1
    found = admit(desk, link)
    assert found is not None
    assert found.answered
    assert draw(desk).marked == 1
    close(desk)
    _, (answered,), _ = released(desk.folder, database=desk.answers.engine.url.render_as_string())
    assert (answered.origin, answered.person, answered.answers) == ("paper", "P1", {"A": "3"})
