"""What the importers of platforms share: columns by name, rows set aside, names made distinct."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cosyn.spelling import listed, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from cosyn.columns import Column
    from cosyn.importers._types import Role
    from cosyn.instrument.types import Instrument
    from cosyn.tables import RawTable

Patterns = tuple[tuple[re.Pattern[str], "Role"], ...]
"""What the (plainly spelt) names of a platform's own columns look like, and what these are."""
_CHINESE = {
    "zh-s": "zh-hans",
    "zh-cn": "zh-hans",
    "zh-sg": "zh-hans",
    "zh-t": "zh-hant",
    "zh-tw": "zh-hant",
    "zh-hk": "zh-hant",
}
_IN_BRACKETS = re.compile(r".*\(([A-Za-z-]+)\)")


def patterns(known: Mapping[str, Role]) -> Patterns:
    """Compile patterns of names."""
    return tuple((re.compile(name), role) for name, role in known.items())


def roles_of(names: Iterable[str], known: Patterns) -> dict[str, Role]:
    """Name of a column -> what it is, for the platform's own columns.

    Of several times of one kind the first alone counts, in the order of the patterns.
    """
    spelt = {name: plain(name) for name in names}
    found: dict[str, Role] = {}
    taken: set[Role] = set()
    for pattern, role in known:
        for name, spelling in spelt.items():
            if name in found or not pattern.fullmatch(spelling):
                continue
            again = role in taken and role[0] in {"time", "seconds", "language", "wave"}
            found[name] = ("platform", "") if again else role
            taken.add(role)
    return found


def place(table: RawTable, *names: str) -> int | None:
    """Position of the first column that has one of these (plainly spelt) names."""
    spelt = [plain(column) for column in table.header]
    return next((spelt.index(name) for name in names if name in spelt), None)


def has(table: RawTable, *names: str) -> bool:
    """Whether there are columns of all these (plainly spelt) names."""
    return set(names) <= {plain(column) for column in table.header}


def warned(table: RawTable, *warnings: str) -> RawTable:
    """The same table with further warnings; empty ones are left out."""
    return replace(table, warnings=(*table.warnings, *filter(None, warnings)))


def changed(table: RawTable, column: int | None, spell: Callable[[str], str]) -> RawTable:
    """Respell the texts of a column, if there is one."""
    if column is None:
        return table
    columns = list(table.columns)
    columns[column] = columns[column].mapped(spell)
    return replace(table, columns=tuple(columns))


def set_aside(table: RawTable, column: int | None, why: Callable[[str], str]) -> RawTable:
    """Set aside the rows of whose text in a column there is something to say."""
    if column is None:
        return table
    reasons = [why(text) for text in table.columns[column].texts]
    for reason in dict.fromkeys(filter(None, reasons)):
        # Rows shrink with each reason, so the codes are looked up anew.
        gone = np.array([r == reason for r in reasons], bool)[table.columns[column].codes]
        if gone.any():
            table = table.only(~gone, reason)
    return table


def count(column: Column, says: Callable[[str], bool]) -> int:
    """How many rows hold a text of which something holds."""
    return sum(
        int(n) for text, n in zip(column.texts, column.counts(), strict=True) if n and says(text)
    )


def distinct(table: RawTable, own: Sequence[str] = ()) -> RawTable:
    """Give columns of equal or no names distinct ones, and warn: none of them is taken for an item.

    Parameters
    ----------
    own : sequence of str
        What else the file calls its m columns; in place of their positions.
    """
    spelt = [plain(name) for name in table.header]
    several = {name for name, times in Counter(spelt).items() if times > 1}
    names = [
        f"{name} ({own[i] if own and own[i] else table.place(i)})".strip()
        if spelt[i] in several or not name
        else name
        for i, name in enumerate(table.header)
    ]
    pairs = zip(table.header, spelt, strict=True)
    equal = dict.fromkeys(repr(name) for name, known in pairs if known and known in several)
    what = "columns share a name and are told apart by their places"
    warning = f"{what}: {listed(list(equal))}" if equal else ""
    return warned(replace(table, header=tuple(names)), warning)


def language_of(text: str, instrument: Instrument) -> str:
    """Name a language as the instrument does, if it is one of its own: ``ZH-S``, ``中文 (zh)``."""
    named = _IN_BRACKETS.fullmatch(text.strip())
    tag = (named[1] if named else text).strip().replace("_", "-").lower()
    tag = _CHINESE.get(tag, tag)
    exact = [own for own in instrument.languages if own.lower() == tag]
    base = [own for own in instrument.languages if own.lower().split("-")[0] == tag.split("-")[0]]
    # A script that the instrument has not is another language, but en-GB is English.
    other = tag in {"zh-hans", "zh-hant"}
    if exact:
        return exact[0]
    return base[0] if len(base) == 1 and not other else text.strip()
