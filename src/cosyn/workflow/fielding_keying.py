"""The verb that lets clerks key sheets of paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.study import locate
from cosyn.workflow.fielding_links import opened
from cosyn.workflow.fielding_serve import address_given, qr_in_terminal

if TYPE_CHECKING:
    from pathlib import Path

    from cosyn.fielding.paper import Waiting


@dataclass(frozen=True, slots=True)
class KeyingLink:
    """A link that was issued, or how many were withdrawn.

    Attributes
    ----------
    link, qr : str
        Empty where links were withdrawn.
    """

    wave: str
    link: str
    qr: str
    withdrawn: int


def keying_link(
    folder: Path | None, *, withdraw: bool, base_url: str, wave: str = "1", database: str = ""
) -> KeyingLink:
    """Issue a link to the keying pages, or withdraw all of them.

    Raises
    ------
    StoreError
        There is no such wave, it is closed, or the machine refuses.
    InstrumentError
        ``field.base-url``.
    """
    from cosyn.fielding.events import note
    from cosyn.fielding.paper import issue_keying_link, withdraw_keying_links
    from cosyn.fielding.wave import folder_of

    base, place = address_given(base_url), folder_of(locate(folder).root, wave)
    with opened(place, database, changing=True) as desk:
        if withdraw:
            done = withdraw_keying_links(desk)
            note(place, "keying-withdraw", desk.clock(), withdrawn=done)
            return KeyingLink(wave, "", "", done)
        link = f"{base}/f/{issue_keying_link(desk)}"
        note(place, "keying-link", desk.clock(), links=1)
    return KeyingLink(wave, link, qr_in_terminal(link), 0)


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Sheets that are being keyed.

    Attributes
    ----------
    discarded : tuple of str
        Numbers that were forgotten.
    waiting : tuple of Waiting
        What is left.
    """

    wave: str
    discarded: tuple[str, ...]
    waiting: tuple[Waiting, ...]


def keying(
    folder: Path | None, *, discard: str = "", wave: str = "1", database: str = ""
) -> Unfinished:
    """List sheets that are not finished; forget some, whichever link began them.

    Raises
    ------
    ResponseError
        ``field.no-sheet``; nothing was forgotten.
    StoreError
        There is no such wave, it is closed (for `discard`), or the machine refuses.
    """
    from cosyn.fielding.events import note
    from cosyn.fielding.paper import discard_sheets, waiting_sheets
    from cosyn.fielding.wave import folder_of

    numbers = [number for part in discard.split(",") if (number := part.strip())]
    place = folder_of(locate(folder).root, wave)
    with opened(place, database, changing=bool(numbers)) as desk:
        gone = discard_sheets(desk, numbers) if numbers else ()
        if gone:
            note(place, "keying-discard", desk.clock(), sheets=len(gone))
        return Unfinished(wave, gone, waiting_sheets(desk))
