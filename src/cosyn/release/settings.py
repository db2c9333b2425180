"""``analysis/release.yaml``: what may be published of the responses, and how it is protected."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from cosyn.errors import PlanError, SurveyError, raise_all
from cosyn.yamlfile import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cosyn.instrument.types import Instrument, Item
    from cosyn.yamlfile import Source, Step

FILE = "release.yaml"
DEPARTMENT = "department"
PARTICULARS = ("department", "wave", "language", "form")
"""What is known of a respondent beside the answers and may be published."""
MOST_KEYS = 10
Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_.-]{0,39}$")]
Fault = tuple[str, tuple["Step", ...], str, str]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class KeyEntry(_Strict):
    """A quasi-identifier: what an outsider may know of somebody.

    Attributes
    ----------
    variable : str
        An item, or one of `PARTICULARS`.
    weight : float
        How much its information is worth beside that of the others; a higher one is kept longer.
    cuts : tuple of float
        Lower bounds of the second and every further band of an item answered by a number.
    merge : tuple of tuples
        Values that may be published as one; neighbours of an item's codes (or, where there are
        cuts, of its bands from 1).
    """

    variable: Name
    weight: Annotated[float, Field(gt=0, le=1000)] = 1.0
    cuts: tuple[float, ...] = ()
    merge: tuple[Annotated[tuple[int | str, ...], Field(min_length=2)], ...] = ()


class DepartmentRule(_Strict):
    """Whether a record tells its department.

    Attributes
    ----------
    publish : "none", "name" or "group"
        Not at all; by its name; or by the name of its group.
    weight : float
        As of the other quasi-identifiers.
    groups : dict
        Name of a group -> its departments; those in none are in the group "".
    """

    publish: Literal["none", "name", "group"] = "none"
    weight: Annotated[float, Field(gt=0, le=1000)] = 1.0
    groups: dict[str, tuple[str, ...]] = {}


class Limits(_Strict):
    """Shares of what protection may cost before the release is refused."""

    cells: Annotated[float, Field(ge=0, le=1)]
    records: Annotated[float, Field(ge=0, le=1)]


class Settings(_Strict):
    """``analysis/release.yaml``.

    Attributes
    ----------
    k : int
        Least number of records that share their quasi-identifiers.
    l : int
        Least number of different answers to a sensitive item among those who share them.
    patterns : int
        Least number of different patterns of answers behind a department's score.
    sensitive, left_out : tuple of str
        Items: those that need `l` answers, and those that are not published.
    tables : tuple of tuples of str
        Counts that are published, each by two or three variables.
    """

    version: Annotated[int, Field(ge=1)]
    k: Annotated[int, Field(ge=2, le=1000)] = 5
    l: Annotated[int, Field(ge=1, le=100)] = 2  # noqa: E741 - the field's name for it
    patterns: Annotated[int, Field(ge=1, le=1000)] = 3
    department: DepartmentRule = DepartmentRule()
    quasi_identifiers: Annotated[tuple[KeyEntry, ...], Field(min_length=1, max_length=MOST_KEYS)]
    sensitive: tuple[Name, ...] = ()
    left_out: tuple[Name, ...] = ()
    tables: tuple[Annotated[tuple[Name, ...], Field(min_length=2, max_length=3)], ...] = ()
    limits: Limits

    def names(self) -> tuple[str, ...]:
        """Every published quasi-identifier, the department first."""
        department = () if self.department.publish == "none" else (DEPARTMENT,)
        return (*department, *(entry.variable for entry in self.quasi_identifiers))


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """Settings with their place.

    Attributes
    ----------
    digest : str
        SHA-256 of their content.
    """

    settings: Settings
    digest: str
    source: Source


def load_settings(folder: Path, instrument: Instrument) -> LoadedSettings:
    """Read ``release.yaml`` and hold it against the instrument.

    Raises
    ------
    PlanError, Faults
        Every fault, with its file and line.
    """
    faults: list[SurveyError] = []
    reader = Reader(PlanError, "release", faults, folder.parent)
    loaded = reader.read(folder / FILE, f"{folder.name}/{FILE}", Settings)
    raise_all(faults)
    assert loaded is not None, "no content although no fault was found"
    settings, source = loaded.content, loaded.source
    for code, path, what, fix in _faults(settings, instrument):
        reader.fault(code, source.at(*path), what, fix)
    raise_all(faults)
    digest = hashlib.sha256(settings.model_dump_json().encode()).hexdigest()
    return LoadedSettings(settings, digest, source)


def _faults(settings: Settings, instrument: Instrument) -> Iterator[Fault]:
    yield from _of_names(settings, instrument)
    yield from _of_marks(settings, instrument)
    for place, entry in enumerate(settings.quasi_identifiers):
        if instrument.has_item(entry.variable):
            item = instrument.item(entry.variable)
            yield from _of_bands(entry, item, instrument, ("quasi_identifiers", place))


def _of_names(  # noqa: C901 - one question after another
    settings: Settings, instrument: Instrument
) -> Iterator[Fault]:
    """Everything that is named exists, once."""
    keys = [entry.variable for entry in settings.quasi_identifiers]
    for place, name in enumerate(keys):
        where = ("quasi_identifiers", place)
        if name == DEPARTMENT:
            what = "the department is handled under `department`"
            yield "department-twice", where, what, "Remove it here and set `department.publish`"
        elif name not in PARTICULARS and not instrument.has_item(name):
            yield _unknown(name, where)
        elif name in keys[:place]:
            yield "duplicate-id", where, f"{name!r} is named twice", "Remove one of them"
    for part in ("sensitive", "left_out"):
        for place, name in enumerate(getattr(settings, part)):
            if not instrument.has_item(name):
                yield _unknown(name, (part, place))
            elif name in keys:
                what = f"{name!r} is a quasi-identifier too"
                yield "two-roles", (part, place), what, "Name it in one place"
    countable = {DEPARTMENT, *keys}
    for place, table in enumerate(settings.tables):
        for name in table:
            if name not in countable:
                what = f"{name!r} is neither a quasi-identifier nor the department"
                yield "unknown-variable", ("tables", place), what, "Name it in quasi_identifiers"


def _unknown(name: str, where: tuple[Step, ...]) -> Fault:
    fix = f"Name an item, or one of: {', '.join(PARTICULARS)}"
    return "unknown-variable", where, f"there is no variable {name!r}", fix


def _of_marks(settings: Settings, instrument: Instrument) -> Iterator[Fault]:
    """What the instrument marks as a quasi-identifier must not pass for an ordinary answer."""
    named = {*settings.names(), *settings.left_out}
    for item in instrument.items:
        if item.quasi_identifier and item.id not in named:
            what = f"the instrument marks {item.id} as a quasi-identifier, and this file does not"
            fix = "Name it in quasi_identifiers or in left_out"
            yield "unlisted-quasi-identifier", ("quasi_identifiers",), what, fix


def _of_bands(
    entry: KeyEntry, item: Item, instrument: Instrument, where: tuple[Step, ...]
) -> Iterator[Fault]:
    """Bands are of neighbours, and a number is published in bands only."""
    scale = instrument.response_format(item)
    codes: list[int | str] = [option.code for option in scale.options]
    if scale.kind == "numeric":
        if not entry.cuts or sorted(set(entry.cuts)) != list(entry.cuts):
            what = f"{item.id} is answered by a number, which tells people apart"
            yield "no-cuts", where, what, "Give increasing lower bounds of bands as `cuts`"
        codes = [*range(1, len(entry.cuts) + 2)]
    elif entry.cuts:
        what = f"{item.id} has options; cuts are for numbers"
        yield "cuts-of-options", (*where, "cuts"), what, "Use `merge`"
    for place, band in enumerate(entry.merge):
        at = codes.index(band[0]) if band[0] in codes else len(codes)
        if codes[at : at + len(band)] != list(band):
            what = f"{item.id}: {list(band)} are no neighbours among its codes"
            yield "no-neighbours", (*where, "merge", place), what, f"Choose from {codes}, in order"
