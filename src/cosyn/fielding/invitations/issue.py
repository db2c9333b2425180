"""Issue, take back and issue anew: the files with the links and the store change together."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from cosyn.errors import ResponseError, StoreError, extra, raise_all

with extra("field"):
    from sqlalchemy import delete, func, select, update

from cosyn.atomic import write_all
from cosyn.fielding import schema
from cosyn.fielding.database import held, writing
from cosyn.fielding.invitations.book import department_rows, people_rows
from cosyn.fielding.invitations.plan import Plan, some
from cosyn.fielding.tokens import keyed_hash, new_token

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from sqlalchemy import Connection, Table

    from cosyn.errors import SurveyError
    from cosyn.fielding.desk import Desk
    from cosyn.fielding.invitations.book import Book, Invitation
    from cosyn.fielding.invitations.types import Link

_AT_ONCE = 500
_ISSUING = "1" * 32
"""Name of the lock that lets one run issue at a time."""


def carry_out(desk: Desk, plan: Plan, files: Mapping[Path, bytes]) -> None:
    """Write the store and the files with the links, or neither.

    The files are on the disk before the store says that the links hold, and are deleted again if
    it cannot.

    Raises
    ------
    StoreError
        ``roster.meanwhile`` if somebody else has issued links since the plan was made; or the
        machine refuses.
    """
    written = False
    try:
        with writing(desk.roster) as connection:
            held(connection, _ISSUING)
            _alone(connection, plan, desk.roster.place)
            _replace(
                connection, schema.departments, "department", [*department_rows(plan.departments)]
            )
            _replace(connection, schema.people, "person", [*people_rows(plan.people)])
            withdraw(connection, plan.withdrawn)
            rows = [_row(desk, link, plan.batch) for link in plan.links]
            if rows:
                connection.execute(schema.invitations.insert(), rows)
            settings = [{"name": name, "value": value} for name, value in plan.settings.items()]
            _replace(connection, schema.roster_settings, "name", settings)
            written = True
            write_all(files, private=True)
    except BaseException:
        for path in files if written else ():
            with suppress(OSError):  # what stopped us matters more
                path.unlink()
        raise


def _alone(connection: Connection, plan: Plan, place: str) -> None:
    last = connection.execute(select(func.max(schema.invitations.c.batch))).scalar_one()
    if (last or 0) + 1 != plan.batch:
        what, fix = "somebody else has issued links in the meantime", "Run the command again"
        raise StoreError("roster.meanwhile", place, what, fix)


def _replace(
    connection: Connection, table: Table, key: str, rows: Sequence[Mapping[str, Any]]
) -> None:
    for start in range(0, len(rows), _AT_ONCE):
        keys = [row[key] for row in rows[start : start + _AT_ONCE]]
        connection.execute(delete(table).where(table.c[key].in_(keys)))
    if rows:
        connection.execute(table.insert(), [*rows])


def _row(desk: Desk, link: Link, batch: int) -> dict[str, Any]:
    return {
        "hash": keyed_hash(desk.keys.roster, link.token),
        "kind": "department" if link.shared else "person",
        "department": link.department,
        "person": None if link.shared else link.code,
        "batch": batch,
        "state": "issued",
    }


def withdraw(connection: Connection, hashes: Sequence[str]) -> int:
    """Take invitations back, but none that is marked as answered; return how many."""
    table = schema.invitations
    done = 0
    for start in range(0, len(hashes), _AT_ONCE):
        named = table.c.hash.in_(hashes[start : start + _AT_ONCE])
        change = update(table).where(named, table.c.state == "issued").values(state="withdrawn")
        done += connection.execute(change).rowcount
    return done


def named_by(book: Book, codes: Sequence[str]) -> dict[str, tuple[Invitation, ...]]:
    """Find what codes name: a person, a card, a department's link, or all of a department.

    Returns
    -------
    dict
        Code as it was typed -> the invitations, the last of each person; of a department those
        that the server drew too.

    Raises
    ------
    ResponseError
        ``roster.unknown-code``: all of the codes that name nothing.
    """
    latest = {code.casefold(): one for code, one in book.latest().items()}
    departments = {code.casefold(): code for code in book.departments}
    unknown = [
        code
        for code in codes
        if code.casefold() not in latest and code.casefold() not in departments
    ]
    if unknown:
        what = f"the roster has no {some(unknown)}"
        fix = "Name a person, a card (D01/3), a department's link (D01/shared) or a department"
        raise ResponseError("roster.unknown-code", "the codes", what, fix)
    found: dict[str, tuple[Invitation, ...]] = {}
    for code in codes:
        one = latest.get(code.casefold())
        of = departments.get(code.casefold(), "")
        drawn = (i for i in book.invitations if not i.code and i.department == of)
        theirs = (i for i in book.latest().values() if i.department == of)
        found[code] = (one,) if one else (*theirs, *drawn)
    return found


def anew(book: Book, codes: Sequence[str]) -> Plan:
    """Plan new links in place of old ones.

    Raises
    ------
    ResponseError, Faults
        ``roster.unknown-code``, or ``roster.answered`` if somebody who is named has answered.
    """
    found = named_by(book, codes)
    raise_all([*_answered(book, found)])
    old = {
        one.code: one
        for invitations in found.values()
        for one in invitations
        if one.code and one.state != "answered"
    }
    links = tuple(book.link(one, new_token()) for one in old.values())
    return Plan(book.batch + 1, links, withdrawn=tuple(one.hash for one in old.values()))


def _answered(book: Book, found: Mapping[str, tuple[Invitation, ...]]) -> Iterator[SurveyError]:
    departments = {code.casefold() for code in book.departments}
    done = [
        code
        for code, invitations in found.items()
        if code.casefold() not in departments and invitations[0].state == "answered"
    ]
    if done:
        what = f"{some(done)} is marked as answered already"
        fix = "Leave it out: a new link would let somebody answer twice"
        yield ResponseError("roster.answered", "--reissue", what, fix)
