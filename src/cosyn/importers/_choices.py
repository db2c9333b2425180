"""Part the columns in which several choices stand in one cell: an item for each choice.

Which choices there are is said by the mapping file; nothing is guessed. The mark that parts them is
found: by it alone every cell falls into choices that are declared.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cosyn.columns import Column
from cosyn.errors import ResponseError, raise_all
from cosyn.importers._types import CHOSEN, NOT_CHOSEN, ColumnFate
from cosyn.spelling import key, listed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from cosyn.errors import SurveyError
    from cosyn.importers._mapping import ResponseMapping
    from cosyn.tables import RawTable

MARKS = ("┋", "\n", "|", ";", "；", ",", "，", "、", " ")
"""What parts choices: of Wenjuanxing, of forms, of spreadsheets, of XLSForm."""
ANY = "*"
"""Stands in a mapping file for every choice that it does not name."""


def parted(
    table: RawTable,
    fates: Sequence[ColumnFate],
    mapping: ResponseMapping | None,
    reasons: Collection[str],
) -> tuple[RawTable, tuple[ColumnFate, ...]]:
    """Append a column for each choice that is an item: 1 if it was chosen, 0 if not.

    Parameters
    ----------
    reasons : collection of str
        Cells that stand for no answer and are handed on as they are.

    Raises
    ------
    ResponseError, Faults
        ``response.unknown-choice``, if no mark parts the cells of a column into declared choices.
    """
    header, columns, added = list(table.header), list(table.columns), list(fates)
    faults: list[SurveyError] = []
    for fate, column in zip(fates, table.columns, strict=True):
        if mapping is None or fate.fate != "choices":
            continue
        declared = mapping.content.choices[fate.target]
        try:
            found = tuple(_derived(column, declared, {key(text) for text in reasons}))
        except LookupError as error:
            faults.append(_unknown(mapping, fate, error.args[0]))
            continue
        for choice, item, derived in found:
            header.append(f"{fate.name} ({choice})")
            columns.append(derived)
            added.append(ColumnFate(header[-1], "item", item))
    raise_all(faults)
    more = len(header) - len(table.header)
    if not more:
        return table, tuple(fates)
    widened = replace(
        table,
        header=tuple(header),
        columns=tuple(columns),
        wordings=(*table.wordings, *("",) * more) if table.wordings else (),
        labels=(*table.labels, *({},) * more) if table.labels else (),
        user_missing=(*table.user_missing, *((),) * more) if table.user_missing else (),
    )
    return widened, tuple(added)


def likely_choices(texts: Sequence[str]) -> tuple[str, ...]:
    """The choices of a column that looks like one of several in a cell; empty if it does not.

    It does if one of the two marks that hardly occur in labels parts its texts into fewer choices
    than there are texts.
    """
    for mark in ("┋", ";"):
        found = dict.fromkeys(part for text in texts for part in _cut(text, mark, ()))
        if any(mark in text for text in texts) and len(found) < len(texts):
            return tuple(found)
    return ()


def _derived(
    column: Column, declared: Mapping[str, str | None], reasons: set[str]
) -> Iterator[tuple[str, str, Column]]:
    """Choice, item and column of each choice that is an item."""
    known = {key(choice): choice for choice in declared}
    says = [bool(key(t)) and "\0" not in t and key(t) not in reasons for t in column.texts]
    held = [t for t, n in zip(column.texts, column.counts().tolist(), strict=True) if n]
    filled = [text for text in held if says[column.texts.index(text)]]
    mark = _mark(filled, known, anything=ANY in declared)
    chosen = [
        {known.get(key(part), ANY) for part in _cut(text, mark, known)} if answer else None
        for text, answer in zip(column.texts, says, strict=True)
    ]
    for choice, item in declared.items():
        if item is None:
            continue
        texts = tuple(
            text if those is None else CHOSEN if choice in those else NOT_CHOSEN
            for text, those in zip(column.texts, chosen, strict=True)
        )
        yield choice, item, Column(texts, column.codes).mapped(lambda text: text)


def _mark(texts: Sequence[str], known: Collection[str], *, anything: bool) -> str:
    """The mark that parts all texts into what is known; `LookupError` with what is not."""
    ranked = []
    for place, mark in enumerate(MARKS):
        found = [part for text in texts for part in _cut(text, mark, known)]
        strange = tuple(dict.fromkeys(part for part in found if key(part) not in known))
        familiar = sum(key(part) in known for part in found)
        ranked.append((len(strange), -familiar, place, strange))
    *_, best, strange = min(ranked)
    if strange and not anything:
        raise LookupError(strange)
    return MARKS[best]


def _cut(text: str, mark: str, known: Collection[str]) -> list[str]:
    """The choices in a cell; one that is a choice as a whole may hold the mark."""
    whole = [text] if key(text) in known else text.split(mark)
    return [part.strip() for part in whole if part.strip()]


def _unknown(mapping: ResponseMapping, fate: ColumnFate, strange: tuple[str, ...]) -> SurveyError:
    where = mapping.source.at("choices", fate.target)
    what = (
        f"{fate.name!r} holds choices that are not declared: {listed([repr(s) for s in strange])}"
    )
    fix = (
        f'Add each with its item, or with `null` if no item stands for it; `"{ANY}"` for all others'
    )
    return ResponseError("response.unknown-choice", where, what, fix)
