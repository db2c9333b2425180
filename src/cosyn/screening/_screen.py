"""Apply every rule, add the flags up, and see how far the rules agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.coded import missing_in
from cosyn.registry import Registry
from cosyn.screening._types import Rule, ScaleItem, Sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import NDArray

    from cosyn.instrument.types import Instrument
    from cosyn.responses import ResponseTable
    from cosyn.screening._types import Verdict
    from cosyn.thresholds import Screening


RULES = Registry("cosyn.screening", Rule)


@dataclass(frozen=True, slots=True, eq=False)
class Screened:
    """What all rules say of n respondents.

    Attributes
    ----------
    verdicts : Mapping[str, Verdict]
        Rule -> what it says, in the order of ``screening.yaml``.
    counted : tuple of str
        Rules whose flags count towards exclusion.
    flags : ndarray of int, shape (n,)
        Counting flags of each respondent.
    excluded : ndarray of bool, shape (n,)
        Who has as many as the rule says; nobody is deleted.
    """

    verdicts: Mapping[str, Verdict]
    counted: tuple[str, ...]
    flags: NDArray[np.int64]
    excluded: NDArray[np.bool_]

    def agreement(self) -> tuple[Agreement, ...]:
        """Of each pair of rules that could be applied, over the respondents both judge."""
        names = [name for name, verdict in self.verdicts.items() if not verdict.reason]
        return tuple(
            _agreement(a, b, self.verdicts[a], self.verdicts[b])
            for place, a in enumerate(names)
            for b in names[place + 1 :]
        )


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two rules flag the same respondents.

    Attributes
    ----------
    n : int
        Respondents that both rules judge.
    both, first_only, second_only : int
        Of these, flagged by both, or by one alone.
    phi, kappa : float or None
        Correlation of the flags, and agreement beyond chance (Cohen 1960); None where one rule
        flags nobody or everybody.
    """

    first: str
    second: str
    n: int
    both: int
    first_only: int
    second_only: int
    phi: float | None
    kappa: float | None


def _agreement(first: str, second: str, a: Verdict, b: Verdict) -> Agreement:
    judged = (a.why == 0) & (b.why == 0)
    x, y = a.flag[judged], b.flag[judged]
    n, both = int(judged.sum()), int((x & y).sum())
    fx, fy = int(x.sum()), int(y.sum())
    phi = kappa = None
    spread = fx * (n - fx) * fy * (n - fy)
    if spread > 0:
        phi = (n * both - fx * fy) / spread**0.5
        agreed = both + (n - fx - fy + both)
        chance = (fx * fy + (n - fx) * (n - fy)) / n
        kappa = (agreed - chance) / (n - chance)
    return Agreement(first, second, n, both, fx - both, fy - both, phi, kappa)


def screening_items(instrument: Instrument, form: str) -> list[str]:
    """What a form asks, instructed items included."""
    return [item.id for item in instrument.items_of(form)]


def sheet_of(
    table: ResponseTable,
    instrument: Instrument,
    minimum_answered: int,
    frame: Iterable[str] | None = None,
) -> Sheet:
    """Lay out what the rules look at: scale items that have an answer, in the pages' order."""
    scales = {c.id for c in instrument.constructs if c.measurement == "reflective"}
    places = {name: k for k, name in enumerate(n for page in instrument.pages for n in page.items)}
    chosen = []
    for column, name in enumerate(table.items):
        item = instrument.item(name)
        kind = instrument.response_format(item)
        if item.construct not in scales or item.expected is not None or kind.kind != "options":
            continue
        if table.n == 0 or not missing_in(table.matrix, column).all():
            chosen.append(ScaleItem(item, column, kind))
    chosen.sort(key=lambda i: places.get(i.item.id, len(places) + i.column))
    known = None if frame is None else frozenset(name.casefold() for name in frame)
    return Sheet(table, instrument, tuple(chosen), minimum_answered, known)


def screen(
    table: ResponseTable,
    instrument: Instrument,
    rules: Screening,
    frame: Iterable[str] | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Screened:
    """Apply every rule of ``screening.yaml`` to a table that holds every item asked.

    Parameters
    ----------
    frame : iterable of str, optional
        Codes of the departments that were asked.
    progress : callable
        Told the name of each rule.
    """
    sheet = sheet_of(table, instrument, rules.minimum_answered, frame)
    applied = rules.applied()
    verdicts = {}
    for name, entry in applied.items():
        progress(f"screening {name}")
        verdicts[name] = RULES[name].run(sheet, entry)
    counted = tuple(name for name, entry in applied.items() if entry.counts)
    flags = np.zeros(table.n, np.int64)
    for name in counted:
        flags += verdicts[name].flag
    return Screened(verdicts, counted, flags, flags >= rules.flags)
