"""Write a file whole or not at all: a half-written output never replaces a good one."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cosyn.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    Content = bytes | Iterable[bytes]


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


def write_all(contents: Mapping[Path, Content], *, private: bool = False) -> None:
    """Write several files that belong together: none is replaced before all are on the disk.

    Parameters
    ----------
    contents : mapping of Path to bytes or iterable of bytes
        What each file holds, whole or in pieces, none of which is held any longer than needed.
    private : bool
        Whether their owner alone may read them.

    Raises
    ------
    StoreError
        If the machine refuses; the former files are then still whole.
    """
    ready: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            make_folder(path.parent)
            with guarded(path, "write"):
                ready[path] = _beside(path, content, 0o600 if private else 0o644)
        for path, temporary in ready.items():
            with guarded(path, "write"):
                temporary.replace(path)
    finally:
        for temporary in ready.values():
            temporary.unlink(missing_ok=True)


def _beside(path: Path, content: Content, mode: int) -> Path:
    """Write to a temporary file in the same folder and flush it to the disk."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.writelines((content,) if isinstance(content, bytes) else content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(mode)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def write_bytes(path: Path, content: bytes) -> Path:
    """Write one file whole or not at all."""
    write_all({path: content})
    return path


def write_text(path: Path, content: str) -> Path:
    """Write UTF-8 text whole or not at all."""
    return write_bytes(path, content.encode())
