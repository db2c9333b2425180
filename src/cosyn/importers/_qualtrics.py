"""Columns of Qualtrics that bear a number in place of an item, and what their texts say of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cosyn.errors import ResponseError
from cosyn.importers._match import recogniser, spellings, wordings_of
from cosyn.importers._platform import place
from cosyn.instrument.arrange import arranged
from cosyn.instrument.questionnaire import questionnaire
from cosyn.spelling import number, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cosyn.importers._types import Role
    from cosyn.instrument.questionnaire import Questionnaire
    from cosyn.instrument.types import Instrument
    from cosyn.tables import RawTable

_TAG = re.compile(r"<[^<>]*>")
_NUMBERED = re.compile(r"b\d+_\d+")


def by_position(
    table: RawTable, instrument: Instrument, wordings: Sequence[str]
) -> dict[str, Role]:
    """Lead ``b5_2`` back to the second row of that table in our own questionnaire.

    The form and its order are those stamped on the answers; without a stamp of the digest, the
    texts of all these columns must be the wordings.
    """
    numbered = {name for name in table.header if _NUMBERED.fullmatch(name)}
    if not numbered:
        return {}
    texts = dict(zip(table.header, wordings, strict=True)) if wordings else {}
    stamped = _stamped(table, "digest")
    known = wordings_of(instrument)
    proven = len(stamped) >= 8 and instrument.digest.startswith(stamped)
    for asked in _possible(table, instrument):
        items = _numbered(asked)
        if not numbered <= items.keys():
            continue
        said = (items[name] in _items_of(texts.get(name, ""), known) for name in numbered)
        if proven or all(said):
            return {name: ("item", items[name]) for name in numbered}
    return {}


def _stamped(table: RawTable, name: str) -> str:
    """The one value of a stamp; empty if there are several or none."""
    i = place(table, name)
    held = {text.strip() for text in table.columns[i].held()} if i is not None else set()
    return held.pop() if len(held) == 1 else ""


def _possible(table: RawTable, instrument: Instrument) -> Iterator[Questionnaire]:
    form, order = _stamped(table, "form"), number(_stamped(table, "order")) or 0
    for name in [f.id for f in instrument.forms if form in {"", f.id}]:
        yield arranged(questionnaire(instrument, name), int(order))


def _numbered(asked: Questionnaire) -> dict[str, str]:
    return {
        f"{block.id}_{row}": question.id
        for page in asked.pages
        for block in page.blocks
        if block.display == "matrix"
        for row, question in enumerate(block.questions, start=1)
    }


def _items_of(text: str, known: Mapping[str, str]) -> set[str]:
    """Items whose whole wording a column's text is, alone or behind its table's: ``How? - Row``."""
    name = plain(_TAG.sub("", text))
    found = {known[spelling] for spelling in spellings(name) if spelling in known}
    starts = [i + 1 for i, sign in enumerate(name) if sign == "-"]
    found |= {known[row] for i in starts if (row := name[i:].strip()) in known}
    return found


def by_text(
    table: RawTable, instrument: Instrument, wordings: Sequence[str], known: set[str]
) -> dict[str, Role]:
    """Know by its text what no name tells, if one column alone bears an item's wording."""
    texts = wordings_of(instrument)
    named = recogniser(instrument)
    told = {target for column in table.header if (target := named(column)[1])}
    found: dict[str, list[str]] = {}
    for name, text in zip(table.header, wordings, strict=False):
        items = _items_of(text, texts)
        if name not in known and named(name)[0] == "unmapped" and len(items) == 1:
            found.setdefault(items.pop(), []).append(name)
    return {
        names[0]: ("item", item)
        for item, names in found.items()
        if len(names) == 1 and item not in told
    }


def refuse_other_texts(
    table: RawTable,
    instrument: Instrument,
    wordings: Sequence[str],
    roles: Mapping[str, Role],
) -> None:
    """Stop where a column is named as one item and its text is the wording of another.

    Raises
    ------
    ResponseError
        ``response.texts-disagree``.
    """
    known = wordings_of(instrument)
    ids = {plain(item.id): item.id for item in instrument.items}
    for name, text in zip(table.header, wordings, strict=False):
        item = roles[name][1] if name in roles else ids.get(plain(name))
        others = _items_of(text, known)
        if item is None or not others or item in others:
            continue
        other = min(others)
        what = f"the column is named as {item}, but the text below says {other}: {text.strip()!r}"
        fix = "Mend the name in the first row, or the text in the second, whichever is wrong"
        raise ResponseError("response.texts-disagree", f"column {name!r}", what, fix)
