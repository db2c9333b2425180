"""Write a file whole or not at all: a half-written output never replaces a good one."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cosyn.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def guarded(path: Path, doing: str) -> Iterator[None]:
    """Turn the machine's refusals into a `StoreError` that names the path.

    Parameters
    ----------
    path : Path
        The file or folder that is read or written.
    doing : str
        What was tried, e.g. ``"write"``.

    Raises
    ------
    StoreError
        No permission, no space, a folder where a file should be, and the like.
    """
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        fix = (
            "Free some space or choose another folder"
            if error.errno == 28
            else "Check the path and its permissions"
        )
        raise StoreError("store.refused", str(path), f"cannot {doing}: {reason}", fix) from error


def make_folder(path: Path) -> Path:
    """Create a folder with its parents and return it."""
    with guarded(path, "create the folder"):
        path.mkdir(parents=True, exist_ok=True)
    return path


def write_bytes(path: Path, content: bytes) -> Path:
    """Write beside the target, flush to the disk, then rename over it.

    Raises
    ------
    StoreError
        If the machine refuses; the former file is then still whole.
    """
    make_folder(path.parent)
    with guarded(path, "write"):
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    return path


def write_text(path: Path, content: str) -> Path:
    """Write UTF-8 text whole or not at all."""
    return write_bytes(path, content.encode())
