"""What a roster asks for, compared with the store: whom to add, and which links to issue."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cosyn.errors import ResponseError, raise_all
from cosyn.fielding.invitations.types import Link, card_code, shared_code
from cosyn.fielding.tokens import new_token

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cosyn.errors import SurveyError
    from cosyn.fielding.invitations.book import Book
    from cosyn.fielding.invitations.types import Way
    from cosyn.roster import Department, Person

MOST_LINKS = 200_000
"""Links of one run: more is a slip of the pen."""
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run will do.

    Attributes
    ----------
    batch : int
        Number of the run.
    departments, people : tuple
        Rows to write: new ones and changed ones.
    withdrawn : tuple of str
        Hashes of invitations that new ones take the place of.
    """

    batch: int
    links: tuple[Link, ...]
    departments: tuple[Department, ...] = ()
    people: tuple[Person, ...] = ()
    withdrawn: tuple[str, ...] = ()
    new_departments: int = 0
    new_people: int = 0
    settings: Mapping[str, str] = field(default_factory=dict)


def planned(
    book: Book,
    departments: Sequence[Department],
    people: Sequence[Person],
    way: Way,
    *,
    anonymous: bool,
) -> Plan:
    """Compare a roster with the store.

    What is there already is left as it is: the same roster twice issues nothing the second time.
    Cards are numbered; `invited` says up to which number, so that a larger one adds cards.

    Raises
    ------
    ResponseError, Faults
        One fault a cause: ``roster.nobody``, ``roster.invited``, ``roster.fewer``,
        ``roster.words``, ``roster.moved``, ``roster.taken``, ``roster.identified``,
        ``roster.too-many``.
    """
    every = {**book.people, **{person.code: person for person in people}}
    listed = Counter(person.department for person in every.values())
    known = {code.casefold() for code in book.people}
    faults = [
        *_changed_words(book, departments),
        *_moved(book, people),
        *_miscounted(departments, listed),
        *_fewer(book, departments, listed),
        *_nobody(book, departments, listed, way, anonymous=anonymous),
        *_taken(book, departments, every),
    ]
    links = tuple(_links(book, departments, people, listed, way))
    if len(links) > MOST_LINKS:
        what = f"the roster asks for {len(links):,} links, more than {MOST_LINKS:,}"
        fix = "Check the numbers of `invited`, or divide the roster"
        faults.append(ResponseError("roster.too-many", "the roster", what, fix))
    raise_all(faults)
    asked = tuple(_merged(book, one) for one in departments)
    return Plan(
        batch=book.batch + 1,
        links=links,
        departments=tuple(one for one in asked if book.departments.get(one.code) != one),
        people=tuple(one for one in people if book.people.get(one.code) != one),
        new_departments=sum(one.code not in book.departments for one in departments),
        new_people=sum(one.code.casefold() not in known for one in people),
    )


def _merged(book: Book, one: Department) -> Department:
    """A department as the store is to hold it: what a later roster leaves out stays."""
    former = book.departments.get(one.code)
    if former is None:
        return one
    return replace(
        one,
        words=one.words or former.words,
        name=one.name or former.name,
        level=one.level or former.level,
        group=one.group or former.group,
        invited=former.invited if one.invited is None else one.invited,
        quota=former.quota if one.quota is None else one.quota,
    )


def _links(
    book: Book,
    departments: Sequence[Department],
    people: Sequence[Person],
    listed: Mapping[str, int],
    way: Way,
) -> Iterator[Link]:
    have = book.latest()
    if way != "department":
        for one in people:
            if one.code not in have:
                yield Link(one.code, one.department, new_token(), one.name, one.email, one.language)
    last = cards_of(book)
    for department in departments:
        code = department.code
        if way != "department" and not listed[code]:
            for number in range(last.get(code, 0) + 1, (department.invited or 0) + 1):
                yield Link(card_code(code, number), code, new_token(), number=number)
        if way != "person" and shared_code(code) not in have:
            yield Link(shared_code(code), code, new_token())


def cards_of(book: Book) -> dict[str, int]:
    """Department -> the highest number of its cards."""
    last: dict[str, int] = {}
    for code in book.latest():
        department, slash, number = code.rpartition("/")
        if slash and number.isdigit():
            last[department] = max(last.get(department, 0), int(number))
    return last


