"""Cells with an error in XLS and ODS are named as those of XLSX are, not lost as blank."""

from __future__ import annotations

import random
import struct
import zipfile
from typing import TYPE_CHECKING

import pytest
from tests.unit.importers.import_helpers import INSTRUMENT
from tests.unit.importers.test_platforms import values
from tests.unit.tables.test_old_sheets import ODS_TYPE, ods

from cosyn.errors import ResponseError
from cosyn.importers import read_responses
from cosyn.tables import read_table
from cosyn.tables._biff import errors_of

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("python_calamine")
SECTOR, SMALL, FREE, END, FAT = 512, 64, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
CUTOFF = 4096
DIV0, NA = 0x07, 0x2A


def record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def text(row: int, column: int, value: str) -> bytes:
    spelt = struct.pack("<HB", len(value), 0) + value.encode("latin-1")
    return record(0x0204, struct.pack("<HHH", row, column, 15) + spelt)


def number(row: int, column: int, value: float) -> bytes:
    return record(0x0203, struct.pack("<HHHd", row, column, 15, value))


def error(row: int, column: int, code: int, *, formula: bool = False) -> bytes:
    place = struct.pack("<HHH", row, column, 15)
    if not formula:
        return record(0x0205, place + bytes([code, 1]))
    value = bytes([2, 0, code, 0, 0, 0, 0xFF, 0xFF])
    return record(0x0006, place + value + bytes(6) + struct.pack("<HBB", 2, 0x1C, code))


def book(*sheets: bytes) -> bytes:
    """The stream of a workbook (BIFF8)."""
    begin = record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 0))
    length = len(begin) + sum(4 + 8 + 2 for _ in sheets) + 4
    listed, bodies = b"", b""
    for i, cells in enumerate(sheets):
        start = struct.pack("<IBB", length + len(bodies), 0, 0)
        listed += record(0x0085, start + struct.pack("<BB", 2, 0) + f"S{i}".encode())
        bodies += record(0x0809, struct.pack("<HHHHII", 0x0600, 0x10, 0, 0, 0, 0))
        bodies += cells + record(0x000A)
    return begin + listed + record(0x000A) + bodies


def compound(stream: bytes) -> bytes:
    """A compound file (MS-CFB 3) with one stream; a small one lies within the root's."""
    small = len(stream) < CUTOFF
    step = SMALL if small else SECTOR
    pieces = -(-len(stream) // step)
    padded = stream.ljust(-(-len(stream) // SECTOR) * SECTOR, b"\0")
    sectors = len(padded) // SECTOR
    # The table, the directory, the table of small pieces, then the stream.
    chain = [*range(4, 3 + sectors), END]
    table = struct.pack("<128I", *[FAT, END, END, *chain, *[FREE] * (125 - sectors)])
    pieces_of = [*range(1, pieces), END] if small else []
    small_table = struct.pack("<128I", *pieces_of, *[FREE] * (128 - len(pieces_of)))
    root = (3, sectors * SECTOR) if small else (END, 0)
    own = (0 if small else 3, len(stream))
    directory = entry("Root Entry", 5, 1, *root) + entry("Workbook", 2, FREE, *own)
    directory += entry("", 0, FREE, 0, 0) * 2
    head = bytes.fromhex("d0cf11e0a1b11ae1").ljust(24, b"\0")
    head += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6).ljust(20, b"\0")
    head += struct.pack("<IIIIIIII", 1, 1, 0, CUTOFF, 2 if small else END, int(small), END, 0)
    head += struct.pack("<109I", 0, *[FREE] * 108)
    return head + table + directory + small_table + padded


def entry(name: str, kind: int, child: int, start: int, length: int) -> bytes:
    spelt = f"{name}\0".encode("utf-16-le") if name else b""
    about = struct.pack("<HBBIII", len(spelt), kind, 1, FREE, FREE, child)
    return (spelt.ljust(64, b"\0") + about).ljust(116, b"\0") + struct.pack("<IQ", start, length)


CHART = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x20, 0, 0, 0, 0)) + error(2, 1, NA)
SHEET = (
    text(0, 0, "A1")
    + text(0, 1, "A2")
    + error(1, 0, DIV0, formula=True)
    + number(1, 1, 3)
    + number(2, 0, 1)
    + number(2, 1, 2)
    + error(3, 1, NA)
    + number(3, 0, 2)
    + (CHART + record(0x000A))
)


@pytest.mark.parametrize("more", [b"", record(0x00EC, bytes(8000))], ids=["small", "large"])
def test_an_old_workbook(tmp_path: Path, more: bytes) -> None:
    path = tmp_path / "t.xls"
    path.write_bytes(compound(book(more + SHEET, error(0, 0, DIV0))))
    imported = read_responses(path, INSTRUMENT)
    assert (values(imported, "A1"), values(imported, "A2")) == (
        ["invalid", 1, 2],
        [3, 2, "invalid"],
    )
    assert [(c.column, c.value, c.rows) for c in imported.report.refused] == [
        ("A1", "#DIV/0!", (2,)),
        ("A2", "#N/A", (4,)),
    ]


def test_errors_of_every_sheet_but_not_of_its_charts() -> None:
    found = errors_of(compound(book(SHEET, error(0, 0, 0x24) + error(5, 2, 0x99))))
    assert found == [
        {(1, 0): "#DIV/0!", (3, 1): "#N/A"},
        {(0, 0): "#NUM!", (5, 2): "#ERROR 153!"},
    ]
    assert errors_of(b"PK") == []


def test_damage_costs_errors_and_nothing_else() -> None:
    """Bytes are changed and cut off: whatever is left of the file, reading it comes to an end."""
    sound = compound(book(SHEET))
    draw = random.Random(1)  # noqa: S311 - no secret
    for _ in range(2000):
        damaged = bytearray(sound)
        for _ in range(draw.choice((1, 3, 10))):
            # The first 600 bytes and the directory say where everything is.
            at = draw.randrange(draw.choice((80, 600, len(sound))))
            damaged[at] = draw.randrange(256)
        errors_of(bytes(damaged[: draw.choice((len(sound), 1000, 100))]))


def test_an_open_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cosyn.tables.ods._CHUNK", 61)
    path = tmp_path / "t.ods"
    wrong = (
        '<table:table-row><table:table-cell office:value-type="string" office:string-value=""'
        ' calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>'
        '<table:table-cell office:value-type="string" office:string-value="" office:v="">'
        "<text:p>x</text:p></table:table-cell></table:table-row>"
    )
    path.write_bytes(ods([["A1", "N1"], [1, 2]], body=wrong))
    assert read_table(path).row(1)[0] == "#DIV/0!"
    imported = read_responses(path, INSTRUMENT)
    assert values(imported, "A1") == [1, "invalid"]
    assert [(c.column, c.value, c.rows) for c in imported.report.refused] == [
        ("A1", "#DIV/0!", (3,))
    ]
    assert imported.report.file == "t.ods"


def test_an_open_document_without_its_content(tmp_path: Path) -> None:
    path = tmp_path / "t.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", ODS_TYPE)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    with pytest.raises(ResponseError, match=r"no item named 'content\.xml'") as caught:
        read_table(path)
    assert caught.value.code == "response.damaged-workbook"
