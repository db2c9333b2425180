"""Which column is what: by the mapping file, by item id, by usual names, by full wording."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cosyn.errors import ResponseError, raise_all
from cosyn.importers._personal import personal
from cosyn.importers._stamps import SIMULATED
from cosyn.importers._types import ColumnFate
from cosyn.instrument.questionnaire import questionnaire
from cosyn.spelling import hint, listed, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from cosyn.errors import SurveyError
    from cosyn.importers._mapping import ResponseMapping
    from cosyn.importers._types import Fate, Role
    from cosyn.instrument.types import Instrument
    from cosyn.tables import RawTable

Target = tuple["Fate", str]
_USUAL: Mapping[str, Target] = {
    "department": ("department", ""),
    "部门": ("department", ""),
    "wave": ("wave", ""),
    "批次": ("wave", ""),
    "轮次": ("wave", ""),
    "respondent": ("respondent", ""),
    "编号": ("respondent", ""),
    "language": ("language", ""),
    "语言": ("language", ""),
    "form": ("form", ""),
    "instrument": ("checked", "instrument"),
    "version": ("checked", "version"),
    "digest": ("checked", "digest"),
    "order": ("order", ""),
    SIMULATED: ("checked", SIMULATED),
    "seconds": ("seconds", ""),
    "week": ("week", ""),
}
_NUMBERING = re.compile(r"(?:q?[0-9]+|第[0-9]+题)\s*[、.:)]\s*")
_BRACKETED = re.compile(r"[^(\[]*[(\[](.+)[)\]]")
_ROW_OF_TABLE = re.compile(r"\w+\[(\w+)\]")
_DASH = "—"
_QUESTIONNAIRES = {
    "LimeSurvey": {"class", "type/scale", "relevance"},
    "XLSForm": {"type", "name", "label"},
    "REDCap": {"variable / field name", "form name"},
}
"""Columns of files that say what is asked."""
_ANY_NUMBER = {"unmapped", "empty", "ignored by mapping", "personal", "free text", "platform"}
"""Fates that several columns may share."""


def match(
    table: RawTable,
    name: str,
    instrument: Instrument,
    mapping: ResponseMapping | None,
    roles: Mapping[str, Role],
) -> tuple[ColumnFate, ...]:
    """Decide what each column is, in the header's order.

    Parameters
    ----------
    name : str
        The file, as shown to the user.
    roles : Mapping[str, Role]
        What the platform that wrote the table says of its own columns.

    Raises
    ------
    ResponseError, Faults
        ``response.unknown-column`` for columns that the mapping names in vain,
        ``response.target-twice``, ``response.questionnaire`` or ``response.no-item-column``.
    """
    fates = assigned(table, instrument, mapping, roles)
    refuse_doubles(table, fates, name)
    if mapping is not None:
        _refuse_overruled(fates, mapping)
    _insist_on_items(table, fates, name, _known_names(instrument))
    return fates


def assigned(
    table: RawTable,
    instrument: Instrument,
    mapping: ResponseMapping | None,
    roles: Mapping[str, Role],
) -> tuple[ColumnFate, ...]:
    """As `match`, without insisting on anything but what the mapping file says."""
    claims = _claims(table, mapping) if mapping is not None else {}
    known = recogniser(instrument)
    fates = tuple(
        ColumnFate(column, *(claims.get(plain(column)) or roles.get(column) or known(column)))
        for column in table.header
    )
    return _by_wording(table, fates, known) if table.wordings else fates


def _by_wording(
    table: RawTable, fates: Sequence[ColumnFate], known: Callable[[str], Target]
) -> tuple[ColumnFate, ...]:
    """Know by the file's own wording what no name tells; an item that has a column keeps it."""
    taken = {column.target for column in fates if column.fate == "item"}
    found: list[ColumnFate] = []
    for column, wording in zip(fates, table.wordings, strict=True):
        fate, target = known(wording)
        asks = column.fate == "unmapped" and fate == "item" and target not in taken
        found.append(ColumnFate(column.name, fate, target) if asks else column)
    return tuple(found)


