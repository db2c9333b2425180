"""The verbs of `survey roster` that issue links: a new wave, more people, links anew."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cosyn.errors import InstrumentError, ResponseError
from cosyn.study import locate
from cosyn.workflow.fielding_links import Handing, base_of, occasion_of, opened, private_folder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cosyn.fielding.desk import Desk
    from cosyn.fielding.invitations.book import Book
    from cosyn.fielding.invitations.plan import Plan
    from cosyn.fielding.invitations.types import Way
    from cosyn.fielding.settings import Settings
    from cosyn.instrument.types import Instrument
    from cosyn.roster import Department, Person
    from cosyn.study import Study

MOST_CARDS = 2000
"""More cards than this are written only if they are asked for."""
_WAYS = ("person", "department", "both")


@dataclass(frozen=True, slots=True)
class HandedOut:
    """What a run issued.

    Attributes
    ----------
    made : bool
        Whether the wave was made for it.
    departments, people : int
        New on the roster.
    changed : int
        Departments and people about whom something else is known now.
    links, cards, shared : int
        Links of people, of numbered cards, of whole departments.
    withdrawn : int
        Invitations that the new ones take the place of.
    folder : Path
        Where the files are, which alone hold the links.
    without_cards : bool
        Whether no cards were written because they would be many.
    as_pdf : bool
        False where cards are pages to print, since the part that sets PDF is not installed.
    small : tuple of str
        Departments with fewer people than a batch: none of them is ever marked before the end.
    unread : tuple of str
        Titles of columns that were not read.
    only_here, in_the_open : bool
        Whether the address is one of this machine alone, or is not encrypted.
    """

    wave: str
    mode: str
    k: int
    made: bool
    departments: int
    people: int
    changed: int
    links: int
    cards: int
    shared: int
    withdrawn: int
    folder: Path
    files: tuple[Path, ...]
    without_cards: bool
    as_pdf: bool
    small: tuple[str, ...]
    unread: tuple[str, ...]
    only_here: bool
    in_the_open: bool


def enrol(
    folder: Path | None,
    file: Path,
    people: Path | None = None,
    handing: Handing | None = None,
    *,
    wave: str = "1",
    form: str = "",
    opens: str = "",
    closes: str = "",
    database: str = "",
) -> HandedOut:
    """Read a roster, make its wave if there is none, and write the links.

    Raises
    ------
    InstrumentError
        ``field.not-locked``: the instrument, or how it is handed out, is not the locked one.
    ResponseError, Faults
        The roster cannot be used, or the wave has one already (``roster.exists``). Nothing was
        made or written.
    StoreError
        The machine refuses.
    """
    from cosyn.fielding.invitations.book import Book, read_book
    from cosyn.fielding.invitations.words import PACKAGE
    from cosyn.fielding.wave import WAVE, folder_of
    from cosyn.instrument.questionnaire import questionnaire
    from cosyn.roster import read_departments, read_people
    from cosyn.workflow._languages import languages_written

    study, handing = locate(folder), handing or Handing()
    place = folder_of(study.root, wave)
    made = not (place / WAVE).exists()
    instrument, settings = _asked(study, place, made=made)
    book = Book({}, {}, (), {})
    if not made:
        with opened(place, database) as desk:
            book = read_book(desk)
        if book.departments:
            what, fix = f"wave {wave} has a roster already", "Add to it with --add FILE"
            raise ResponseError("roster.exists", file.name, what, fix)
    listed = read_departments(file, instrument)
    codes = [one.code for one in listed.rows]
    found = read_people(people, instrument, codes) if people else None
    plan, way, base = _planned(book, settings, listed.rows, found.rows if found else (), handing)
    languages_written(instrument, handing.languages, PACKAGE)
    questionnaire(instrument, form or None)
    _set_times(place, opens, closes, dry=True)
    if made:
        _make(study, place, instrument, settings, form, database)
    _set_times(place, opens, closes)
    unread = (*listed.unread, *(found.unread if found else ()))
    plan = replace(plan, settings={"base_url": base, "links": way})
    with opened(place, database) as desk:
        return _hand_out(desk, book, plan, handing, "roster", unread=unread, made=made)


def add(
    folder: Path | None,
    files: Sequence[Path],
    handing: Handing | None = None,
    *,
    wave: str = "1",
    database: str = "",
) -> HandedOut:
    """Add departments, cards and people to a wave while it runs.

    Raises
    ------
    ResponseError, Faults
        The tables cannot be used, or contradict what is there; nothing was changed.
    StoreError
        There is no such wave, it is closed, or the machine refuses.
    """
    from cosyn.fielding.invitations.book import read_book
    from cosyn.fielding.wave import folder_of, instrument_of
    from cosyn.roster import is_people, read_departments, read_people

    place, handing = folder_of(locate(folder).root, wave), handing or Handing()
    with opened(place, database, changing=True) as desk:
        book, instrument = read_book(desk), instrument_of(place, desk.wave)
        people_in = [file for file in files if is_people(file)]
        departments_in = [file for file in files if file not in people_in]
        listed = [read_departments(file, instrument) for file in departments_in]
        departments = [one for table in listed for one in table.rows]
        codes = {*book.departments, *(one.code for one in departments)}
        found = [read_people(file, instrument, codes) for file in people_in]
        people = [one for table in found for one in table.rows]
        plan, way, base = _planned(book, desk.wave.settings, departments, people, handing)
        plan = replace(plan, settings={"base_url": base, "links": way})
        unread = [title for table in listed for title in table.unread]
        unread += [title for table in found for title in table.unread]
        return _hand_out(desk, book, plan, handing, "roster-add", unread=tuple(unread))


def reissue(
    folder: Path | None,
    codes: Sequence[str],
    handing: Handing | None = None,
    *,
    wave: str = "1",
    database: str = "",
) -> HandedOut:
    """Issue new links in place of old ones, which from then on open nothing.

    Raises
    ------
    ResponseError, Faults
        ``roster.unknown-code`` or ``roster.answered``; nothing was changed.
    StoreError
        There is no such wave, it is closed, or the machine refuses.
    """
    from cosyn.fielding.invitations.book import read_book
    from cosyn.fielding.invitations.issue import anew
    from cosyn.fielding.wave import folder_of

    place, handing = folder_of(locate(folder).root, wave), handing or Handing()
    with opened(place, database, changing=True) as desk:
        book = read_book(desk)
        plan = replace(anew(book, codes), settings={"base_url": base_of(book, handing)})
        return _hand_out(desk, book, plan, handing, "roster-reissue")


def _asked(study: Study, place: Path, *, made: bool) -> tuple[Instrument, Settings]:
    """What is asked in a wave, and how it is handed out: as the lock has it."""
    from cosyn.fielding.settings import frozen, load_settings
    from cosyn.fielding.wave import instrument_of, read_wave
    from cosyn.instrument.load import load_instrument
    from cosyn.lock import lock_of

    if not made:
        wave = read_wave(place)
        return instrument_of(place, wave), wave.settings
    instrument = load_instrument(study.instrument)
    settings = load_settings(study.instrument, instrument.languages)
    lock = lock_of(study, instrument)
    if lock is None or lock.fielding != frozen(instrument, settings):
        what = f"version {instrument.version} is not locked as it is now"
        fix = "Run `survey lock` first: nothing that is frozen may change once people answer"
        raise InstrumentError("field.not-locked", str(study.instrument), what, fix)
    return instrument, settings


def _make(
    study: Study,
    place: Path,
    instrument: Instrument,
    settings: Settings,
    form: str,
    database: str,
) -> None:
    from cosyn.fielding.opening import make_wave
    from cosyn.lock import lock_of

    lock = lock_of(study, instrument)
    assert lock is not None, "made sure of before"
    make_wave(place, instrument, settings, lock=lock.id, form=form, database=database)


def _set_times(place: Path, opens: str, closes: str, *, dry: bool = False) -> None:
    """Set when the wave is open, if that is said; only check it if `dry`."""
    from cosyn.fielding.schedule import read_schedule, read_time, write_schedule

    schedule = read_schedule(place)
    if opens:
        schedule = replace(schedule, opens=read_time(opens, "--opens"))
    if closes:
        schedule = replace(schedule, closes=read_time(closes, "--closes"))
    if (opens or closes) and not dry:
        write_schedule(place, schedule)


def _planned(
    book: Book,
    settings: Settings,
    departments: Sequence[Department],
    people: Sequence[Person],
    handing: Handing,
) -> tuple[Plan, Way, str]:
    from cosyn.fielding.invitations.plan import planned

    asked = handing.way or book.settings.get("links", _WAYS[0])
    way: Way | None = next((way for way in ("person", "department", "both") if way == asked), None)
    if way is None:
        what, fix = f"{asked!r} is no way to give out links", f"Use one of: {', '.join(_WAYS)}"
        raise ResponseError("roster.way", "--links", what, fix)
    base = base_of(book, handing)
    anonymous = settings.mode == "anonymous"
    return planned(book, departments, people, way, anonymous=anonymous), way, base


def _hand_out(
    desk: Desk,
    book: Book,
    plan: Plan,
    handing: Handing,
    verb: str,
    *,
    unread: tuple[str, ...] = (),
    made: bool = False,
) -> HandedOut:
    """Write the files and the store, and say what was done."""
    from cosyn.fielding.events import note
    from cosyn.fielding.invitations import cards
    from cosyn.fielding.invitations.address import in_the_open, only_here
    from cosyn.fielding.invitations.book import read_book
    from cosyn.fielding.invitations.files import letters, mail_merge
    from cosyn.fielding.invitations.issue import carry_out

    base = plan.settings["base_url"]
    known = replace(book, departments={**book.departments, **{d.code: d for d in plan.departments}})
    occasion = occasion_of(desk, known, handing, base)
    folder = private_folder(desk.folder) / str(plan.batch)
    with_cards = len(plan.links) <= MOST_CARDS if handing.cards is None else handing.cards
    as_pdf = cards.can_be_pdf()
    contents: dict[str, bytes] = {}
    if plan.links:
        contents = mail_merge("links", plan.links, occasion)
        contents |= letters(occasion, reminder=False, linked=True)
        if with_cards:
            contents |= cards.card_files(plan.links, occasion, as_pdf=as_pdf)
    files = {folder / name: content for name, content in contents.items()}
    carry_out(desk, plan, files)
    counts = {
        "links": sum(not link.shared and not link.number for link in plan.links),
        "cards": sum(link.number > 0 for link in plan.links),
        "shared": sum(link.shared for link in plan.links),
        "departments": plan.new_departments,
        "people": plan.new_people,
        "withdrawn": len(plan.withdrawn),
    }
    note(desk.folder, verb, desk.clock(), batch=plan.batch, issued=counts)
    rows = len(plan.departments) + len(plan.people)
    return HandedOut(
        wave=desk.wave.wave,
        mode=desk.wave.settings.mode,
        k=desk.wave.k,
        made=made,
        changed=rows - plan.new_departments - plan.new_people,
        folder=folder,
        files=tuple(files),
        without_cards=bool(plan.links) and handing.cards is None and not with_cards,
        as_pdf=as_pdf,
        small=_small(read_book(desk), desk.wave.k),
        unread=unread,
        only_here=only_here(base),
        in_the_open=in_the_open(base),
        **counts,
    )


def _small(book: Book, k: int) -> tuple[str, ...]:
    """Departments that can never fill a batch; a shared link lets any number in."""
    hold: dict[str, int] = dict.fromkeys(book.departments, 0)
    open_to_all = set()
    for one in book.invitations:
        if one.state != "withdrawn":
            hold[one.department] = hold.get(one.department, 0) + (one.kind == "person")
            if one.kind == "department":
                open_to_all.add(one.department)
    return tuple(code for code, n in hold.items() if 0 < n < k and code not in open_to_all)
