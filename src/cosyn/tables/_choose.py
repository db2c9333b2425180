"""Which kind a file is: its content decides, its name only gives rise to a warning."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from cosyn.atomic import guarded
from cosyn.errors import ResponseError
from cosyn.tables._foreign import HEAD_BYTES, foreign
from cosyn.tables._types import KINDS

if TYPE_CHECKING:
    from pathlib import Path

    from cosyn.tables._types import Kind, RawTable


def fingerprint(path: Path, max_mb: float) -> str:
    """Check that there is a file of sensible size and return its SHA-256.

    Raises
    ------
    ResponseError
        ``response.missing-file``, ``response.too-big`` or ``response.empty-file``.
    StoreError
        If it cannot be read.
    """
    if not path.is_file():
        what = "this is a folder" if path.is_dir() else "there is no such file"
        raise ResponseError("response.missing-file", str(path), what, "Check the path")
    with guarded(path, "read"), path.open("rb") as stream:
        size = path.stat().st_size
        if size > max_mb * 1e6:
            what = f"the file has {size / 1e6:.1f} MB, more than {max_mb:g}"
            raise ResponseError(
                "response.too-big",
                path.name,
                what,
                "If it is the right file, allow more with --max-mb",
            )
        if size == 0:
            raise ResponseError(
                "response.empty-file", path.name, "the file is empty", "Export the answers again"
            )
        return hashlib.file_digest(stream, "sha256").hexdigest()


def choose(path: Path) -> Kind:
    """Find the kind of a file.

    Raises
    ------
    ResponseError
        ``response.wrong-kind``: the content is of a kind that is not read, which is named.
    """
    with guarded(path, "read"), path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    found = next((entry for entry in KINDS if entry.recognises(path, head)), None)
    if found is not None:
        return found
    kind = foreign(path, head)
    if kind is not None:
        raise ResponseError("response.wrong-kind", path.name, f"this is {kind.title}", kind.fix)
    known = ", ".join(entry.title for entry in KINDS)
    what = f"this is none of {known}"
    raise ResponseError("response.wrong-kind", path.name, what, "Export the answers again")


def read_table(path: Path, max_mb: float = 20) -> RawTable:
    """Read any table of texts, for instance a roster.

    Raises
    ------
    ResponseError
        If there is no such file, or its content is no table.
    StoreError
        If it cannot be read.
    """
    fingerprint(path, max_mb)
    return choose(path).read(path)


def misnamed(path: Path, chosen: Kind) -> tuple[str, ...]:
    """Warn of a file whose name promises another kind than it is."""
    if path.suffix.lower() in chosen.suffixes:
        return ()
    ending = f"ends in {path.suffix}" if path.suffix else "has no ending"
    return (f"the name {ending}, but the content is {chosen.title} and was read as that",)
