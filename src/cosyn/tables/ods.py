"""OpenDocument spreadsheets (ODS), which LibreOffice writes."""

from __future__ import annotations

import re
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from cosyn.atomic import guarded
from cosyn.tables._calamine import locked, read_workbook
from cosyn.tables._foreign import zip_names
from cosyn.tables._sheets import damaged, refuse_bomb
from cosyn.tables._types import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cosyn.tables._types import RawTable

_MIME = b"application/vnd.oasis.opendocument.spreadsheet"
_MANIFEST = "META-INF/manifest.xml"
_LOCKED = b"manifest:encryption-data"
_CONTENT = "content.xml"
_CHUNK = 1 << 20
_LONGEST_TAG = 1 << 16
_MERGED = re.compile(rb'<[^<>]*number-(?:rows|columns)-spanned="(?:[2-9]|[1-9]\d+)"[^<>]*>')
_ERROR = b'calcext:value-type="error"'
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
    table = read_workbook(path)
    return replace(table, warnings=(*table.warnings, *_remarks(path)))


def _remarks(path: Path) -> Iterator[str]:
    """Tell of cells that the library gives as blank, in whichever sheet they stand."""
    merged, errors = _marked(path)
    if merged:
        what = f"{merged:,} range{'s' * (merged > 1)} of cells merged"
        yield f"{what}, of which the first cell alone holds a value; unmerge them and fill each"
    if errors:
        what = f"{errors:,} cell{'s' * (errors > 1)} with an error such as #DIV/0! read as blank"
        yield f"{what}; mend the formulas and save again"


def _marked(path: Path) -> tuple[int, int]:
    """Count the merged ranges and the formulas that gave an error."""
    merged = errors = 0
    with _sound(path), zipfile.ZipFile(path) as archive, archive.open(_CONTENT) as cells:
        kept = b""
        while chunk := cells.read(_CHUNK):
            # Whatever stands behind the last end of an element is looked at with the next chunk.
            text, closed, rest = (kept + chunk).rpartition(b">")
            merged += len(_MERGED.findall(text + closed))
            errors += text.count(_ERROR)
            kept = rest[-_LONGEST_TAG:]
    return merged, errors


@contextmanager
def _sound(path: Path) -> Iterator[None]:
    """Turn what a broken archive gives rise to into its fault."""
    try:
        with guarded(path, "read"):
            yield
    except _BROKEN as problem:
        raise damaged(path.name, problem) from problem


def _inspect(path: Path) -> bool:
    """Refuse an archive that is broken or huge; tell whether it is locked."""
    with _sound(path), zipfile.ZipFile(path) as archive:
        refuse_bomb(archive, path.name)
        return _MANIFEST in archive.namelist() and _LOCKED in archive.read(_MANIFEST)


KIND = Kind("ods", "an OpenDocument spreadsheet (ODS)", (".ods",), recognises, read)
