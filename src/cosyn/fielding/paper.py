"""Sheets of paper that are keyed twice, compared, and handed in like answers from the web."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from cosyn.errors import ResponseError, StoreError, extra

with extra("field"):
    from sqlalchemy import delete, select, update

from cosyn.fielding import schema
from cosyn.fielding.database import counted_up, held, insert_new, reading, writing
from cosyn.fielding.envelopes import deposit
from cosyn.fielding.notes import has_tombstone, note, on_paper
from cosyn.fielding.sealing import derived, sealed, unsealed
from cosyn.fielding.tokens import keyed_hash, new_token

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy import Connection, Row

    from cosyn.fielding.desk import Desk
    from cosyn.i18n import Text

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
    person : str
        Whose sheet it is, in identified mode; empty otherwise.
    passes : tuple of Mapping[str, str]
        What was keyed each time: item -> code or number, without the unanswered.
    keyers : tuple of str
        Initials of who keyed each pass, or empty: to see that they differ. They are sealed, and
        forgotten when the sheet is handed in.
    """

    sheet: str
    department: str
    order: int
    language: str
    person: str = ""
    passes: tuple[Mapping[str, str], ...] = ()
    keyers: tuple[str, ...] = ()

    @property
    def differences(self) -> tuple[str, ...]:
        """Items that were keyed differently; none before both passes are there."""
        if len(self.passes) < PASSES:
            return ()
        first, second = self.passes
        items = dict.fromkeys([*first, *second])
        return tuple(i for i in items if first.get(i, "") != second.get(i, ""))


@dataclass(frozen=True, slots=True)
class Waiting:
    """A sheet that is not finished.

    Attributes
    ----------
    passes : int
        How many of the two are there.
    ours : bool
        Whether the link that asks began it: no other can go on with it.
    """

    sheet: str
    department: str
    passes: int
    ours: bool = False


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


def departments_of(desk: Desk) -> dict[str, Text]:
    """Code of each of the roster's departments, in order -> what it is called, if that is said."""
    table = schema.departments
    with reading(desk.roster) as connection:
        rows = connection.execute(select(table).order_by(table.c.department)).all()
    return {row.department: _names(row.row) for row in rows}


def _names(row: str) -> Text:
    told = json.loads(row)
    names: Text = told.get("names", told.get("name", {}))
    return names


def standing_of(desk: Desk, department: str, person: str) -> str:
    """Whether somebody may hand in on paper in identified mode: issued, answered, or empty.

    Empty if the roster's list of the department has nobody with this code.
    """
    table = schema.invitations
    query = select(table.c.state).where(
        table.c.person == person, table.c.department == department, table.c.state != "withdrawn"
    )
    with reading(desk.roster) as connection:
        states = set(connection.execute(query).scalars())
    with reading(desk.answers) as connection:
        if states and has_tombstone(connection, on_paper(desk.keys, person)):
            states.add("answered")
    return "answered" if "answered" in states else "".join(states)


def waiting_sheets(desk: Desk, token: str = "") -> tuple[Waiting, ...]:
    """Sheets that are begun and not handed in, by number.

    Parameters
    ----------
    token : str
        Of a keying link, to tell its own sheets from others.
    """
    with reading(desk.answers) as connection:
        rows = connection.execute(select(schema.keyed)).all()
    return tuple(
        Waiting(row.sheet, row.department, row.passes, bool(token) and _opens(token, row))
        for row in sorted(rows, key=lambda row: (len(row.sheet), row.sheet))
    )


def discard_sheets(desk: Desk, numbers: Collection[str]) -> tuple[str, ...]:
    """Forget sheets that are not finished, whichever link began them; return their numbers.

    Raises
    ------
    ResponseError
        ``field.no-sheet`` if one is not being keyed; nothing is then forgotten.
    StoreError
        The machine refuses.
    """
    table = schema.keyed
    with writing(desk.answers) as connection:
        known = set(connection.execute(select(table.c.sheet)).scalars())
        absent = [number for number in dict.fromkeys(numbers) if number not in known]
        if absent:
            what = f"no sheet of this number is being keyed: {', '.join(absent)}"
            fix = "`survey field keying` lists those that are; what was handed in stays"
            raise ResponseError("field.no-sheet", "--discard", what, fix)
        connection.execute(delete(table).where(table.c.sheet.in_(numbers)))
    return tuple(dict.fromkeys(numbers))


