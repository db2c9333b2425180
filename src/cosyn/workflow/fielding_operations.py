"""Verbs that look after a wave: draw, back up, restore, verify, schedule, close, destroy."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cosyn.errors import StoreError
from cosyn.study import locate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cosyn.fielding.backup import Backup
    from cosyn.fielding.desk import Desk
    from cosyn.fielding.destroyed import Certificate
    from cosyn.fielding.restore import Behind, Restored
    from cosyn.fielding.schedule import Schedule
    from cosyn.fielding.urn import Drawn
    from cosyn.fielding.verify import Check


@contextmanager
def opened(folder: Path | None, wave: str, database: str) -> Iterator[Desk]:
    """Open a wave of a study, and close it in the end."""
    from cosyn.fielding.desk import open_desk
    from cosyn.fielding.wave import folder_of

    desk = open_desk(folder_of(locate(folder).root, wave), database=database)
    try:
        yield desk
    finally:
        desk.close()


def draw(folder: Path | None, *, wave: str = "1", database: str = "") -> Drawn:
    """Draw every batch that is full, as the server does each minute."""
    from cosyn.fielding.rounds import drawn_and_noted

    with opened(folder, wave, database) as desk:
        return drawn_and_noted(desk, by_hand=True)


def backup(
    folder: Path | None, *, wave: str = "1", database: str = "", out: Path | None = None
) -> tuple[Backup, Backup]:
    """Back both stores up, each into an archive of its own; the keys are in neither."""
    from cosyn.fielding.backup import back_up
    from cosyn.fielding.events import note

    with opened(folder, wave, database) as desk:
        place, now = out or desk.folder / "backups", desk.clock()
        made = back_up(desk.roster, place, now), back_up(desk.answers, place, now)
        files = {b.file.name: b.manifest.sha256 for b in made}
        note(desk.folder, "backup", now, files=files)
    return made


@dataclass(frozen=True, slots=True)
class RestoredStore:
    """A store that was restored, and where it does not fit the other one."""

    restored: Restored
    behind: tuple[Behind, ...]


def restore(
    folder: Path | None,
    archive: Path,
    *,
    wave: str = "1",
    database: str = "",
    force: bool = False,
) -> RestoredStore:
    """Put a backup in the place of a store, while no server works on it."""
    from cosyn.fielding.desk import open_desk
    from cosyn.fielding.events import note
    from cosyn.fielding.once import alone
    from cosyn.fielding.restore import behind
    from cosyn.fielding.restore import restore as put_back
    from cosyn.fielding.wave import folder_of

    place = folder_of(locate(folder).root, wave)
    now = datetime.now(UTC)
    # Whether somebody serves from PostgreSQL cannot be seen in a file.
    with nullcontext() if database or not place.is_dir() else alone(place):
        done = put_back(place, archive, now, database=database, force=force)
        note(place, "restore", now, store=done.manifest.store, sha256=done.manifest.sha256)
        try:
            desk = open_desk(place, database=database)
        except StoreError:
            # The other store is still to be restored.
            return RestoredStore(done, ())
        try:
            return RestoredStore(done, behind(desk))
        finally:
            desk.close()


def verify(
    folder: Path | None, *, wave: str = "1", database: str = "", key: Path | None = None
) -> tuple[Check, ...]:
    """Check a wave; with the private key at hand, every envelope too."""
    from cosyn.fielding.keys import PRIVATE, read_private
    from cosyn.fielding.verify import verify as checks

    with opened(folder, wave, database) as desk:
        beside = desk.folder / "keys" / PRIVATE
        path = key or (beside if beside.is_file() else None)
        return checks(desk, read_private(path, desk.keys.public) if path else None)


def schedule(
    folder: Path | None,
    *,
    wave: str = "1",
    opens: str | None = None,
    closes: str | None = None,
    keying: str | None = None,
    paused: bool | None = None,
) -> tuple[Schedule, str]:
    """Set when a wave is open; what is None stays, and an empty date takes the limit away.

    Returns
    -------
    schedule : Schedule
    state : str
        As it is now: early, open, paused, over, closed.
    """
    from cosyn.fielding.events import note
    from cosyn.fielding.schedule import read_schedule, read_time, write_schedule
    from cosyn.fielding.wave import folder_of, read_wave

    place, now = folder_of(locate(folder).root, wave), datetime.now(UTC)
    read_wave(place)
    before = read_schedule(place)
    wanted = before
    if opens is not None:
        wanted = replace(wanted, opens=opens and read_time(opens, "--opens"))
    if closes is not None:
        wanted = replace(wanted, closes=closes and read_time(closes, "--closes"))
    if keying is not None:
        wanted = replace(wanted, keying=keying and read_time(keying, "--keying-until"))
    if paused is not None:
        wanted = replace(wanted, paused=paused)
    if wanted != before:
        write_schedule(place, wanted)
        limits = {"opens": wanted.opens, "closes": wanted.closes, "keying": wanted.keying}
        note(place, "schedule", now, limits=limits, paused=wanted.paused)
    return wanted, wanted.state(now)


def close(folder: Path | None, *, wave: str = "1", database: str = "") -> Drawn:
    """Close a wave for good."""
    from cosyn.fielding.ending import close as end

    with opened(folder, wave, database) as desk:
        return end(desk)


def destroy(folder: Path | None, *, wave: str = "1", database: str = "") -> Certificate:
    """Destroy whatever links invitations to people, while no server works on it."""
    from cosyn.fielding.ending import destroy as wipe
    from cosyn.fielding.once import serving

    with opened(folder, wave, database) as desk, serving(desk):
        return wipe(desk)
