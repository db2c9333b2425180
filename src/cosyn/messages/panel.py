"""What the verbs of `survey panel` say."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from cosyn.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cosyn.panel.tables import Table, Value
    from cosyn.workflow.panel import PanelFiles, PanelRead


def written_json(done: PanelFiles) -> dict[str, Any]:
    """Spell out which workbooks were written."""
    return asdict(done)


def written_lines(done: PanelFiles) -> Iterator[str]:
    """Say which workbooks were written, and what to do with them."""
    yield f"Form {done.form}: each expert sorts {done.sorted} items and rates {done.rated}"
    yield from (f"Wrote {file}" for file in done.files)
    yield "Give each expert one file, in the language they choose"
    yield "Next: survey panel read FILES"


def read_json(done: PanelRead) -> dict[str, Any]:
    """Spell a result out; a placement is a list of values, null where one does not apply."""
    rule = done.result.rule
    spelt = asdict(replace(done.result, rule=None))
    return spelt | {"rule": rule.model_dump() if rule else None, "file": done.file}


def read_lines(done: PanelRead) -> Iterator[str]:
    """The tables with their main columns, and the notes."""
    for table in done.tables:
        yield from _table(table)
    yield from done.notes
    yield f"Wrote {done.file}"


def _table(table: Table) -> Iterator[str]:
    """The short columns of a table, figures with two decimals."""
    if not table.rows:
        return
    chosen = [table.headings, *table.rows]
    cells = [[_spelt(row[column]) for column in table.short] for row in chosen]
    widths = [max(len(row[k]) for row in cells) for k in range(len(table.short))]
    numeric = [_numeric(table.rows, column) for column in table.short]
    yield table.title
    for row in cells:
        aligned = (
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numeric, strict=True)
        )
        yield f"  {'  '.join(aligned)}".rstrip()


def _numeric(rows: Sequence[tuple[Value, ...]], column: int) -> bool:
    return all(not isinstance(row[column], str) for row in rows)


def _spelt(value: Value) -> str:
    if value is None:
        return "–"
    return f"{value:.2f}" if isinstance(value, float) else visible(str(value))
