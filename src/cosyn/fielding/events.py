"""The log of a wave: who ran what, and when. Of answers it holds counts; lines are chained."""

from __future__ import annotations

import errno
import getpass
import hashlib
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cosyn.atomic import guarded
from cosyn.errors import StoreError
from cosyn.fielding._hold import hold

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

FILE = "events.jsonl"
_START = "0" * 64


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the log.

    Attributes
    ----------
    number : int
        From 1.
    at : str
        ISO date and time, UTC, to the second.
    who : str
        Account of the operating system; empty for the server itself.
    verb : str
    told : Mapping[str, Any]
        Counts, codes of departments and names of files: never a token, a person or an answer.
    hash : str
        SHA-256 over this line and the hash of the one before.
    """

    number: int
    at: str
    who: str
    verb: str
    told: Mapping[str, Any]
    hash: str


def note(folder: Path, verb: str, at: datetime, *, by_hand: bool = True, **told: Any) -> Event:
    """Add a line to the log of a wave, on the disk before this returns.

    Parameters
    ----------
    by_hand : bool
        Whether a person ran it: the account is then noted.

    Raises
    ------
    StoreError
        The machine refuses, or ``field.events`` if the last line is not whole.
    """
    path = folder / FILE
    who = getpass.getuser() if by_hand else ""
    with guarded(path, "write"), path.open("a+b", buffering=0) as stream:
        hold(stream, wait=True)
        stream.seek(0)
        content = stream.read()
        last = _last(content, path)
        # Of a line that a crash or a full disk has cut short nobody was told.
        whole = stream.tell() - len(_unfinished(content))
        stream.truncate(whole)
        number, before = (last.number, last.hash) if last else (0, _START)
        said = (number + 1, at.isoformat(timespec="seconds"), who, verb, told)
        event = Event(*said, _hash(said, before))
        line = _spelt(event)
        try:
            if stream.write(line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))  # noqa: TRY301
            os.fsync(stream.fileno())
        except OSError:
            stream.truncate(whole)
            raise
        if not number:
            path.chmod(0o600)
    return event


def events(folder: Path) -> tuple[Event, ...]:
    """Read the log and make sure that no line was changed, taken out or put in.

    Raises
    ------
    StoreError
        ``field.events``: the chain is broken.
    """
    path = folder / FILE
    if not path.exists():
        return ()
    with guarded(path, "read"):
        content = path.read_bytes()
    found: list[Event] = []
    before = _START
    for number, line in enumerate(_lines(content), start=1):
        event = _event(line, path, number)
        said = (event.number, event.at, event.who, event.verb, event.told)
        if event.number != number or event.hash != _hash(said, before):
            raise _broken(path, number)
        found.append(event)
        before = event.hash
    return tuple(found)


def _last(content: bytes, path: Path) -> Event | None:
    lines = _lines(content)
    return _event(lines[-1], path, len(lines)) if lines else None


def _unfinished(content: bytes) -> bytes:
    return content.rpartition(b"\n")[2]


def _lines(content: bytes) -> list[bytes]:
    return content.removesuffix(_unfinished(content)).splitlines()


def _event(line: bytes, path: Path, number: int) -> Event:
    try:
        row = json.loads(line)
        return Event(row["n"], row["at"], row["who"], row["verb"], row["told"], row["hash"])
    except (ValueError, KeyError, TypeError) as problem:
        raise _broken(path, number) from problem


def _spelt(event: Event) -> bytes:
    row = {
        "n": event.number,
        "at": event.at,
        "who": event.who,
        "verb": event.verb,
        "told": event.told,
        "hash": event.hash,
    }
    return json.dumps(row, ensure_ascii=False).encode() + b"\n"


def _hash(said: tuple[object, ...], before: str) -> str:
    spelt = json.dumps([before, *said], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(spelt.encode()).hexdigest()


def _broken(path: Path, number: int) -> StoreError:
    what = "this line of the log is not what was written, or one before it is missing"
    fix = "Keep the file as evidence, and compare it with a backup"
    return StoreError("field.events", f"{path}:{number}", what, fix)
