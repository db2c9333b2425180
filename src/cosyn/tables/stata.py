"""Files of Stata (DTA)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.tables._labelled import read_labelled
from cosyn.tables._types import Kind

if TYPE_CHECKING:
    from pathlib import Path

    from cosyn.tables._types import RawTable

_NEW = b"<stata_dta>"
_OLD_VERSIONS = range(104, 116)


def recognises(path: Path, head: bytes) -> bool:
    """Tell by the first tag, or by the version, byte order and type at the head of older files."""
    del path
    old = len(head) > 3 and head[0] in _OLD_VERSIONS and head[1] in {1, 2} and head[2] == 1
    return head.startswith(_NEW) or old


def read(path: Path) -> RawTable:
    """Read the codes; the missing values .a to .z are the letters a to z.

    Raises
    ------
    ExtraError, ResponseError
        As for every file of a statistics program.
    """
    return read_labelled(path, "read_dta")


KIND = Kind("stata", "a Stata file (DTA)", (".dta",), recognises, read)
