"""Which rows are answers: blank ones are counted, malformed ones are set aside by number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.importers._types import SetAside

if TYPE_CHECKING:
    from cosyn.importers._types import RawTable


@dataclass(frozen=True, slots=True)
class Row:
    """A row as wide as the header, with its number in the file."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sifted:
    """The rows to be read, the rows set aside, and how many were blank."""

    rows: tuple[Row, ...]
    set_aside: tuple[SetAside, ...]
    blank: int


def sift(table: RawTable) -> Sifted:
    """Part the rows of a table."""
    kept: list[Row] = []
    set_aside: list[SetAside] = []
    blank = 0
    for number, cells in enumerate(table.rows, table.first_row):
        stripped = tuple(cell.strip() for cell in cells)
        if not any(stripped):
            blank += 1
        elif len(cells) != len(table.header):
            reason = f"it has {len(cells)} fields where the header has {len(table.header)}"
            set_aside.append(SetAside(number, reason))
        elif stripped == table.header:
            set_aside.append(SetAside(number, "it repeats the header"))
        else:
            kept.append(Row(number, cells))
    return Sifted(tuple(kept), tuple(set_aside), blank)
