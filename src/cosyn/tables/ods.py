"""OpenDocument spreadsheets (ODS), which LibreOffice writes."""

from __future__ import annotations

import zipfile
import zlib
from typing import TYPE_CHECKING

from cosyn.atomic import guarded
from cosyn.tables._calamine import locked, read_workbook
from cosyn.tables._foreign import zip_names
from cosyn.tables._sheets import damaged, refuse_bomb
from cosyn.tables._types import Kind

if TYPE_CHECKING:
    from pathlib import Path

    from cosyn.tables._types import RawTable

_MIME = b"application/vnd.oasis.opendocument.spreadsheet"
_MANIFEST = "META-INF/manifest.xml"
_LOCKED = b"manifest:encryption-data"
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError)
"""What an archive gives rise to whose parts are damaged."""


def recognises(path: Path, head: bytes) -> bool:
    """Tell whether the content is an archive that says it is such a spreadsheet."""
    return head.startswith(b"PK") and _MIME in head[:200] and zip_names(path) is not None


def read(path: Path) -> RawTable:
    """Read the first sheet with data, visible ones first; its first filled row is the header.

    Raises
    ------
    ResponseError
        ``response.too-big`` or ``response.locked``, and the codes of every workbook.
    """
    if _inspect(path):
        raise locked(path.name)
    return read_workbook(path)


def _inspect(path: Path) -> bool:
    """Refuse an archive that is broken or huge; tell whether it is locked."""
    try:
        with guarded(path, "read"), zipfile.ZipFile(path) as archive:
            refuse_bomb(archive, path.name)
            return _MANIFEST in archive.namelist() and _LOCKED in archive.read(_MANIFEST)
    except _BROKEN as problem:
        raise damaged(path.name, problem) from problem


KIND = Kind("ods", "an OpenDocument spreadsheet (ODS)", (".ods",), recognises, read)
