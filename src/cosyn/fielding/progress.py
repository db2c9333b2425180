"""How far a wave has come, as everybody may be shown it: terminal, files and page alike."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cosyn.errors import extra

with extra("field"):
    from sqlalchemy import select, update

from cosyn.fielding import schema
from cosyn.fielding.counts import counts
from cosyn.fielding.database import insert_new, reading, writing
from cosyn.fielding.drafts import BANDS
from cosyn.fielding.schedule import read_schedule
from cosyn.fielding.suppression import (
    Ledger,
    Stretch,
    held,
    held_days,
    ledger_json,
    ledger_of,
    refreshed,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cosyn.fielding.desk import Desk
    from cosyn.fielding.projection import Projection
    from cosyn.fielding.types import Counts, DepartmentCounts, Mode

SETTING = "shown"


@dataclass(frozen=True, slots=True)
class DepartmentProgress:
    """One department.

    Attributes
    ----------
    name : Mapping[str, str]
        What it is called, in each language in which the roster says so.
    started : int or None
        None in anonymous mode: it would tell of those who do not finish.
    completed : int or None
        None while it is not shown.
    or_more : bool
        Whether at least so many have completed: fewer than k are left.
    quota : int or None
    """

    department: str
    name: Mapping[str, str]
    invited: int
    started: int | None
    completed: int | None
    or_more: bool
    quota: int | None

    @property
    def rate(self) -> float | None:
        """Share of the invited who have completed; a lower bound if `or_more`."""
        if self.completed is None or not self.invited:
            return None
        return min(self.completed / self.invited, 1.0)

    @property
    def full(self) -> bool:
        """Whether what is shown reaches the quota."""
        return bool(self.quota and self.completed and self.completed >= self.quota)


@dataclass(frozen=True, slots=True)
class Progress:
    """A whole wave, as last shown.

    Attributes
    ----------
    at : str
        ISO date and time (UTC, to the minute) of the last snapshot; empty before the first.
    k : int
        1 in identified mode.
    state : str
        Of the schedule: ``open``, ``early``, ``paused``, ``over``, ``closed``.
    started : int or None
        Questionnaires begun over all departments; None while fewer than k.
    days : tuple of Stretch
        Completed questionnaires by day, days put together where they are few.
    begun : tuple of Stretch
        Begun questionnaires likewise.
    pages : Mapping[int, int]
        Page reached last, from 1 -> unfinished questionnaires; those below k are left out.
    simulated : bool
        Whether it is a rehearsal, whose answers are made up.
    minutes : str
        Band in which the median time lies, e.g. ``10-15``; empty if it is not known.
    """

    wave: str
    mode: Mode
    k: int
    state: str
    at: str
    invited: int
    started: int | None
    completed: int
    departments: tuple[DepartmentProgress, ...]
    days: tuple[Stretch, ...]
    begun: tuple[Stretch, ...]
    pages: Mapping[int, int]
    minutes: str
    projection: Projection
    simulated: bool = False

    @property
    def rate(self) -> float | None:
        """Share of all invited who have completed."""
        return min(self.completed / self.invited, 1.0) if self.invited else None


def progress(desk: Desk) -> Progress:
    """Take a new snapshot if one may be shown, keep it, and tell how far the wave has come.

    Raises
    ------
    StoreError
        A store cannot be read, or the snapshot not be kept: nothing new is then shown.
    """
    found = counts(desk)
    now = desk.clock()
    before = _kept(desk)
    shown = _snapshot(before, found, desk.wave.k, f"{now:%Y-%m-%dT%H:%MZ}")
    if shown != before:
        shown = _keep(desk, before, shown)
    return _told(desk, found, shown, now.date().isoformat())


def _snapshot(before: dict[str, Any], found: Counts, k: int, at: str) -> dict[str, Any]:
    """The document of what is shown, new or as it was."""
    ledger = ledger_of(before["ledger"]) if before else Ledger(k)
    invited = {d.department: invited_of(d) for d in found.departments}
    completed = {d.department: d.envelopes for d in found.departments}
    now = refreshed(ledger, completed, found.completed, invited)
    if now is ledger and (k > 1 or before):
        return before if k > 1 else {**before, **_rest(before, found, k)}
    return {"at": at, "ledger": ledger_json(now), **_rest(before, found, k)}


def _rest(before: Mapping[str, Any], found: Counts, k: int) -> dict[str, Any]:
    """What is shown beside the departments' numbers, in steps of k."""
    pages = {str(page + 1): count for page, count in found.drafts_by_page.items()}
    known = tuple(Stretch(*row) for row in before.get("begun", ()))
    begun = held_days(known, found.started, k)
    return {
        "started": sum(day.count for day in begun) if begun or k == 1 else None,
        "begun": [[day.first, day.last, day.count] for day in begun],
        "pages": held(before.get("pages", {}), pages, k),
        "minutes": median_band(found.minutes) if sum(found.minutes.values()) >= k else "",
    }


