"""A wave for tests: two departments, a few invitations, and answers to a small part of the form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cosyn.fielding import schema
from cosyn.fielding.database import writing
from cosyn.fielding.desk import Desk, admit, begin, change, hand_in, open_desk
from cosyn.fielding.opening import make_wave
from cosyn.fielding.settings import Settings
from cosyn.fielding.tokens import keyed_hash, new_token
from cosyn.fielding.types import Admission, Change
from cosyn.instrument.load import load_instrument
from cosyn.instrument.types import Instrument
from cosyn.study import bundled


@cache
def instrument() -> Instrument:
    return load_instrument(bundled() / "instrument")


@dataclass
class Clock:
    """A clock that tests move."""

    now: datetime = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def later(self, **time: float) -> None:
        self.now += timedelta(**time)


def new_desk(
    folder: Path,
    *,
    settings: Settings | None = None,
    departments: tuple[str, ...] = ("D1", "D2"),
    database: str = "",
    clock: Clock | None = None,
    form: str = "",
    simulated: bool = False,
) -> Desk:
    """A wave with departments and nobody invited yet."""
    made = settings or Settings()
    make_wave(
        folder,
        instrument(),
        made,
        lock="0" * 64,
        form=form,
        database=database,
        simulated=simulated,
    )
    desk = open_desk(folder, database=database, clock=clock or Clock())
    add_departments(desk, departments)
    return desk


def add_departments(desk: Desk, departments: tuple[str, ...]) -> None:
    rows = [{"department": code, "row": "{}", "quota": None} for code in departments]
    with writing(desk.roster) as connection:
        connection.execute(schema.departments.insert(), rows)


def invite(
    desk: Desk, department: str = "D1", *, kind: str = "person", person: str | None = None
) -> str:
    """Issue a token as the roster does."""
    token = new_token()
    row = {
        "hash": keyed_hash(desk.keys.roster, token),
        "kind": kind,
        "department": department,
        "person": person,
        "batch": 1,
        "state": "issued",
    }
    with writing(desk.roster) as connection:
        connection.execute(schema.invitations.insert().values(**row))
    return token


def admitted(desk: Desk, token: str) -> Admission:
    found = admit(desk, token)
    assert found is not None
    return found


def answer(
    desk: Desk, token: str, answers: dict[str, str], *, page_id: str = "p1", language: str = "en"
) -> Admission:
    """Begin, and answer one page."""
    admission = admitted(desk, token)
    begin(desk, admission, language)
    sent = Change(nonce=f"n-{page_id}", page_id=page_id, page=1, answers=answers, consented=True)
    assert change(desk, admission, sent) is not None
    return admission


def complete(desk: Desk, token: str, answers: dict[str, str], **how: str) -> None:
    """Begin, answer and hand in."""
    assert hand_in(desk, answer(desk, token, answers, **how))
