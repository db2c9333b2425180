"""A wave under load: its server as a process that can be killed, and respondents as coroutines."""

from __future__ import annotations

import asyncio
import os
import random
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from importlib.metadata import version
from pathlib import Path
from typing import IO
from urllib.parse import urlencode

from cosyn.fielding import schema
from cosyn.fielding.database import writing
from cosyn.fielding.desk import open_desk
from cosyn.fielding.opening import make_wave
from cosyn.fielding.settings import Settings
from cosyn.fielding.tokens import keyed_hash, new_token
from cosyn.instrument.questionnaire import questionnaire
from cosyn.study import create
from tests.fielded_wave import add_departments, instrument

FORM = re.compile(r'<form id="form" method="post" action="([^"]+)"')
HIDDEN = re.compile(r'name="(_nonce|_check)" value="(\w+)"')
ASKED = re.compile(r'<input type="(?:radio|text)"[^>]*? name="([A-Za-z][A-Za-z0-9]*)"')
NAME = "survey.example.org"
"""Of the host, where a proxy with TLS stands before the server."""
DEPARTMENTS = tuple(f"D{number}" for number in range(20))


class Unanswered(Exception):
    """The connection broke before the reply had come."""


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    cookies: Mapping[str, str]
    text: str

    @property
    def place(self) -> str:
        return self.headers.get("location", "")


def new_wave(folder: Path, people: int, database: str = "") -> tuple[Path, list[str]]:
    """A study with a wave, and its people's tokens."""
    study = create(folder / "study").root
    wave = study / "fielding" / "1"
    made = instrument()
    shutil.copytree(study / "instrument", study / "locks" / made.version / "instrument")
    make_wave(wave, made, Settings(), lock="0" * 64, database=database)
    desk = open_desk(wave, database=database)
    try:
        add_departments(desk, DEPARTMENTS)
        tokens = [new_token() for _ in range(people)]
        rows = [
            {
                "hash": keyed_hash(desk.keys.roster, token),
                "kind": "person",
                "department": DEPARTMENTS[place % len(DEPARTMENTS)],
                "person": None,
                "batch": 1,
                "state": "issued",
            }
            for place, token in enumerate(tokens)
        ]
        with writing(desk.roster) as connection:
            connection.execute(schema.invitations.insert(), rows)
    finally:
        desk.close()
    return study, tokens


