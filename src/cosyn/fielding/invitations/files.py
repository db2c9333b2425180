"""Files for mail merge: CSV and XLSX, in which no text of others is ever a formula."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import TYPE_STRING

from cosyn.archive import packed
from cosyn.fielding.invitations.address import link as address_of
from cosyn.fielding.invitations.words import field_name, greeting, letter, phrases
from cosyn.fielding.tokens import spelt
from cosyn.openxml import literal
from cosyn.workbook import FORMULA, masked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cosyn.fielding.invitations.types import Link, Occasion

Row = tuple[str, ...]
_SPREADSHEETS = "utf-8-sig"


def mail_merge(name: str, links: Sequence[Link], occasion: Occasion) -> dict[str, bytes]:
    """Tables to send links with: a row a link.

    Parameters
    ----------
    name : str
        Of the tables, without an ending.
    links : sequence of Link
        Of reminders whose links nobody has any more, the tokens are empty: the tables then have
        no column for them.
    """
    linked = all(link.token for link in links)
    columns = _columns(occasion, linked=linked)
    rows = [_row(link, occasion, linked=linked) for link in links]
    return tables(name, columns, rows, occasion.languages)


def letters(occasion: Occasion, *, reminder: bool, linked: bool) -> dict[str, bytes]:
    """The message in each language, with the columns of the tables as its fields."""
    name = "reminder" if reminder else "invitation"
    return {
        f"{name}.{language}.txt": letter(
            occasion, language, reminder=reminder, linked=linked
        ).encode()
        for language in occasion.languages
    }


def tables(
    name: str, columns: Sequence[str], rows: Sequence[Row], languages: Sequence[str]
) -> dict[str, bytes]:
    """The same rows as CSV and as a workbook; its second sheet says what the columns hold."""
    head = tuple(columns)
    return {
        f"{name}.csv": _csv((head, *rows)),
        f"{name}.xlsx": _xlsx((head, *rows), [*_about(head, languages)], languages),
    }


def in_each(name: str, languages: Iterable[str]) -> list[str]:
    """A column a language."""
    return [field_name(name, language) for language in languages]


def _columns(occasion: Occasion, *, linked: bool) -> list[str]:
    languages = occasion.languages
    names = in_each("department_name", languages)
    greetings = in_each("greeting", languages)
    head = ["code", "name", "email", "department", *names, "language", *greetings]
    return [*head, "link", "token"] if linked else head


def _row(link: Link, occasion: Occasion, *, linked: bool) -> Row:
    names = (occasion.name_of(link.department, language) for language in occasion.languages)
    greetings = (greeting(link.name, phrases(language)) for language in occasion.languages)
    head = (link.code, link.name, link.email, link.department, *names, link.language, *greetings)
    if not linked:
        return head
    return (*head, address_of(occasion.base, link.token), spelt(link.token))


def _about(columns: Sequence[str], languages: Sequence[str]) -> Iterator[Row]:
    """What each column holds, in each language."""
    yield ("", *languages)
    for column in columns:
        language = next((tag for tag in languages if column.endswith(field_name("", tag))), "")
        key = column.removesuffix(field_name("", language)) if language else column
        said = (phrases(tag)(f"column.{key}") for tag in languages)
        own = phrases(language)(f"column.{key}") if language else ""
        yield (column, *((own for _ in languages) if own else said))


def _csv(rows: Iterable[Row]) -> bytes:
    content = io.StringIO(newline="")
    csv.writer(content).writerows(tuple(map(masked, row)) for row in rows)
    return content.getvalue().encode(_SPREADSHEETS)


def _xlsx(rows: Iterable[Row], about: Iterable[Row], languages: Sequence[str]) -> bytes:
    book = Workbook(write_only=True)
    for key, content in (("rows", rows), ("about", about)):
        sheet = book.create_sheet(" ".join(phrases(tag)(f"sheet.{key}") for tag in languages))
        for row in content:
            sheet.append([_cell(sheet, text) for text in row])
    return packed(book)


def _cell(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet)
    cell.value = literal(text)
    cell.data_type = TYPE_STRING
    if text.startswith(FORMULA):
        cell.quotePrefix = True
    return cell
