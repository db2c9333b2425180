"""From a file to submissions and a report on it."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from cosyn.columns import Column
from cosyn.duplicates import alike, content_keys
from cosyn.importers._choose import choose, prepared
from cosyn.importers._forms import check_forms, read_as
from cosyn.importers._quarantine import quarantine
from cosyn.importers._types import Imported, ImportReport
from cosyn.importers._understand import understand
from cosyn.instrument.types import Missing
from cosyn.responses import PARTICULARS, Submissions
from cosyn.tables import choose as kind_of
from cosyn.tables import fingerprint, misnamed, watched
from cosyn.terminal import silent

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cosyn.importers._mapping import ResponseMapping
    from cosyn.importers._types import ColumnFate
    from cosyn.importers._understand import Understood
    from cosyn.instrument.types import Instrument
    from cosyn.terminal import Tell


def read_responses(
    path: Path,
    instrument: Instrument,
    mapping: ResponseMapping | None = None,
    *,
    importer: str | None = None,
    form: str | None = None,
    max_mb: float = 100,
    progress: Tell = silent,
) -> Imported:
    """Read a file of responses.

    Parameters
    ----------
    mapping : ResponseMapping, optional
        How the file's columns and words correspond to the instrument (`load_mapping`).
    importer : str, optional
        Name of an importer; found by the table's marks if left out.
    form : str, optional
        The form that the answers are in, where its response formats differ from the usual ones.
    max_mb : float
        Larger files are refused.
    progress : callable
        Told what is being done, and what share of the rows has been read.

    Raises
    ------
    ResponseError, Faults
        The file is not what it should be; nothing is read in part.
    StoreError
        The machine does not let it be read.
    PlanError
        There is no importer of that name.
    """
    sha256 = fingerprint(path, max_mb)
    kind = kind_of(path)
    step = f"reading {path.name}"
    progress(step)
    with watched(lambda share: progress(step, share)):
        table = kind.read(path)
    progress("understanding the answers")
    chosen = choose(table, importer, path.name)
    laid_out = prepared(chosen, table, instrument)
    found = understand(laid_out, path.name, read_as(instrument, form), mapping)
    forms = found.known["form"].mapped(lambda said: said or form or "")
    check_forms(found.table, forms, form, instrument, path.name)
    mapping_sha256 = mapping.sha256 if mapping is not None else ""
    submissions = _submissions(found, forms, sha256 + mapping_sha256)
    table = found.table
    report = ImportReport(
        file=path.name,
        sha256=sha256,
        mapping_sha256=mapping_sha256,
        importer=chosen.name,
        kind=kind.name,
        encoding=table.encoding,
        delimiter=table.delimiter,
        sheet=table.sheet,
        rows_read=table.n + len(table.aside),
        rows_kept=len(found.kept),
        rows_blank=table.blank,
        rows_set_aside=found.set_aside,
        columns=found.fates,
        refused=found.refused(),
        missing_counts=missing_counts(submissions),
        items_without_column=_without_column(found.fates, instrument),
        simulated=found.simulated,
        missing_by_item=missing_by_item(submissions),
        languages=counted(submissions.particulars["language"]),
        digests=counted(submissions.particulars["digest"]),
        same_answers=tuple(
            tuple(submissions.rows[rows].tolist()) for rows in alike(content_keys(submissions))
        ),
        warnings=(*misnamed(path, kind), *found.warnings),
    )
    return Imported(submissions, report, quarantine(table, found.fates))


def _submissions(found: Understood, forms: Column, origin: str) -> Submissions:
    numbers = found.table.numbers.tolist()
    ids = [hashlib.sha256(f"{origin}:{number}".encode()).hexdigest()[:16] for number in numbers]
    known: dict[str, Column] = {str(name): texts for name, texts in found.known.items()}
    known |= {"form": forms, "digest": found.digests}
    every = Submissions(
        ids=Column(tuple(ids), np.arange(len(ids), dtype=np.int32)),
        rows=found.table.numbers,
        particulars={name: known[name] for name in PARTICULARS} | dict(found.metadata),
        seconds=found.seconds,
        answers={column.item: column.answers() for column in found.columns},
    )
    return every.taken(found.kept)


def missing_by_item(submissions: Submissions) -> dict[str, dict[str, int]]:
    """Cells of each reason that occurs, item by item."""
    found: dict[str, dict[str, int]] = {}
    for item, answers in submissions.answers.items():
        counts = np.bincount(answers.codes, minlength=len(answers.cells))
        for cell, count in zip(answers.cells, counts.tolist(), strict=True):
            if count and cell.missing is not Missing.ANSWERED:
                mine = found.setdefault(item, {})
                mine[str(cell.missing)] = mine.get(str(cell.missing), 0) + count
    return found


def missing_counts(submissions: Submissions) -> dict[str, int]:
    """Cells of each reason, those that do not occur too."""
    found: Counter[str] = Counter()
    for counts in missing_by_item(submissions).values():
        found.update(counts)
    return {str(reason): found[reason] for reason in Missing if reason is not Missing.ANSWERED}


def counted(texts: Column) -> dict[str, int]:
    """Rows that hold each text."""
    return {t: n for t, n in zip(texts.texts, texts.counts().tolist(), strict=True) if n}


def _without_column(fates: Sequence[ColumnFate], instrument: Instrument) -> tuple[str, ...]:
    present = {column.target for column in fates if column.fate == "item"}
    return tuple(item.id for item in instrument.items if item.id not in present)
