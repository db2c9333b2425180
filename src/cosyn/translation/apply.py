"""Write proposed wordings into the files of an instrument, or leave every file as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.atomic import guarded, write_all
from cosyn.errors import InstrumentError, raise_all
from cosyn.instrument.load import read_instrument
from cosyn.translation.entries import TEXTS
from cosyn.yamledit import insert, quoted, replace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cosyn.translation.proposals import Change

_NEW = "# Written by `survey translate`; `survey check` counts what is missing.\n"


def apply(folder: Path, language: str, changes: Sequence[Change]) -> tuple[Path, ...]:
    """Put new wordings in a language in their places; comments and layout of the files stay.

    Returns
    -------
    tuple of Path
        The files that were changed.

    Raises
    ------
    InstrumentError, Faults
        If the instrument would have a fault: the files are then as they were.
    StoreError
        If the machine refuses.
    """
    by_file: dict[Path, list[Change]] = {}
    for change in changes:
        by_file.setdefault(change.entry.file, []).append(change)
    before = {file: _content(file) for file in by_file}
    after = {file: _edited(file, before[file], language, some) for file, some in by_file.items()}
    write_all(after)
    faults = read_instrument(folder).faults
    if faults:
        _restore(before)
        raise_all(list(faults))
    return tuple(by_file)


def _content(file: Path) -> bytes | None:
    with guarded(file, "read"):
        return file.read_bytes() if file.is_file() else None


def _edited(file: Path, content: bytes | None, language: str, changes: Sequence[Change]) -> bytes:
    added = {c.entry.address: c.new for c in changes if c.entry.path is None}
    if content is None:
        lines = "".join(f"  {address}: {quoted(new)}\n" for address, new in added.items())
        return f"{_NEW}language: {language}\n{TEXTS}:\n{lines}".encode()
    # Not "utf-8-sig", and no universal line breaks: what the file has, it keeps.
    text = content.decode("utf-8")
    try:
        text = insert(text, (TEXTS,), added) if added else text
    except KeyError as problem:
        raise InstrumentError(
            "translation.other-layout",
            file.name,
            f"new texts cannot be added: `{TEXTS}:` does not hold one text a line",
            "Write each text on a line of its own, `address: text`",
        ) from problem
    return replace(text, {c.entry.path: c.new for c in changes if c.entry.path}).encode()


def _restore(before: dict[Path, bytes | None]) -> None:
    write_all({file: content for file, content in before.items() if content is not None})
    for file, content in before.items():
        if content is None:
            file.unlink(missing_ok=True)
