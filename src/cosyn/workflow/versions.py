"""Verbs for the versions of an instrument."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cosyn.errors import InstrumentError
from cosyn.study import Study, locate

if TYPE_CHECKING:
    from cosyn.i18n import Text
    from cosyn.instrument.compare import Change
    from cosyn.instrument.structure import Difference
    from cosyn.instrument.types import Instrument
    from cosyn.lock import Lock
    from cosyn.structures import Reader


@dataclass(frozen=True, slots=True)
class Locked:
    """A lock and where it lies.

    Attributes
    ----------
    made : bool
        False if the same state was locked before.
    """

    lock: Lock
    folder: Path
    made: bool


def lock(folder: Path | None) -> Locked:
    """Freeze a faultless study; its version is recorded too.

    Raises
    ------
    InstrumentError, PlanError, Faults
        Whatever `survey check` finds, and ``lock.taken``.
    """
    from cosyn.instrument.load import load_instrument, record_version
    from cosyn.lock import lock as freeze
    from cosyn.plan import load_plan

    study = locate(folder)
    instrument = load_instrument(study.instrument)
    plan = load_plan(study.analysis)
    record_version(study.instrument, instrument)
    return Locked(*freeze(study, instrument, plan))


@dataclass(frozen=True, slots=True)
class Compared:
    """Two versions and what changed.

    Attributes
    ----------
    old, new : str
        Version and first digits of the digest.
    unchanged : tuple of str
        Items that ask the same with the same answers in both.
    """

    old: str
    new: str
    old_version: str
    changes: tuple[Change, ...]
    unchanged: tuple[str, ...]


def diff(folder: Path | None, old: str, new: str | None = None) -> Compared:
    """Compare a locked version, or another study, with the present one or a second version.

    Raises
    ------
    InstrumentError
        ``lock.unknown`` if there is neither such a version nor such a folder.
    """
    from cosyn.instrument.compare import changes, unchanged_items

    study = locate(folder)
    before, before_texts = _state(study, old)
    after, after_texts = _state(study, new)
    return Compared(
        old=_name(before),
        new=_name(after),
        old_version=before.version,
        changes=changes(before, after, before_texts, after_texts),
        unchanged=unchanged_items(before, after),
    )


def _name(instrument: Instrument) -> str:
    return f"{instrument.version} ({instrument.digest[:12]})"


def _state(study: Study, name: str | None) -> tuple[Instrument, dict[str, Text]]:
    from cosyn.instrument.load import instrument_texts, load_instrument

    folder = study.instrument if name is None else _folder(study, name)
    texts = {placed.address: placed.texts for placed in instrument_texts(folder)}
    return load_instrument(folder), texts


def _folder(study: Study, name: str) -> Path:
    from cosyn.lock import LOCK, locks, read_lock

    locked = study.locks / name
    if (locked / LOCK).is_file():
        read_lock(locked)
        return locked / "instrument"
    if (Path(name) / "instrument").is_dir():
        return Path(name) / "instrument"
    known = ", ".join(found.version for found in locks(study)) or "none yet"
    raise InstrumentError(
        "lock.unknown",
        name,
        "this is neither a locked version nor the folder of a study",
        f"Locked versions: {known}; lock one with `survey lock`",
    )


@dataclass(frozen=True, slots=True)
class Verified:
    """What a file holds, compared with what it should hold."""

    file: Path
    kind: str
    questions: int
    differences: tuple[Difference, ...]


def verify(
    folder: Path | None,
    file: Path,
    *,
    kind: str | None = None,
    form: str | None = None,
    order: int = 0,
    language: str | None = None,
) -> Verified:
    """Read a questionnaire's file back and compare it with the instrument.

    Raises
    ------
    InstrumentError
        ``verify.unreadable`` or ``verify.which-format``.
    StoreError
        The machine does not let it be read.
    """
    from cosyn.atomic import guarded
    from cosyn.instrument.arrange import arranged
    from cosyn.instrument.load import load_instrument
    from cosyn.instrument.questionnaire import questionnaire
    from cosyn.instrument.structure import differences
    from cosyn.structures import Unreadable, expected

    study = locate(folder)
    instrument = load_instrument(study.instrument)
    reader = _reader(file, kind)
    with guarded(file, "read"):
        content = file.read_bytes()
    try:
        held = reader.read(content)
    except Unreadable as problem:
        fix = f"Name the right format with --as (read as {reader.name})"
        raise InstrumentError("verify.unreadable", str(file), str(problem), fix) from problem
    asked = arranged(questionnaire(instrument, form), order)
    sent = expected(reader, asked, language or _language_of(file, instrument))
    return Verified(file, reader.name, len(held.questions), differences(sent, held))


def _language_of(file: Path, instrument: Instrument) -> str:
    """The language that our own file names end in, or else the first."""
    parts = file.name.split(".")
    return next((tag for tag in instrument.languages if tag in parts), instrument.languages[0])


def _reader(file: Path, kind: str | None) -> Reader:
    from cosyn.structures import READERS

    if kind is not None:
        return READERS[kind]
    name = file.name.lower()
    ends = [(end, reader) for reader in READERS for end in reader.suffixes if name.endswith(end)]
    longest = max((len(end) for end, _ in ends), default=0)  # x.qualtrics.txt is no x.txt
    fitting = [reader for end, reader in ends if len(end) == longest]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(reader.name for reader in fitting or READERS)
    what = "its name fits several formats" if fitting else "its name fits no format"
    raise InstrumentError("verify.which-format", str(file), what, f"Say --as with one of: {names}")
