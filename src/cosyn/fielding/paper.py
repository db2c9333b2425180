"""Sheets of paper that are keyed twice, compared, and handed in like answers from the web."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from cosyn.errors import extra

with extra("field"):
    from sqlalchemy import delete, select, update

from cosyn.fielding import schema
from cosyn.fielding.database import counted_up, held, insert_new, reading, writing
from cosyn.fielding.envelopes import deposit
from cosyn.fielding.sealing import derived, sealed, unsealed
from cosyn.fielding.tokens import keyed_hash, new_token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from cosyn.fielding.desk import Desk

PASSES = 2


@dataclass(frozen=True, slots=True)
class KeyedSheet:
    """A sheet that is being keyed.

    Attributes
    ----------
    sheet : str
        Number that the clerk wrote on it.
    order : int
        Of the printed form; 0 for the order as listed.
    passes : tuple of Mapping[str, str]
        What was keyed each time: item -> code or number, without the unanswered.
    """

    sheet: str
    department: str
    order: int
    language: str
    passes: tuple[Mapping[str, str], ...] = ()

    @property
    def differences(self) -> tuple[str, ...]:
        """Items that were keyed differently; none before both passes are there."""
        if len(self.passes) < PASSES:
            return ()
        first, second = self.passes
        items = dict.fromkeys([*first, *second])
        return tuple(i for i in items if first.get(i, "") != second.get(i, ""))


def issue_keying_link(desk: Desk) -> str:
    """Issue a token that opens the pages for keying.

    Raises
    ------
    StoreError
        The machine refuses.
    """
    token = new_token()
    row = {
        "hash": keyed_hash(desk.keys.roster, token),
        "kind": "desk",
        "department": "",
        "person": None,
        "batch": 0,
        "state": "issued",
    }
    with writing(desk.roster) as connection:
        connection.execute(schema.invitations.insert().values(**row))
    return token


def withdraw_keying_links(desk: Desk) -> int:
    """Withdraw every keying link; return how many held.

    Raises
    ------
    StoreError
        The machine refuses.
    """
    table = schema.invitations
    change = update(table).where(table.c.kind == "desk", table.c.state == "issued")
    with writing(desk.roster) as connection:
        return connection.execute(change.values(state="withdrawn")).rowcount


def department_codes(desk: Desk) -> tuple[str, ...]:
    """Codes of the roster's departments, in order."""
    table = schema.departments
    with reading(desk.roster) as connection:
        found = connection.execute(select(table.c.department).order_by(table.c.department))
        return tuple(found.scalars())


def begin_sheet(desk: Desk, token: str, sheet: KeyedSheet) -> bool:
    """Begin a sheet; False if its number was handed in, or is being keyed already.

    Raises
    ------
    StoreError
        The machine refuses.
    """
    name = _name(desk, sheet.sheet)
    row = {
        "sheet": sheet.sheet,
        "department": sheet.department,
        "passes": 0,
        "sealed": _sealed(token, sheet),
    }
    with writing(desk.answers) as connection:
        held(connection, name)
        return not _is_spent(connection, name) and insert_new(connection, schema.keyed, row)


def sheet_of(desk: Desk, token: str, number: str) -> KeyedSheet | None:
    """Open a sheet that is being keyed; None if there is none.

    Raises
    ------
    StoreError
        ``field.sealed`` if another keying link began it; or the machine refuses.
    """
    with reading(desk.answers) as connection:
        return _sheet(connection, token, number)


def key_sheet(desk: Desk, token: str, number: str, answers: Mapping[str, str]) -> KeyedSheet | None:
    """Store the next pass of a sheet; after both, nothing is added.

    Raises
    ------
    StoreError
        As `sheet_of`.
    """
    with writing(desk.answers) as connection:
        held(connection, _name(desk, number))
        found = _sheet(connection, token, number)
        if found is None or len(found.passes) == PASSES:
            return found
        given = {item: value for item, value in answers.items() if value}
        done = replace(found, passes=(*found.passes, given))
        row = {"passes": len(done.passes), "sealed": _sealed(token, done)}
        table = schema.keyed
        connection.execute(update(table).where(table.c.sheet == number).values(**row))
    return done


def drop_sheet(desk: Desk, token: str, number: str) -> None:
    """Forget what was keyed of a sheet, to begin it anew.

    Raises
    ------
    StoreError
        As `sheet_of`.
    """
    with writing(desk.answers) as connection:
        held(connection, _name(desk, number))
        if _sheet(connection, token, number) is not None:
            connection.execute(delete(schema.keyed).where(schema.keyed.c.sheet == number))


def hand_in_sheet(desk: Desk, token: str, number: str, content: Mapping[str, Any]) -> bool:
    """Hand a sheet in: envelope, tombstone and tally in one transaction.

    Parameters
    ----------
    content : Mapping[str, Any]
        ``answers``, ``seen`` and ``ended``, as they go into the envelope.

    Returns
    -------
    bool
        Whether it is handed in now, by this call or an earlier one.

    Raises
    ------
    StoreError
        As `sheet_of`.
    """
    name = _name(desk, number)
    with writing(desk.answers) as connection:
        held(connection, name)
        found = _sheet(connection, token, number)
        if found is None or len(found.passes) < PASSES:
            return _is_spent(connection, name)
        told = {"language": found.language, "order": found.order, **content}
        deposit(connection, desk.wave, desk.keys, found.department, told, origin="paper")
        connection.execute(delete(schema.keyed).where(schema.keyed.c.sheet == number))
        insert_new(connection, schema.spent, {"hash": name})
        for kind in ("started", "completed"):
            counted_up(connection, kind, desk.clock().date().isoformat())
    return True


def _name(desk: Desk, number: str) -> str:
    return keyed_hash(desk.keys.answers, f"paper/{number}")


def _is_spent(connection: Connection, name: str) -> bool:
    query = select(schema.spent.c.hash).where(schema.spent.c.hash == name)
    return connection.execute(query).first() is not None


def _sheet(connection: Connection, token: str, number: str) -> KeyedSheet | None:
    query = select(schema.keyed.c.sealed).where(schema.keyed.c.sheet == number)
    blob = connection.execute(query).scalar_one_or_none()
    if blob is None:
        return None
    found = unsealed(_key(token), blob, f"keyed/{number}")
    return KeyedSheet(**{**found, "passes": tuple(found["passes"])})


def _sealed(token: str, sheet: KeyedSheet) -> bytes:
    return sealed(_key(token), asdict(sheet), f"keyed/{sheet.sheet}")


def _key(token: str) -> bytes:
    return derived(token.encode(), "keyed")
