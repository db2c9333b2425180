"""Freeze instrument, plan and forms into a bundle with a hash that later stages name."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from cosyn.atomic import guarded, write_all
from cosyn.errors import InstrumentError, StoreError
from cosyn.fielding.settings import Settings, check_promise, frozen, load_settings
from cosyn.instrument.questionnaire import questionnaire
from cosyn.instrument.structure import structure_of
from cosyn.study import COMPILED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from cosyn.instrument.types import Instrument
    from cosyn.plan import LoadedPlan
    from cosyn.study import Study

LOCK = "lock.json"
SCHEMA = "cosyn.lock/2"
_FIRST = "cosyn.lock/1"
_USUAL = Settings().digest


@dataclass(frozen=True, slots=True)
class Lock:
    """A locked version.

    Attributes
    ----------
    id : str
        SHA-256 over everything below, hexadecimal.
    instrument, version, digest : str
        What is asked.
    plan : str
        Digest of the analysis plan with its models.
    forms : Mapping[str, str]
        Form -> SHA-256 of its questions in order, with their texts and answers.
    files : Mapping[str, str]
        Path within the bundle -> SHA-256.
    fielding : str
        Digest of how it is handed out, with what is promised in identified mode; of the defaults
        where the lock was made before there were such settings (schema ``cosyn.lock/1``), in which
        they hold.
    """

    id: str
    instrument: str
    version: str
    digest: str
    plan: str
    forms: Mapping[str, str]
    files: Mapping[str, str]
    fielding: str = _USUAL


def lock(study: Study, instrument: Instrument, plan: LoadedPlan) -> tuple[Lock, Path, bool]:
    """Freeze the present state of a study as ``locks/<version>/``.

    Returns
    -------
    lock : Lock
    folder : Path
    made : bool
        False if this very state was locked before: nothing is then written.

    Raises
    ------
    InstrumentError, Faults
        ``lock.taken`` if another state was locked under this version; faults of
        ``instrument/fielding.yaml``, ``field.promise``.
    StoreError
        The machine refuses, or an earlier lock is damaged.
    """
    folder = study.locks / instrument.version
    contents = {name: content for part in study.parts for name, content in _files(study.root, part)}
    files = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    settings = load_settings(study.instrument, instrument.languages)
    check_promise(instrument, settings, study.instrument)
    found = _lock(instrument, plan, settings, files)
    earlier = read_lock(folder) if folder.exists() else None
    if earlier is not None and _felt(earlier) == _felt(found):
        return earlier, folder, False
    if earlier is not None:
        part = _differing(earlier, found)
        raise InstrumentError(
            "lock.taken",
            str(folder),
            f"version {instrument.version} was locked with another {part}",
            "Raise `version` in instrument.yaml and lock again, or undo the change "
            "(`survey diff` shows what changed in the instrument)",
        )
    spelt = json.dumps(_spelt(found), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    write_all(
        {
            **{folder / name: content for name, content in contents.items()},
            folder / LOCK: spelt.encode(),
        }
    )
    return found, folder, True


def _differing(earlier: Lock, found: Lock) -> str:
    if earlier.digest != found.digest:
        return "instrument"
    return "plan" if earlier.plan != found.plan else "fielding.yaml (or consent_identified)"


def _files(root: Path, part: str) -> Iterator[tuple[str, bytes]]:
    for path in sorted((root / part).rglob("*")):
        if path.is_file() and not path.name.startswith(".") and path.parent.name != COMPILED:
            with guarded(path, "read"):
                yield path.relative_to(root).as_posix(), path.read_bytes()


def _lock(
    instrument: Instrument, plan: LoadedPlan, settings: Settings, files: Mapping[str, str]
) -> Lock:
    unnamed = Lock(
        id="",
        instrument=instrument.id,
        version=instrument.version,
        digest=instrument.digest,
        plan=plan.digest,
        forms={form.id: _form_digest(instrument, form.id) for form in instrument.forms},
        files=files,
        fielding=frozen(instrument, settings),
    )
    return replace(unnamed, id=_hash(_felt(unnamed)))


def _felt(found: Lock) -> tuple[str | Mapping[str, str], ...]:
    """What makes two locks the same: comments in the files do not."""
    return *_felt_at_first(found), found.fielding


def _felt_at_first(found: Lock) -> tuple[str | Mapping[str, str], ...]:
    """What the id of a lock of schema 1 was made from."""
    return found.instrument, found.version, found.digest, found.plan, found.forms


def _form_digest(instrument: Instrument, form: str) -> str:
    structure = structure_of(questionnaire(instrument, form))
    return _hash([[q.id, q.text, q.answers, q.bounds] for q in structure.questions])


def _hash(value: object) -> str:
    spelt = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(spelt.encode()).hexdigest()


def _spelt(found: Lock) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "lock": found.id,
        "instrument": found.instrument,
        "version": found.version,
        "digest": found.digest,
        "plan": found.plan,
        "forms": dict(found.forms),
        "fielding": found.fielding,
        "files": dict(found.files),
        "made_with": f"cosyn {version('cosyn')}",
    }


def read_lock(folder: Path) -> Lock:
    """Read a lock and make sure that its bundle still is what was locked.

    Raises
    ------
    StoreError
        ``lock.damaged``: a file is missing, changed or added, or the lock cannot be read.
    """
    path = folder / LOCK
    try:
        with guarded(path, "read"):
            found = json.loads(path.read_bytes())
        lock = Lock(
            found["lock"],
            found["instrument"],
            found["version"],
            found["digest"],
            found["plan"],
            found["forms"],
            found["files"],
            found["fielding"] if found["schema"] != _FIRST else _USUAL,
        )
        felt = _felt(lock) if found["schema"] != _FIRST else _felt_at_first(lock)
    except (ValueError, KeyError, TypeError) as problem:
        raise _damaged(path, "the lock cannot be read") from problem
    if _hash(felt) != lock.id:
        raise _damaged(path, "the lock is not what was written")
    for name, digest in lock.files.items():
        file = folder / name
        if not file.is_file():
            raise _damaged(file, "a locked file is missing")
        with guarded(file, "read"):
            if hashlib.sha256(file.read_bytes()).hexdigest() != digest:
                raise _damaged(file, "a locked file was changed")
    return lock


def _damaged(path: Path, what: str) -> StoreError:
    fix = "Restore the folder from a copy or from version control; never edit a lock"
    return StoreError("lock.damaged", str(path), what, fix)


def locks(study: Study) -> tuple[Lock, ...]:
    """Every lock of a study, in the order of the versions.

    Raises
    ------
    StoreError
        If one of them is damaged.
    """
    if not study.locks.is_dir():
        return ()
    found = (read_lock(path.parent) for path in study.locks.glob(f"*/{LOCK}"))
    return tuple(sorted(found, key=lambda lock: tuple(map(int, lock.version.split(".")))))


def lock_of(study: Study, instrument: Instrument) -> Lock | None:
    """The lock of an instrument as it is now, or None if it is not locked."""
    folder = study.locks / instrument.version
    if not (folder / LOCK).is_file():
        return None
    found = read_lock(folder)
    return found if found.digest == instrument.digest else None
