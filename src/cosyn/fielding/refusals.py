"""What a database says when it refuses, in our words."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cosyn.errors import StoreError, extra

with extra("field"):
    from sqlalchemy.exc import DBAPIError, IntegrityError
    from sqlalchemy.exc import TimeoutError as NoConnection

if TYPE_CHECKING:
    from collections.abc import Iterator

_REFUSALS = (
    ("database is locked", "locked", "another program is writing to it", "Wait until it is done"),
    ("is full", "no-space", "the disk is full", "Free some space; nothing was changed"),
    ("No space left", "no-space", "the disk is full", "Free some space; nothing was changed"),
    ("IOERR_SHMSIZE", "no-space", "the disk is full", "Free some space; nothing was changed"),
    ("readonly", "read-only", "it cannot be written to", "Check its permissions and the disk"),
    ("read-only", "read-only", "it cannot be written to", "Check its permissions and the disk"),
    ("malformed", "damaged", "the file is damaged", "Restore a backup: survey field restore"),
    ("not a database", "damaged", "this is no store", "Restore a backup: survey field restore"),
)


@contextmanager
def explained(place: str) -> Iterator[None]:
    """Turn the database's refusals into a `StoreError` that names the place.

    Raises
    ------
    StoreError
        ``store.missing``, ``store.locked``, ``store.no-space``, ``store.read-only``,
        ``store.damaged`` or ``store.refused``.
    """
    try:
        yield
    except IntegrityError:
        raise
    except Exception as error:
        if not _of_a_database(error):
            raise
        code, what, fix = _refusal(error, place)
        raise StoreError(f"store.{code}", place, what, fix) from error


def _of_a_database(error: Exception) -> bool:
    """Whether a database refused; psycopg, which may not be installed, is known by its name."""
    return isinstance(error, (DBAPIError, NoConnection, sqlite3.Error)) or any(
        kind.__module__.partition(".")[0] == "psycopg" for kind in type(error).__mro__
    )


def _refusal(error: Exception, place: str) -> tuple[str, str, str]:
    cause = getattr(error, "orig", error) or error
    said = str(cause)
    named = f"{said} {getattr(cause, 'sqlite_errorname', '')}"
    for words, code, what, fix in _REFUSALS:
        if words in named:
            return code, what, fix
    if "unable to open database file" in said and not Path(place).exists():
        return "missing", "the file is not there", "Restore a backup: survey field restore"
    first = " ".join(said.split())[:200]
    return "refused", f"it cannot be used ({first})", "Check that it can be reached and written to"
