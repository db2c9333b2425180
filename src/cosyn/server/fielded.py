"""A fielded wave as its pages see it: its frozen settings, and its desk."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cosyn.errors import extra
from cosyn.fielding import desk as counter
from cosyn.fielding import schema
from cosyn.fielding.database import reading, together
from cosyn.fielding.schedule import FILE, Schedule, read_schedule
from cosyn.fielding.wave import instrument_of
from cosyn.server.types import Opening, Survey

with extra("field"):
    from sqlalchemy import select

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from cosyn.fielding.desk import Desk
    from cosyn.fielding.types import Admission, Change, Draft
    from cosyn.i18n import Text

_FRESH_SECONDS = 60.0
"""How long the words of a department are remembered: commands may change them."""


def survey_of(desk: Desk) -> Survey:
    """What the pages tell of a wave.

    Raises
    ------
    StoreError
        ``field.no-lock`` or ``field.other-lock``: the locked questionnaire is not there.
    """
    wave = desk.wave
    return Survey(
        instrument=instrument_of(desk.folder, wave),
        form=wave.form,
        mode=wave.settings.mode,
        k=wave.k,
        keep_language=wave.settings.language,
        keep_minutes=wave.settings.minutes == "bands",
        contact=dict(wave.settings.contact),
        key=desk.keys.csrf,
        rehearsal=wave.simulated,
    )


class Fielded:
    """The stores of a wave (`types.Keeper`).

    Parameters
    ----------
    desk : Desk
        Closed with it.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._words: dict[str, tuple[float, Mapping[str, Text]]] = {}
        self._schedule: tuple[int, Schedule] = (-1, Schedule())

    def admit(self, token: str) -> Admission | None:
        """Look a token up."""
        return counter.admit(self._desk, token)

    def arrive(self, token: str) -> tuple[Admission, Draft | None] | None:
        """Look a token up, and open its draft."""
        return counter.arrive(self._desk, token)

    def begin(self, admission: Admission, language: str) -> Draft | None:
        """Open the draft, or make it."""
        return counter.begin(self._desk, admission, language)

    def change(self, admission: Admission, change: Change) -> Draft | None:
        """Carry a POST out, once."""
        return counter.change(self._desk, admission, change)

    def hand_in(self, admission: Admission) -> bool:
        """Turn the draft into an envelope."""
        return counter.hand_in(self._desk, admission)

    def handed_in(self, token: str) -> bool:
        """Tell whether the questionnaire of a token was handed in."""
        return counter.is_spent(self._desk, token)

    def join(self, token: str, nonce: str) -> str | None:
        """Draw a personal token for a department's link."""
        return counter.join(self._desk, token, nonce)

    def words(self, department: str) -> Mapping[str, Text]:
        """The words of a department, as the roster had them a minute ago at most."""
        at, found = self._words.get(department, (0.0, {}))
        if at and time.monotonic() - at < _FRESH_SECONDS:
            return found
        table = schema.departments
        query = select(table.c.row).where(table.c.department == department)
        with reading(self._desk.roster) as connection:
            row = connection.execute(query).scalar_one_or_none()
        fresh: Mapping[str, Text] = json.loads(row or "{}").get("words", {})
        self._words[department] = (time.monotonic(), fresh)
        return fresh

    def together(self) -> AbstractContextManager[None]:
        """Commit the answers of several respondents at once."""
        return together(self._desk.answers)

    def opening(self) -> Opening:
        """Tell whether questionnaires are taken now."""
        schedule = self._read_schedule()
        state = schedule.state(datetime.now(UTC))
        when = schedule.opens if state == "early" else schedule.closes
        return Opening(state, _spelt(when))

    def _read_schedule(self) -> Schedule:
        path = self._desk.folder / FILE
        stamp = path.stat().st_mtime_ns if path.exists() else 0
        if stamp != self._schedule[0]:
            self._schedule = (stamp, read_schedule(self._desk.folder))
        return self._schedule[1]

    def close(self) -> None:
        """Close the stores."""
        self._desk.close()


def _spelt(when: str) -> str:
    """A time as people read it, with its zone."""
    return datetime.fromisoformat(when).strftime("%Y-%m-%d %H:%M (%Z)") if when else ""
