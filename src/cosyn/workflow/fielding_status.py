"""The verb `survey status`: how far a wave has come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.study import locate

if TYPE_CHECKING:
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
