"""What is left of a wave whose machine broke, again and again, while people answered.

In a round people answer, something breaks, the stores are looked into, it is mended, people go on.
At the end all hand in, and every envelope is opened.
"""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.broken_machine import Clock, Disk, disk_in_file, disk_in_memory
from tests.erratic import Erratic
from tests.kept_answers import Found, examine, open_envelopes
from tests.loaded_wave import Person, Served, codes, free_port, new_wave, people
from tests.postgresql import Server, postgresql_server

_PATIENCE_SECONDS = 180.0
_JUMPS = (-3600, -86_400, 7200, -40 * 86_400, 0)
"""Seconds from the true time: an hour back, a day back, ahead, a month back, right again."""
_DRAWING_OFTEN = (
    "-c",
    (
        "from functools import partial; from cosyn.fielding import rounds; "
        "rounds.drawing = partial(rounds.drawing, every=0.4); "
        "from cosyn.cli import main; main()"
    ),
)
"""Batches are drawn once a minute: too seldom for a server that lives for seconds."""


@dataclass
class Night:
    """A server, and respondents who keep coming until the night is over.

    Attributes
    ----------
    came : list of Person
        Everybody who has come so far.
    done : set of str
        Tokens of those who were found to have handed in.
    """

    server: Served
    waiting: Iterator[Person]
    at_once: int
    chance: random.Random
    found: Found = field(default_factory=Found)
    came: list[Person] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    over: bool = False

    @property
    def wave(self) -> Path:
        return self.server.study / "fielding" / "1"

    @property
    def refused(self) -> int:
        return sum(person.refused for person in self.came)

    @property
    def pages(self) -> int:
        return sum(person.pages for person in self.came)

    def wrong(self, what: str) -> None:
        self.found.wrong.append(f"round {self.found.rounds + 1}: {what}")

    async def respond(self) -> None:
        offered = codes()

        async def one_after_another() -> None:
            for person in self.waiting:
                self.came.append(person)
                try:
                    await person.answer(offered)
                except Exception as problem:  # noqa: BLE001 - told, and the others go on
                    self.wrong(f"{type(problem).__name__}: {str(problem)[:300]}")
                if self.over:
                    return
            self.wrong("nobody was left to answer: the wave was made too small")

        await asyncio.gather(*(one_after_another() for _ in range(self.at_once)))

    async def until(self, reached: Callable[[], bool], otherwise: str) -> None:
        """Wait for something that must come."""
        for _ in range(900):
            if reached():
                return
            await asyncio.sleep(0.1)
        self.wrong(otherwise)

    async def goes_on(self) -> None:
        """Pages are taken again without anybody's help."""
        before = self.pages
        await self.until(lambda: self.pages > before + 2, "no page was taken afterwards")

    async def refuses(self, otherwise: str) -> None:
        """Several are told that nothing can be stored."""
        before = self.refused
        await self.until(lambda: self.refused > before + 5, otherwise)

    async def a_while(self) -> None:
        """Into the midst of the answering, where nobody can know what is just being written."""
        await self.goes_on()
        await asyncio.sleep(self.chance.uniform(0.0, 1.0))

    def examine(self) -> None:
        """Look at the stores, and at everybody who had not handed in when last looked at."""
        unfinished = [person for person in self.came if person.token not in self.done]
        examine(self.wave, unfinished, self.found, self.server.database)
        self.done |= {person.token for person in unfinished if person.handed_in}
        self.found.rounds += 1


Round = Callable[[Night, int], Awaitable[None]]


def spent(
    study: Path, tokens: list[str], rounds: list[Round], at_once: int, seed: int, **how: Any
) -> Found:
    """Let people answer, break something in each round, let everybody finish, and look."""
    os.sync()  # the questionnaire was copied by us
    server = Served(study, free_port(), before=_DRAWING_OFTEN, **how)
    chance = random.Random(seed)  # noqa: S311 - when, no secret
    night = Night(server, iter(mixed(tokens, server.port, seed)), at_once, chance)

    async def all_night() -> None:
        answering = asyncio.ensure_future(night.respond())
        try:
            for number, one in enumerate(rounds):
                await one(night, number)
        except BaseException:
            answering.cancel()
            raise
        night.over = True
        await answering

    try:
        server.start()
        asyncio.run(all_night())
        _settled(night)
    finally:
        server.stop()
    open_envelopes(night.wave, night.came, night.found, server.database)
    return night.found


def mixed(tokens: list[str], port: int, seed: int) -> list[Person]:
    """Every third respondent is an erratic one."""
    group = people(tokens, port, seed=seed, patience=_PATIENCE_SECONDS)
    return [
        Erratic(p.token, p.browser, p.chance, patience=p.patience) if at % 3 == 2 else p
        for at, p in enumerate(group)
    ]


def _settled(night: Night) -> None:
    """What every kind of night ends with, while the server still runs."""
    found, server = night.found, night.server
    found.refused = night.refused
    for person in night.came:
        found.statuses.update(person.browser.statuses)
    if odd := {s: n for s, n in found.statuses.items() if s not in {200, 204, 303, 503}}:
        found.wrong.append(f"replies that nobody should get: {odd}")
    if "Traceback" in server.said(10**7):
        found.wrong.append(f"a traceback in the log of the server: {server.said()}")
    night.examine()
    found.rounds -= 1
    for verb in (["field", "verify"], ["status"]):
        command = [sys.executable, "-m", "cosyn", *verb, "--study", str(server.study)]
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, env=server.environment
        )
        if done.returncode:
            found.wrong.append(f"{' '.join(verb)}: {done.returncode} {done.stdout}{done.stderr}")


