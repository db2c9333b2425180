"""Files of SPSS: SAV, compressed ZSAV and portable POR."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.tables._labelled import read_labelled
from cosyn.tables._types import Kind

if TYPE_CHECKING:
    from pathlib import Path

    from cosyn.tables._types import RawTable

_SYSTEM = (b"$FL2", b"$FL3")
_PORTABLE = b"SPSS PORT FILE"


def recognises(path: Path, head: bytes) -> bool:
    """Tell by the first letters of a system file, or the words at the head of a portable one."""
    del path
    return head.startswith(_SYSTEM) or _PORTABLE in head[:240]


def read(path: Path) -> RawTable:
    """Read the codes, those that are declared as missing too.

    Raises
    ------
    ExtraError, ResponseError
        As for every file of a statistics program.
    """
    with path.open("rb") as stream:
        portable = not stream.read(4).startswith(_SYSTEM)
    return read_labelled(path, "read_por" if portable else "read_sav")


KIND = Kind("spss", "an SPSS file", (".sav", ".zsav", ".por"), recognises, read)
