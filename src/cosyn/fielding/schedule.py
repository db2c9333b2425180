"""When a wave is open: the one thing of it that commands may change while it runs."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from cosyn.atomic import guarded, write_text
from cosyn.errors import InstrumentError, StoreError

if TYPE_CHECKING:
    from pathlib import Path

FILE = "schedule.json"
SCHEMA = "cosyn.schedule/1"
State = Literal["early", "open", "paused", "over", "closed"]


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a wave is open.

    Attributes
    ----------
    opens, closes : str
        ISO date and time with its zone; empty for no limit.
    paused : bool
        Whether nobody is let in for the time being.
    keying : str
        Until when sheets of paper are keyed in; empty for no limit but `closed`.
    closed : str
        When it was closed for good; empty while it was not.
    """

    opens: str = ""
    closes: str = ""
    paused: bool = False
    closed: str = ""
    keying: str = ""

    def state(self, now: datetime) -> State:
        """Whether somebody who comes now may answer.

        Parameters
        ----------
        now : datetime
            With a zone.
        """
        if self.closed:
            return "closed"
        if self.opens and now < datetime.fromisoformat(self.opens):
            return "early"
        if self.closes and now >= datetime.fromisoformat(self.closes):
            return "over"
        return "paused" if self.paused else "open"

    def keying_state(self, now: datetime) -> State:
        """Whether sheets of paper are keyed in now: they come back after the pages have closed."""
        return replace(self, opens="", closes=self.keying).state(now)


def read_schedule(folder: Path) -> Schedule:
    """Read a wave's schedule; without one it is open.

    Raises
    ------
    StoreError
        ``field.schedule-damaged``.
    """
    path = folder / FILE
    if not path.exists():
        return Schedule()
    try:
        with guarded(path, "read"):
            found = json.loads(path.read_bytes())
        schedule = {SCHEMA: Schedule}[found.pop("schema")](**found)
        schedule.state(datetime.now(UTC))
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        what = "the file is not as it was written"
        fix = "Delete it and set the dates again with `survey field schedule`"
        raise StoreError("field.schedule-damaged", str(path), what, fix) from problem
    return schedule


def write_schedule(folder: Path, schedule: Schedule) -> None:
    """Write a wave's schedule.

    Raises
    ------
    StoreError
        ``field.closed``: nothing opens what was closed for good; or the machine refuses.
    """
    refuse_closed(folder, read_schedule(folder))
    content = {"schema": SCHEMA, **asdict(schedule)}
    write_text(folder / FILE, json.dumps(content, indent=1) + "\n")


def refuse_closed(folder: Path, schedule: Schedule) -> None:
    """Raise if a wave was closed for good.

    Raises
    ------
    StoreError
        ``field.closed``.
    """
    if schedule.closed:
        what = f"this wave was closed for good on {schedule.closed[:10]}"
        fix = "Begin another wave with --wave"
        raise StoreError("field.closed", str(folder), what, fix)


def read_time(typed: str, option: str) -> str:
    """Read a date, or a date and time; without a zone it is this machine's.

    Parameters
    ----------
    option : str
        Where it was typed, for the error.

    Returns
    -------
    str
        ISO date and time with its zone.

    Raises
    ------
    InstrumentError
        ``field.time``.
    """
    try:
        found = datetime.fromisoformat(typed)
    except ValueError as problem:
        what = f"{typed!r} is no date or time"
        fix = "Write it like 2026-12-01 or 2026-12-01T18:00+08:00"
        raise InstrumentError("field.time", option, what, fix) from problem
    return (found if found.tzinfo else found.astimezone()).isoformat(timespec="minutes")
