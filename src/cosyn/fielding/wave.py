"""A wave: one time the questionnaire is in the field, with what was frozen when it was made."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

from cosyn.atomic import guarded, make_folder, write_text
from cosyn.errors import Faults, InstrumentError, StoreError
from cosyn.fielding.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from cosyn.instrument.types import Instrument

FOLDER = "fielding"
WAVE = "wave.json"
SCHEMA = "cosyn.wave/1"
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,19}")
Database = Literal["sqlite", "postgresql"]


@dataclass(frozen=True, slots=True)
class Wave:
    """What was frozen when the wave was made.

    Attributes
    ----------
    wave : str
        Short code; stamped on every answer.
    form : str
        Form of the instrument.
    lock : str
        Id of the lock.
    instrument, version, digest : str
        What is asked: the copy in ``locks/<version>/``.
    settings : Settings
        Mode, k and what is kept.
    fingerprint : str
        Of the keys.
    database : "sqlite" or "postgresql"
        Where the stores are; the database's URL stands in no file.
    simulated : bool
        Whether it is for training: its answers never mix with real ones.
    """

    wave: str
    form: str
    lock: str
    instrument: str
    version: str
    digest: str
    settings: Settings
    fingerprint: str
    database: Database = "sqlite"
    simulated: bool = False

    @property
    def anonymous(self) -> bool:
        """Whether nobody may be able to tell who gave which answers."""
        return self.settings.mode == "anonymous"

    @property
    def k(self) -> int:
        """Size of the smallest batch; those who agreed to be known need none."""
        return self.settings.smallest_batch if self.anonymous else 1


def folder_of(study: Path, wave: str) -> Path:
    """Folder of a wave within a study.

    Raises
    ------
    InstrumentError
        ``field.wave-code`` if no wave can be called so.
    """
    if not CODE.fullmatch(wave):
        what = f"{wave!r} cannot be the code of a wave"
        fix = "Use letters, digits, - and _, at most 20, beginning with a letter or digit"
        raise InstrumentError("field.wave-code", "--wave", what, fix)
    return study / FOLDER / wave


def waves(study: Path) -> tuple[str, ...]:
    """Codes of the waves of a study, sorted."""
    return tuple(sorted(path.parent.name for path in (study / FOLDER).glob(f"*/{WAVE}")))


def write_wave(folder: Path, wave: Wave) -> None:
    """Write ``wave.json`` of a new wave.

    Raises
    ------
    StoreError
        ``field.wave-exists``, or the machine refuses.
    """
    path = folder / WAVE
    if path.exists():
        what, fix = "there is such a wave already", "Use it, or begin another with --wave"
        raise StoreError("field.wave-exists", str(path), what, fix)
    make_folder(folder)
    content = {"schema": SCHEMA, **asdict(wave)}
    write_text(path, json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def read_wave(folder: Path) -> Wave:
    """Read ``wave.json``.

    Raises
    ------
    StoreError
        ``field.no-wave``, ``field.wave-newer`` or ``field.wave-damaged``.
    """
    path = folder / WAVE
    if not path.is_file():
        known = ", ".join(waves(folder.parent.parent)) or "none yet"
        fix = f"Waves of this study: {known}; `survey roster FILE` makes one"
        raise StoreError("field.no-wave", str(folder), "there is no such wave", fix)
    try:
        with guarded(path, "read"):
            found = json.loads(path.read_bytes())
        schema = found.pop("schema")
        return _wave(found, schema, path)
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        what, fix = "the file is not as it was written", "Restore it from a copy"
        raise StoreError("field.wave-damaged", str(path), what, fix) from problem


def _wave(found: dict[str, Any], schema: str, path: Path) -> Wave:
    if schema != SCHEMA:
        what = f"a newer version of this program wrote it ({schema})"
        raise StoreError("field.wave-newer", str(path), what, "Update the program")
    settings = Settings(**found.pop("settings"))
    wave = Wave(settings=settings, **found)
    if any(not isinstance(getattr(wave, f.name), str | Settings | bool) for f in fields(wave)):
        raise TypeError(path)
    return wave


def instrument_of(folder: Path, wave: Wave) -> Instrument:
    """The instrument as it was locked for this wave, with what its mode lets it promise.

    Raises
    ------
    StoreError
        ``field.no-lock`` or ``field.other-lock``: the locked copy is missing or another one.
    """
    from cosyn.instrument.load import load_instrument  # noqa: PLC0415 - commands need no YAML

    bundle = folder.parent.parent / "locks" / wave.version / "instrument"
    if not bundle.is_dir():
        what, fix = "the locked questionnaire of this wave is not there", "Restore the folder"
        raise StoreError("field.no-lock", str(bundle), what, fix)
    try:
        found = load_instrument(bundle)
    except (InstrumentError, Faults) as problem:
        # What it says of mending is for an instrument that is being written.
        what = f"the locked questionnaire of wave {wave.wave} was changed ({problem.what})"
        raise StoreError(
            "field.other-lock", str(bundle), what, "Restore the locked folder"
        ) from problem
    if found.digest != wave.digest:
        what = f"this is not the questionnaire of wave {wave.wave}"
        raise StoreError("field.other-lock", str(bundle), what, "Restore the locked folder")
    return found.in_mode(wave.settings.mode)
