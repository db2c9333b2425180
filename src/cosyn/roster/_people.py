"""Read the table of people: a code, a department, and how to reach them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cosyn.errors import ResponseError, raise_all
from cosyn.i18n import plain
from cosyn.roster._causes import Causes
from cosyn.roster._columns import LONGEST, cells, header_of, needed, opened, set_aside
from cosyn.roster._types import PERSON, Listed, Person

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from cosyn.instrument.types import Instrument

_TITLES = {
    "person": ("person", "人员", "人员编号", "人员代码"),
    "name": ("name", "姓名"),
    "email": ("email", "e-mail", "邮箱", "电子邮件"),
    "department": ("department", "部门", "部门代码"),
    "language": ("language", "语言"),
}
_ADDRESS = re.compile(r"[^\s@,;:<>\"()\[\]\\]+@[^\s@,;:<>\"()\[\]\\]+")


def is_people(path: Path) -> bool:
    """Tell whether a table lists people: it has a column ``person``."""
    spelt = {plain(title) for title in _TITLES["person"]}
    return any(plain(title) in spelt for title in opened(path).header)


def read_people(path: Path, instrument: Instrument, departments: Iterable[str]) -> Listed[Person]:
    """Read a table with the columns ``person``, ``department``, ``name``, ``email``, ``language``.

    The first two are necessary.

    Parameters
    ----------
    departments : iterable of str
        Codes of the roster; capital letters do not count.

    Raises
    ------
    ResponseError, Faults
        For a file that is no table, a missing column, or rows that cannot be used: one fault a
        cause.
    """
    table = opened(path)
    header = header_of(table, path.name, _TITLES)
    faults = [*needed("roster.no-person", "person", header, path.name, "Add it")]
    faults += needed("roster.no-department", "department", header, path.name, "Add it")
    raise_all(faults)
    causes = Causes(path.name)
    rows: list[int] = table.numbers.tolist()
    columns = {field: cells(table, header.fields.get(field), causes, LONGEST) for field in _TITLES}
    known = {code.casefold(): code for code in departments}
    _check_codes(rows, columns["person"], known, causes)
    _check_emails(rows, columns["email"], causes)
    tags = {tag.casefold(): tag for tag in instrument.languages}
    _check_departments(rows, columns["department"], known, causes)
    _check_languages(rows, columns["language"], tags, causes)
    set_aside(table, causes)
    raise_all(causes.faults())
    if not rows:
        fix = "Write one row a person below the header"
        raise ResponseError("roster.empty", path.name, "the roster has no row", fix)
    people = (
        Person(code, known[department.casefold()], name, email, tags.get(language.casefold(), ""))
        for code, name, email, department, language in zip(*columns.values(), strict=True)
    )
    return Listed(tuple(people), header.unread)


def _check_codes(
    rows: Sequence[int], codes: Sequence[str], departments: Mapping[str, str], causes: Causes
) -> None:
    seen: dict[str, int] = {}
    for row, code in zip(rows, codes, strict=True):
        key = code.casefold()
        if not PERSON.fullmatch(code):
            what = "the person's code cannot be used" if code else "there is no code"
            fix = "Use letters, digits, and . _ @ -, at most 64, beginning with a letter or digit"
            causes.add("roster.person", row, what, code, fix)
        elif key in seen:
            what = "the person stands in a row above too"
            shown = f"{code}: row {seen[key]}"
            causes.add("roster.duplicate-person", row, what, shown, "Keep one row a person")
        elif key in departments:
            what = "the person has the code of a department"
            fix = "Give people other codes than departments: commands name either by its code"
            causes.add("roster.person-is-department", row, what, code, fix)
        seen.setdefault(key, row)


def _check_emails(rows: Sequence[int], emails: Sequence[str], causes: Causes) -> None:
    seen: dict[str, int] = {}
    for row, email in zip(rows, emails, strict=True):
        if email and not _ADDRESS.fullmatch(email):
            what, fix = "this is no e-mail address", "Write one address, without a name around it"
            causes.add("roster.email", row, what, email, fix)
        elif email and email.casefold() in seen:
            what = "the e-mail address stands in a row above too"
            shown = f"{email}: row {seen[email.casefold()]}"
            fix = "Keep one row a person, each with an address of their own or none"
            causes.add("roster.duplicate-email", row, what, shown, fix)
        seen.setdefault(email.casefold(), row)


def _check_departments(
    rows: Sequence[int], departments: Sequence[str], known: Mapping[str, str], causes: Causes
) -> None:
    what = "the roster has no such department"
    fix = "Add the department to its table, or mend the code"
    for row, department in zip(rows, departments, strict=True):
        if department.casefold() not in known:
            causes.add("roster.unknown-department", row, what, department or "empty", fix)


def _check_languages(
    rows: Sequence[int], languages: Sequence[str], tags: Mapping[str, str], causes: Causes
) -> None:
    what = "the instrument has no such language"
    fix = f"Use one of: {', '.join(tags.values())}, or leave it empty"
    for row, language in zip(rows, languages, strict=True):
        if language and language.casefold() not in tags:
            causes.add("roster.unknown-language", row, what, language, fix)
