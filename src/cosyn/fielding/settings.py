"""How a questionnaire is handed out: the mode and what is kept, frozen by a lock."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from cosyn.errors import InstrumentError, raise_all
from cosyn.yamlfile import Reader

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from cosyn.fielding.types import Mode
    from cosyn.instrument.types import Instrument

FILE = "fielding.yaml"
Minutes = Literal["bands", "none"]
SMALLEST = 3
"""No batch may be smaller: of two people, each would know the other's answers."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class _Keep(_Strict):
    language: bool = True
    minutes: Minutes = "bands"


class _File(_Strict):
    mode: Literal["anonymous", "identified"] = "anonymous"
    smallest_batch: Annotated[int, Field(ge=SMALLEST, le=1000)] = 5
    keep: _Keep = _Keep()
    orders: Annotated[int, Field(ge=0, le=9999)] = 24
    contact: dict[str, Annotated[str, Field(min_length=1)]] = {}


@dataclass(frozen=True, slots=True)
class Settings:
    """How a questionnaire is handed out.

    Attributes
    ----------
    smallest_batch : int
        k: marks and answers leave the server in batches of at least so many of one department.
    language : bool
        Whether the language is kept where at least k of a department used it.
    minutes : "bands" or "none"
        How the time that answering took is kept.
    orders : int
        From how many permuted orders one is drawn; 0 for the order as listed alone.
    contact : Mapping[str, str]
        Language -> who runs the survey; empty if nobody is named.
    """

    mode: Mode = "anonymous"
    smallest_batch: int = 5
    language: bool = True
    minutes: Minutes = "bands"
    orders: int = 24
    contact: Mapping[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """SHA-256 of the content, hexadecimal; comments do not count."""
        spelt = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(spelt.encode()).hexdigest()


def read_settings(folder: Path, languages: Collection[str], reader: Reader) -> Settings | None:
    """Read ``instrument/fielding.yaml``; where there is none, the defaults hold.

    Parameters
    ----------
    folder : Path
        The folder of the instrument.
    languages : collection of str
        Of the instrument: a contact is named in each.
    reader : Reader
        Takes the faults.

    Returns
    -------
    Settings or None
        None if the file has faults.
    """
    path, name = folder / FILE, f"{folder.name}/{FILE}"
    if not path.exists() and not path.is_symlink():
        return Settings()
    found = reader.read(path, name, _File)
    if found is None:
        return None
    content = found.content
    faulty = set(content.contact) ^ set(languages) if content.contact else set()
    for language in sorted(faulty):
        if language in languages:
            what, fix = f"contact: there is no text in {language}", "Write one, or name nobody"
        else:
            what = f"contact: the instrument has no language {language!r}"
            fix = f"Use: {', '.join(languages)}"
        reader.fault("contact", found.source.at("contact", language), what, fix)
    if faulty:
        return None
    return Settings(
        mode=content.mode,
        smallest_batch=content.smallest_batch,
        language=content.keep.language,
        minutes=content.keep.minutes,
        orders=content.orders,
        contact={tag: " ".join(text.split()) for tag, text in content.contact.items()},
    )


def handed_out(folder: Path) -> Instrument:
    """Read the instrument in `folder` with what it promises in the mode that its settings name.

    Raises
    ------
    InstrumentError, Faults
        Faults of the instrument or the settings, or as `check_promise`.
    """
    from cosyn.instrument.load import load_instrument  # noqa: PLC0415 - commands need no YAML

    instrument = load_instrument(folder)
    settings = load_settings(folder, instrument.languages)
    check_promise(instrument, settings, folder)
    return instrument.in_mode(settings.mode)


def check_promise(instrument: Instrument, settings: Settings, folder: Path) -> None:
    """Make sure that no respondent is promised an anonymity that there is not.

    Raises
    ------
    InstrumentError
        ``field.promise``: answers are to bear codes, and the consent text knows nothing of it.
    """
    if settings.mode == "identified" and instrument.consent and not instrument.consent_identified:
        what = f"answers are to bear their person's code (mode in {FILE}), but consent says nothing"
        fix = "Write consent_identified beside it, which tells so; or set mode: anonymous"
        where = f"{folder.name}/instrument.yaml: consent"
        raise InstrumentError("field.promise", where, what, fix)


def frozen(instrument: Instrument, settings: Settings) -> str:
    """What a lock freezes of the way a questionnaire is handed out, as SHA-256, hexadecimal.

    In identified mode that is the promise too: the digest of the instrument leaves it out.
    """
    if settings.mode == "anonymous":
        return settings.digest
    promise = dict(instrument.consent_identified)
    spelt = json.dumps([settings.digest, promise], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(spelt.encode()).hexdigest()


def load_settings(folder: Path, languages: Collection[str]) -> Settings:
    """Read the settings and insist that they are faultless.

    Raises
    ------
    InstrumentError, Faults
        One or all of the faults found.
    """
    reader = Reader(InstrumentError, "fielding", [], folder.parent)
    found = read_settings(folder, languages, reader)
    raise_all(reader.faults)
    assert found is not None, "no settings although no fault was found"
    return found
