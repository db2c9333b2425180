"""A draft of a mapping file: what a table does not say is left open, and nothing is guessed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from cosyn.importers._cells import item_columns
from cosyn.importers._choices import likely_choices
from cosyn.importers._choose import choose, prepared
from cosyn.importers._forms import read_as
from cosyn.importers._header import check_header
from cosyn.importers._match import assigned, wordings_of
from cosyn.spelling import listed, plain
from cosyn.tables import choose as kind_of
from cosyn.tables import fingerprint

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence
    from pathlib import Path

    from cosyn.importers._cells import ItemColumn
    from cosyn.importers._types import ColumnFate
    from cosyn.instrument.types import Instrument
    from cosyn.tables import RawTable

_MOST_TEXTS = 40
_ALIKE = 0.75
_ABOUT = """\
# What the columns and words of {file} stand for: a draft.
#
# Nothing in it counts yet: every line is a remark. Take away the # before the lines that you
# have settled, write item ids, codes and reasons in the place of ITEM, CODE and REASON, and
# delete what you do not need. A column of departments, waves or respondents stands on a line of
# its own, e.g. `department: "Office"`; a column that nobody needs under `ignore: [...]`. Then:
#   survey import {file} --mapping THIS_FILE
#
# Understood without help: {understood}
"""


@dataclass(frozen=True, slots=True)
class Draft:
    """The text of a mapping file, and how many questions it leaves open."""

    text: str
    left_open: int


def draft(
    path: Path,
    instrument: Instrument,
    importer: str | None = None,
    form: str | None = None,
    max_mb: float = 100,
) -> Draft:
    """Draft a mapping file for a table.

    Parameters
    ----------
    importer, form, max_mb
        As for `read_responses`.

    Raises
    ------
    ResponseError
        If it is no table with a header.
    """
    fingerprint(path, max_mb)
    table = kind_of(path).read(path)
    laid_out = prepared(choose(table, importer, path.name), table, instrument)
    table = laid_out.table
    check_header(table, path.name, wordings_of(instrument))
    fates = assigned(table, instrument, None, laid_out.roles)
    reasons, labels = laid_out.missing, laid_out.labels
    columns = item_columns(table, fates, read_as(instrument, form), None, reasons, labels)
    known = [f"{c.name} ({c.target or c.fate})" for c in fates if c.fate not in _OPEN]
    about = _ABOUT.format(file=path.name, understood=listed(known, 12) or "nothing")
    several = _several(table, fates)
    open_columns = list(_columns(table, fates, instrument, several))
    open_texts = list(_texts(columns))
    parts = (
        about,
        *_section("columns", open_columns),
        *_section("choices", list(_choices(several))),
        *_sections_of_texts(open_texts),
    )
    left_open = len(open_columns) + sum(map(len, several.values())) + len(open_texts)
    return Draft("\n".join(parts) + "\n", left_open)


_OPEN = {"unmapped", "empty", "free text"}


def _several(table: RawTable, fates: Sequence[ColumnFate]) -> dict[str, tuple[str, ...]]:
    """Columns that nobody knows and whose cells seem to hold several choices each -> these."""
    found = {
        column.name: likely_choices([text for text in texts.held() if text.strip()])
        for column, texts in zip(fates, table.columns, strict=True)
        if column.fate == "unmapped"
    }
    return {name: choices for name, choices in found.items() if 0 < len(choices) <= _MOST_TEXTS}


def _choices(several: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for name, choices in several.items():
        yield f"  {_quoted(name)}:"
        yield from (f"    {_quoted(choice)}: ITEM" for choice in choices)


def _columns(
    table: RawTable,
    fates: Sequence[ColumnFate],
    instrument: Instrument,
    several: Container[str],
) -> Iterator[str]:
    """A line for each column that nobody knows, with what it holds and which item is alike."""
    wordings = {plain(t): item.id for item in instrument.items for t in item.text.values()}
    for column, texts in zip(fates, table.columns, strict=True):
        if column.fate != "unmapped" or column.name in several:
            continue
        held = [text for text in texts.held() if text.strip()]
        alike = get_close_matches(plain(column.name), wordings, 1, _ALIKE)
        perhaps = f"; worded much like {wordings[alike[0]]}" if alike else ""
        remark = f"  # holds {_few(held)}{perhaps}"
        yield f"  {_quoted(column.name)}: ITEM{remark}"


def _few(held: Sequence[str]) -> str:
    """Some of the texts of a column; none of one that may be free text."""
    if len(held) > _MOST_TEXTS:
        return f"{len(held)} different texts"
    return listed([_quoted(text[:30]) for text in held], 6) or "nothing"


def _texts(columns: Sequence[ItemColumn]) -> Iterator[tuple[str, str, str]]:
    """Response format, text, and where it stands, for each text that is no answer."""
    seen: dict[tuple[str, str], list[str]] = {}
    for column in columns:
        for i in column.invalid()[:_MOST_TEXTS]:
            text = column.column.texts[i].strip()
            seen.setdefault((column.codebook.format.id, text), []).append(column.name)
    for (response_format, text), names in seen.items():
        yield response_format, text, listed([_quoted(name) for name in names], 3)


def _sections_of_texts(texts: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    by_format: dict[str, list[str]] = {}
    for response_format, text, where in texts:
        line = f"    {_quoted(text)}: CODE  # in {where}"
        by_format.setdefault(response_format, []).append(line)
    lines = [line for f, own in by_format.items() for line in (f"  {f}:", *own)]
    yield from _section("labels", lines)
    if lines:
        yield "# A text that stands for no answer goes here instead, e.g.:"
        yield from _section("missing", [f"  {_quoted(texts[0][1])}: REASON"])


def _section(name: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield "\n".join(f"#{line}" for line in (f"{name}:", *lines)) + "\n"


def _quoted(text: str) -> str:
    """In double quotes, as YAML reads them."""
    return json.dumps(text, ensure_ascii=False)
