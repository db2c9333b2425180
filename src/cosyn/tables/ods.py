"""OpenDocument spreadsheets (ODS), which LibreOffice writes."""

from __future__ import annotations

import re
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from cosyn.atomic import guarded
from cosyn.tables._calamine import locked, read_workbook
from cosyn.tables._foreign import zip_names
from cosyn.tables._sheets import damaged, refuse_bomb
from cosyn.tables._types import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.tables._types import RawTable

_MIME = b"application/vnd.oasis.opendocument.spreadsheet"
_MANIFEST = "META-INF/manifest.xml"
_LOCKED = b"manifest:encryption-data"
_CONTENT = "content.xml"
_CHUNK = 1 << 20
_LONGEST_TEXT = 1 << 24
_MERGED = re.compile(rb'<[^<>]*number-(?:rows|columns)-spanned="(?:[2-9]|[1-9]\d+)"[^<>]*>')
_ERROR = re.compile(rb'<[^<>]*calcext:value-type="error"[^<>]*>')
_BLANK = re.compile(rb'\soffice:string-value="[^"]*"')
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError),
    KeyError,
)
"""What an archive gives rise to whose parts are damaged, or missing."""


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
    merged, errors = _marked(path)
    table = _with_errors(path) if errors else read_workbook(path)
    if not merged:
        return table
    what = f"{merged:,} range{'s' * (merged > 1)} of cells merged"
    more = f"{what}, of which the first cell alone holds a value; unmerge them and fill each"
    return replace(table, warnings=(*table.warnings, more))


def _marked(path: Path) -> tuple[int, int]:
    """Count the merged ranges and the formulas that gave an error, in all sheets."""
    merged = errors = 0
    with _sound(path), zipfile.ZipFile(path) as archive:
        for text in _elements(archive):
            merged += len(_MERGED.findall(text))
            errors += len(_ERROR.findall(text))
    return merged, errors


def _elements(archive: zipfile.ZipFile) -> Iterator[bytes]:
    """The content in pieces of whole elements; the last may end in the midst of one."""
    with archive.open(_CONTENT) as cells:
        kept = b""
        while chunk := cells.read(_CHUNK):
            # Whatever stands behind the last end of an element is looked at with the next chunk.
            text, closed, kept = (kept + chunk).rpartition(b">")
            yield text + closed
            if len(kept) > _LONGEST_TEXT:
                raise ValueError("a text that does not end")
        yield kept


def _with_errors(path: Path) -> RawTable:
    """Read a copy in which errors are texts: the library takes them for the blank text beside."""
    with TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        with _sound(path), zipfile.ZipFile(path) as archive, _packed(copy) as new:
            for part in archive.infolist():
                if part.filename != _CONTENT:
                    new.writestr(part, archive.read(part))
            with new.open(_CONTENT, "w", force_zip64=True) as cells:
                for text in _elements(archive):
                    cells.write(_ERROR.sub(_as_text, text))
        return read_workbook(copy)


def _packed(path: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1)


def _as_text(element: re.Match[bytes]) -> bytes:
    return _BLANK.sub(b"", element[0])


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
