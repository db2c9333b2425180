"""The verbs of `survey translate`: translation side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.errors import InstrumentError, ResponseError
from cosyn.study import locate

if TYPE_CHECKING:
    from pathlib import Path

    from cosyn.instrument.types import Instrument
    from cosyn.translation.proposals import Proposals


@dataclass(frozen=True, slots=True)
class ReviewSheet:
    """A sheet that was written for a reviewer.

    Attributes
    ----------
    texts, missing : int
        How many texts it holds, and how many of them have no translation yet.
    """

    file: Path
    language: str
    against: str
    texts: int
    missing: int


def write(
    folder: Path | None, language: str, against: str | None = None, out: Path | None = None
) -> ReviewSheet:
    """Write every text of the instrument beside its translation.

    Parameters
    ----------
    language : str
        Translated to: a language of the instrument, or a new one.
    against : str, optional
        Translated from; the instrument's first other language if left out.

    Raises
    ------
    InstrumentError
        If the instrument has no texts in `against`, or no other language.
    ResponseError
        If the sheet would be written over one that somebody may have filled in.
    """
    from cosyn.instrument.load import load_instrument
    from cosyn.translation.entries import entries
    from cosyn.translation.sheet import sheet_of
    from cosyn.workflow._sheets import write_fresh

    study = locate(folder)
    instrument = load_instrument(study.instrument)
    source = _source(instrument, language, against)
    texts = entries(study.instrument, language, source)
    identity = {
        "instrument": instrument.id,
        "version": instrument.version,
        "digest": instrument.digest,
        "language": language,
        "against": source,
    }
    name = f"{instrument.id}-{instrument.version}.{source}.{language}.xlsx"
    file = out or study.root / "translation" / name
    write_fresh({file: sheet_of(texts, identity, instrument.placeholders)})
    missing = sum(not entry.target for entry in texts)
    return ReviewSheet(file, language, source, len(texts), missing)


def _source(instrument: Instrument, language: str, against: str | None) -> str:
    others = [tag for tag in instrument.languages if tag != language]
    chosen = against or next(iter(others), "")
    if chosen not in others:
        raise InstrumentError(
            "language.unknown",
            f"--against {chosen}".strip(),
            "there are no other texts in this language to translate from",
            f"Use one of: {', '.join(others)}" if others else "Add a second language first",
        )
    return chosen


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What came of a review sheet.

    Attributes
    ----------
    files : tuple of Path
        What was changed; empty unless the proposals were applied.
    """

    proposals: Proposals
    language: str
    files: tuple[Path, ...]


def read(folder: Path | None, sheet: Path, *, apply: bool = False) -> Reviewed:
    """Read a review sheet back, and take its proposals over if asked to.

    Raises
    ------
    ResponseError, Faults
        If the sheet belongs to another wording, or a row cannot be taken over.
    InstrumentError, Faults
        If the instrument would have a fault; nothing is changed then.
    """
    from cosyn.instrument.load import load_instrument
    from cosyn.translation.apply import apply as take_over
    from cosyn.translation.entries import entries
    from cosyn.translation.proposals import proposals, sheet_identity

    study = locate(folder)
    instrument = load_instrument(study.instrument)
    book, identity = sheet_identity(sheet)
    if identity["digest"] != instrument.digest:
        raise ResponseError(
            "translation.other-wording",
            sheet.name,
            f"the sheet was written for another wording ({identity['digest'][:12]}) than the "
            f"present one ({instrument.digest[:12]})",
            "Write a fresh sheet with `survey translate write` and copy the proposals into it",
        )
    language = identity["language"]
    texts = entries(study.instrument, language, identity["against"])
    found = proposals(sheet.name, book, identity, texts)
    files = take_over(study.instrument, language, found.changes) if apply and found.changes else ()
    return Reviewed(found, language, files)
