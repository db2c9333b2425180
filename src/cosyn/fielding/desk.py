"""The desk of a wave: who comes with a token is let in, answers, and hands in.

Every function commits before it returns, or raises `StoreError` and has changed nothing.
"""

from __future__ import annotations

import secrets
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cosyn.errors import StoreError, extra

with extra("field"):
    from sqlalchemy import bindparam, delete, func, select, update

from cosyn.fielding import schema
from cosyn.fielding.database import (
    counted_up,
    held,
    insert_new,
    named_in,
    open_store,
    writing,
)
from cosyn.fielding.destroyed import refuse_destroyed
from cosyn.fielding.drafts import (
    changed,
    content_of,
    first_sheet,
    opened_sheet,
    sealed_sheet,
)
from cosyn.fielding.envelopes import deposit
from cosyn.fielding.keys import read_keys
from cosyn.fielding.migrations import migrate
from cosyn.fielding.notes import SPENT, has_tombstone, note, on_paper
from cosyn.fielding.prepared import altered, first, first_of
from cosyn.fielding.tokens import drawn_token, keyed_hash
from cosyn.fielding.types import Admission, Draft
from cosyn.fielding.wave import read_wave

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import Connection

    from cosyn.fielding.database import Store
    from cosyn.fielding.drafts import Sheet
    from cosyn.fielding.keys import Keys
    from cosyn.fielding.types import Change
    from cosyn.fielding.wave import Wave


# What every page asks, built once: building it anew took a third of the time that a page takes.
_INVITED = (
    select(
        schema.invitations.c.kind,
        schema.invitations.c.department,
        schema.invitations.c.person,
        schema.invitations.c.state,
        schema.departments.c.quota,
    )
    .join(
        schema.departments,
        schema.departments.c.department == schema.invitations.c.department,
        isouter=True,
    )
    .where(schema.invitations.c.hash == bindparam("name"))
)
_HANDED_IN = select(func.count()).where(schema.envelopes.c.department == bindparam("department"))
_DRAFT = select(schema.drafts.c.sealed).where(schema.drafts.c.hash == bindparam("name"))
_DRAFT_TO_GO = _DRAFT.with_for_update()
"""A draft that will be deleted: nobody changes it meanwhile (SQLite has one writer anyway)."""
_FOUND = select(SPENT.scalar_subquery(), _DRAFT.scalar_subquery())
_UNDRAFT = delete(schema.drafts).where(schema.drafts.c.hash == bindparam("name"))
_REDRAFT = (
    update(schema.drafts)
    .where(schema.drafts.c.hash == bindparam("name"))
    .where(schema.drafts.c.sealed == bindparam("was"))
    .values(page=bindparam("now_page"), sealed=bindparam("now_sealed"))
)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Desk:
    """A wave, opened.

    Attributes
    ----------
    folder : Path
        Where the wave lies.
    roster, answers : Store
        Every function works on one of them at a time; no transaction spans both.
    clock : callable
        Gives the time; days are told in UTC.
    """

    folder: Path
    wave: Wave
    keys: Keys
    roster: Store
    answers: Store
    clock: Callable[[], datetime] = _now

    def close(self) -> None:
        """Close every connection."""
        self.roster.engine.dispose()
        self.answers.engine.dispose()


def open_desk(folder: Path, *, database: str = "", clock: Callable[[], datetime] = _now) -> Desk:
    """Open the wave that lies in a folder and make sure that stores and keys are its own.

    Parameters
    ----------
    database : str
        URL of the PostgreSQL database that a wave of that kind lies in.

    Raises
    ------
    StoreError
        ``field.no-wave``, ``field.destroyed``, ``field.no-key``, ``field.no-store``,
        ``field.database``, ``field.other-wave``, ``store.newer``; or the machine refuses.
    """
    wave = read_wave(folder)
    refuse_destroyed(folder)
    keys = read_keys(folder / "keys")
    same_kind(wave, database)
    _same("keys", str(folder / "keys"), keys.fingerprint, wave.fingerprint)
    with ExitStack() as undone:
        roster, answers = (open_store(folder, name, database) for name in ("roster", "answers"))
        undone.callback(roster.engine.dispose)
        undone.callback(answers.engine.dispose)
        for store in (roster, answers):
            check_named(store, wave)
            migrate(store, folder / "backups", clock())
        undone.pop_all()
    return Desk(folder, wave, keys, roster, answers, clock)