def invited_of(department: DepartmentCounts) -> int:
    """People asked: invitations to one person each, or what the roster says, if that is more.

    Where it says nothing and only a common link was given out, those who opened it.
    """
    said = department.row.get("invited")
    known = max(department.invited, said if isinstance(said, int) else 0)
    return known or department.places


def median_band(minutes: Mapping[str, int]) -> str:
    """The band that the middle respondent lies in; empty if there is none."""
    bands = [f"{low}-{high}" for low, high in zip(BANDS, (*BANDS[1:], ""), strict=True)]
    half, so_far = sum(minutes.values()) / 2, 0
    for band in bands:
        so_far += minutes.get(band, 0)
        if so_far and so_far >= half:
            return band
    return ""


def _kept(desk: Desk) -> dict[str, Any]:
    table = schema.answers_settings
    with reading(desk.answers) as connection:
        found = connection.execute(select(table.c.value).where(table.c.name == SETTING)).scalar()
    document: dict[str, Any] = json.loads(found) if found else {}
    return document


def _keep(desk: Desk, before: dict[str, Any], shown: dict[str, Any]) -> dict[str, Any]:
    """Keep a snapshot, unless somebody has kept another meanwhile: then that one counts."""
    table = schema.answers_settings
    old, new = _spelt(before), _spelt(shown)
    with writing(desk.answers) as connection:
        row = {"name": SETTING, "value": new}
        if not before and insert_new(connection, table, row):
            return shown
        same = (table.c.name == SETTING) & (table.c.value == old)
        if connection.execute(update(table).where(same).values(value=new)).rowcount == 1:
            return shown
    return _kept(desk)


def _spelt(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _told(desk: Desk, found: Counts, shown: Mapping[str, Any], today: str) -> Progress:
    from cosyn.fielding.projection import projected  # noqa: PLC0415 - numpy comes with it

    k = desk.wave.k
    ledger = ledger_of(shown["ledger"]) if shown else Ledger(k)
    invited = sum(invited_of(d) for d in found.departments)
    schedule = read_schedule(desk.folder)
    return Progress(
        wave=desk.wave.wave,
        mode=desk.wave.settings.mode,
        k=k,
        state=schedule.state(desk.clock()),
        at=shown.get("at", ""),
        invited=invited,
        started=shown.get("started"),
        completed=ledger.total,
        departments=tuple(_department(d, ledger) for d in found.departments),
        days=by_day(ledger.stretches),
        begun=by_day(tuple(Stretch(*row) for row in shown.get("begun", ()))),
        pages={int(page): count for page, count in shown.get("pages", {}).items()},
        minutes=shown.get("minutes", ""),
        projection=projected(ledger.stretches, schedule.closes[:10], today, invited),
        simulated=desk.wave.simulated,
    )


def _department(found: DepartmentCounts, ledger: Ledger) -> DepartmentProgress:
    shown = ledger.latest.get(found.department)
    names = found.row.get("names", found.row.get("name", {}))
    return DepartmentProgress(
        department=found.department,
        name=names if isinstance(names, dict) else {},
        invited=invited_of(found),
        started=found.drafts + found.envelopes if ledger.k == 1 else None,
        completed=shown.count if shown else (0 if ledger.k == 1 else None),
        or_more=bool(shown and shown.or_more),
        quota=found.quota,
    )


def by_day(stretches: tuple[Stretch, ...]) -> tuple[Stretch, ...]:
    """Put stretches of one day together."""
    found: list[Stretch] = []
    for stretch in stretches:
        same = found.pop() if found and stretch.first <= found[-1].last else None
        first, before = (same.first, same.count) if same else (stretch.first, 0)
        found.append(replace(stretch, first=first, count=before + stretch.count))
    return tuple(found)
