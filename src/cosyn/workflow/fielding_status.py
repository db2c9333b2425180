"""Progress of a wave: the verb `survey status`, and the link to the page that says the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.study import locate

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from cosyn.fielding.progress import Progress
    from cosyn.fielding.watch import Told


@dataclass(frozen=True, slots=True)
class Watched:
    """What `survey status` found.

    Attributes
    ----------
    told : Told
        In the language that was asked for.
    file : Path or None
        The CSV that was written.
    """

    progress: Progress
    told: Told
    file: Path | None


@dataclass(frozen=True, slots=True)
class DashboardLink:
    """A link to the page of a wave's progress.

    Attributes
    ----------
    link : str
        Nothing but the wave's key can make another.
    ends : datetime
        When it opens nothing any more, UTC.
    """

    wave: str
    link: str
    ends: datetime


def status(
    folder: Path | None,
    *,
    wave: str = "1",
    database: str = "",
    language: str = "en",
    csv: Path | None = None,
) -> Watched:
    """Tell how far a wave has come, and write it to a file if asked.

    Raises
    ------
    StoreError
        The wave cannot be opened or read, or the file not be written.
    InstrumentError
        ``language.unknown``.
    """
    from cosyn.atomic import write_bytes
    from cosyn.fielding.desk import open_desk
    from cosyn.fielding.progress import progress
    from cosyn.fielding.watch import told
    from cosyn.fielding.watch.files import as_csv
    from cosyn.fielding.watch.wording import PACKAGE
    from cosyn.fielding.wave import folder_of
    from cosyn.i18n import catalogue

    catalogue(PACKAGE, language)
    desk = open_desk(folder_of(locate(folder).root, wave), database=database)
    try:
        found = progress(desk)
    finally:
        desk.close()
    file = write_bytes(csv, as_csv(found)) if csv else None
    return Watched(found, told(found, language), file)


def dashboard_link(
    folder: Path | None,
    *,
    wave: str = "1",
    days: int = 30,
    base_url: str = "",
    database: str = "",
) -> DashboardLink:
    """Sign a link to the page of a wave's progress; the log tells that it was made.

    Raises
    ------
    StoreError
        The wave cannot be opened or read.
    ResponseError
        ``roster.no-address`` or ``roster.address``.
    """
    from datetime import timedelta

    from cosyn.fielding.events import note
    from cosyn.fielding.invitations.book import read_book
    from cosyn.fielding.watch.passes import PATH, new_pass
    from cosyn.fielding.wave import folder_of
    from cosyn.workflow.fielding_links import Handing, base_of, opened

    with opened(folder_of(locate(folder).root, wave), database) as desk:
        base = base_of(read_book(desk), Handing(base=base_url))
        now = desk.clock()
        ends = (now + timedelta(days=days)).replace(microsecond=0)
        note(desk.folder, "dashboard-link", now, days=days)
        return DashboardLink(wave, f"{base}/{PATH}/{new_pass(desk.keys.watch, ends)}", ends)
