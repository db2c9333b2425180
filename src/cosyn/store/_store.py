"""Add an import, read what holds now."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cosyn.atomic import guarded, make_folder
from cosyn.responses import join
from cosyn.store._columns import content, ordered, to_columns
from cosyn.store._file import reading, writing
from cosyn.store._queries import (
    insert,
    is_there,
    list_imports,
    refuse_mixture,
    refuse_rows_twice,
    whole,
)
from cosyn.store._types import Stored, StoredImport

if TYPE_CHECKING:
    from pathlib import Path

    from cosyn.responses import Submissions


def append(
    path: Path,
    submissions: Submissions,
    *,
    file: str,
    sha256: str,
    importer: str,
    simulated: bool,
    mapping: str = "",
    replace: bool = False,
) -> StoredImport | None:
    """Add the submissions of one file, all or none.

    Parameters
    ----------
    file, sha256 : str
        Name and SHA-256 of the source file.
    mapping : str
        SHA-256 of the mapping file it was read with, empty without one.
    replace : bool
        Mark every earlier import as superseded; it stays in the file.

    Returns
    -------
    StoredImport or None
        None if the same file, read with the same mapping, is there already.

    Raises
    ------
    ResponseError
        ``response.mixed-simulated`` or ``response.rows-twice``.
    StoreError
        The file is locked, damaged, read-only or of a newer version, or the disk is full.
    """
    make_folder(path.parent)
    submissions = ordered(submissions)
    assert len(submissions.ids.held()) == len(submissions), "an id stands for one submission"
    columns = to_columns(submissions)
    size = len(submissions)
    row = (file, sha256, mapping, importer, _today(), size, simulated, content(columns))
    with writing(path) as connection:
        if replace:
            connection.execute("UPDATE imports SET superseded = 1")
        elif is_there(connection, sha256, mapping):
            return None
        refuse_mixture(connection, path, simulated=simulated)
        refuse_rows_twice(connection, path, sha256, submissions)
        return insert(connection, row, columns)


def read(path: Path) -> Stored:
    """Read what holds now; nothing if there is no file yet.

    Raises
    ------
    StoreError
        If the file cannot be read or is not what was written.
    """
    if _absent(path):
        return Stored(join([]), (), simulated=False)
    with reading(path) as connection:
        imports = tuple(found for found in list_imports(connection) if not found.superseded)
        parts = [whole(connection, path, found.id) for found in imports]
    return Stored(join(parts), imports, any(found.simulated for found in imports))


def history(path: Path) -> tuple[StoredImport, ...]:
    """List every import, the superseded ones too, in order.

    Raises
    ------
    StoreError
        If the file cannot be read.
    """
    if _absent(path):
        return ()
    with reading(path) as connection:
        return list_imports(connection)


def digest(path: Path) -> str:
    """SHA-256 of what `read` gives: of the content, not of the file's bytes or dates.

    Raises
    ------
    StoreError
        If the file cannot be read or is not what was written.
    """
    return digest_of(read(path))


def digest_of(stored: Stored) -> str:
    """SHA-256 of what was read already."""
    spelt = content(to_columns(stored.submissions))
    return hashlib.sha256(f"{stored.simulated}{spelt}".encode()).hexdigest()


def _absent(path: Path) -> bool:
    with guarded(path, "read"):
        return not path.exists()


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