def check_named(store: Store, wave: Wave) -> None:
    """Make sure that a store is a wave's own.

    Raises
    ------
    StoreError
        ``field.no-store`` or ``field.other-wave``.
    """
    found = named_in(store)
    for what, value in named(wave).items():
        _same(what, store.place, found.get(what, ""), value)


def named(wave: Wave) -> dict[str, str]:
    """What both stores of a wave say of it."""
    return {
        "wave": wave.wave,
        "lock": wave.lock,
        "mode": wave.settings.mode,
        "smallest_batch": str(wave.settings.smallest_batch),
        "keys": wave.fingerprint,
    }


def same_kind(wave: Wave, database: str) -> None:
    """Make sure that a database is named where the stores lie in one, and only there.

    Raises
    ------
    StoreError
        ``field.database``.
    """
    if wave.database == "postgresql" and not database:
        fix = "Name the database with --database or in COSYN_FIELD_DATABASE"
        what = f"the stores of wave {wave.wave} lie in a PostgreSQL database"
        raise StoreError("field.database", "--database", what, fix)
    if wave.database == "sqlite" and database:
        what = f"the stores of wave {wave.wave} are files, and a database was named"
        fix = "Leave --database and COSYN_FIELD_DATABASE out, or begin another wave with --wave"
        raise StoreError("field.database", "--database", what, fix)


def _same(what: str, place: str, found: str, wanted: str) -> None:
    if found != wanted:
        said = f"its {what} is not that of wave.json ({found[:12] or 'none'}, not {wanted[:12]})"
        fix = "Put the files of one wave together again; nothing was changed"
        raise StoreError("field.other-wave", place, said, fix)


def admit(desk: Desk, token: str) -> Admission | None:
    """Look a token up; None if it is unknown, withdrawn or, in anonymous mode, used.

    Parameters
    ----------
    token : str
        As `tokens.read_token` gives it.
    """
    found = arrive(desk, token)
    return found[0] if found else None


def arrive(desk: Desk, token: str) -> tuple[Admission, Draft | None] | None:
    """Look a token up together with its draft, if one was begun and not handed in."""
    # Both stores are asked whatever the first says: how long an answer takes tells nothing.
    invited = first(desk.roster, _INVITED, name=keyed_hash(desk.keys.roster, token))
    kind, department, someone, state, quota = invited or ("", "", None, "", None)
    person = "" if desk.wave.anonymous else someone or ""
    name = _draft_name(desk, token)
    used, blob = first(desk.answers, _FOUND, name=name) or (None, None)
    used = used or (person and first(desk.answers, SPENT, name=on_paper(desk.keys, person)))
    full = quota is not None and _handed_in(desk, department) >= quota
    if not invited or state == "withdrawn" or (used and desk.wave.anonymous):
        return None
    admission = Admission(
        token=token,
        kind=kind,
        department=department,
        person=person,
        full=full,
        answered=bool(used),
    )
    return admission, opened_sheet(token, name, blob).draft if blob else None


def is_spent(desk: Desk, token: str) -> bool:
    """Whether a questionnaire was handed in with this token."""
    return first(desk.answers, SPENT, name=_draft_name(desk, token)) is not None


def _handed_in(desk: Desk, department: str) -> int:
    found = first(desk.answers, _HANDED_IN, department=department)
    return int(found[0]) if found else 0


def _draft_name(desk: Desk, token: str) -> str:
    return keyed_hash(desk.keys.answers, token)


