"""What a respondent was told is saved is there: after a kill, and when the disk refuses."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event
from tests.broken_machine import false_clock, may_mount
from tests.fielded_wave import admitted, answer, invite, new_desk
from tests.kept_answers import Found, examine_draft
from tests.killed_wave import every_fault, jumping_clock, killed, killed_database
from tests.loaded_wave import Browser, Person
from tests.referees.tools import needs

from cosyn.errors import StoreError
from cosyn.fielding.desk import Desk, change, draft_of, hand_in, is_spent
from cosyn.fielding.types import Change

linux = pytest.mark.skipif(sys.platform != "linux", reason="breaks processes as Linux does")


@pytest.mark.slow
@linux
def test_a_killed_server_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    found = killed(tmp_path / "wave", rounds=2, at_once=4)
    assert found.wrong == []
    assert found.rounds == 2
    assert found.envelopes >= 4


@pytest.mark.slow
def test_a_full_a_failed_and_a_dead_disk_are_told_and_lose_nothing(tmp_path: Path) -> None:
    if not may_mount():
        pytest.skip("mounts file systems: for root, and COSYN_MOUNTS=1")
    found = every_fault(tmp_path / "wave")
    assert found.wrong == []
    assert found.rounds == 3
    assert found.refused > 10


@pytest.mark.slow
@linux
@needs("postgresql")
def test_a_database_that_is_killed_is_told_and_loses_nothing(tmp_path: Path) -> None:
    found = killed_database(tmp_path / "wave", rounds=2, at_once=2)
    assert found.wrong == []
    assert found.refused > 0


@pytest.mark.slow
@pytest.mark.skipif(false_clock() is None, reason="no libfaketime (Debian: faketime)")
def test_nobody_notices_a_clock_that_jumps(tmp_path: Path) -> None:
    library = false_clock()
    assert library is not None
    found = jumping_clock(tmp_path / "wave", 2, library, at_once=2)
    assert found.wrong == []


@pytest.mark.parametrize(
    ("saved", "pending", "wrong"),
    [
        ({"A1": "3", "A2": "1"}, {}, 0),
        ({"A1": "4", "A2": "1"}, {}, 1),
        ({"A1": "3", "A2": "1", "A3": "1"}, {}, 1),
        ({"A1": "3"}, {}, 1),
        ({"A1": "2", "A2": "2"}, {"A1": "3", "A2": "1"}, 0),
        ({"A1": "2", "A2": "2"}, {"A1": "3", "A2": "5"}, 2),
    ],
)
def test_a_loss_would_be_found(
    tmp_path: Path, saved: dict[str, str], pending: dict[str, str], wrong: int
) -> None:
    desk = new_desk(tmp_path / "1")
    token = invite(desk)
    answer(desk, token, {"A1": "3", "A2": "1"})
    found = Found()
    person = Person(token, Browser(1), random.Random(1), saved=saved, pending=pending)  # noqa: S311
    examine_draft(desk, person, found)
    assert len(found.wrong) == wrong, found.wrong
    desk.close()


@contextmanager
def _short_files(desk: Desk) -> Iterator[None]:
    """No file may grow, as with a quota."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def _pragma(desk: Desk, word: str, back: str) -> Iterator[None]:
    """Every connection refuses as SQLite does where the system does."""

    def set_it(raw: object, _: object, __: object) -> None:
        raw.execute(f"PRAGMA {word}")  # type: ignore[attr-defined]

    def unset(raw: object, _: object) -> None:
        raw.execute(f"PRAGMA {back}")  # type: ignore[attr-defined]

    event.listen(desk.answers.engine, "checkout", set_it)
    event.listen(desk.answers.engine, "checkin", unset)
    try:
        yield
    finally:
        event.remove(desk.answers.engine, "checkout", set_it)
        event.remove(desk.answers.engine, "checkin", unset)


@contextmanager
def _full(desk: Desk) -> Iterator[None]:
    with _pragma(desk, "max_page_count = 1", "max_page_count = 1073741823"):
        yield


@contextmanager
def _read_only(desk: Desk) -> Iterator[None]:
    with _pragma(desk, "query_only = ON", "query_only = OFF"):
        yield


@pytest.mark.parametrize(
    ("way", "code"),
    [
        (_short_files, "store.refused"),
        (_full, "store.no-space"),
        (_read_only, "store.read-only"),
    ],
)
def test_what_cannot_be_stored_is_refused_and_changes_nothing(
    tmp_path: Path, way: object, code: str
) -> None:
    desk = new_desk(tmp_path / "1")
    token = invite(desk)
    answer(desk, token, {"A1": "3"})
    person, before = admitted(desk, token), draft_of(desk, admitted(desk, token))
    long = {f"A{number}": "4" * 40 for number in range(400)}
    sent = Change(nonce="n-2", page_id="p2", page=2, answers=long)
    with way(desk):  # type: ignore[operator]
        for call in (lambda: change(desk, person, sent), lambda: hand_in(desk, person)):
            with pytest.raises(StoreError) as refused:
                call()
            assert refused.value.code == code
    assert draft_of(desk, person) == before
    assert not is_spent(desk, token)
    assert change(desk, person, sent) is not None
    assert hand_in(desk, person)
    desk.close()
