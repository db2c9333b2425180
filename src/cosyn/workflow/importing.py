"""The verb `survey import`: a file's responses into the store, or a draft of a mapping file."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.atomic import write_all
from cosyn.errors import ResponseError
from cosyn.study import locate
from cosyn.terminal import silent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cosyn.importers import Imported
    from cosyn.study import Study
    from cosyn.terminal import Tell


_MAGIC = b"SQLite format 3\0"
_MARK = slice(68, 72)
"""Where SQLite keeps a file's ``application_id``."""
_OURS = {b"COSA": "the sealed answers", b"COSR": "the roster"}


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """What became of a file of responses.

    Attributes
    ----------
    added : bool
        False if the very same file was imported before.
    total : int
        Respondents now in the store.
    left_out : int
        Rows that the study had already and that were left out because only new ones were wanted.
    notes : tuple of str
        What shows only beside the answers of earlier files.
    quarantine : Path or None
        Where columns lie that nobody has declared.
    report : Path
        Where the report on the file is kept.
    """

    imported: Imported
    added: bool
    total: int
    report: Path
    left_out: int = 0
    notes: tuple[str, ...] = ()
    quarantine: Path | None = None


def import_(
    folder: Path | None,
    file: Path,
    *,
    mapping: Path | None = None,
    importer: str | None = None,
    form: str | None = None,
    max_mb: float = 100,
    replace: bool = False,
    only_new: bool = False,
    progress: Tell = silent,
) -> ImportedFile:
    """Read responses from a file and add them to the store.

    Raises
    ------
    ResponseError, Faults
        If the file cannot be read without guessing; nothing is then added.
    """
    from cosyn import store
    from cosyn.importers import load_mapping, read_responses
    from cosyn.instrument.load import load_instrument
    from cosyn.intake import admit

    study = locate(folder)
    _refuse_own_store(file)
    instrument = load_instrument(study.instrument)
    rules = load_mapping(mapping, instrument) if mapping else None
    imported = read_responses(
        file, instrument, rules, importer=importer, form=form, max_mb=max_mb, progress=progress
    )
    progress("comparing with the answers that are there")
    admitted = admit(
        imported.submissions,
        store.read(study.store),
        file=imported.report.file,
        sha256=imported.report.sha256,
        replace=replace,
        only_new=only_new,
    )
    with kept_beside(study, imported) as (told, apart):
        progress("storing")
        added = store.append(
            study.store,
            admitted.submissions,
            file=imported.report.file,
            sha256=imported.report.sha256,
            importer=imported.report.importer,
            simulated=imported.report.simulated,
            mapping=imported.report.mapping_sha256,
            replace=replace,
        )
    total = len(store.read(study.store).submissions)
    return ImportedFile(
        imported,
        added is not None,
        total,
        told,
        left_out=admitted.left_out,
        notes=admitted.notes,
        quarantine=apart,
    )


def _refuse_own_store(file: Path) -> None:
    """Say how the stores of a wave are imported, where somebody names one as a file.

    Raises
    ------
    ResponseError
        ``response.own-store``.
    """
    if not file.is_file():
        return
    with file.open("rb") as stream:
        head = stream.read(_MARK.stop)
    held = _OURS.get(head[_MARK]) if head.startswith(_MAGIC) else None
    if held is None:
        return
    what = f"this file holds {held} of wave {file.resolve().parent.name}"
    fix = f"Import what was released of it: survey import --fielded {file.resolve().parent.name}"
    raise ResponseError("response.own-store", str(file), what, fix)


@contextmanager
def kept_beside(study: Study, imported: Imported) -> Iterator[tuple[Path, Path | None]]:
    """Write the report on a file and what nobody has declared of it; the latter's place, if any.

    If the answers cannot be stored, what was written is taken away again.
    """
    name = imported.report.sha256[:16]
    apart, told = study.quarantine / f"{name}.jsonl.gz", study.import_reports / f"{name}.json"
    spelt = json.dumps(imported.report.to_dict(), ensure_ascii=False, indent=1)
    files = {told: (spelt + "\n").encode()}
    if imported.quarantine:
        files[apart] = imported.quarantine
    new = [path for path in files if not path.exists()]
    write_all(files)
    try:
        yield told, apart if imported.quarantine else None
    except BaseException:
        for path in new:
            path.unlink(missing_ok=True)
        raise


@dataclass(frozen=True, slots=True)
class DraftedMapping:
    """A mapping file to be completed; `left_open` counts what the table does not say."""

    file: Path
    left_open: int


def draft_mapping(
    folder: Path | None,
    file: Path,
    out: Path,
    importer: str | None = None,
    form: str | None = None,
    max_mb: float = 100,
) -> DraftedMapping:
    """Write a mapping file that names whatever could not be understood without guessing.

    Raises
    ------
    ResponseError
        If the file is no table, or there is something at `out` already.
    """
    from cosyn.importers import draft
    from cosyn.instrument.load import load_instrument

    if out.exists():
        fix = "Name a new file: a draft takes the place of nothing"
        raise ResponseError("mapping.exists", str(out), "there is a file of this name", fix)
    instrument = load_instrument(locate(folder).instrument)
    drafted = draft(file, instrument, importer, form, max_mb)
    write_all({out: drafted.text.encode()})
    return DraftedMapping(out, drafted.left_open)
