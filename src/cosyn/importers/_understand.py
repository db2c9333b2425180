"""From cells as text to what they say: columns matched, rows parted, answers decoded."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.errors import ResponseError
from cosyn.importers._cells import (
    answered,
    item_columns,
    refuse_other_words,
    refused,
    wording_rows,
)
from cosyn.importers._choices import parted
from cosyn.importers._header import check_header, refuse_second_header
from cosyn.importers._labels import check_labels, declared, user_missing
from cosyn.importers._match import match, refuse_doubles, wordings_of
from cosyn.importers._particulars import doubtful, metadata, particulars, refused_particulars
from cosyn.importers._stamps import check_instrument, is_simulated, row_digests, stamps
from cosyn.importers._times import seconds, unread, weeks
from cosyn.importers._types import SetAside

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cosyn.columns import Column
    from cosyn.importers._cells import ItemColumn
    from cosyn.importers._mapping import ResponseMapping
    from cosyn.importers._particulars import Particulars
    from cosyn.importers._types import ColumnFate, Prepared, RefusedCells
    from cosyn.instrument.types import Instrument
    from cosyn.tables import RawTable


@dataclass(frozen=True, slots=True)
class Understood:
    """A table after its columns and cells have been understood.

    Attributes
    ----------
    table : RawTable
        Of n rows.
    kept : ndarray of int
        Positions among them of the rows with an answer.
    set_aside : tuple of SetAside
        All other rows that are not blank, in the file's order.
    fates : tuple of ColumnFate
        One a column.
    columns : tuple of ItemColumn
        The decoded items, n cells each.
    known : Particulars
        Department and the like of the n rows.
    digests : Column
        Of the wording that each of the n rows answers.
    seconds : ndarray of float, shape (n,)
        NaN where the source does not say.
    simulated : bool
        Whether the rows were drawn by a computer.
    """

    table: RawTable
    kept: NDArray[np.intp]
    set_aside: tuple[SetAside, ...]
    fates: tuple[ColumnFate, ...]
    columns: tuple[ItemColumn, ...]
    known: Particulars
    metadata: Mapping[str, Column]
    digests: Column
    seconds: NDArray[np.float64]
    simulated: bool
    warnings: tuple[str, ...]

    def refused(self) -> tuple[RefusedCells, ...]:
        """Every value that was not understood."""
        found = refused(self.columns, self.table)
        return (*found, *refused_particulars(self.table, self.fates))


def understand(
    prepared: Prepared, file: str, instrument: Instrument, mapping: ResponseMapping | None
) -> Understood:
    """Read a table as answers to an instrument.

    Raises
    ------
    ResponseError, Faults
        Whatever makes the table as a whole doubtful.
    """
    table = prepared.table
    check_header(table, file, wordings_of(instrument))
    fates = match(table, file, instrument, mapping, prepared.roles)
    table, fates = parted(table, fates, mapping, _no_answers(prepared, mapping))
    refuse_doubles(table, fates, file)
    check_labels(table, fates, instrument, mapping, file)
    missing_there = user_missing(table, fates, instrument, mapping)
    reasons = prepared.missing | missing_there
    columns = item_columns(table, fates, instrument, mapping, reasons, prepared.labels)
    refuse_other_words(columns, file)
    refuse_second_header(table.numbers[: wording_rows(columns)].tolist(), file)
    known = particulars(table, fates, mapping)
    week = weeks(table, fates)
    if week is not None and not any(column.fate == "week" for column in fates):
        known["week"] = week
    stamped = stamps(table, fates)
    says = answered(columns, table.n)
    kept = np.flatnonzero(says)
    set_aside = (
        *(SetAside(aside.row, aside.reason) for aside in table.aside),
        *(SetAside(number, "no item answered") for number in table.numbers[~says].tolist()),
    )
    _insist_on_rows(kept, set_aside, file)
    return Understood(
        table=table,
        kept=kept,
        set_aside=tuple(sorted(set_aside, key=lambda entry: entry.row)),
        fates=fates,
        columns=columns,
        known=known,
        metadata=metadata(table, fates),
        digests=row_digests(stamped, table.n, instrument),
        seconds=seconds(table, fates),
        simulated=is_simulated(stamped, table, file),
        warnings=(
            *table.warnings,
            *unread(table, fates),
            *declared(missing_there),
            *check_instrument(stamped, table, instrument, file),
            *doubtful(known, table),
        ),
    )


def _no_answers(prepared: Prepared, mapping: ResponseMapping | None) -> tuple[str, ...]:
    return (*prepared.missing, *(mapping.missing if mapping is not None else ()))


def _insist_on_rows(kept: NDArray[np.intp], set_aside: Sequence[SetAside], file: str) -> None:
    if len(kept):
        return
    reasons = Counter(entry.reason for entry in set_aside)
    shown = "; ".join(f"{count} set aside: {reason}" for reason, count in reasons.most_common(3))
    what = f"no row can be imported ({shown or 'there is none below the header'})"
    fix = "Check that the table was exported whole and with its answers"
    raise ResponseError("response.no-rows", file, what, fix)
