"""Make sure that the first row is a header, and the only one."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from cosyn.errors import ResponseError
from cosyn.importers._codebook import is_blank
from cosyn.spelling import LOST, listed, number, plain, repaired
from cosyn.tables import REPEATED

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from cosyn.tables import RawTable

_ONE_HEADER = "Keep one row of column names above the answers and delete the other"


def check_header(table: RawTable, name: str, wordings: Collection[str] = ()) -> None:
    """Insist on one row of distinct names.

    Parameters
    ----------
    name : str
        The file, as shown to the user.
    wordings : collection of str
        What items ask, plainly spelt: by them a name is found that fell into several.

    Raises
    ------
    ResponseError
        ``response.shifted-header``, ``response.no-header``, ``response.empty-header``,
        ``response.duplicate-header``, ``response.mojibake`` or ``response.doubled-header``.
    """
    _refuse_shifted(table, name, wordings)
    where = f"{name}, row {table.first_row - 1}"
    names = [plain(column) for column in table.header]
    if all(number(column) is not None for column in names if column):
        what = "the first row holds numbers where the names of the columns should be"
        raise ResponseError(
            "response.no-header",
            where,
            what,
            "Put a row with item ids or question texts above the answers",
        )
    _refuse_damaged(table, where)
    _refuse_nameless(table, where)
    _refuse_equal(table, names, where)
    _refuse_repeated(table, names, name)


def _refuse_shifted(table: RawTable, name: str, wordings: Collection[str]) -> None:
    """Stop where most rows are of one width and the header is of another.

    A name that holds a comma and lost its quotes makes several names of one.
    """
    widths = Counter(len(aside.cells) for aside in table.aside if aside.reason != REPEATED)
    if not widths:
        return
    width, count = widths.most_common(1)[0]
    if count <= 1 or 2 * count <= table.n + len(table.aside):
        return
    rows = [aside.row for aside in table.aside if len(aside.cells) == width]
    where = f"{name}, row {table.first_row - 1}"
    what = (
        f"the header has {len(table.header)} names, but {count} rows (e.g. row {rows[0]}) have "
        f"{width} fields{_fallen_apart(table, len(table.header) - width, wordings)}"
    )
    fix = "Put a name that holds the delimiter in quotes, or export the table again"
    raise ResponseError("response.shifted-header", where, what, fix)


def _fallen_apart(table: RawTable, too_many: int, wordings: Collection[str]) -> str:
    """Name the columns whose names together are what one item asks; empty if there are none."""
    mark = table.delimiter or ","
    for first in range(len(table.header) - too_many if too_many > 0 else 0):
        parts = table.header[first : first + too_many + 1]
        for text in (f"{mark} ".join(parts), mark.join(parts)):
            if plain(text) in wordings:
                last = table.place(first + too_many)
                return f"; {table.place(first)} to {last} are one name: {text!r}"
    return ""


def _refuse_damaged(table: RawTable, where: str) -> None:
    for i, column in enumerate(table.header):
        meant = repaired(column)
        if meant is not None:
            lost = "has lost characters" if meant == LOST else f"was probably {meant!r}"
            what = f"the name of {table.place(i)} is damaged: {column!r} {lost}"
            fix = "Export the table again as UTF-8; a program has read it in another encoding"
            raise ResponseError("response.mojibake", where, what, fix)


def _refuse_nameless(table: RawTable, where: str) -> None:
    nameless = [i for i, column in enumerate(table.header) if not column]
    used = [i for i in nameless if not all(map(is_blank, table.columns[i].held()))]
    if used:
        what = f"there are answers without a column name: {listed([table.place(i) for i in used])}"
        raise ResponseError("response.empty-header", where, what, "Name the columns or delete them")


def _refuse_equal(table: RawTable, names: list[str], where: str) -> None:
    first: dict[str, int] = {}
    equal: list[str] = []
    for i, name in enumerate(names):
        if name and first.setdefault(name, i) != i:
            equal.append(f"{table.place(first[name])} and {table.place(i)} ({table.header[i]!r})")
    if equal:
        what = f"columns have the same name: {listed(equal)}"
        raise ResponseError(
            "response.duplicate-header", where, what, "Give each column a name of its own"
        )


def _refuse_repeated(table: RawTable, names: list[str], name: str) -> None:
    spelt = table.n and [plain(cell) for cell in table.row(0)] == names
    exact = any(aside.row == table.first_row for aside in table.aside if aside.reason == REPEATED)
    if spelt or exact:
        where = f"{name}, row {table.first_row}"
        raise ResponseError(
            "response.doubled-header", where, "this row repeats the header", _ONE_HEADER
        )


def refuse_second_header(numbers: Sequence[int], file: str) -> None:
    """Stop at rows of question texts below the header, which survey platforms export.

    Parameters
    ----------
    numbers : sequence of int
        The rows from the first on that hold texts instead of answers.

    Raises
    ------
    ResponseError
        ``response.doubled-header`` if there is any such row.
    """
    if not numbers:
        return
    several = len(numbers) > 1
    rows = f"rows {numbers[0]} to {numbers[-1]}" if several else f"row {numbers[0]}"
    what = "below the header stand texts such as question wordings, not answers"
    raise ResponseError("response.doubled-header", f"{file}, {rows}", what, _ONE_HEADER)
