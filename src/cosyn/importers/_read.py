"""From a file to submissions and a report on it."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

from cosyn.importers._choose import choose, fingerprint, misnamed
from cosyn.importers._forms import check_forms, read_as
from cosyn.importers._types import Imported, ImportReport
from cosyn.importers._understand import understand
from cosyn.instrument.types import Missing
from cosyn.responses import Submission

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cosyn.importers._mapping import ResponseMapping
    from cosyn.importers._types import ColumnFate
    from cosyn.importers._understand import Understood
    from cosyn.instrument.types import Instrument


def read_responses(
    path: Path,
    instrument: Instrument,
    mapping: ResponseMapping | None = None,
    *,
    importer: str | None = None,
    form: str | None = None,
    max_mb: float = 100,
) -> Imported:
    """Read a file of responses.

    Parameters
    ----------
    mapping : ResponseMapping, optional
        How the file's columns and words correspond to the instrument (`load_mapping`).
    importer : str, optional
        Name of an importer; found by the file's content if left out.
    form : str, optional
        The form that the answers are in, where its response formats differ from the usual ones.
    max_mb : float
        Larger files are refused.

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
    chosen = choose(path, importer)
    table = chosen.read(path)
    found = understand(table, path.name, read_as(instrument, form), mapping)
    forms = tuple(said or form or "" for said in found.known["form"])
    check_forms(found.rows, forms, form, instrument, path.name)
    mapping_sha256 = mapping.sha256 if mapping is not None else ""
    submissions = _submissions(found, forms, sha256 + mapping_sha256)
    report = ImportReport(
        file=path.name,
        sha256=sha256,
        mapping_sha256=mapping_sha256,
        importer=chosen.name,
        encoding=table.encoding,
        delimiter=table.delimiter,
        sheet=table.sheet,
        rows_read=len(table.rows) - found.blank,
        rows_kept=len(found.kept),
        rows_blank=found.blank,
        rows_set_aside=found.set_aside,
        columns=found.fates,
        refused=found.refused(),
        missing_counts=_missing_counts(submissions),
        items_without_column=_without_column(found.fates, instrument),
        simulated=found.simulated,
        warnings=(*misnamed(path, chosen), *found.warnings),
    )
    return Imported(submissions, report)


def _submissions(found: Understood, forms: Sequence[str], origin: str) -> tuple[Submission, ...]:
    return tuple(_submission(found, i, forms[i], origin) for i in found.kept)


def _submission(found: Understood, i: int, form: str, origin: str) -> Submission:
    number = found.rows[i].number
    return Submission(
        id=hashlib.sha256(f"{origin}:{number}".encode()).hexdigest()[:16],
        respondent=found.known["respondent"][i],
        department=found.known["department"][i],
        wave=found.known["wave"][i],
        language=found.known["language"][i],
        form=form,
        digest=found.digests[i],
        row=number,
        answers={column.item: column.cells[column.texts[i]] for column in found.columns},
        order=found.known["order"][i],
    )


def _missing_counts(submissions: Sequence[Submission]) -> dict[str, int]:
    found = Counter(cell.missing for s in submissions for cell in s.answers.values())
    return {str(reason): found[reason] for reason in Missing if reason is not Missing.ANSWERED}


def _without_column(fates: Sequence[ColumnFate], instrument: Instrument) -> tuple[str, ...]:
    present = {column.target for column in fates if column.fate == "item"}
    return tuple(item.id for item in instrument.items if item.id not in present)
