"""The roster: which departments are asked, and what the placeholders stand for in each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.errors import ResponseError, raise_all
from cosyn.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from cosyn.errors import SurveyError
    from cosyn.i18n import Text
    from cosyn.instrument.types import Instrument

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,19}")
_DEPARTMENT = ("department", "部门")


@dataclass(frozen=True, slots=True)
class Department:
    """A department that is asked.

    Attributes
    ----------
    words : Mapping[str, Text]
        Placeholder -> what it stands for in this department, in each language.
    """

    code: str
    words: Mapping[str, Text]


def read_roster(path: Path, instrument: Instrument) -> tuple[Department, ...]:
    """Read a table with a column ``department`` and a column ``M:en`` a placeholder and language.

    A department without words of its own for a placeholder keeps the instrument's; it has them
    in every language or in none.

    Raises
    ------
    ResponseError, Faults
        For a file that is no table, a missing column, or rows that cannot be used.
    """
    table = read_table(path)
    header = [name.strip() for name in table.header]
    key = next((i for i, name in enumerate(header) if name.casefold() in _DEPARTMENT), None)
    if key is None:
        what = "the roster has no column `department`"
        raise ResponseError("roster.no-department", path.name, what, "Add one, with a code a row")
    columns = _columns(header, instrument, path.name)
    faults: list[SurveyError] = []
    seen: dict[str, int] = {}
    found = [
        _department(row, number, key, columns, seen, path.name, faults)
        for number, row in table.records()
    ]
    for aside in table.aside:
        where = f"{path.name}, row {aside.row}"
        fix = "Give the row as many cells as the header"
        faults.append(ResponseError("roster.short-row", where, aside.reason, fix))
    raise_all(faults)
    if not found:
        fix = "Write one row a department below the header"
        raise ResponseError("roster.empty", path.name, "the roster has no row", fix)
    return tuple(found)


def _columns(
    header: Sequence[str], instrument: Instrument, name: str
) -> dict[tuple[str, str], int]:
    """Find the column of each placeholder in each language."""
    columns: dict[tuple[str, str], int] = {}
    faults: list[SurveyError] = []
    for place, title in enumerate(header):
        mark, colon, language = title.partition(":")
        if not colon or mark not in instrument.placeholders:
            continue
        if language not in instrument.languages:
            fix = f"Use one of: {', '.join(instrument.languages)}"
            what = f"the instrument has no language {language!r}"
            where = f'{name}, column "{title}"'
            faults.append(ResponseError("roster.unknown-language", where, what, fix))
        columns[mark, language] = place
    for mark in dict.fromkeys(mark for mark, _ in columns):
        for language in instrument.languages:
            if (mark, language) not in columns:
                what = f"placeholder {mark} has words in one language, but no column in {language}"
                fix = f"Add the column {mark}:{language}"
                faults.append(ResponseError("roster.missing-language", name, what, fix))
    raise_all(faults)
    return columns


def _department(
    row: Sequence[str],
    number: int,
    key: int,
    columns: Mapping[tuple[str, str], int],
    seen: dict[str, int],
    name: str,
    faults: list[SurveyError],
) -> Department:
    where = f"{name}, row {number}"
    code = row[key].strip()
    if not CODE.fullmatch(code):
        what = f"the department's code is {code!r}"
        fix = "Use letters, digits, - and _, at most 20, beginning with a letter or digit"
        faults.append(ResponseError("roster.code", where, what, fix))
    if code.casefold() in seen:
        what = f"department {code!r} stands in row {seen[code.casefold()]} too"
        fix = "Keep one row a department (capital letters do not count)"
        faults.append(ResponseError("roster.duplicate", where, what, fix))
    seen.setdefault(code.casefold(), number)
    words: dict[str, Text] = {}
    for (mark, language), place in columns.items():
        words.setdefault(mark, {})[language] = " ".join(row[place].split())
    faults += _incomplete(code, words, where)
    return Department(code, {m: texts for m, texts in words.items() if all(texts.values())})


def _incomplete(code: str, words: Mapping[str, Text], where: str) -> Iterator[SurveyError]:
    for mark, texts in words.items():
        empty = [language for language, text in texts.items() if not text]
        if 0 < len(empty) < len(texts):
            what = f"department {code!r} has words for {mark}, but none in {', '.join(empty)}"
            fix = "Fill in every language, or leave all of them empty for the usual words"
            yield ResponseError("roster.incomplete", where, what, fix)
        for language, text in texts.items():
            if "{" in text or "}" in text:
                what = f"the words for {mark} in {language} hold a brace: {text!r}"
                fix = "Write the words out; placeholders do not stand in one another"
                yield ResponseError("roster.brace", where, what, fix)
