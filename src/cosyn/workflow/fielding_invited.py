"""The verbs on those who are invited: take back, list, remind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.study import locate
from cosyn.workflow.fielding_links import Handing, base_of, occasion_of, opened, private_folder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cosyn.fielding.invitations.book import Book


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What was taken back.

    Attributes
    ----------
    withdrawn : int
        Invitations that open nothing any more.
    answered : int
        Those that were named and stay, since they are marked as answered.
    """

    wave: str
    withdrawn: int
    answered: int


def withdraw(
    folder: Path | None, codes: Sequence[str], *, wave: str = "1", database: str = ""
) -> Withdrawn:
    """Take invitations back: their links open nothing any more.

    Raises
    ------
    ResponseError
        ``roster.unknown-code``; nothing was changed.
    StoreError
        There is no such wave, it is closed, or the machine refuses.
    """
    from cosyn.fielding.database import writing
    from cosyn.fielding.events import note
    from cosyn.fielding.invitations.book import read_book
    from cosyn.fielding.invitations.issue import named_by
    from cosyn.fielding.invitations.issue import withdraw as take_back
    from cosyn.fielding.wave import folder_of

    place = folder_of(locate(folder).root, wave)
    with opened(place, database, changing=True) as desk:
        found = named_by(read_book(desk), codes)
        named = {one.hash: one for invitations in found.values() for one in invitations}
        answered = sum(one.state == "answered" for one in named.values())
        with writing(desk.roster) as connection:
            done = take_back(connection, [*named])
        note(place, "roster-withdraw", desk.clock(), withdrawn=done)
    return Withdrawn(wave, done, answered)


@dataclass(frozen=True, slots=True)
class Line:
    """A department in the list.

    Attributes
    ----------
    people, cards : int
        Invitations that hold, to people by name and by the number of a card.
    shared : bool
        Whether the department has a link of its own.
    joined : int
        Invitations that came of it.
    withdrawn : int
        Invitations that were taken back or replaced.
    marked : int
        Marked as answered; in anonymous mode, in batches.
    """

    department: str
    name: str
    people: int
    cards: int
    shared: bool
    joined: int
    withdrawn: int
    marked: int


def listing(
    folder: Path | None, *, wave: str = "1", database: str = "", language: str = ""
) -> tuple[Line, ...]:
    """List the departments of a wave, and how many invitations each has.

    Raises
    ------
    StoreError
        There is no such wave, or the machine refuses.
    """
    from cosyn.fielding.invitations.book import read_book
    from cosyn.fielding.wave import folder_of

    place = folder_of(locate(folder).root, wave)
    with opened(place, database) as desk:
        book = read_book(desk)
    return tuple(_line(book, code, language) for code in book.departments)


def _line(book: Book, code: str, language: str) -> Line:
    theirs = [one for one in book.invitations if one.department == code]
    hold = [one for one in theirs if one.state != "withdrawn"]
    names = book.departments[code].name
    named = sum(one.kind == "person" and one.person in book.people for one in hold)
    return Line(
        department=code,
        name=names.get(language) or next(iter(names.values()), ""),
        people=named,
        cards=sum(one.kind == "person" for one in hold) - named,
        shared=any(one.kind == "department" for one in hold),
        joined=sum(one.kind == "place" for one in hold),
        withdrawn=len(theirs) - len(hold),
        marked=sum(one.state == "answered" for one in hold),
    )


@dataclass(frozen=True, slots=True)
class Reminded:
    """Whom to remind.

    Attributes
    ----------
    people : int
        People who are not marked as answered.
    departments : int
        Departments with cards or a link of their own, and somebody left.
    linked : bool
        Whether the file holds their links.
    """

    wave: str
    mode: str
    k: int
    people: int
    departments: int
    linked: bool
    files: tuple[Path, ...]


def remind(
    folder: Path | None,
    links_files: Sequence[Path] = (),
    handing: Handing | None = None,
    *,
    wave: str = "1",
    database: str = "",
) -> Reminded:
    """Write the list of those who are not marked as answered, and the message to send them.

    Raises
    ------
    ResponseError
        ``roster.links-incomplete`` if a link that holds is not in the files.
    StoreError
        There is no such wave, it is closed, or the machine refuses.
    """
    from cosyn.atomic import write_all
    from cosyn.fielding.events import note
    from cosyn.fielding.invitations.book import read_book
    from cosyn.fielding.invitations.files import letters, mail_merge, tables
    from cosyn.fielding.invitations.reminders import (
        department_table,
        to_remind,
        tokens_of,
        with_links,
    )
    from cosyn.fielding.urn import draw
    from cosyn.fielding.wave import folder_of

    place, handing = folder_of(locate(folder).root, wave), handing or Handing()
    with opened(place, database, changing=True) as desk:
        draw(desk)
        book = read_book(desk)
        people = to_remind(book)
        if links_files:
            people = with_links(people, book, desk.keys.roster, tokens_of(links_files))
        occasion = occasion_of(desk, book, handing, base_of(book, handing))
        columns, rows = department_table(book, occasion)
        linked = bool(links_files) and bool(people)
        contents: dict[str, bytes] = {}
        if people:
            contents |= mail_merge("reminders", people, occasion)
        if rows:
            contents |= tables("departments", columns, rows, occasion.languages)
        if contents:
            contents |= letters(occasion, reminder=True, linked=linked)
        base = private_folder(place) / f"reminders-{desk.clock():%Y%m%d-%H%M%S}"
        files = {base / name: content for name, content in contents.items()}
        write_all(files, private=True)
        note(place, "remind", desk.clock(), people=len(people), departments=len(rows))
    mode, k = desk.wave.settings.mode, desk.wave.k
    return Reminded(wave, mode, k, len(people), len(rows), linked, tuple(files))
