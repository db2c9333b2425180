"""Answers to several versions are analysed together only by an explicit mapping."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from cosyn.errors import PlanError, ResponseError, SurveyError, raise_all
from cosyn.yamlfile import Reader

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from cosyn.instrument.types import Instrument
    from cosyn.responses import Submission

FILE = "versions.yaml"
SHORTEST = 8
"""Digits of a digest that are enough to tell versions apart."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Equivalence(_Strict):
    """Which answers to an earlier version count as answers to the present one.

    Attributes
    ----------
    same : "all" or tuple of item ids
    renamed : dict
        Item of the earlier version -> item of the present one.
    because : str
        Why they may be pooled; printed with the results.
    """

    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    same: Literal["all"] | tuple[str, ...] = ()
    renamed: dict[str, str] = {}
    because: Annotated[str, Field(min_length=1)]

    @model_validator(mode="after")
    def _something(self) -> Equivalence:
        if not self.same and not self.renamed:
            raise ValueError("it names no item under `same` or `renamed`")
        return self

    def name_of(self, item: str) -> str | None:
        """The present id of an item of the earlier version, or None if it does not count."""
        if item in self.renamed:
            return self.renamed[item]
        return item if self.same == "all" or item in self.same else None


class VersionsFile(_Strict):
    """``analysis/versions.yaml``."""

    versions: tuple[Equivalence, ...]


def load_equivalences(folder: Path, instrument: Instrument) -> tuple[Equivalence, ...]:
    """Read ``versions.yaml`` in the folder of the plan; nothing if there is none.

    Raises
    ------
    PlanError, Faults
        Every fault, with its file and line.
    """
    if not (folder / FILE).is_file():
        return ()
    faults: list[SurveyError] = []
    reader = Reader(PlanError, "plan", faults, folder.parent)
    loaded = reader.read(folder / FILE, f"{folder.name}/{FILE}", VersionsFile)
    for i, entry in enumerate(loaded.content.versions if loaded else ()):
        named = [*(() if entry.same == "all" else entry.same), *entry.renamed.values()]
        for item in named:
            if not instrument.has_item(item) and loaded:
                where = loaded.source.at("versions", i)
                reader.fault("unknown-item", where, f"there is no item {item!r}", "Correct the id")
    raise_all(faults)
    return loaded.content.versions if loaded else ()


def carried(
    submissions: Iterable[Submission],
    instrument: Instrument,
    ledger: Mapping[str, str],
    equivalences: Sequence[Equivalence],
) -> tuple[Submission, ...]:
    """Answers to the present version, and those to others as far as a mapping carries them over.

    Parameters
    ----------
    ledger : Mapping[str, str]
        Version -> digest, of every recorded version.

    Raises
    ------
    ResponseError
        ``response.other-version`` for answers to a version that nobody has mapped.
    """
    by_version = {entry.version: entry for entry in equivalences}
    kept: list[Submission] = []
    unmapped: dict[str, int] = {}
    for submission in submissions:
        if _alike(submission.digest, instrument.digest):
            kept.append(submission)
            continue
        version = _version(submission.digest, ledger)
        if version in by_version:
            kept.append(_renamed(submission, by_version[version]))
        else:
            unmapped[version] = unmapped.get(version, 0) + 1
    if unmapped:
        found = " and ".join(f"{count} of {version}" for version, count in unmapped.items())
        raise ResponseError(
            "response.other-version",
            "the stored responses",
            f"answers to other versions of the instrument than {instrument.version}: {found}",
            f"Say in analysis/{FILE} which of their items are the same "
            "(`survey diff VERSION --draft` writes a draft), or analyse them in their own study",
        )
    return tuple(kept)


def _version(digest: str, ledger: Mapping[str, str]) -> str:
    found = (version for version, known in ledger.items() if _alike(digest, known))
    return next(found, f"an unrecorded version ({digest[:12]})")


def _alike(digest: str, known: str) -> bool:
    return len(digest) >= SHORTEST and known.startswith(digest)


def _renamed(submission: Submission, rule: Equivalence) -> Submission:
    answers = {rule.name_of(item): cell for item, cell in submission.answers.items()}
    return replace(submission, answers={k: v for k, v in answers.items() if k is not None})