async def kill(night: Night, _: int) -> None:
    """Kill the server (SIGKILL) and start it again."""
    await night.a_while()
    await asyncio.to_thread(night.server.kill)
    night.examine()
    await asyncio.to_thread(night.server.start)


def fill(disk: Disk) -> Round:
    """Leave a disk without space, and keep it so until people are refused.

    The log of writes has space already, so that some pages are still taken: what counts is that
    those are there, and that others are told. In every fourth round the server is killed too.
    """

    async def one(night: Night, number: int) -> None:
        await night.a_while()
        await asyncio.to_thread(disk.fill)
        await night.refuses("the disk was full and nobody was refused")
        if number % 4 == 3:
            await asyncio.to_thread(night.server.kill)
            disk.empty()
            night.examine()
            await asyncio.to_thread(night.server.start)
        else:
            night.examine()
            disk.empty()
        await night.goes_on()

    return one


def make_read_only(disk: Disk) -> Round:
    """The disk can be read and not written to; it is mended without the server."""

    async def one(night: Night, _: int) -> None:
        await night.a_while()
        with night.server.stopped():
            await asyncio.to_thread(disk.make_read_only)
        await night.refuses("nothing could be written and nobody was refused")
        night.examine()
        await asyncio.to_thread(night.server.kill)
        await asyncio.to_thread(disk.mend)
        await asyncio.to_thread(night.server.start)
        await night.goes_on()

    return one


def cut(disk: Disk) -> Round:
    """What was not synced is lost; in odd rounds the server outlives its disk for a while."""

    async def one(night: Night, number: int) -> None:
        await night.a_while()
        with night.server.stopped():
            await asyncio.to_thread(disk.cut)
        if number % 2:
            await asyncio.sleep(1.0)
        await asyncio.to_thread(night.server.kill)
        await asyncio.to_thread(disk.mend)
        night.examine()
        await asyncio.to_thread(night.server.start)
        await night.goes_on()

    return one


def kill_database(database: Server) -> Round:
    """Kill PostgreSQL: in even rounds all of it, in odd ones what serves one connection.

    In the latter PostgreSQL ends every connection, recovers, and goes on by itself.
    """

    async def one(night: Night, number: int) -> None:
        await night.a_while()
        if number % 2:
            await asyncio.to_thread(database.kill_a_backend)
        else:
            await asyncio.to_thread(database.kill)
            await asyncio.sleep(night.chance.uniform(0.1, 2.0))
            await asyncio.to_thread(database.start)
        await night.goes_on()
        night.examine()

    return one


def turn(clock: Clock) -> Round:
    """Put the clock of the server back, and ahead; nobody may notice."""

    async def one(night: Night, number: int) -> None:
        await night.a_while()
        before = night.refused
        clock.set(_JUMPS[number % len(_JUMPS)])
        await night.goes_on()
        await night.a_while()
        night.examine()
        if night.refused > before:
            night.wrong("somebody was refused because of the clock")

    return one


def killed(folder: Path, rounds: int, at_once: int = 12, seed: int = 1) -> Found:
    folder.mkdir()
    study, tokens = new_wave(folder, 400 + 40 * rounds)
    return spent(study, tokens, [kill] * rounds, at_once, seed)


def full_disk(folder: Path, rounds: int, at_once: int = 12, seed: int = 1) -> Found:
    folder.mkdir()
    with disk_in_memory(folder) as disk:
        study, tokens = new_wave(folder, 400 + 60 * rounds)
        return spent(study, tokens, [fill(disk)] * rounds, at_once, seed)


def read_only_disk(folder: Path, rounds: int, at_once: int = 12, seed: int = 1) -> Found:
    folder.mkdir()
    with disk_in_file(folder) as disk:
        study, tokens = new_wave(folder, 400 + 60 * rounds)
        return spent(study, tokens, [make_read_only(disk)] * rounds, at_once, seed)


def power_cut(folder: Path, rounds: int, at_once: int = 12, seed: int = 1) -> Found:
    folder.mkdir()
    with disk_in_file(folder) as disk:
        study, tokens = new_wave(folder, 400 + 60 * rounds)
        return spent(study, tokens, [cut(disk)] * rounds, at_once, seed)


def every_fault(folder: Path, at_once: int = 4, seed: int = 1) -> Found:
    """One round of whatever can befall the disk, in one night."""
    folder.mkdir()
    with disk_in_file(folder) as disk:
        study, tokens = new_wave(folder, 400)
        faults = [fill(disk), make_read_only(disk), cut(disk)]
        return spent(study, tokens, faults, at_once, seed)


def killed_database(folder: Path, rounds: int, at_once: int = 12, seed: int = 1) -> Found:
    """Two processes serve."""
    folder.mkdir()
    with postgresql_server() as database:
        url = database.new_database("wave")
        study, tokens = new_wave(folder, 400 + 60 * rounds, url)
        faults = [kill_database(database)] * rounds
        return spent(study, tokens, faults, at_once, seed, database=url, workers=2)


def jumping_clock(
    folder: Path, rounds: int, library: Path, at_once: int = 12, seed: int = 1
) -> Found:
    folder.mkdir()
    clock = Clock(library, folder / "clock")
    clock.set(0)
    study, tokens = new_wave(folder, 400 + 60 * rounds)
    further = clock.environment
    return spent(study, tokens, [turn(clock)] * rounds, at_once, seed, further=further)