def recogniser(instrument: Instrument) -> Callable[[str], Target]:
    """What tells a column by its name alone: an item's id or wording, a usual name."""
    known = _known_names(instrument)
    wordings = wordings_of(instrument)
    return lambda column: _recognise(column, known, wordings)


def _claims(table: RawTable, mapping: ResponseMapping) -> dict[str, Target]:
    """What the mapping file says of columns; faults for those that do not exist.

    A column is named as it stands, or by what it asks: without the question's number, and a row
    of a matrix without the matrix's title.
    """
    present = {plain(column) for column in table.header}
    uses = tuple(mapping.content.uses())
    asking = _asking(present, {plain(column) for _, column, *_ in uses})
    claims: dict[str, Target] = {}
    faults: list[SurveyError] = []
    for path, column, fate, target in uses:
        name = plain(column)
        meant = (name,) if name in present else asking.get(name, ())
        if len(meant) == 1:
            claims[meant[0]] = fate, target
        else:
            faults.append(_not_one(mapping.source.at(*path), column, meant, table))
    raise_all(faults)
    return claims


def _asking(present: Iterable[str], wanted: set[str]) -> dict[str, tuple[str, ...]]:
    """Names that are wanted -> the columns that ask just that."""
    asking: dict[str, tuple[str, ...]] = {}
    for column in present:
        name = next((spelling for spelling in spellings(column) if spelling in wanted), None)
        if name is not None:
            asking[name] = (*asking.get(name, ()), column)
    return asking


def _not_one(where: str, column: str, meant: tuple[str, ...], table: RawTable) -> ResponseError:
    if meant:
        names = listed([repr(name) for name in sorted(meant)])
        what = f"several columns of the table ask {column!r}: {names}"
        fix = "Name the one that is meant in full, as it stands in the table"
        return ResponseError("mapping.unknown-column", where, what, fix)
    what = f"the table has no column {column!r}"
    fix = hint(column, filter(None, table.header))
    return ResponseError("mapping.unknown-column", where, what, fix)


def _recognise(column: str, known: Mapping[str, Target], wordings: Mapping[str, str]) -> Target:
    name = plain(column)
    if not name:
        return "empty", ""
    if name in known:
        return known[name]
    row = _ROW_OF_TABLE.fullmatch(name)
    if row and known.get(row[1], ("unmapped", ""))[0] == "item":
        return known[row[1]]
    item = next((wordings[spelling] for spelling in spellings(name) if spelling in wordings), None)
    if item is not None:
        return "item", item
    kind = personal(name)
    return ("personal", kind) if kind else ("unmapped", "")


def _known_names(instrument: Instrument) -> dict[str, Target]:
    """Item ids, alone or behind their page as platforms write them, and the usual names."""
    ids: dict[str, Target] = {plain(item.id): ("item", item.id) for item in instrument.items}
    paged: dict[str, Target] = {
        plain(spelling): ("item", item)
        for page in instrument.pages
        for item in page.items
        for spelling in _on_page(page.id, item)
    }
    named: dict[str, Target] = {
        plain(spelling): ("metadata", name)
        for name, texts in instrument.metadata.items()
        for spelling in (name, f"{name}_", *texts.values())
    }
    # Data sets write them so where an item bears the name; ids of items have no underscores.
    beside = {f"{name}_": target for name, target in _USUAL.items()}
    return {**named, **_USUAL, **beside, **paged, **ids}


def wordings_of(instrument: Instrument) -> dict[str, str]:
    """Full wording in any language -> item, leaving out what two items share."""
    owners: dict[str, set[str]] = {}
    for item, text in _texts(instrument):
        owners.setdefault(plain(text), set()).add(item)
    return {text: next(iter(items)) for text, items in owners.items() if len(items) == 1}


