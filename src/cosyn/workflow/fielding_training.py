"""The verbs for pages that train without a server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.study import locate

if TYPE_CHECKING:
    from pathlib import Path

    from cosyn.fielding.training import Checked


@dataclass(frozen=True, slots=True)
class Trained:
    """A folder that was written.

    Attributes
    ----------
    pages : int
        How many pages of how many `languages`.
    key : Path
        The public key that checks it: to be handed out by another way than the folder.
    spelt : str
        That key, as people compare it.
    """

    folder: Path
    pages: int
    languages: tuple[str, ...]
    key: Path
    spelt: str


def training(folder: Path | None, out: Path, *, form: str = "") -> Trained:
    """Write every kind of page as files, with a signed list of them.

    Raises
    ------
    StoreError
        ``training.folder`` if something lies there; a key is damaged; or the machine refuses.
    InstrumentError, Faults
        The instrument or its settings have faults, or there is no such form.
    """
    from cosyn.fielding.signing import PUBLIC, public_half, signing_key, spelt_key
    from cosyn.fielding.training import write_training
    from cosyn.fielding.wave import FOLDER
    from cosyn.instrument.questionnaire import questionnaire
    from cosyn.server.training import training_files
    from cosyn.workflow.fielding_serve import demonstration

    study = locate(folder)
    survey = demonstration(study.instrument, form)
    files = training_files(survey)
    asked = questionnaire(survey.instrument, survey.form)
    about = {
        "instrument": asked.version,
        "form": asked.form,
        "digest": asked.digest,
        "languages": list(asked.languages),
    }
    keys = study.root / FOLDER
    key = signing_key(keys)
    write_training(out, files, about, key)
    return Trained(out, len(files), asked.languages, keys / PUBLIC, spelt_key(public_half(key)))


def verify_training(folder: Path | None, pages: Path, *, key: Path | None = None) -> Checked:
    """Compare a folder with what was signed.

    Parameters
    ----------
    key : Path, optional
        The public key; else that of the study.

    Raises
    ------
    StoreError
        ``field.no-key``, ``field.key``, ``training.manifest``; or the machine refuses.
    """
    from cosyn.fielding.keys import read_key
    from cosyn.fielding.signing import PUBLIC
    from cosyn.fielding.training import check_training
    from cosyn.fielding.wave import FOLDER

    found = key or locate(folder).root / FOLDER / PUBLIC
    return check_training(pages, read_key(found))
