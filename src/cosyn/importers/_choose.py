"""Which importer reads a file: its content decides, its name only gives rise to a warning."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from cosyn.atomic import guarded
from cosyn.errors import ResponseError
from cosyn.importers._foreign import HEAD_BYTES, foreign
from cosyn.importers._types import IMPORTERS

if TYPE_CHECKING:
    from pathlib import Path

    from cosyn.importers._types import Importer, RawTable


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


def choose(path: Path, importer: str | None) -> Importer:
    """Find the importer that recognises a file, or check the one that was asked for.

    Raises
    ------
    ResponseError
        ``response.wrong-kind``: the content is of another kind, which is named.
    PlanError
        If there is no importer of the name asked for.
    """
    with guarded(path, "read"), path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    candidates = IMPORTERS if importer is None else (IMPORTERS[importer],)
    found = next((entry for entry in candidates if entry.recognises(path, head)), None)
    if found is not None:
        return found
    kind = foreign(path, head)
    if kind is not None:
        raise ResponseError("response.wrong-kind", path.name, f"this is {kind.title}", kind.fix)
    wanted = " or ".join(entry.title for entry in candidates)
    raise ResponseError(
        "response.wrong-kind",
        path.name,
        f"this is not {wanted}",
        "Leave out the name of the importer, or give the right one",
    )


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
    return choose(path, None).read(path)


def misnamed(path: Path, chosen: Importer) -> tuple[str, ...]:
    """Warn of a file whose name promises another kind than it is."""
    if path.suffix.lower() in chosen.suffixes:
        return ()
    ending = f"ends in {path.suffix}" if path.suffix else "has no ending"
    return (f"the name {ending}, but the content is {chosen.title} and was read as that",)
