"""Quasi-identifiers as columns of codes, with what stands in the file for each code."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from cosyn.release.settings import DEPARTMENT, PARTICULARS
from cosyn.responses import MISSING_ORDER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cosyn.instrument.types import Instrument, Missing, ResponseFormat
    from cosyn.release.settings import KeyEntry, Settings
    from cosyn.responses import ResponseTable

    Codes = NDArray[np.int64]

OTHERS = ""
"""Group of the departments that are in none."""


@dataclass(frozen=True, slots=True)
class Key:
    """One quasi-identifier.

    Attributes
    ----------
    codes : ndarray of int, shape (n,)
        Place of each record's value in `values`.
    values : tuple of str
        What stands in the file for it, reasons for a gap included.
    given : int
        How many of `values`, from the first, are answers; the rest are reasons.
    bounds : tuple of (float or None, float or None)
        Of bands of numbers: from, and below; empty for other variables.
    merges : tuple of tuples of int
        Places in `values` that may become one.
    """

    name: str
    codes: Codes
    values: tuple[str, ...]
    given: int
    weight: float
    bounds: tuple[tuple[float | None, float | None], ...] = ()
    merges: tuple[tuple[int, ...], ...] = ()


def spelt(value: float) -> str:
    """Write a code with all its digits, and without a point where it needs none."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def gap(scale: ResponseFormat, reason: Missing) -> str:
    """What stands in the file for a reason: its code in the response format, or its name."""
    return next((str(m.code) for m in scale.missing if m.reason is reason), reason.value)


def particular(table: ResponseTable, name: str) -> tuple[str, ...]:
    """What is known of each respondent beside the answers."""
    columns: Mapping[str, tuple[str, ...]] = {
        "department": table.departments,
        "wave": table.waves,
        "language": table.languages,
        "form": table.forms,
    }
    return columns[name]


def keys_of(table: ResponseTable, instrument: Instrument, settings: Settings) -> tuple[Key, ...]:
    """Every published quasi-identifier, in the settings' order, the department first."""
    found = []
    if settings.department.publish != "none":
        found.append(_department(table, settings))
    for entry in settings.quasi_identifiers:
        if entry.variable in PARTICULARS:
            texts = particular(table, entry.variable)
            found.append(_text(entry.variable, texts, entry.weight, entry.merge))
        else:
            found.append(_item(table, instrument, entry))
    return tuple(found)


def department_key(table: ResponseTable) -> Key:
    """Departments by name, for counts of them where no record tells its own."""
    return _text(DEPARTMENT, table.departments, 1.0, ())


def _department(table: ResponseTable, settings: Settings) -> Key:
    rule = settings.department
    if rule.publish == "name":
        return _text(DEPARTMENT, table.departments, rule.weight, ())
    group = {name: label for label, names in rule.groups.items() for name in names}
    texts = [group.get(name, OTHERS) for name in table.departments]
    return _text(DEPARTMENT, texts, rule.weight, ())


def _text(
    name: str, texts: Sequence[str], weight: float, merges: Sequence[Sequence[int | str]]
) -> Key:
    """A variable whose values are texts; an empty one is a value too, the last."""
    named = sorted(set(texts) - {""})
    values = (*named, *({""} & set(texts)))
    place = {value: at for at, value in enumerate(values)}
    known = [tuple(place[str(v)] for v in band if str(v) in place) for band in merges]
    codes = np.array([place[text] for text in texts], dtype=np.int64)
    useful = tuple(band for band in known if len(band) > 1)
    return Key(name, codes, values, len(named), weight, merges=useful)


def _item(table: ResponseTable, instrument: Instrument, entry: KeyEntry) -> Key:
    item = instrument.item(entry.variable)
    scale = instrument.response_format(item)
    column = table.items.index(item.id)
    values, missing = table.matrix[:, column], table.missing[:, column]
    told = ~np.isnan(values)
    bounds: tuple[tuple[float | None, float | None], ...] = ()
    if scale.kind == "numeric":
        edges = [None, *entry.cuts, None]
        bounds = tuple(pairwise(edges))
        levels = [str(band) for band in range(1, len(bounds) + 1)]
        codes = np.searchsorted(np.array(entry.cuts), np.where(told, values, 0.0), side="right")
    else:
        numbers = sorted({float(o.code) for o in scale.options} | set(values[told].tolist()))
        levels = [spelt(number) for number in numbers]
        codes = np.searchsorted(np.array(numbers), np.where(told, values, numbers[0]))
    given = len(levels)
    reasons = [MISSING_ORDER[at] for at in np.unique(missing[~told])]
    texts = [gap(scale, reason) for reason in reasons]
    levels += dict.fromkeys(texts)
    for reason, text in zip(reasons, texts, strict=True):
        mine = ~told & (missing == MISSING_ORDER.index(reason))
        codes = np.where(mine, levels.index(text, given), codes)
    merges = tuple(tuple(levels.index(str(v)) for v in band) for band in entry.merge)
    return Key(item.id, codes.astype(np.int64), tuple(levels), given, entry.weight, bounds, merges)
