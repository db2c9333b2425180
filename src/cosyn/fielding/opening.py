"""Make a new wave: keys, two empty stores, and what was frozen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.errors import StoreError
from cosyn.fielding.database import create_store
from cosyn.fielding.desk import named
from cosyn.fielding.keys import make_keys
from cosyn.fielding.wave import WAVE, Wave, write_wave

if TYPE_CHECKING:
    from pathlib import Path

    from cosyn.fielding.settings import Settings
    from cosyn.instrument.types import Instrument


def make_wave(
    folder: Path,
    instrument: Instrument,
    settings: Settings,
    *,
    lock: str,
    form: str = "",
    database: str = "",
    simulated: bool = False,
) -> Wave:
    """Make a wave; what exists already is not touched.

    Parameters
    ----------
    folder : Path
        ``<study>/fielding/<wave>``.
    lock : str
        Id of the lock of this very instrument and these settings.
    form : str
        Form of the instrument; its default form if empty.
    database : str
        URL of a PostgreSQL database for the stores; empty for files in the folder.

    Raises
    ------
    StoreError
        ``field.wave-exists``, ``field.keys-exist``, ``field.store-exists``, or the machine refuses.
    """
    if (folder / WAVE).exists():
        what, fix = "there is such a wave already", "Use it, or begin another with --wave"
        raise StoreError("field.wave-exists", str(folder), what, fix)
    keys = make_keys(folder / "keys")
    wave = Wave(
        wave=folder.name,
        form=instrument.form(form or instrument.default_form).id,
        lock=lock,
        instrument=instrument.id,
        version=instrument.version,
        digest=instrument.digest,
        settings=settings,
        fingerprint=keys.fingerprint,
        database="postgresql" if database else "sqlite",
        simulated=simulated,
    )
    create_store(folder, "roster", named(wave), database)
    create_store(folder, "answers", named(wave), database)
    write_wave(folder, wave)
    return wave
