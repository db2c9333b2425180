"""What became of a file of responses, as text and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from cosyn.messages import MOST_SHOWN, counted, some

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from cosyn.importers import ImportReport
    from cosyn.workflow.importing import DraftedMapping, ImportedFile


_LONGEST = 80


def imported_json(done: ImportedFile) -> dict[str, Any]:
    """Spell out what became of a file."""
    return {
        "added": done.added,
        "respondents_in_store": done.total,
        "report": asdict(done.imported.report),
    }


def imported_lines(done: ImportedFile) -> list[str]:
    """Say what became of every row, column and cell of a file."""
    report = done.imported.report
    lines = [f"{report.file}: {report.rows_read:,} rows read, {report.rows_kept:,} kept"]
    lines += list(_rows_aside(report))
    lines += list(_columns(report))
    lines += list(_refused(report))
    gaps = ", ".join(
        f"{count:,} {reason.replace('_', ' ')}"
        for reason, count in report.missing_counts.items()
        if count
    )
    if gaps:
        lines.append(f"Cells without an answer: {gaps}")
    if report.same_answers:
        groups = [", ".join(map(str, rows)) for rows in report.same_answers]
        lines.append(f"The same answers throughout, all kept: rows {_some_groups(groups)}")
    lines += [f"Note: {warning}" for warning in (*report.warnings, *done.notes)]
    if done.left_out:
        lines.append(f"Left out, since the study has them already: {done.left_out:,} rows")
    if done.quarantine:
        lines.append(f"Kept apart, where no analysis looks: {done.quarantine}")
    if not done.added and report.rows_kept:
        lines.append("This very file was imported before: nothing was added.")
    elif not done.added:
        lines.append("Nothing new: nothing was added.")
    are = "is" if done.total == 1 else "are"
    lines.append(f"{counted(done.total, 'respondent')} {are} now in the store.")
    lines.append("Next: survey analyze")
    return lines


def _rows_aside(report: ImportReport) -> Iterator[str]:
    reasons: dict[str, list[int]] = {}
    for aside in report.rows_set_aside:
        reasons.setdefault(aside.reason, []).append(aside.row)
    for reason, rows in reasons.items():
        yield f"Set aside, {reason}: {len(rows):,} ({_rows(rows)})"


def _rows(rows: Sequence[int]) -> str:
    return f"row{'s' * (len(rows) > 1)} {some(rows)}"


def _columns(report: ImportReport) -> Iterator[str]:
    personal = [f"{c.name} ({c.target})" for c in report.columns if c.fate == "personal"]
    if personal:
        yield f"Personal, dropped at the door: {some(personal)}"
    times = [column.name for column in report.columns if column.fate == "time"]
    if times:
        yield f"Times, kept as the week alone: {some(times)}"
    unmapped = [c.name for c in report.columns if c.fate in {"unmapped", "free text"}]
    if unmapped:
        yield f"Columns not used and not stored with the answers: {some(_cut(unmapped))}"
    if report.items_without_column:
        yield f"Items without a column: {some(report.items_without_column)}"


def _cut(names: Sequence[str]) -> list[str]:
    """Names of columns as far as they help: some platforms put whole letters there."""
    tidy = [" ".join(name.split()) for name in names]
    return [name if len(name) <= _LONGEST else f"{name[:_LONGEST]}…" for name in tidy]


def _refused(report: ImportReport) -> Iterator[str]:
    for cells in report.refused:
        count = len(cells.rows)
        yield (
            f'Column "{cells.column}": {cells.value!r} is no answer to {cells.item} '
            f"({counted(count, 'cell')}: {_rows(cells.rows)}). {cells.fix}"
        )


def _some_groups(groups: Sequence[str]) -> str:
    shown = "; ".join(groups[:MOST_SHOWN])
    rest = len(groups) - MOST_SHOWN
    return f"{shown} and {rest:,} more groups" if rest > 0 else shown


def drafted_lines(drafted: DraftedMapping, table: Path) -> list[str]:
    """Say where the draft is and what is left to complete."""
    return [
        f"Wrote {drafted.file}: {counted(drafted.left_open, 'question')} for you to settle",
        f"Complete it, then: survey import {table} --mapping {drafted.file}",
    ]
