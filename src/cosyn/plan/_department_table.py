"""What is known of departments beside the answers: ``departments.csv`` in the plan's folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cosyn.tables import RawTable
    from cosyn.yamlfile import Reader

DEPARTMENTS = "departments.csv"
_KEY = ("department", "部门")


def department_table(folder: Path, reader: Reader) -> Mapping[str, Mapping[str, str]]:
    """Column -> department -> value; nothing if there is no such file.

    The column ``department`` holds the codes that the responses bear; every other one, such as
    ``level``, ``region`` or ``mode``, is a grouping that the plan may name.

    Raises
    ------
    ResponseError
        If the file is no table.
    """
    path = folder / DEPARTMENTS
    if not path.exists():
        return {}
    # The kinds of tables take a tenth of a second that a study without the file need not wait.
    from cosyn.tables import read_table  # noqa: PLC0415

    table = read_table(path)
    where = f"{folder.name}/{DEPARTMENTS}"
    header = [name.strip() for name in table.header]
    key = next((j for j, name in enumerate(header) if name.casefold() in _KEY), None)
    if key is None:
        what = "it has no column `department`"
        reader.fault("departments-key", where, what, "Add one, with the code of a department a row")
        return {}
    _check(table, key, where, reader)
    return {
        name: {row[key].strip(): row[j].strip() for _, row in table.records()}
        for j, name in enumerate(header)
        if j != key and name
    }


def _check(table: RawTable, key: int, where: str, reader: Reader) -> None:
    """A department must have a code and stand once."""
    seen: dict[str, int] = {}
    for number, row in table.records():
        code = row[key].strip()
        if not code or code in seen:
            first = f"department {code!r} stands in row {seen[code]} too" if code else "no code"
            fix = "Keep one row a department"
            reader.fault("departments-row", f"{where}, row {number}", first, fix)
        seen.setdefault(code, number)
    for aside in table.aside:
        fix = "Give the row as many cells as the header"
        reader.fault("departments-row", f"{where}, row {aside.row}", aside.reason, fix)