def begin(desk: Desk, admission: Admission, language: str) -> Draft | None:
    """Begin a questionnaire, or find the draft of one that was begun.

    Returns
    -------
    Draft or None
        None if it was handed in already.
    """
    name = _draft_name(desk, admission.token)
    with writing(desk.answers) as connection:
        held(connection, name)
        found = _sheet(desk, connection, admission.token, name)
        if found is not None:
            return found.draft
        if has_tombstone(connection, name):
            return None
        orders = desk.wave.settings.orders
        order = 1 + secrets.randbelow(orders) if orders else 0
        now = desk.clock()
        sheet = first_sheet(Draft(admission.department, order, language), now.timestamp())
        insert_new(
            connection,
            schema.drafts,
            {
                "hash": name,
                "department": admission.department,
                "page": 0,
                "sealed": sealed_sheet(admission.token, name, sheet),
            },
        )
        counted_up(connection, "started", now.date().isoformat())
        return sheet.draft


def draft_of(desk: Desk, admission: Admission) -> Draft | None:
    """The draft of a questionnaire; None if it was not begun or was handed in."""
    name = _draft_name(desk, admission.token)
    found = first(desk.answers, _DRAFT, name=name)
    return opened_sheet(admission.token, name, found[0]).draft if found else None


def _sheet(desk: Desk, connection: Connection, token: str, name: str) -> Sheet | None:
    found = first_of(connection, desk.answers, _DRAFT_TO_GO, name=name)
    return opened_sheet(token, name, found[0]) if found else None


def change(desk: Desk, admission: Admission, change: Change) -> Draft | None:
    """Carry out what one POST says; what was carried out before changes nothing.

    Returns
    -------
    Draft or None
        As it is now; None if it was not begun or was handed in.
    """
    name = _draft_name(desk, admission.token)
    while found := first(desk.answers, _DRAFT, name=name):
        former = opened_sheet(admission.token, name, found[0])
        now = changed(former, change, desk.clock().timestamp())
        if now is former:
            return now.draft
        blob = sealed_sheet(admission.token, name, now)
        told = {"was": found[0], "now_page": now.draft.page, "now_sealed": blob}
        if altered(desk.answers, _REDRAFT, name=name, **told):
            return now.draft
        # Another POST of this respondent was quicker: what it made of the draft is changed.
    return None


def hand_in(desk: Desk, admission: Admission) -> bool:
    """Hand a questionnaire in: envelope, tombstone, note and tallies in one transaction.

    Returns
    -------
    bool
        Whether it is handed in now, by this call or an earlier one; False if there is nothing to
        hand in.
    """
    name = _draft_name(desk, admission.token)
    bands = desk.wave.settings.minutes == "bands"
    with writing(desk.answers) as connection:
        held(connection, name)
        sheet = _sheet(desk, connection, admission.token, name)
        if sheet is None:
            return has_tombstone(connection, name)
        told = content_of(sheet, minutes=bands)
        deposit(
            connection,
            desk.wave,
            desk.keys,
            admission.department,
            told,
            person=admission.person,
        )
        connection.execute(_UNDRAFT, {"name": name})
        insert_new(connection, schema.spent, {"hash": name})
        invited = keyed_hash(desk.keys.roster, admission.token)
        connection.execute(schema.urn.insert(), note(desk.keys, admission.department, invited))
        counted_up(connection, "completed", desk.clock().date().isoformat())
        if bands:
            counted_up(connection, "minutes", told["minutes"])
    return True


def join(desk: Desk, department_token: str, nonce: str) -> str | None:
    """Mint an invitation for somebody who came with a department's common link.

    Parameters
    ----------
    nonce : str
        Of the page as it was shown: whoever sends it again gets the same invitation.

    Returns
    -------
    str or None
        The token; None if the link is none of a department, or was withdrawn.
    """
    invitations = schema.invitations
    with writing(desk.roster) as connection:
        link = connection.execute(
            select(invitations.c.kind, invitations.c.department, invitations.c.state).where(
                invitations.c.hash == keyed_hash(desk.keys.roster, department_token)
            )
        ).one_or_none()
        if link is None or link.kind != "department" or link.state != "issued":
            return None
        token = drawn_token(desk.keys.roster, f"join|{department_token}|{nonce}")
        row = {
            "hash": keyed_hash(desk.keys.roster, token),
            "kind": "place",
            "department": link.department,
            "person": None,
            "batch": 0,
            "state": "issued",
        }
        insert_new(connection, invitations, row)
    return token
