"""Make a new wave: keys, two empty stores, and what was frozen."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from typing import TYPE_CHECKING

from cosyn.errors import StoreError
from cosyn.fielding.database import NAMES, create_store, file_of
from cosyn.fielding.desk import named
from cosyn.fielding.keys import make_keys
from cosyn.fielding.wave import WAVE, Wave, write_wave

if TYPE_CHECKING:
    from pathlib import Path

    from cosyn.fielding.database import Name
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
    if (folder / "keys").exists() and any((folder / "keys").iterdir()):
        what, fix = "there are keys already", "Move them away, or begin another wave with --wave"
        raise StoreError("field.keys-exist", str(folder / "keys"), what, fix)
    with ExitStack() as undone:
        # A wave is there once wave.json is: what was made before a refusal would be in the way.
        undone.callback(shutil.rmtree, folder / "keys", ignore_errors=True)
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
        for name in NAMES:
            create_store(folder, name, named(wave), database)
            undone.callback(_unmade, folder, name)
        write_wave(folder, wave)
        undone.pop_all()
    return wave


def _unmade(folder: Path, name: Name) -> None:
    """Take back the file of a store; in a database it stays, and the next try names it."""
    for end in ("", "-wal", "-shm"):
        (folder / f"{file_of(folder, name).name}{end}").unlink(missing_ok=True)
