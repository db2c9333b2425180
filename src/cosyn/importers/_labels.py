"""Labels and missing codes that a file declares itself, compared with the instrument's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.errors import ResponseError
from cosyn.instrument.types import Missing
from cosyn.spelling import key, listed, number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cosyn.importers._mapping import ResponseMapping
    from cosyn.importers._types import ColumnFate
    from cosyn.instrument.types import Instrument, ResponseFormat
    from cosyn.tables import RawTable


def check_labels(
    table: RawTable,
    fates: Sequence[ColumnFate],
    instrument: Instrument,
    mapping: ResponseMapping | None,
    file: str,
) -> None:
    """Refuse a column whose codes mean something else in the file than in the instrument.

    A scale that runs the other way has the right codes and the wrong meaning, which no number
    shows. A mapping file that says what the format's codes, or a code, stand for is believed.

    Raises
    ------
    ResponseError
        ``response.labels-disagree``.
    """
    told = set(mapping.labels) if mapping is not None else set()
    reasons = mapping.missing if mapping is not None else {}
    for column, labels in zip(fates, table.labels, strict=False):
        if column.fate != "item":
            continue
        response_format = instrument.response_format(instrument.item(column.target))
        unsaid = {code: label for code, label in labels.items() if key(code) not in reasons}
        wrong = list(_disagreeing(unsaid, response_format))
        if wrong and response_format.id not in told:
            code, label, ours = wrong[0]
            where = f"{file}, column {column.name!r}"
            what = (
                f"{code} is called {label!r} in the file; the instrument's code for that is {ours}"
            )
            example = f'labels: {{{response_format.id}: {{"{code}": {ours}}}}}'
            fix = f"Say in a mapping file what each code stands for, e.g. {example}"
            raise ResponseError("response.labels-disagree", where, what, fix)


def _disagreeing(
    labels: Mapping[str, str], response_format: ResponseFormat
) -> Iterator[tuple[str, str, str]]:
    """Code of the file, its label there, and the code that bears that label in the instrument."""
    ours: dict[str, set[str]] = {}
    labelled = [(option.code, option.label) for option in response_format.options]
    labelled += [(gap.code, gap.label) for gap in response_format.missing]
    for number_of, texts in labelled:
        for text in texts.values():
            ours.setdefault(key(text), set()).add(str(number_of))
    for code, label in labels.items():
        known = ours.get(key(label))
        if known is not None and key(code) not in known:
            yield code, label, min(known)


def user_missing(
    table: RawTable,
    fates: Sequence[ColumnFate],
    instrument: Instrument,
    mapping: ResponseMapping | None,
) -> dict[str, Missing]:
    """Codes that the file declares as missing and nobody says what for."""
    found: dict[str, Missing] = {}
    told = set(mapping.missing) if mapping is not None else set()
    for column, texts, ranges in zip(fates, table.columns, table.user_missing, strict=False):
        if column.fate == "item":
            known = instrument.response_format(instrument.item(column.target))
            codes = told | {key(str(option.code)) for option in known.options}
            codes |= {key(str(gap.code)) for gap in known.missing}
            for text in texts.held():
                if key(text) not in codes and any(_within(text, low, high) for low, high in ranges):
                    found[text] = Missing.NOT_ANSWERED
    return found


def _within(text: str, low: str, high: str) -> bool:
    if text in {low, high}:
        return True
    value, ends = number(text), (number(low), number(high))
    return value is not None and None not in ends and ends[0] <= value <= ends[1]  # type: ignore[operator]


def declared(found: Mapping[str, Missing]) -> tuple[str, ...]:
    """Tell which codes were read as not answered because the file says so."""
    if not found:
        return ()
    codes = listed(sorted(found))
    return (f"codes that the file declares as missing count as not answered: {codes}",)
