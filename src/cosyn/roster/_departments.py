"""Read the table of departments: codes, names, numbers invited, words for the placeholders."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cosyn.errors import ResponseError, raise_all
from cosyn.roster._causes import Causes
from cosyn.roster._columns import LONGEST, Header, cells, header_of, needed, opened, set_aside
from cosyn.roster._types import CODE, MOST_INVITED, Department, Listed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cosyn.i18n import Text
    from cosyn.instrument.types import Instrument
    from cosyn.tables import RawTable

_NAME = "name"
_TITLES = {
    "department": ("department", "部门", "部门代码"),
    _NAME: (_NAME, "名称", "部门名称"),
    "level": ("level", "层级", "级别"),
    "group": ("group", "组", "组别"),
    "invited": ("invited", "邀请人数", "人数"),
    "quota": ("quota", "配额"),
}
_WHOLE = re.compile(r"(\d{1,9})(\.0+)?")


def read_roster(path: Path, instrument: Instrument) -> tuple[Department, ...]:
    """Read a table of departments; see `read_departments`."""
    return read_departments(path, instrument).rows


def read_departments(path: Path, instrument: Instrument) -> Listed[Department]:
    """Read a table with a column ``department`` and any of those below.

    ``name`` or ``name:en`` and so on; ``level``, ``group``, ``invited``, ``quota``; ``M:en`` and
    so on, a column a placeholder and language. A department without words of its own for a
    placeholder keeps the instrument's; it has them in every language or in none.

    Raises
    ------
    ResponseError, Faults
        For a file that is no table, a missing column, or rows that cannot be used: one fault a
        cause.
    """
    table = opened(path)
    marks = (_NAME, *instrument.placeholders)
    header = header_of(table, path.name, _TITLES, marks, instrument.languages)
    fix = "Add one, with a code a row"
    raise_all([*needed("roster.no-department", "department", header, path.name, fix)])
    causes = Causes(path.name)
    found = _departments(table, header, instrument.languages, causes)
    set_aside(table, causes)
    raise_all(causes.faults())
    if not found:
        fix = "Write one row a department below the header"
        raise ResponseError("roster.empty", path.name, "the roster has no row", fix)
    return Listed(found, header.unread)


def _departments(
    table: RawTable, header: Header, languages: Sequence[str], causes: Causes
) -> tuple[Department, ...]:
    rows: list[int] = table.numbers.tolist()
    fields = header.fields
    codes = cells(table, fields["department"], causes)
    _check_codes(rows, codes, causes)
    texts = {
        (mark, language): cells(table, place, causes, LONGEST if mark == _NAME else 0)
        for (mark, language), place in header.texts.items()
    }
    one_name = cells(table, fields.get(_NAME), causes, LONGEST)
    levels, groups = (cells(table, fields.get(f), causes, LONGEST) for f in ("level", "group"))
    numbers = {
        field: _numbers(rows, field, cells(table, fields.get(field), causes), least, causes)
        for field, least in (("invited", 0), ("quota", 1))
    }
    marks = tuple(dict.fromkeys(mark for mark, _ in texts))
    found = []
    for i, (row, code) in enumerate(zip(rows, codes, strict=True)):
        words = {m: {t: texts[m, t][i] for t in languages} for m in marks}
        _check_words(row, words, causes)
        whole = {m: text for m, text in words.items() if all(text.values())}
        name = whole.pop(_NAME, dict.fromkeys(languages, one_name[i]) if one_name[i] else {})
        invited, quota = numbers["invited"][i], numbers["quota"][i]
        found.append(Department(code, whole, name, levels[i], groups[i], invited, quota))
    return tuple(found)


def _check_codes(rows: Sequence[int], codes: Sequence[str], causes: Causes) -> None:
    seen: dict[str, int] = {}
    for row, code in zip(rows, codes, strict=True):
        if not CODE.fullmatch(code):
            what = "the department's code cannot be used" if code else "there is no code"
            fix = "Use letters, digits, - and _, at most 20, beginning with a letter or digit"
            causes.add("roster.code", row, what, code, fix)
        elif code.casefold() in seen:
            what = "the department stands in a row above too"
            fix = "Keep one row a department (capital letters do not count)"
            shown = f"{code}: row {seen[code.casefold()]}"
            causes.add("roster.duplicate", row, what, shown, fix)
        seen.setdefault(code.casefold(), row)


def _numbers(
    rows: Sequence[int], field: str, texts: Sequence[str], least: int, causes: Causes
) -> list[int | None]:
    found: list[int | None] = []
    for row, text in zip(rows, texts, strict=True):
        whole = _WHOLE.fullmatch(text)
        number = int(whole[1]) if whole else None
        if text and (number is None or not least <= number <= MOST_INVITED):
            what = f"`{field}` is no whole number from {least} to {MOST_INVITED:,}"
            causes.add("roster.number", row, what, text, "Write a number, or leave it empty")
        found.append(number)
    return found


def _check_words(row: int, words: Mapping[str, Text], causes: Causes) -> None:
    for mark, texts in words.items():
        empty = [language for language, text in texts.items() if not text]
        if 0 < len(empty) < len(texts):
            what = f"there are words for {mark}, but none in {', '.join(empty)}"
            fix = "Fill in every language, or leave all of them empty for the usual words"
            causes.add("roster.incomplete", row, what, next(filter(None, texts.values())), fix)
        for language, text in texts.items():
            if mark != _NAME and ("{" in text or "}" in text):
                what = f"the words for {mark} in {language} hold a brace"
                fix = "Write the words out; placeholders do not stand in one another"
                causes.add("roster.brace", row, what, text, fix)
