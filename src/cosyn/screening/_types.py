"""What a rule of screening is: a function from answers and thresholds to flags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from cosyn.instrument.types import Instrument, Item, ResponseFormat
    from cosyn.responses import ResponseTable

    Vector = NDArray[np.float64]
    Flags = NDArray[np.bool_]

TOO_FEW = "too few answers"


@dataclass(frozen=True, slots=True)
class ScaleItem:
    """An item of a scale that stands in the table.

    Attributes
    ----------
    column : int
        Its place in the table.
    """

    item: Item
    column: int
    response_format: ResponseFormat


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """What every rule may look at.

    Attributes
    ----------
    table : ResponseTable
        Codes as answered, of every item asked, in stored order.
    scale : tuple of ScaleItem
        Items that reflect a construct and are answered by options, in the pages' order.
    minimum_answered : int
        Items of `scale` to be answered before a pattern is judged.
    frame : frozenset of str or None
        Departments that were asked, in small letters; None if there is no roster.
    """

    table: ResponseTable
    instrument: Instrument
    scale: tuple[ScaleItem, ...]
    minimum_answered: int
    frame: frozenset[str] | None = None

    def codes(self, item: ScaleItem) -> Vector:
        """Codes of one item as answered, shape (n,)."""
        return self.table.matrix[:, item.column]

    def keyed(self, item: ScaleItem) -> Vector:
        """Codes of one item, turned round if it is reverse-keyed, shape (n,)."""
        codes = self.codes(item)
        ends = item.response_format.minimum + item.response_format.maximum
        return ends - codes if item.item.reverse else codes

    def answered(self) -> NDArray[np.int64]:
        """Items of the scales that each respondent answered, shape (n,)."""
        counts = np.zeros(self.table.n, np.int64)
        for item in self.scale:
            counts += ~np.isnan(self.codes(item))
        return counts


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """What one rule says of n respondents.

    Attributes
    ----------
    value : ndarray, shape (n,)
        NaN where it could not be computed; `why` then says why.
    why : ndarray of int8, shape (n,)
        0 where there is a value, else 1 + the position in `reasons`.
    flag : ndarray of bool, shape (n,)
    threshold : float or None
        What the values were compared with; None if it rests on a sample that has no values.
    reason : str
        Why the rule could not be applied at all, "" if it could.
    """

    value: Vector
    why: NDArray[np.int8]
    reasons: tuple[str, ...]
    flag: Flags
    threshold: float | None
    reason: str = ""

    @property
    def judged(self) -> int:
        """Respondents with a value."""
        return int((self.why == 0).sum())

    def commonest_reason(self) -> str:
        """What most of those without a value lack; "" if everybody has one."""
        counts = np.bincount(self.why, minlength=len(self.reasons) + 1)[1:]
        return self.reasons[int(counts.argmax())] if counts.any() else ""

    def reason_of(self, row: int) -> str:
        """Why one respondent has no value, "" if there is one."""
        code = int(self.why[row])
        return self.reasons[code - 1] if code else ""


@dataclass(frozen=True, slots=True)
class Rule:
    """An entry of the registry: the file's name is the rule's name in ``screening.yaml``."""

    name: str
    run: Callable[[Sheet, Any], Verdict]


def verdict(
    value: Vector,
    gaps: Sequence[tuple[Flags, str]],
    threshold: float | None,
    is_flagged: Callable[[Vector, float], Flags],
) -> Verdict:
    """Compare values with a threshold where there is one.

    Parameters
    ----------
    gaps : sequence of (ndarray of bool, str)
        Who has no value, and why; of several reasons the first counts.
    """
    why = np.zeros(len(value), np.int8)
    for number, (without, _) in enumerate(gaps, start=1):
        why[without & (why == 0)] = number
    known = why == 0
    value = np.where(known, value, np.nan)
    flag = np.zeros(len(value), bool)
    if threshold is not None:
        flag[known] = is_flagged(value[known], threshold)
    return Verdict(value, why, tuple(text for _, text in gaps), flag, threshold)


def nothing(n: int, reason: str, threshold: float | None = None) -> Verdict:
    """A rule that cannot be applied, and why."""
    none = np.full(n, np.nan)
    return Verdict(
        none, np.ones(n, np.int8), (reason,), np.zeros(n, bool), threshold, reason=reason
    )


def few(sheet: Sheet) -> tuple[Flags, str]:
    """Who answered too few items for a pattern."""
    return sheet.answered() < sheet.minimum_answered, TOO_FEW


def quantile(values: Vector, share: float) -> float | None:
    """Quantile of those values that are not NaN (Hyndman & Fan 1996, type 7); None without any."""
    known = values[~np.isnan(values)]
    return float(np.quantile(known, share)) if len(known) else None


def above(value: Vector, threshold: float) -> Flags:
    """Tell which values are greater."""
    return np.asarray(value > threshold)


def below(value: Vector, threshold: float) -> Flags:
    """Tell which values are smaller."""
    return np.asarray(value < threshold)


def at_least(value: Vector, threshold: float) -> Flags:
    """Tell which values are not smaller."""
    return np.asarray(value >= threshold)
