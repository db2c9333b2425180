"""Kinds of files that are not read here, recognised by content and named as what they are."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

HEAD_BYTES = 4096
_SPREADSHEET = "Open it in a spreadsheet program and save it as CSV (UTF-8) or XLSX"
_STATISTICS = "Open it in the program that wrote it (or in R or PSPP) and save the codes as CSV"
_TABLE = "Export the answers as a table instead: CSV or XLSX, one row a respondent"


@dataclass(frozen=True, slots=True)
class Foreign:
    """A kind of file and what to do with it."""

    title: str
    fix: str


_ZIP = Foreign("a ZIP archive", "Unpack it and import the table inside")
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_NO_WORKBOOK = Foreign("a file of an old Office program, but no workbook", _TABLE)
_MAGIC: tuple[tuple[bytes, Foreign], ...] = (
    (b"HEADER RECORD*******", Foreign("a SAS transport file", _STATISTICS)),
    (b"%PDF", Foreign("a PDF document", _TABLE)),
    (b"{\\rtf", Foreign("an RTF document", _TABLE)),
    (b"\x89PNG", Foreign("a picture", _TABLE)),
    (b"\xff\xd8\xff", Foreign("a picture", _TABLE)),
    (b"\x1f\x8b", Foreign("a gzip archive", _ZIP.fix)),
    (b"7z\xbc\xaf", Foreign("a 7z archive", _ZIP.fix)),
    (b"Rar!", Foreign("a RAR archive", _ZIP.fix)),
    (b"SQLite format 3", Foreign("an SQLite database", _TABLE)),
    (b"PARE", Foreign("an encrypted Parquet file", "Write it again without encryption")),
    (b"ARROW1", Foreign("an Arrow file", _STATISTICS)),
)
_IN_OLE: tuple[tuple[str, Foreign], ...] = (
    (
        "EncryptedPackage",
        Foreign(
            "a workbook locked with a password", "Open it, remove the password and save it again"
        ),
    ),
    ("WordDocument", Foreign("an old Word document (.doc)", _TABLE)),
)
_IN_ZIP: tuple[tuple[str, Foreign], ...] = (
    ("xl/workbook.bin", Foreign("a binary Excel workbook (.xlsb)", _SPREADSHEET)),
    ("word/", Foreign("a Word document", _TABLE)),
    ("ppt/", Foreign("a presentation", _TABLE)),
    ("Index/", Foreign("an Apple Numbers document", _SPREADSHEET)),
    ("content.xml", Foreign("an OpenDocument file, but no spreadsheet", _SPREADSHEET)),
)
_TEXTS: tuple[tuple[re.Pattern[str], Foreign], ...] = (
    (re.compile(r"<\?xml(?s:.*)excel\.sheet"), Foreign("an Excel 2003 XML workbook", _SPREADSHEET)),
    (
        re.compile(r"<(!doctype html|html|head|body|table|meta|style|div)\b"),
        Foreign("an HTML page", _SPREADSHEET),
    ),
    (re.compile(r"<(\?xml|[a-z]+[ >])"), Foreign("an XML file", _TABLE)),
)


def foreign(path: Path, head: bytes) -> Foreign | None:
    """Name the kind of a file that is not read here; None for delimited text and XLSX.

    Parameters
    ----------
    head : bytes
        The first `HEAD_BYTES` of the file.
    """
    if head.startswith(OLE):
        return _inside_ole(path)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _inside_zip(path)
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    text = _as_text(head).lstrip("\ufeff \t\r\n").lower()
    return next((kind for pattern, kind in _TEXTS if pattern.match(text)), None)


def zip_names(path: Path) -> tuple[str, ...] | None:
    """Names in a ZIP archive; None if it is none, or damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            return tuple(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None


def _inside_ole(path: Path) -> Foreign | None:
    """Tell a locked workbook from an old one by the names of the streams (UTF-16)."""
    content = path.read_bytes()
    found = next((kind for name, kind in _IN_OLE if name.encode("utf-16-le") in content), None)
    if found is not None:
        return found
    names = (name.encode("utf-16-le") in content for name in ("Workbook", "Book"))
    return None if any(names) else _NO_WORKBOOK


def _inside_zip(path: Path) -> Foreign | None:
    names = zip_names(path)
    if names is None:
        return Foreign(
            "a damaged ZIP archive or workbook",
            "Save it again in the program that wrote it, or copy it again",
        )
    for part, kind in _IN_ZIP:
        if any(name.startswith(part) for name in names):
            return kind
    return None if any(name.startswith("xl/") for name in names) else _ZIP


def _as_text(head: bytes) -> str:
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    return head.decode("utf-16" if wide else "latin-1", errors="ignore").removeprefix("ï»¿")
