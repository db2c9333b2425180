"""OpenDocument spreadsheets (ODS), which LibreOffice writes."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

from cosyn.atomic import guarded
from cosyn.errors import ResponseError
from cosyn.tables._calamine import read_workbook
from cosyn.tables._foreign import zip_names
from cosyn.tables._sheets import refuse_bomb
from cosyn.tables._types import Kind

if TYPE_CHECKING:
    from pathlib import Path

    from cosyn.tables._types import RawTable

_MIME = b"application/vnd.oasis.opendocument.spreadsheet"
_LOCKED = b"manifest:encryption-data"


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
    with guarded(path, "read"), zipfile.ZipFile(path) as archive:
        refuse_bomb(archive, path.name)
        manifest = next((n for n in archive.namelist() if n == "META-INF/manifest.xml"), None)
        locked = manifest is not None and _LOCKED in archive.read(manifest)
    if locked:
        fix = "Open it, remove the password and save it again"
        raise ResponseError("response.locked", path.name, "the workbook has a password", fix)
    return read_workbook(path)


KIND = Kind("ods", "an OpenDocument spreadsheet (ODS)", (".ods",), recognises, read)
