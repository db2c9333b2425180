"""One server at a time on the files of a wave."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from cosyn.atomic import guarded
from cosyn.errors import StoreError
from cosyn.fielding._hold import hold

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cosyn.fielding.desk import Desk

FILE = ".serving"


@contextmanager
def serving(desk: Desk) -> Iterator[None]:
    """Be the one server of a wave whose stores are files; the system lets go when we end.

    Several servers may work on one PostgreSQL database.

    Raises
    ------
    StoreError
        ``field.served`` if another server works on these files, or the machine refuses.
    """
    if not desk.answers.is_sqlite:
        yield
        return
    with alone(desk.folder):
        yield


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Work on the files of a wave while no server does.

    Raises
    ------
    StoreError
        ``field.served`` if a server works on these files, or the machine refuses.
    """
    path = folder / FILE
    with guarded(path, "write"):
        stream = path.open("a", encoding="utf-8")
    with stream:
        if not hold(stream, wait=False):
            what = "a `survey field` serves this wave"
            fix = "Use that one, or stop it first; several processes need --database"
            raise StoreError("field.served", str(folder), what, fix)
        yield
