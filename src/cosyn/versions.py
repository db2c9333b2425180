"""Answers to several versions are analysed together only by an explicit mapping."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from cosyn.columns import column
from cosyn.errors import PlanError, ResponseError, SurveyError, raise_all
from cosyn.responses import join
from cosyn.yamlfile import Reader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from cosyn.instrument.types import Instrument
    from cosyn.responses import Submissions

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
    submissions: Submissions,
    instrument: Instrument,
    ledger: Mapping[str, str],
    equivalences: Sequence[Equivalence],
) -> Submissions:
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
    if all(_alike(text, instrument.digest) for text in submissions.particulars["digest"].held()):
        return submissions
    by_version = {entry.version: entry for entry in equivalences}
    digests = submissions.particulars["digest"]
    kept: list[Submissions] = []
    places: list[NDArray[np.intp]] = []
    unmapped: dict[str, int] = {}
    for i, digest in enumerate(digests.texts):
        rows = digests.where(i)
        version = _version(digest, ledger)
        if not len(rows):
            continue
        if not _alike(digest, instrument.digest) and version not in by_version:
            unmapped[version] = unmapped.get(version, 0) + len(rows)
            continue
        part = submissions.taken(rows)
        own = _alike(digest, instrument.digest)
        kept.append(part if own else _renamed(part, by_version[version]))
        places.append(rows)
    if unmapped:
        raise _unmapped(unmapped, instrument)
    return join(kept).taken(np.argsort(np.concatenate(places))) if kept else submissions


def with_known_orders(submissions: Submissions, instrument: Instrument) -> Submissions:
    """Forget in which order the items of other versions were met: their numbers mean others."""
    order, digest = (submissions.particulars[name] for name in ("order", "digest"))
    own = [_alike(text, instrument.digest) for text in digest.texts]
    if all(own):
        return submissions
    texts = [text if own[code] else "" for text, code in zip(order, digest.codes, strict=True)]
    return replace(submissions, particulars={**submissions.particulars, "order": column(texts)})


def _unmapped(unmapped: Mapping[str, int], instrument: Instrument) -> ResponseError:
    found = " and ".join(f"{count} of {version}" for version, count in unmapped.items())
    return ResponseError(
        "response.other-version",
        "the stored responses",
        f"answers to other versions of the instrument than {instrument.version}: {found}",
        f"Say in analysis/{FILE} which of their items are the same "
        "(`survey diff VERSION --draft` writes a draft), or analyse them in their own study",
    )


def _version(digest: str, ledger: Mapping[str, str]) -> str:
    found = (version for version, known in ledger.items() if _alike(digest, known))
    return next(found, f"an unrecorded version ({digest[:12]})")


def _alike(digest: str, known: str) -> bool:
    return len(digest) >= SHORTEST and known.startswith(digest)


def _renamed(submissions: Submissions, rule: Equivalence) -> Submissions:
    answers = {rule.name_of(item): found for item, found in submissions.answers.items()}
    return replace(submissions, answers={k: v for k, v in answers.items() if k is not None})