def is_handed_in(desk: Desk, number: str) -> bool:
    """Whether a sheet of this number was handed in."""
    with reading(desk.answers) as connection:
        return has_tombstone(connection, _name(desk, number))


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
        return not has_tombstone(connection, name) and insert_new(connection, schema.keyed, row)


def sheet_of(desk: Desk, token: str, number: str) -> KeyedSheet | None:
    """Open a sheet that is being keyed; None if there is none.

    Raises
    ------
    StoreError
        ``field.sealed`` if another keying link began it; or the machine refuses.
    """
    with reading(desk.answers) as connection:
        return _sheet(connection, token, number)


def key_sheet(
    desk: Desk, token: str, number: str, answers: Mapping[str, str], *, stage: int, keyer: str = ""
) -> KeyedSheet | None:
    """Store a pass of a sheet; None if there is no such sheet.

    Parameters
    ----------
    stage : int
        Which pass it is, 1 or 2. One that is there already is not stored again: a form that was
        sent twice must not count as two passes.
    keyer : str
        Initials, or empty.

    Raises
    ------
    StoreError
        As `sheet_of`.
    """
    with writing(desk.answers) as connection:
        held(connection, _name(desk, number))
        found = _sheet(connection, token, number)
        if found is None or len(found.passes) != stage - 1 or stage > PASSES:
            return found
        given = {item: value for item, value in answers.items() if value}
        done = replace(found, passes=(*found.passes, given), keyers=(*found.keyers, keyer))
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
            return has_tombstone(connection, name)
        told = {"language": found.language, "order": found.order, **content}
        deposit(
            connection,
            desk.wave,
            desk.keys,
            found.department,
            told,
            origin="paper",
            person=found.person,
        )
        if invited := _invitation(desk, found):
            connection.execute(
                schema.urn.insert().values(**note(desk.keys, found.department, invited))
            )
        connection.execute(delete(schema.keyed).where(schema.keyed.c.sheet == number))
        insert_new(connection, schema.spent, {"hash": name})
        counted_up(connection, "paper", "sheets")
        if found.person:
            insert_new(connection, schema.spent, {"hash": on_paper(desk.keys, found.person)})
            counted_up(connection, "paper", "people")
        for kind in ("started", "completed"):
            counted_up(connection, kind, desk.clock().date().isoformat())
    return True


def _invitation(desk: Desk, sheet: KeyedSheet) -> str:
    """Name of the invitation of whoever agreed to be known; empty in anonymous mode."""
    if desk.wave.anonymous or not sheet.person:
        return ""
    table = schema.invitations
    query = select(table.c.hash).where(table.c.person == sheet.person, table.c.state == "issued")
    with reading(desk.roster) as connection:
        return connection.execute(query).scalars().first() or ""


def _name(desk: Desk, number: str) -> str:
    return keyed_hash(desk.keys.answers, f"paper/{number}")


def _sheet(connection: Connection, token: str, number: str) -> KeyedSheet | None:
    query = select(schema.keyed.c.sealed).where(schema.keyed.c.sheet == number)
    blob = connection.execute(query).scalar_one_or_none()
    if blob is None:
        return None
    found = unsealed(_key(token), blob, f"keyed/{number}")
    lists = {name: tuple(found.get(name, ())) for name in ("passes", "keyers")}
    return KeyedSheet(**{**found, **lists})


def _opens(token: str, row: Row[Any]) -> bool:
    try:
        unsealed(_key(token), row.sealed, f"keyed/{row.sheet}")
    except StoreError:
        return False
    return True


def _sealed(token: str, sheet: KeyedSheet) -> bytes:
    return sealed(_key(token), asdict(sheet), f"keyed/{sheet.sheet}")


def _key(token: str) -> bytes:
    return derived(token.encode(), "keyed")
