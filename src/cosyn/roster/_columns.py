"""Which column of a table holds what, and its cells as clean texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import category

from cosyn.errors import ResponseError, raise_all
from cosyn.i18n import plain
from cosyn.tables import NULL, UNCALCULATED, read_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from cosyn.errors import SurveyError
    from cosyn.roster._causes import Causes
    from cosyn.tables import RawTable

LONGEST = 200
"""Characters of a name: it stands on cards and in lists."""
_ROOM_FOR_ROSTERS = 100.0  # megabytes: a hundred thousand rows with room to spare


@dataclass(frozen=True, slots=True)
class Header:
    """Where things stand in a table.

    Attributes
    ----------
    fields : Mapping[str, int]
        Field -> column.
    texts : Mapping[tuple of (str, str), int]
        Mark (a placeholder or ``name``) and language -> column, every language or none.
    unread : tuple of str
        Titles of the other columns.
    """

    fields: Mapping[str, int]
    texts: Mapping[tuple[str, str], int]
    unread: tuple[str, ...]


class _Wrong(NamedTuple):
    """A cause, as `Causes` takes it."""

    code: str
    what: str
    fix: str


def opened(path: Path) -> RawTable:
    """Read a table of people or departments.

    Raises
    ------
    ResponseError
        If there is no such file, or its content is no table.
    """
    return read_table(path, _ROOM_FOR_ROSTERS)


def header_of(
    table: RawTable,
    file: str,
    titles: Mapping[str, tuple[str, ...]],
    marks: Iterable[str] = (),
    languages: tuple[str, ...] = (),
) -> Header:
    """Find the columns of a table.

    Parameters
    ----------
    titles : Mapping[str, tuple of str]
        Field -> titles it may have, in any language.
    marks : iterable of str
        What stands in a column a language, titled ``mark:language``.

    Raises
    ------
    ResponseError, Faults
        ``roster.repeated-column``, ``roster.unknown-language``, ``roster.missing-language``.
    """
    known = {plain(title): name for name, spelt in titles.items() for title in spelt}
    asked = set(marks)
    fields: dict[str, int] = {}
    texts: dict[tuple[str, str], int] = {}
    unread: list[str] = []
    faults: list[SurveyError] = []
    for place, raw in enumerate(table.header):
        title = raw.strip().replace("：", ":")
        mark, colon, language = (part.strip() for part in title.partition(":"))
        field = known.get(plain(title), "")
        if colon and mark in asked:
            if language not in languages:
                faults.append(_unknown_language(file, raw, language, languages))
            faults += _repeated(file, raw, (mark, language) in texts)
            texts[mark, language] = place
        elif field:
            faults += _repeated(file, raw, field in fields)
            fields[field] = place
        elif title:
            unread.append(raw.strip())
    faults += _missing_languages(file, texts, languages)
    raise_all(faults)
    return Header(fields, texts, tuple(unread))


def _unknown_language(
    file: str, title: str, language: str, languages: tuple[str, ...]
) -> SurveyError:
    what = f"the instrument has no language {language!r}"
    fix = f"Use one of: {', '.join(languages)}"
    return ResponseError("roster.unknown-language", f'{file}, column "{title}"', what, fix)


def _repeated(file: str, title: str, again: bool) -> list[SurveyError]:  # noqa: FBT001
    what, fix = "another column holds the same", "Keep one of them"
    where = f'{file}, column "{title}"'
    return [ResponseError("roster.repeated-column", where, what, fix)] if again else []


def _missing_languages(
    file: str, texts: Mapping[tuple[str, str], int], languages: tuple[str, ...]
) -> list[SurveyError]:
    faults: list[SurveyError] = []
    for mark in dict.fromkeys(mark for mark, _ in texts):
        for language in languages:
            if (mark, language) not in texts:
                what = f"{mark} has words in one language, but no column in {language}"
                fix = f"Add the column {mark}:{language}"
                faults.append(ResponseError("roster.missing-language", file, what, fix))
    return faults


def needed(code: str, field: str, header: Header, file: str, fix: str) -> Iterator[SurveyError]:
    """Say under a code of fault that a table lacks a column."""
    if field not in header.fields:
        yield ResponseError(code, file, f"the table has no column `{field}`", fix)


def cells(table: RawTable, place: int | None, causes: Causes, longest: int = 0) -> list[str]:
    """The texts of a column, blanks tidied; each distinct text is looked at once.

    Parameters
    ----------
    place : int or None
        None for a column that the table does not have: empty texts.
    longest : int
        Characters that are allowed; 0 for any number.
    """
    if place is None:
        return [""] * table.n
    column = table.columns[place]
    title = table.header[place].strip()
    clean = []
    for position, raw in enumerate(column.texts):
        text = "" if raw == NULL else " ".join(raw.split())
        clean.append(text)
        for wrong in _wrong(text, title, longest):
            for row in table.numbers[column.where(position)].tolist():
                causes.add(wrong.code, row, wrong.what, text, wrong.fix)
    return [clean[code] for code in column.codes.tolist()]


def _wrong(text: str, title: str, longest: int) -> Iterator[_Wrong]:
    """What no cell of a roster may hold."""
    if text == UNCALCULATED:
        what = f"a formula in column {title!r} has no value in the file"
        yield _Wrong("roster.formula", what, "Let the program calculate it, and save the file")
    elif any(category(c) in {"Cc", "Cs"} or c in "\ufffe\uffff" for c in text):
        what = f"a cell of column {title!r} holds a character that no text may hold"
        yield _Wrong("roster.control", what, "Type the text anew")
    if longest and len(text) > longest:
        what = f"a text of column {title!r} has more than {longest} characters"
        yield _Wrong("roster.too-long", what, "Shorten it: it stands on cards and in lists")


def set_aside(table: RawTable, causes: Causes) -> None:
    """Name the rows that the reader could not take as rows of this table."""
    for aside in table.aside:
        fix = "Give the row as many cells as the header"
        causes.add("roster.short-row", aside.row, aside.reason, "", fix)
