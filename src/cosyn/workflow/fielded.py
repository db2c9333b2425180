"""`survey import --fielded`: what a wave of one's own has released, into the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.errors import InstrumentError
from cosyn.study import locate
from cosyn.terminal import silent

if TYPE_CHECKING:
    from pathlib import Path

    from cosyn.study import Study
    from cosyn.terminal import Tell
    from cosyn.workflow.importing import ImportedFile


def import_fielded(
    folder: Path | None,
    wave: str | None = None,
    *,
    key: Path | None = None,
    database: str = "",
    progress: Tell = silent,
) -> ImportedFile:
    """Read what a wave has released and add what the study does not have yet.

    Parameters
    ----------
    wave : str or None
        Code of the wave; needed where there are several.
    key : Path or None
        The wave's private key, where it does not lie in its folder.
    database : str
        URL of the PostgreSQL database that the wave lies in.

    Raises
    ------
    StoreError
        There is no such wave or key, or a store cannot be read.
    ResponseError
        ``response.mixed-simulated``.
    """
    from cosyn import store
    from cosyn.fielding.released import released
    from cosyn.fielding.wave import folder_of, instrument_of
    from cosyn.importers import read_fielded
    from cosyn.workflow.importing import ImportedFile, kept_beside

    study = locate(folder)
    place = folder_of(study.root, wave or only_wave(study))
    progress(f"opening the envelopes of {place.name}")
    of, found, waiting = released(place, key, database=database)
    held = store.read(study.store)
    imported = read_fielded(
        found,
        instrument_of(place, of),
        form=of.form,
        file=f"wave {of.wave}",
        known=frozenset(held.submissions.ids),
        k=of.k,
        language=of.settings.language,
        simulated=of.simulated,
    )
    added = None
    with kept_beside(study, imported) as (told, _):
        progress("storing")
        if len(imported.submissions):
            added = store.append(
                study.store,
                imported.submissions,
                file=imported.report.file,
                sha256=imported.report.sha256,
                importer=imported.report.importer,
                simulated=imported.report.simulated,
            )
    total = len(store.read(study.store).submissions)
    said = f"{waiting:,} more were handed in; they are released in batches of their departments"
    notes = (said,) if waiting else ()
    return ImportedFile(imported, added is not None, total, told, notes=notes)


def only_wave(study: Study) -> str:
    """The wave of a study that has one.

    Raises
    ------
    InstrumentError
        ``field.which-wave`` if it has none or several.
    """
    from cosyn.fielding.wave import waves

    known = waves(study.root)
    if len(known) == 1:
        return known[0]
    if not known:
        what, fix = "the study has no wave in the field", "Make one: survey roster FILE"
    else:
        what, fix = "the study has several waves", f"Name one of: {', '.join(known)}"
    raise InstrumentError("field.which-wave", str(study.root), what, fix)
