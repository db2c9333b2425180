"""What the verbs share that issue links and send reminders."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from cosyn.errors import ResponseError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from cosyn.fielding.desk import Desk
    from cosyn.fielding.invitations.book import Book
    from cosyn.fielding.invitations.types import Occasion


@dataclass(frozen=True, slots=True)
class Handing:
    """How links are handed out.

    Attributes
    ----------
    way : str
        person, department or both; empty keeps what the wave had (at first: person).
    base : str
        Address of the server; empty keeps what the wave had.
    languages : sequence of str
        In which cards and letters are written; all if empty.
    cards : bool or None
        Whether cards are written; None: unless they are many.
    """

    way: str = ""
    base: str = ""
    languages: Sequence[str] = ()
    cards: bool | None = None


@contextmanager
def opened(place: Path, database: str, *, changing: bool = False) -> Iterator[Desk]:
    """The wave, opened; if something is to change, it must not be closed."""
    from cosyn.fielding.desk import open_desk
    from cosyn.fielding.schedule import read_schedule, refuse_closed

    desk = open_desk(place, database=database)
    try:
        if changing:
            refuse_closed(place, read_schedule(place))
        yield desk
    finally:
        desk.close()


def base_of(book: Book, handing: Handing) -> str:
    """The address that links begin with: the one given, or the one the wave remembers.

    Raises
    ------
    ResponseError
        ``roster.no-address`` if there is none, or ``roster.address``.
    """
    from cosyn.fielding.invitations.address import address

    known = book.settings.get("base_url", "")
    if not handing.base and not known:
        what = "links need the address at which people reach the server"
        fix = "Name it, e.g. --base-url https://survey.example.org/s; the wave remembers it"
        raise ResponseError("roster.no-address", "--base-url", what, fix)
    return address(handing.base or known)


def occasion_of(desk: Desk, book: Book, handing: Handing, base: str) -> Occasion:
    """What every card and letter of a wave says.

    Raises
    ------
    InstrumentError
        ``language.unknown``; or StoreError if a file of the wave cannot be read.
    """
    from cosyn.fielding.invitations.types import Occasion
    from cosyn.fielding.invitations.words import PACKAGE
    from cosyn.fielding.schedule import read_schedule
    from cosyn.fielding.wave import instrument_of
    from cosyn.workflow._languages import languages_written

    instrument, schedule = instrument_of(desk.folder, desk.wave), read_schedule(desk.folder)
    return Occasion(
        base=base,
        title=instrument.title,
        languages=languages_written(instrument, handing.languages, PACKAGE),
        anonymous=desk.wave.anonymous,
        names={code: one.name for code, one in book.departments.items() if one.name},
        contact=dict(desk.wave.settings.contact),
        opens=datetime.fromisoformat(schedule.opens) if schedule.opens else None,
        closes=datetime.fromisoformat(schedule.closes) if schedule.closes else None,
    )


def private_folder(place: Path) -> Path:
    """The folder of links, which its owner alone may enter."""
    from cosyn.atomic import guarded, make_folder

    links = make_folder(place / "links")
    with guarded(links, "protect the folder"):
        links.chmod(0o700)
    return links
