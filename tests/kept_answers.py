"""Whether what was acknowledged is there: drafts opened with their tokens, envelopes with the key."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from cosyn.fielding import schema
from cosyn.fielding.database import reading
from cosyn.fielding.desk import Desk, admit, draft_of, is_spent, open_desk
from cosyn.fielding.envelopes import open_envelope
from cosyn.fielding.keys import PRIVATE, PUBLIC, read_key, read_private
from cosyn.fielding.verify import verify
from tests.loaded_wave import Person


@dataclass
class Found:
    """What was seen: counts, and everything that should not be."""

    rounds: int = 0
    pages: int = 0
    drafts: int = 0
    envelopes: int = 0
    refused: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        return {
            "rounds": self.rounds,
            "pages acknowledged": self.pages,
            "drafts looked into": self.drafts,
            "envelopes opened": self.envelopes,
            "replies of 503": self.refused,
            "replies by status": dict(sorted(self.statuses.items())),
            "wrong": self.wrong,
        }


def examine(wave: Path, group: Iterable[Person], found: Found, database: str = "") -> None:
    """Check the stores, and look into every draft for what was acknowledged."""
    for name in () if database else ("roster", "answers"):
        opened = sqlite3.connect(wave / f"{name}.sqlite")
        said = opened.execute("PRAGMA integrity_check").fetchall()
        opened.close()
        if said != [("ok",)]:
            found.wrong.append(f"{name}: {said}")
    desk = open_desk(wave, database=database)
    try:
        found.wrong += [f"{check.name}: {check.told}" for check in verify(desk) if not check.ok]
        for person in group:
            examine_draft(desk, person, found)
    finally:
        desk.close()


def examine_draft(desk: Desk, person: Person, found: Found) -> None:
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
    has, saved, pending = draft.answers, person.saved, person.pending
    lost = {i for i in saved if has.get(i) not in {saved[i], pending.get(i, saved[i])}}
    other = {i for i in has if i not in saved and pending.get(i) != has[i]}
    if lost or other or len(set(draft.seen)) != len(draft.seen):
        found.wrong.append(f"a draft has lost {sorted(lost)} and has got {sorted(other)}")
    came = [has.get(i) == pending[i] for i in pending if pending[i] != saved.get(i)]
    if any(came) and not all(came):
        found.wrong.append(f"half a page: {sum(came)} of {len(came)} answers")


def open_envelopes(wave: Path, group: list[Person], found: Found, database: str = "") -> None:
    """Each person's answers lie in one envelope, and there is no other; counts say the same."""
    desk = open_desk(wave, database=database)
    private = read_private(wave / "keys" / PRIVATE, read_key(wave / "keys" / PUBLIC))
    try:
        checks = verify(desk, private)
        with reading(desk.answers) as connection:
            rows = connection.execute(select(schema.envelopes)).all()
            drafts, spent = (
                connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in (schema.drafts, schema.spent)
            )
            tallies = schema.tallies
            query = select(tallies.c.kind, func.sum(tallies.c.count)).group_by(tallies.c.kind)
            tallied = {kind: int(count) for kind, count in connection.execute(query)}
        opened = [open_envelope(private, desk.wave, r.id, r.batch, r.sealed) for r in rows]
    finally:
        desk.close()
    wanted = Counter(_said(person.saved) for person in group if person.handed_in)
    got = Counter(_said(answered.answers) for answered in opened)
    found.envelopes = len(opened)
    found.pages = sum(person.pages for person in group)
    found.wrong += [f"{check.name}: {check.told}" for check in checks if not check.ok]
    if got != wanted:
        found.wrong.append(f"envelopes: {len(wanted - got)} lost, {len(got - wanted)} too many")
    counted = {tallied.get("started"), tallied.get("completed"), tallied.get("minutes")}
    if drafts or {spent, len(opened), *counted} != {len(group)}:
        found.wrong.append(f"counts: {drafts=} {spent=} {tallied=} {len(opened)=} {len(group)=}")


def _said(answers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(answers.items()))
