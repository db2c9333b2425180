"""Reminders: who is not marked as answered, with links where the field team still has them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from cosyn.errors import ResponseError
from cosyn.fielding.invitations.files import Row, in_each
from cosyn.fielding.invitations.plan import some
from cosyn.fielding.invitations.words import greeting, phrases
from cosyn.fielding.tokens import keyed_hash, read_token
from cosyn.i18n import plain
from cosyn.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from cosyn.fielding.invitations.book import Book
    from cosyn.fielding.invitations.types import Link, Occasion

_ROOM = 200.0  # megabytes: a links file of the largest run


def to_remind(book: Book) -> tuple[Link, ...]:
    """The people on the roster who are not marked as answered, without their tokens.

    In anonymous mode some of them may have answered: marks are made in batches.
    """
    return tuple(
        book.link(one, "")
        for code, one in sorted(book.latest().items())
        if one.state == "issued" and code in book.people
    )


def tokens_of(files: Iterable[Path]) -> tuple[str, ...]:
    """Every token that stands in links files.

    Raises
    ------
    ResponseError
        ``roster.no-links`` for a table without a column ``link`` or ``token``.
    """
    found: list[str] = []
    for path in files:
        table = read_table(path, _ROOM)
        titles = [plain(title) for title in table.header]
        place = next((titles.index(name) for name in ("token", "link") if name in titles), None)
        if place is None:
            what, fix = "the table has no column `link`", "Name a file links.csv or links.xlsx"
            raise ResponseError("roster.no-links", path.name, what, fix)
        read = (read_token(text.rpartition("/")[2]) for text in table.columns[place])
        found += filter(None, read)
    return tuple(found)


def with_links(
    links: Sequence[Link], book: Book, key: bytes, tokens: Iterable[str]
) -> tuple[Link, ...]:
    """Give each invitation its token back.

    Parameters
    ----------
    key : bytes
        Of the roster: names a token in the store.

    Raises
    ------
    ResponseError
        ``roster.links-incomplete`` if one is not among the tokens.
    """
    named = {keyed_hash(key, token): token for token in tokens}
    hashes = {code: one.hash for code, one in book.latest().items()}
    lacking = [link.code for link in links if hashes[link.code] not in named]
    if lacking:
        what = f"the files lack the present links of {some(lacking)}"
        fix = "Give every links file of this wave, or leave --links-file out"
        raise ResponseError("roster.links-incomplete", "--links-file", what, fix)
    return tuple(replace(link, token=named[hashes[link.code]]) for link in links)


def department_table(book: Book, occasion: Occasion) -> tuple[list[str], list[Row]]:
    """Columns and rows of the departments: how many are invited and marked, for their contacts."""
    languages = occasion.languages
    columns = ["department", *in_each("department_name", languages)]
    columns += [*in_each("greeting", languages), "invited", "marked", "left", "shared"]
    greetings = [greeting("", phrases(language)) for language in languages]
    held, marked, shared = Counter[str](), Counter[str](), set[str]()
    for one in book.latest().values():
        if one.kind == "department" and one.state == "issued":
            shared.add(one.department)
        elif one.kind == "person" and one.state != "withdrawn":
            held[one.department] += 1
            marked[one.department] += one.state == "answered"
    rows: list[Row] = []
    for code in book.departments:
        left = held[code] - marked[code]
        if left or code in shared:
            names = (occasion.name_of(code, language) for language in languages)
            counts = map(str, (held[code], marked[code], left))
            rows.append((code, *names, *greetings, *counts, "1" if code in shared else "0"))
    return columns, rows