def _on_page(page: str, item: str) -> Iterator[str]:
    """How platforms write an item that stands on a page, or in the page's group of an XLSForm."""
    for group in (page, f"page_{page.replace('-', '_')}"):
        yield from (f"{group}{mark}{item}" for mark in "/-._")


def _texts(instrument: Instrument) -> Iterator[tuple[str, str]]:
    """Every item with its wordings, as its author wrote them and as respondents see them."""
    for item in instrument.items:
        yield from ((item.id, text) for text in item.text.values())
    for form in instrument.forms:
        for question in questionnaire(instrument, form.id).questions:
            yield from ((question.id, text) for text in question.text.values())


def spellings(name: str) -> Iterator[str]:
    """A wording as it stands, without a question's number, and as a row of a matrix."""
    yield name
    yield _NUMBERING.sub("", name, count=1) if _NUMBERING.match(name) else name
    # The longest first: a row may hold a dash itself.
    yield from (name[i + 1 :].strip() for i, sign in enumerate(name) if sign == _DASH)
    if bracketed := _BRACKETED.fullmatch(name):
        yield bracketed[1].strip()


def refuse_doubles(table: RawTable, fates: Iterable[ColumnFate], name: str) -> None:
    """Refuse two columns that are the same item or particular: ``response.target-twice``."""
    first: dict[Target, int] = {}
    doubles: list[str] = []
    for i, column in enumerate(fates):
        if column.fate in _ANY_NUMBER:
            continue
        target: Target = (column.fate, column.target)
        if first.setdefault(target, i) != i:
            pair = " and ".join(
                f"{table.place(j)} ({table.header[j]!r})" for j in (first[target], i)
            )
            doubles.append(f"{pair} are both {column.target or column.fate}")
    if doubles:
        fix = "Rename or delete one of them, or name it under `ignore:` in a mapping file"
        raise ResponseError("response.target-twice", name, listed(doubles), fix)


def _refuse_overruled(fates: Iterable[ColumnFate], mapping: ResponseMapping) -> None:
    """Refuse a constant for something that the table has a column for."""
    constants = mapping.content.constants.model_dump()
    for column in fates:
        if constants.get(column.fate):
            where = mapping.source.at("constants", column.fate)
            what = f"the column {column.name!r} of the table says the {column.fate} already"
            fix = "Remove the constant, or name the column under `ignore:`"
            raise ResponseError("mapping.constant-and-column", where, what, fix)


def _insist_on_items(
    table: RawTable, fates: Iterable[ColumnFate], name: str, known: Mapping[str, Target]
) -> None:
    if any(column.fate in {"item", "choices"} for column in fates):
        return
    below = table.row(0) if table.n else ()
    if any(known.get(plain(cell), ("unmapped", ""))[0] == "item" for cell in below):
        where = f"{name}, row {table.first_row}"
        what = "this row holds item ids, but another row stands above it"
        raise ResponseError(
            "response.doubled-header", where, what, f"Delete the row {table.first_row - 1} above it"
        )
    _refuse_questionnaire(table, name)
    shown = listed([repr(column) for column in table.header if column])
    what = f"no column is an item of the instrument; the columns are {shown}"
    example = "columns: {Q1: ITEM}"
    fix = f"Name the columns by item ids or wordings, or write a mapping file with e.g. `{example}`"
    raise ResponseError("response.no-item-column", name, what, fix)


def _refuse_questionnaire(table: RawTable, name: str) -> None:
    """Say so where a file holds what was asked, not what was answered."""
    # Labels have a column for each language: label::English (en).
    names = {plain(column).partition("::")[0] for column in table.header}
    of = next((title for title, marks in _QUESTIONNAIRES.items() if marks <= names), "")
    if of:
        what = f"this is a questionnaire of {of}, not the answers to one"
        fix = "Export the responses; `survey verify` compares a questionnaire with the instrument"
        raise ResponseError("response.questionnaire", name, what, fix)
