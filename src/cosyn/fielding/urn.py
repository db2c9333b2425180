"""The urn: invitations are marked and answers released together, at least k of one department."""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.errors import StoreError, extra

with extra("field"):
    from sqlalchemy import delete, func, select, update

from cosyn.fielding import schema
from cosyn.fielding.database import held, outside, reading, writing
from cosyn.fielding.sealing import unsealed

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from cosyn.fielding.database import Store
    from cosyn.fielding.desk import Desk

_DRAWING = "d" * 32
"""Name of the lock that lets one draw at a time."""
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a draw did.

    Attributes
    ----------
    departments : tuple of str
        Those with a batch.
    marked : int
        Invitations marked as answered.
    released : int
        Envelopes that an import may read from now on.
    destroyed : int
        Notes that were destroyed unread, since the wave was closed before their batch was full.
    tidied : bool
        Whether the database has written its files anew, so that nothing destroyed is left there.
    """

    departments: tuple[str, ...] = ()
    marked: int = 0
    released: int = 0
    destroyed: int = 0
    tidied: bool = True


def draw(desk: Desk, *, closing: bool = False) -> Drawn:
    """Draw every batch that is full.

    A batch is drawn for one department, when the urn holds at least k notes of it: their
    invitations are marked, all of the department's envelopes are released, the notes destroyed.
    Answers on paper leave no notes; without any note, k envelopes are released too. A crash in
    the midst marks some invitations without destroying their notes; the next draw does the rest.

    Parameters
    ----------
    closing : bool
        Release everything; notes of departments without a full batch are destroyed unread.

    Raises
    ------
    StoreError
        A store cannot be written; nothing was released.
    """
    with writing(desk.answers, isolation="REPEATABLE READ") as connection:
        held(connection, _DRAWING)
        notes = _ids(connection, "urn")
        envelopes = _ids(connection, "envelopes")
        full = _full(notes, envelopes, desk.wave.k)
        released = tuple(sorted(envelopes)) if closing else full
        read = [named for department in full for named in notes.get(department, ())]
        marked = _mark(desk, _hashes(desk, connection, read))
        for department in released:
            _release(connection, department, envelopes.get(department, ()))
        unread = [n for d, ids in notes.items() for n in ids if d not in full] if closing else []
        _destroy(connection, [*read, *unread])
    done = sum(len(envelopes.get(department, ())) for department in released)
    if not (released or unread):
        return Drawn()
    return Drawn(released, marked, done, len(unread), tidied=tidy(desk))


def _ids(connection: Connection, name: str) -> dict[str, list[str]]:
    """Department -> notes, or envelopes that are not released yet, in random order."""
    table = schema.urn if name == "urn" else schema.envelopes
    query = select(table.c.department, table.c.id).order_by(table.c.id)
    if name == "envelopes":
        query = query.where(table.c.batch == 0)
    found: dict[str, list[str]] = {}
    for department, named in connection.execute(query):
        found.setdefault(department, []).append(named)
    return found


def _full(notes: dict[str, list[str]], envelopes: dict[str, list[str]], k: int) -> tuple[str, ...]:
    """Departments with a batch. A few notes hold back what came on paper: it would frame them."""
    return tuple(
        department
        for department in sorted({*notes, *envelopes})
        if len(notes.get(department, ())) >= k
        or (not notes.get(department) and len(envelopes.get(department, ())) >= k)
    )


def _hashes(desk: Desk, connection: Connection, named: list[str]) -> list[str]:
    """Read notes: names of invitations in the roster, in random order."""
    urn = schema.urn
    found: list[str] = []
    for start in range(0, len(named), _AT_ONCE):
        some = named[start : start + _AT_ONCE]
        rows = connection.execute(select(urn.c.id, urn.c.sealed).where(urn.c.id.in_(some)))
        found += [unsealed(desk.keys.urn, r.sealed, f"urn/{r.id}")["hash"] for r in rows]
    secrets.SystemRandom().shuffle(found)
    return found


def _mark(desk: Desk, hashes: list[str]) -> int:
    """Mark invitations as answered, and those that took their place for the same person."""
    if not hashes:
        return 0
    invitations = schema.invitations
    marked = 0
    with writing(desk.roster) as connection:
        for start in range(0, len(hashes), _AT_ONCE):
            theirs = _named_by(hashes[start : start + _AT_ONCE])
            holds = invitations.c.state == "issued"
            change = update(invitations).where(theirs, holds).values(state="answered")
            marked += connection.execute(change).rowcount
    return marked


def _named_by(hashes: list[str]) -> ColumnElement[bool]:
    """Invitations of these names, and others of the same people."""
    invitations = schema.invitations
    people = select(invitations.c.person).where(
        invitations.c.hash.in_(hashes), invitations.c.person.is_not(None)
    )
    return invitations.c.hash.in_(hashes) | invitations.c.person.in_(people.scalar_subquery())


def half_drawn(desk: Desk) -> Counter[str]:
    """Department -> invitations that are marked while their notes are still in the urn.

    A draw that was interrupted leaves them, and the next one releases their envelopes.
    """
    with reading(desk.answers) as connection:
        notes = _ids(connection, "urn")
        hashes = _hashes(desk, connection, [named for some in notes.values() for named in some])
    invitations = schema.invitations
    found: Counter[str] = Counter()
    with reading(desk.roster) as connection:
        for start in range(0, len(hashes), _AT_ONCE):
            theirs = _named_by(hashes[start : start + _AT_ONCE])
            query = select(invitations.c.department).where(
                theirs, invitations.c.state == "answered"
            )
            found.update(connection.execute(query).scalars())
    return found


def _release(connection: Connection, department: str, named: list[str] | tuple[str, ...]) -> None:
    envelopes = schema.envelopes
    last = connection.execute(
        select(func.max(envelopes.c.batch)).where(envelopes.c.department == department)
    ).scalar_one()
    for start in range(0, len(named), _AT_ONCE):
        some = named[start : start + _AT_ONCE]
        connection.execute(
            update(envelopes).where(envelopes.c.id.in_(some)).values(batch=(last or 0) + 1)
        )


def _destroy(connection: Connection, named: list[str]) -> None:
    for start in range(0, len(named), _AT_ONCE):
        some = named[start : start + _AT_ONCE]
        connection.execute(delete(schema.urn).where(schema.urn.c.id.in_(some)))


def tidy(desk: Desk) -> bool:
    """Have both stores write their files anew: no trace is left of what was destroyed.

    Returns
    -------
    bool
        False if the database could not do it now (somebody reads, or there is no space for a
        second copy); the answers are safe, and the next draw tries again.
    """
    try:
        for store in (desk.answers, desk.roster):
            _rewrite(store)
    except StoreError:
        return False
    return True


def _rewrite(store: Store) -> None:
    if store.is_sqlite:
        outside(store, ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"))
        return
    # In the order of random ids: PostgreSQL would keep the order of arrival.
    outside(
        store,
        (f'CLUSTER "{store.name}"."{t}" USING "{t}_pkey"' for t in _CLUSTERED[store.name]),
    )


_CLUSTERED = {"answers": ("envelopes", "urn", "drafts", "spent"), "roster": ("invitations",)}
