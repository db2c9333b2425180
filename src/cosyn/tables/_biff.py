"""Cells with an error in old Excel workbooks (XLS), which calamine gives as blank.

No more is read than that: the compound file (MS-CFB 2.2 to 2.6) as far as the stream of the
workbook, and of its records (MS-XLS 2.4) those that hold an error. A damaged file has fewer of
them, or none: what else is to be said of it, calamine says.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

Errors = dict[tuple[int, int], str]
"""Row and column, counted from 0 -> the error as a spreadsheet shows it."""

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_NAMES = ("Workbook", "Book")
_LAST_SECTOR = 0xFFFFFFFA
_SHIFTS, _SMALL_SHIFT = (9, 12), 6
_ENTRY = 128
_FORMULA, _OF_VERSION_3, _OF_VERSION_4, _BOOLERR = 0x0006, 0x0206, 0x0406, 0x0205
_BOF, _EOF, _BOUNDSHEET = 0x0809, 0x000A, 0x0085
_SHOWN = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


def errors_of(content: bytes) -> list[Errors]:
    """The cells with an error, a sheet each, in the workbook's order; empty for other files."""
    if not content.startswith(_OLE):
        return []
    try:
        stream = _workbook(content)
        starts = [
            struct.unpack_from("<I", stream, at)[0]
            for kind, at, _ in _records(stream, 0)
            if kind == _BOUNDSHEET
        ]
        return [dict(_errors(stream, start)) for start in starts]
    except (struct.error, IndexError, StopIteration, ValueError):
        return []


def _workbook(content: bytes) -> bytes:
    """The stream of the workbook; a small one lies in pieces within that of the root."""
    (shift, small_shift) = struct.unpack_from("<HH", content, 30)
    (directory, cutoff, small_table, _, more) = struct.unpack_from("<I4xIIII", content, 48)
    if shift not in _SHIFTS or small_shift != _SMALL_SHIFT:
        raise ValueError("no such sectors")
    size, small = 1 << shift, 1 << small_shift
    listed = list(struct.unpack_from("<109I", content, 76))
    while more < _LAST_SECTOR and len(listed) * size <= len(content):
        *numbers, more = struct.unpack_from(f"<{size // 4}I", content, (more + 1) * size)
        listed += numbers
    sectors = content[size:]
    table = _numbers(b"".join(_sector(sectors, n, size) for n in listed if n < _LAST_SECTOR))
    entries = list(_entries(_chain(sectors, table, directory, size)))
    start, length = next(e[1:] for name in _NAMES for e in entries if e[0] == name)
    if length >= cutoff:
        return _chain(sectors, table, start, size)[:length]
    inner = _chain(sectors, table, entries[0][1], size)
    small_numbers = _numbers(_chain(sectors, table, small_table, size))
    return _chain(inner, small_numbers, start, small)[:length]


def _sector(sectors: bytes, number: int, size: int) -> bytes:
    return sectors[number * size : (number + 1) * size]


def _numbers(table: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4])


def _chain(sectors: bytes, table: tuple[int, ...], start: int, size: int) -> bytes:
    """Follow a chain of sectors; one that runs in a circle ends with the file's length."""
    parts: list[bytes] = []
    while start < _LAST_SECTOR and len(parts) * size <= len(sectors):
        parts.append(_sector(sectors, start, size))
        start = table[start]
    return b"".join(parts)


def _entries(directory: bytes) -> Iterator[tuple[str, int, int]]:
    """Name, first sector and length of each stream; the root comes first."""
    for at in range(0, len(directory) - _ENTRY + 1, _ENTRY):
        (length,) = struct.unpack_from("<H", directory, at + 64)
        name = directory[at : at + max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")
        yield name, *struct.unpack_from("<II", directory, at + 116)


def _records(stream: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Kind, place and length of each record as far as its substream goes, charts in it left out."""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        depth += (kind == _BOF) - (kind == _EOF)
        if depth <= 1 and kind not in {_BOF, _EOF}:
            yield kind, at + 4, length
        if depth < 1:
            return
        at += 4 + length


def _errors(stream: bytes, start: int) -> Iterator[tuple[tuple[int, int], str]]:
    """Place and text of each error of a sheet: a value, or what a formula came to."""
    for kind, at, _ in _records(stream, start):
        if kind == _BOOLERR:
            row, column, code, is_error = struct.unpack_from("<HH2xBB", stream, at)
        elif kind in {_FORMULA, _OF_VERSION_3, _OF_VERSION_4}:
            row, column, what, code, mark = struct.unpack_from("<HH2xBxB3xH", stream, at)
            is_error = mark == 0xFFFF and what == 2
        else:
            continue
        if is_error:
            yield (row, column), _SHOWN.get(code, f"#ERROR {code}!")