def _changed_words(book: Book, departments: Sequence[Department]) -> Iterator[SurveyError]:
    changed = [
        one.code
        for one in departments
        if one.words
        and one.code in book.departments
        and book.departments[one.code].words != one.words
    ]
    if changed:
        what = f"the words of departments that are in the field already are others: {some(changed)}"
        fix = "Leave them as they were: some may have answered by them"
        yield ResponseError("roster.words", "the roster", what, fix)


def _moved(book: Book, people: Sequence[Person]) -> Iterator[SurveyError]:
    moved = [
        one.code
        for one in people
        if one.code in book.people and book.people[one.code].department != one.department
    ]
    if moved:
        what = f"people are in another department than before: {some(moved)}"
        fix = "Withdraw them with --withdraw, and add them under new codes"
        yield ResponseError("roster.moved", "the roster", what, fix)


def _miscounted(
    departments: Sequence[Department], listed: Mapping[str, int]
) -> Iterator[SurveyError]:
    wrong = [
        f"{one.code} ({one.invited} invited, {listed[one.code]} listed)"
        for one in departments
        if one.invited is not None and listed[one.code] not in {0, one.invited}
    ]
    if wrong:
        what = f"`invited` is not the number of people who are listed: {some(wrong)}"
        fix = "Leave `invited` empty where people are listed by name"
        yield ResponseError("roster.invited", "the roster", what, fix)


def _fewer(
    book: Book, departments: Sequence[Department], listed: Mapping[str, int]
) -> Iterator[SurveyError]:
    last = cards_of(book)
    fewer = [
        f"{one.code} ({one.invited}, with {last[one.code]} cards)"
        for one in departments
        if one.invited is not None and not listed[one.code] and one.invited < last.get(one.code, 0)
    ]
    if fewer:
        what = f"`invited` is less than the cards that were issued: {some(fewer)}"
        fix = "Keep the number, and take cards back with --withdraw"
        yield ResponseError("roster.fewer", "the roster", what, fix)


def _nobody(
    book: Book,
    departments: Sequence[Department],
    listed: Mapping[str, int],
    way: Way,
    *,
    anonymous: bool,
) -> Iterator[SurveyError]:
    if not anonymous and way != "person":
        what = "a link that several share cannot tell who answered, and the wave is not anonymous"
        fix = "Use --links person, with a table of people"
        yield ResponseError("roster.identified", f"--links {way}", what, fix)
    if way != "person":
        return
    nobody = [
        one.code
        for one in departments
        if not listed[one.code]
        and not one.invited
        and (one.code not in book.departments or not anonymous)
    ]
    cards = [one.code for one in departments if one.invited and not listed[one.code]]
    if nobody:
        what = f"nobody is invited in {len(nobody):,} departments: {some(nobody)}"
        fix = "Fill in `invited`, list people with --people, or use --links department"
        yield ResponseError("roster.nobody", "the roster", what, fix)
    if cards and not anonymous:
        what = f"the wave is not anonymous, and people are not listed in {some(cards)}"
        fix = "List everybody with --people: a numbered card has no name"
        yield ResponseError("roster.identified", "the roster", what, fix)


def _taken(
    book: Book, departments: Sequence[Department], people: Mapping[str, Person]
) -> Iterator[SurveyError]:
    """Codes that differ from known ones by capital letters only, or name two things."""
    spelt = {code.casefold(): code for code in (*book.departments, *book.people)}
    new = (*(one.code for one in departments), *people)
    alike = [code for code in new if spelt.get(code.casefold(), code) != code]
    both = {one.code.casefold() for one in departments} | {d.casefold() for d in book.departments}
    alike += [code for code in people if code.casefold() in both]
    if alike:
        what = f"other codes are spelt alike: {some(sorted(set(alike)))}"
        fix = "Spell a code as before, or choose another (capital letters do not count)"
        yield ResponseError("roster.taken", "the roster", what, fix)


def some(codes: Sequence[str]) -> str:
    """The first few codes, and how many more there are."""
    rest = len(codes) - _SHOWN
    return ", ".join(codes[:_SHOWN]) + (f" and {rest:,} more" if rest > 0 else "")
