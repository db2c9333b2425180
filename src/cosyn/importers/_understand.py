"""From cells as text to what they say: columns matched, rows parted, answers decoded."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.errors import ResponseError
from cosyn.importers._cells import (
    item_columns,
    refuse_other_words,
    refused,
    unanswered,
    wording_rows,
)
from cosyn.importers._header import check_header, refuse_second_header
from cosyn.importers._match import match
from cosyn.importers._particulars import doubtful, particulars, refused_particulars
from cosyn.importers._sift import sift
from cosyn.importers._stamps import check_instrument, is_simulated, row_digests, stamps
from cosyn.importers._types import SetAside

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.importers._cells import ItemColumn
    from cosyn.importers._mapping import ResponseMapping
    from cosyn.importers._particulars import Particulars
    from cosyn.importers._sift import Row
    from cosyn.importers._types import ColumnFate, RawTable, RefusedCells
    from cosyn.instrument.types import Instrument


@dataclass(frozen=True, slots=True)
class Understood:
    """A table after its columns and cells have been understood.

    Attributes
    ----------
    rows : tuple of Row
        The n well-formed rows.
    kept : tuple of int
        Positions among them of the rows with an answer.
    set_aside : tuple of SetAside
        All other rows that are not blank, in the file's order.
    blank : int
        Number of blank rows.
    fates : tuple of ColumnFate
        One a column.
    columns : tuple of ItemColumn
        The decoded items, n cells each.
    known : Particulars
        Department and the like of the n rows.
    digests : tuple of str
        Of the wording that each of the n rows answers.
    simulated : bool
        Whether the rows were drawn by a computer.
    """

    rows: tuple[Row, ...]
    kept: tuple[int, ...]
    set_aside: tuple[SetAside, ...]
    blank: int
    fates: tuple[ColumnFate, ...]
    columns: tuple[ItemColumn, ...]
    known: Particulars
    digests: tuple[str, ...]
    simulated: bool
    warnings: tuple[str, ...]

    def refused(self) -> tuple[RefusedCells, ...]:
        """Every value that was not understood."""
        return (*refused(self.columns, self.rows), *refused_particulars(self.rows, self.fates))


def understand(
    table: RawTable, file: str, instrument: Instrument, mapping: ResponseMapping | None
) -> Understood:
    """Read a table as answers to an instrument.

    Raises
    ------
    ResponseError, Faults
        Whatever makes the table as a whole doubtful.
    """
    check_header(table, file)
    fates = match(table, file, instrument, mapping)
    sifted = sift(table)
    rows = sifted.rows
    columns = item_columns(rows, fates, instrument, mapping)
    refuse_other_words(columns, file)
    refuse_second_header([row.number for row in rows[: wording_rows(columns)]], file)
    known = particulars(rows, fates, mapping)
    stamped = stamps(rows, fates)
    kept = tuple(i for i in range(len(rows)) if not unanswered(columns, i))
    set_aside = (*sifted.set_aside, *_unanswered(rows, kept))
    _insist_on_rows(kept, set_aside, file)
    return Understood(
        rows=rows,
        kept=kept,
        set_aside=tuple(sorted(set_aside, key=lambda entry: entry.row)),
        blank=sifted.blank,
        fates=fates,
        columns=columns,
        known=known,
        digests=row_digests(stamped, rows, instrument),
        simulated=is_simulated(stamped, rows, file),
        warnings=(
            *table.warnings,
            *check_instrument(stamped, instrument, file),
            *doubtful(known, rows),
        ),
    )


def _unanswered(rows: Sequence[Row], kept: Sequence[int]) -> tuple[SetAside, ...]:
    answered = set(kept)
    return tuple(
        SetAside(row.number, "no item answered") for i, row in enumerate(rows) if i not in answered
    )


def _insist_on_rows(kept: Sequence[int], set_aside: Sequence[SetAside], file: str) -> None:
    if kept:
        return
    reasons = Counter(entry.reason for entry in set_aside)
    shown = "; ".join(f"{count} set aside: {reason}" for reason, count in reasons.most_common(3))
    what = f"no row can be imported ({shown or 'there is none below the header'})"
    fix = "Check that the table was exported whole and with its answers"
    raise ResponseError("response.no-rows", file, what, fix)
