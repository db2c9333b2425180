"""What is left of a wave whose server was killed, or whose disk was full, while people answered."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from cosyn.fielding import schema
from cosyn.fielding.database import reading
from cosyn.fielding.desk import admit, draft_of, is_spent, open_desk
from cosyn.fielding.envelopes import open_envelope
from cosyn.fielding.keys import PRIVATE, PUBLIC, read_key, read_private
from tests.loaded_wave import (
    Person,
    Served,
    codes,
    free_port,
    new_wave,
    people,
)

_PATIENCE_SECONDS = 120.0
_BALLAST = "ballast"


@dataclass
class Found:
    """What was seen: counts, and everything that should not be."""

    rounds: int = 0
    pages: int = 0
    drafts: int = 0
    envelopes: int = 0
    refused: int = 0
    wrong: list[str] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        return {
            "rounds": self.rounds,
            "pages acknowledged": self.pages,
            "drafts looked into": self.drafts,
            "envelopes opened": self.envelopes,
            "replies of 503": self.refused,
            "wrong": self.wrong,
        }


def killed(folder: Path, rounds: int, count: int, seed: int = 1) -> Found:
    """Kill the server so many times while people answer; then all hand in."""
    chance, found = random.Random(seed), Found()  # noqa: S311 - when, no secret
    folder.mkdir()
    study, tokens = new_wave(folder, count * rounds)
    server = Served(study, free_port())

    async def night(group: list[Person]) -> None:
        everybody = _begun(group)
        for _ in range(rounds):
            await asyncio.sleep(chance.uniform(0.05, 1.5))
            await asyncio.to_thread(server.kill)
            _examine(study, group, found)
            await asyncio.to_thread(server.start)
        _finished(await everybody, found)

    _run(server, people(tokens, server.port, seed=seed, patience=_PATIENCE_SECONDS), night, found)
    return found


def full_disk(folder: Path, rounds: int, count: int, seed: int = 1) -> Found:
    """Leave the disk without space for a while, again and again, while people answer."""
    chance, found = random.Random(seed), Found()  # noqa: S311 - when, no secret
    folder.mkdir()
    with small_disk(folder):
        study, tokens = new_wave(folder, count * rounds)
        server = Served(study, free_port())

        async def night(group: list[Person]) -> None:
            everybody = _begun(group)
            for _ in range(rounds):
                await asyncio.sleep(chance.uniform(0.3, 1.5))
                before = sum(person.refused for person in group)
                await asyncio.to_thread(_fill, folder)
                for _ in range(600):
                    await asyncio.sleep(0.1)
                    if sum(p.refused for p in group) > before + 5 or everybody.done():
                        break
                if sum(person.refused for person in group) == before:
                    found.wrong.append("the disk was full and nobody was refused")
                _examine(study, group, found)
                (folder / _BALLAST).unlink()
                await asyncio.sleep(0.5)
            _finished(await everybody, found)

        _run(
            server, people(tokens, server.port, seed=seed, patience=_PATIENCE_SECONDS), night, found
        )
    return found


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """Mount a file system in memory; only root may."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "none", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


def _fill(folder: Path) -> None:
    with (folder / _BALLAST).open("wb", buffering=0) as stream:
        for size in (2**16, 2**12):
            try:
                while stream.write(bytes(size)) == size:
                    pass
            except OSError:
                continue


def _begun(group: list[Person]) -> asyncio.Future[list[BaseException | None]]:
    offered, gate = codes(), asyncio.Semaphore(16)

    async def one(person: Person) -> None:
        async with gate:
            await person.answer(offered)

    return asyncio.gather(*(one(p) for p in group), return_exceptions=True)


def _finished(ended: list[BaseException | None], found: Found) -> None:
    found.wrong += [f"{type(e).__name__}: {str(e)[:300]}" for e in ended if e is not None]


def _run(server: Served, group: list[Person], night: Any, found: Found) -> None:
    with ExitStack() as opened:
        server.start()
        opened.callback(server.stop)
        asyncio.run(night(group))
    found.refused = sum(person.refused for person in group)
    _examine(server.study, group, found)
    found.rounds -= 1
    _open_envelopes(server.study, group, found)


def _examine(study: Path, group: list[Person], found: Found) -> None:
    """Check the files, and look into every draft for what was acknowledged."""
    wave = study / "fielding" / "1"
    found.rounds += 1
    for name in ("roster", "answers"):
        opened = sqlite3.connect(wave / f"{name}.sqlite")
        said = opened.execute("PRAGMA integrity_check").fetchall()
        opened.close()
        if said != [("ok",)]:
            found.wrong.append(f"{name}: {said}")
    desk = open_desk(wave)
    try:
        for person in group:
            examine_draft(desk, person, found)
    finally:
        desk.close()


def examine_draft(desk: Any, person: Person, found: Found) -> None:
    spent = is_spent(desk, person.token)
    if person.handed_in and not spent:
        found.wrong.append("handed in, and not so stored")
    if spent or not person.saved:
        return
    admission = admit(desk, person.token)
    draft = draft_of(desk, admission) if admission else None
    if draft is None:
        found.wrong.append("a draft is lost")
        return
    found.drafts += 1
    lost = {item for item, code in person.saved.items() if draft.answers.get(item) != code}
    other = set(draft.answers) - set(person.saved) - set(person.pending)
    if lost or other or len(set(draft.seen)) != len(draft.seen):
        found.wrong.append(f"a draft has lost {sorted(lost)} and has got {sorted(other)}")


def _open_envelopes(study: Path, group: list[Person], found: Found) -> None:
    """Each person's answers lie in one envelope, and there is no other; counts say the same."""
    folder = study / "fielding" / "1"
    desk = open_desk(folder)
    private = read_private(folder / "keys" / PRIVATE, read_key(folder / "keys" / PUBLIC))
    try:
        with reading(desk.answers) as connection:
            rows = connection.execute(select(schema.envelopes)).all()
            drafts, spent = (
                connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in (schema.drafts, schema.spent)
            )
            tallies = schema.tallies
            query = select(func.sum(tallies.c.count)).where(tallies.c.kind == "completed")
            completed = connection.execute(query).scalar_one()
        opened = [open_envelope(private, desk.wave, r.id, r.batch, r.sealed) for r in rows]
    finally:
        desk.close()
    wanted = Counter(_said(person.saved) for person in group if person.handed_in)
    got = Counter(_said(answered.answers) for answered in opened)
    found.envelopes = len(opened)
    found.pages = sum(person.pages for person in group)
    if got != wanted:
        found.wrong.append(f"envelopes: {len(wanted - got)} lost, {len(got - wanted)} too many")
    if not (drafts == 0 and spent == completed == len(opened) == len(group)):
        found.wrong.append(f"counts: {drafts=} {spent=} {completed=} {len(opened)=} {len(group)=}")


def _said(answers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(answers.items()))
