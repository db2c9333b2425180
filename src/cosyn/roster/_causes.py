"""Faults of a table's rows: one message a cause, however many rows have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.errors import ResponseError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cosyn.errors import SurveyError

_MOST_ROWS, _MOST_SHOWN, _LONGEST = 8, 3, 40


class Causes:
    """Collects what is wrong with the rows of one table."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._found: dict[tuple[str, str, str], dict[int, str]] = {}

    def add(self, code: str, row: int, what: str, shown: str, fix: str) -> None:
        """Note a row, with what stands in it; `what` and `fix` tell the cause."""
        self._found.setdefault((code, what, fix), {}).setdefault(row, shown)

    def faults(self) -> list[SurveyError]:
        """One fault a cause, in the order in which they were met."""
        return [
            ResponseError(code, self._where(rows), _told(what, rows), fix)
            for (code, what, fix), rows in self._found.items()
        ]

    def _where(self, rows: Iterable[int]) -> str:
        return f"{self._file}, {named(sorted(rows))}"


def named(rows: list[int]) -> str:
    """Name rows: ``row 3``, ``rows 3 and 5``, ``rows 1, 2, 3 and 990 more``."""
    if len(rows) == 1:
        return f"row {rows[0]}"
    if len(rows) > _MOST_ROWS:
        first = ", ".join(map(str, rows[:_MOST_ROWS]))
        return f"rows {first} and {len(rows) - _MOST_ROWS:,} more"
    return f"rows {', '.join(map(str, rows[:-1]))} and {rows[-1]}"


def _told(what: str, rows: dict[int, str]) -> str:
    shown = [_quoted(text) for text in dict.fromkeys(rows.values()) if text]
    rest = ", ..." if len(shown) > _MOST_SHOWN else ""
    examples = f" ({', '.join(shown[:_MOST_SHOWN])}{rest})" if shown else ""
    count = f"{len(rows):,} rows: " if len(rows) > 1 else ""
    return f"{count}{what}{examples}"


def _quoted(text: str) -> str:
    """Spell a text so that no terminal obeys it, and cut a long one."""
    return repr(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")
