"""Threads that make pages, which block; what waits together is done together."""

from __future__ import annotations

import asyncio
import threading
import weakref
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from cosyn.errors import StoreError
from cosyn.fielding.database import Undone
from cosyn.server.visits import Away

if TYPE_CHECKING:
    from collections.abc import Callable

    from cosyn.server.site import Site
    from cosyn.server.visits import Reply, Visit

    Handler = Callable[[Site, Visit], Reply]

Queue = SimpleQueue["Job | None"]
TOGETHER = 64
"""Requests whose writes are committed at once, at most."""


@dataclass(slots=True)
class Job:
    """A page to be made, and who waits for it."""

    handler: Handler
    visit: Visit
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)
    made: asyncio.Future[Reply] = field(init=False)
    outcome: Reply | BaseException | None = None

    def __post_init__(self) -> None:
        self.made = self.loop.create_future()

    def tell(self) -> None:
        """Hand over what was made, in the loop's own thread."""
        if self.made.done():
            return  # nobody waits any more
        if isinstance(self.outcome, BaseException):
            self.made.set_exception(self.outcome)
        elif self.outcome is not None:
            self.made.set_result(self.outcome)


class Staff:
    """Some threads that take jobs in the order in which they come; they end with their staff.

    Parameters
    ----------
    together : bool
        Whether the writes of all that waits are committed in one transaction: a commit waits for
        the disk, and the disk writes much as quickly as little. Nobody is answered before it.
    """

    def __init__(self, site: Site, name: str, threads: int, *, together: bool = False) -> None:
        self._jobs: Queue = SimpleQueue()
        most = TOGETHER if together else 1
        self._threads = [
            threading.Thread(
                target=_work, args=(site, self._jobs, most), name=f"{name}-{number}", daemon=True
            )
            for number in range(threads)
        ]
        self._begun = False
        weakref.finalize(self, _dismiss, self._jobs, threads)

    async def reply(self, handler: Handler, visit: Visit) -> Reply:
        """Have a page made; what its handler raises is raised here."""
        if not self._begun:
            self._begun = True
            for thread in self._threads:
                thread.start()
        job = Job(handler, visit)
        self._jobs.put(job)
        return await job.made

    def close(self) -> None:
        """Finish what waits, then stop."""
        _dismiss(self._jobs, len(self._threads))
        for thread in self._threads:
            if self._begun:
                thread.join()


def _dismiss(jobs: Queue, threads: int) -> None:
    for _ in range(threads):
        jobs.put(None)


def _work(site: Site, waiting: Queue, most: int) -> None:
    while (job := waiting.get()) is not None:
        jobs, last = _with_others(job, waiting, most)
        _carry_out(site, jobs)
        for done in jobs:
            if not done.loop.is_closed():
                done.loop.call_soon_threadsafe(done.tell)
        if last:
            return


def _with_others(job: Job, waiting: Queue, most: int) -> tuple[list[Job], bool]:
    """What waits besides, and whether the thread is to stop after it."""
    jobs = [job]
    while len(jobs) < most:
        try:
            another = waiting.get_nowait()
        except Empty:
            return jobs, False
        if another is None:
            return jobs, True
        jobs.append(another)
    return jobs, False


def _carry_out(site: Site, jobs: list[Job]) -> None:
    if len(jobs) > 1:
        try:
            with site.keeper.together():
                for job in jobs:
                    _make(site, job)
        except (StoreError, Undone):
            pass  # nothing was committed: each is done again by itself, and told its own fault
        else:
            return
    for job in jobs:
        _make(site, job)


def _make(site: Site, job: Job) -> None:
    try:
        job.outcome = job.handler(site, job.visit)
    except Away as away:
        job.outcome = away.reply
    except BaseException as problem:  # noqa: BLE001 - raised again where somebody waits
        job.outcome = problem