def codes() -> dict[str, list[str]]:
    """Item -> answers that end nothing."""
    made = instrument()
    asked = questionnaire(made, made.default_form, {})
    return {
        q.id: [str(c) for c, _ in q.offered if c not in q.screen_out]
        if q.response_format.kind == "options"
        else [str(int(q.response_format.minimum))]
        for q in asked.questions
    }


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@dataclass
class Served:
    """The command that serves a wave, as a process (and its workers)."""

    study: Path
    port: int
    database: str = ""
    workers: int = 1
    before: tuple[str, ...] = ("-m", "cosyn")
    more: tuple[str, ...] = ()
    further: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    log: IO[bytes] | None = None

    def start(self) -> None:
        # Beside the study's disk, which may be full.
        self.log = self._log.open("ab")
        options = ["--port", str(self.port), "--per-address", "0", "--quiet"]
        if self.workers > 1:
            options += ["--workers", str(self.workers)]
        self.process = subprocess.Popen(
            [
                sys.executable,
                *self.before,
                "field",
                *options,
                *self.more,
                "--study",
                str(self.study),
            ],
            stdout=self.log,
            stderr=self.log,
            env=self.environment,
        )
        for _ in range(1200):
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=5) as asked:
                    asked.settimeout(60)
                    asked.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    if asked.recv(100).startswith(b"HTTP/1.1 200"):
                        return
            except OSError:
                pass
            assert self.process.poll() is None, self.said()
            time.sleep(0.05)
        raise AssertionError(self.said())

    @property
    def environment(self) -> dict[str, str]:
        named = {"COSYN_FIELD_DATABASE": self.database} if self.database else {}
        return {**os.environ, **named, **self.further}

    def kill(self) -> None:
        """End it as a power cut would, as far as the process is concerned."""
        self._end(subprocess.Popen.kill)

    def stop(self) -> None:
        self._end(subprocess.Popen.terminate)

    def _end(self, how: Callable[[subprocess.Popen[bytes]], None]) -> None:
        if self.process is not None:
            how(self.process)
            self.process.wait(60)
            self.process = None
        if self.log is not None:
            self.log.close()
            self.log = None

    def said(self, most: int = 3000) -> str:
        return self._log.read_text()[-most:]

    @property
    def _log(self) -> Path:
        return self.study.parent.with_suffix(".log")

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Let it do nothing for a while; what it had asked of the system has been done."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)
        tasks = Path(f"/proc/{self.process.pid}/task")
        try:
            while any(_state(task) not in "TtZX" for task in tasks.iterdir()):
                time.sleep(0.01)
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def processes(self) -> list[int]:
        assert self.process is not None
        root = self.process.pid
        children = Path(f"/proc/{root}/task/{root}/children").read_text().split()
        return [root, *map(int, children)]

    def cpu_seconds(self) -> float:
        ticks = 0
        for pid in self.processes():
            parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(parts[11]) + int(parts[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def resident_mb(self) -> float:
        pages = (int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in self.processes())
        return sum(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20

    def proportional_mb(self) -> float:
        """Resident memory, of which what processes share is counted once."""
        told = (Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in self.processes())
        return (
            sum(int(re.findall(r"^Pss:\s+(\d+)", text, re.MULTILINE)[0]) for text in told) / 2**10
        )


def _state(task: Path) -> str:
    return (task / "stat").read_text().rpartition(")")[2].split()[0]


@dataclass
class Browser:
    """One connection that is kept, and cookies; it follows nothing by itself."""

    port: int
    tls: ssl.SSLContext | None = None
    seconds: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    _streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, fields: Mapping[str, str] | None = None) -> Reply:
        started, body = time.perf_counter(), urlencode(fields or {}).encode()
        rested = self._streams is not None
        try:
            try:
                reply = await self._asked(method, path, body)
            except (OSError, EOFError):
                self.close()
                if not rested:
                    raise
                # The server lets go of a connection that rests; browsers then open another.
                reply = await self._asked(method, path, body)
        except (OSError, EOFError) as problem:
            self.close()
            raise Unanswered from problem
        self.seconds.append(time.perf_counter() - started)
        self.statuses[reply.status] = self.statuses.get(reply.status, 0) + 1
        self.cookies.update(reply.cookies)
        return reply

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
        self._streams = None

    async def _asked(self, method: str, path: str, body: bytes) -> Reply:
        if self._streams is None:
            name = NAME if self.tls else None
            self._streams = await asyncio.open_connection(
                "127.0.0.1", self.port, limit=2**20, ssl=self.tls, server_hostname=name
            )
        reader, writer = self._streams
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n"
        if method == "POST":
            head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        writer.write(f"{head}\r\n".encode() + body)
        await writer.drain()
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers, cookies = {}, {}
        for name, _, value in (line.partition(": ") for line in lines if line):
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                cookies[key] = rest.partition(";")[0].strip('"')
            headers[name.lower()] = value
        text = (await reader.readexactly(int(headers.get("content-length", "0")))).decode()
        if headers.get("connection") == "close":
            self.close()
        return Reply(int(first.split()[1]), headers, cookies, text)


@dataclass
class Person:
    """A respondent and what the server has acknowledged of their answers."""

    token: str
    browser: Browser
    chance: random.Random
    saved: dict[str, str] = field(default_factory=dict)
    pending: dict[str, str] = field(default_factory=dict)
    handed_in: bool = False
    think: float = 0.0
    patience: float = 0.0
    refused: int = 0
    pages: int = 0
    prefix: str = ""

    async def answer(self, offered: Mapping[str, list[str]]) -> None:
        """Follow the link, agree, answer every page, hand in; who thinks does not come at once."""
        await asyncio.sleep(self.chance.uniform(0, self.think))
        await self._sent("GET", f"{self.prefix}/f/{self.token}")
        place = f"{self.prefix}/q/"
        while not place.endswith(("/done", "/ended")):
            page = await self._sent("GET", place)
            if page.status == 303:
                place = page.place
                continue
            place = await self._page(page, offered)
        self.handed_in = True
        await self._sent("GET", place)
        self.browser.close()

    async def _page(self, page: Reply, offered: Mapping[str, list[str]]) -> str:
        form = FORM.search(page.text)
        assert page.status == 200, (page.status, page.text[:2000])
        assert form is not None, page.text[:2000]
        items = dict.fromkeys(ASKED.findall(page.text))
        self.pending = {item: self.chance.choice(offered[item]) for item in items}
        fields = {**dict(HIDDEN.findall(page.text)), **self.pending, "_go": "next"}
        if self.think:
            await asyncio.sleep(self.chance.expovariate(1 / self.think))
        reply = await self._sent("POST", unescape(form[1]), fields)
        assert reply.status == 303, (reply.status, reply.text[:2000])
        self.saved.update(self.pending)
        self.pages += bool(self.pending)
        self.pending = {}
        return reply.place

    async def _sent(self, method: str, path: str, fields: Mapping[str, str] | None = None) -> Reply:
        """Ask; what is refused for the moment or breaks is sent again, as a person would."""
        until = time.monotonic() + self.patience
        while True:
            try:
                reply = await self.browser.ask(method, path, fields)
                if reply.status != 503 or time.monotonic() > until:
                    return reply
                self.refused += 1
            except Unanswered:
                if time.monotonic() > until:
                    raise
            # Seldom enough for one link's share of requests a minute, however long it takes.
            await asyncio.sleep(self.chance.uniform(0.2, 0.5))


def people(
    tokens: list[str],
    port: int,
    *,
    seed: int = 1,
    think: float = 0.0,
    patience: float = 0.0,
    tls: ssl.SSLContext | None = None,
    prefix: str = "",
) -> list[Person]:
    def chance(token: str) -> random.Random:
        return random.Random(f"{seed} {token}")  # noqa: S311 - which answers, no secret

    return [
        Person(t, Browser(port, tls), chance(t), think=think, patience=patience, prefix=prefix)
        for t in tokens
    ]


async def crowd(
    group: list[Person],
    at_once: int,
    offered: Mapping[str, list[str]],
    seconds: float | None = None,
) -> list[BaseException]:
    """All answer, so many at once, until all are done or the time is over; gives what went wrong."""
    gate = asyncio.Semaphore(at_once)

    async def one(person: Person) -> None:
        async with gate:
            await person.answer(offered)

    done, late = await asyncio.wait([asyncio.create_task(one(p)) for p in group], timeout=seconds)
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
    return [found for task in done if (found := task.exception()) is not None]


def versions() -> dict[str, str]:
    """Of what the figures depend on."""
    names = ("cosyn", "starlette", "uvicorn", "sqlalchemy", "cryptography")
    return {"python": sys.version.split()[0], **{name: version(name) for name in names}}
