"""What several respondents send at once is committed at once, and nobody is answered before."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from tests.fielded_wave import admitted, invite, new_desk
from tests.served_pages import FakeDesk, survey

from cosyn.errors import StoreError
from cosyn.fielding.database import Undone, together, writing
from cosyn.fielding.desk import Desk, begin, draft_of
from cosyn.server.fielded import Fielded
from cosyn.server.gate import open_gate
from cosyn.server.site import open_site
from cosyn.server.staff import Staff
from cosyn.server.types import Settings as SiteSettings
from cosyn.server.visits import Reply, Visit


class Wave:
    """A site of which a staff needs the stores alone."""

    def __init__(self, desk: Desk, keeper: Any = None) -> None:
        self.desk = desk
        self.keeper = keeper or Fielded(desk)


def begun(site: Any, visit: Visit) -> Reply:
    begin(site.desk, admitted(site.desk, visit.token), "en")
    return Reply(303)


def sent(site: Any, tokens: list[str], handler: Callable[[Any, Visit], Reply]) -> list[Any]:
    """What each gets who comes while the staff is still busy with somebody else."""
    staff = Staff(site, "writer", 1, together=True)
    busy = threading.Event()

    def first(_: Any, __: Visit) -> Reply:
        assert busy.wait(20)
        return Reply(200)

    async def all_at_once() -> list[Any]:
        waiting = [asyncio.create_task(staff.reply(first, Visit("POST")))]
        waiting += [
            asyncio.create_task(staff.reply(handler, Visit("POST", token=t))) for t in tokens
        ]
        await asyncio.sleep(0)
        busy.set()
        return (await asyncio.gather(*waiting, return_exceptions=True))[1:]

    try:
        return asyncio.run(all_at_once())
    finally:
        staff.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = new_desk(tmp_path / "wave")
    yield made
    made.close()


def kept(desk: Desk, tokens: list[str]) -> list[bool]:
    return [draft_of(desk, admitted(desk, token)) is not None for token in tokens]


def test_five_who_wait_are_committed_at_once(desk: Desk) -> None:
    tokens = [invite(desk) for _ in range(5)]
    commits: list[object] = []
    event.listen(desk.answers.engine, "commit", commits.append)
    assert [reply.status for reply in sent(Wave(desk), tokens, begun)] == [303] * 5
    assert kept(desk, tokens) == [True] * 5
    assert len(commits) == 1


def test_who_fails_takes_nobody_along(desk: Desk) -> None:
    tokens = [invite(desk) for _ in range(5)]

    def some(site: Any, visit: Visit) -> Reply:
        reply = begun(site, visit)
        if visit.token == tokens[2]:
            with writing(site.desk.answers) as connection:
                connection.exec_driver_sql("DELETE FROM drafts")
                raise StoreError("store.no-space", "answers", "the disk is full", "Free some")
        return reply

    told = sent(Wave(desk), tokens, some)
    assert [getattr(found, "status", found.__class__) for found in told] == [
        303,
        303,
        StoreError,
        303,
        303,
    ]
    assert kept(desk, tokens) == [True] * 5


def test_a_commit_that_fails_is_made_up_for_before_anybody_is_answered(desk: Desk) -> None:
    tokens = [invite(desk) for _ in range(3)]
    tried: list[str] = []

    class Failing(Fielded):
        @contextmanager
        def together(self) -> Iterator[None]:
            with together(desk.answers):
                yield
                tried.append("together")
                raise StoreError("store.no-space", "answers", "the disk is full", "Free some")

    told = sent(Wave(desk, Failing(desk)), tokens, begun)
    assert tried == ["together"]
    assert [reply.status for reply in told] == [303] * 3
    assert kept(desk, tokens) == [True] * 3


def test_nothing_of_a_broken_joint_transaction_is_kept(desk: Desk) -> None:
    token = invite(desk)

    def half() -> None:
        with together(desk.answers):
            begin(desk, admitted(desk, token), "en")
            with suppress(StoreError):  # a handler says so on its page and goes on
                fail()

    def fail() -> None:
        with writing(desk.answers):
            raise StoreError("store.locked", "answers", "it is locked", "Wait")

    with pytest.raises(Undone):
        half()
    assert kept(desk, [token]) == [False]


@pytest.mark.parametrize(("readers", "kinds"), [(0, 1), (2, 2)])
def test_where_nobody_only_reads_the_writers_show_pages_too(readers: int, kinds: int) -> None:
    settings = SiteSettings("http://pages.test", writers=4, readers=readers)
    gate = open_gate(open_site(survey(), FakeDesk(), settings))
    assert len({id(gate.writers), id(gate.readers)}) == kinds
    gate.close()
