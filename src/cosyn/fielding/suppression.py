"""Which numbers of a running wave may be shown, now and after all that was shown before.

- A department's number is shown from k answers on, and again when k more have come. Where fewer
  than k are left it stands as "so many or more": all and all but a few look alike. None and a few
  are not shown.
- The number over all departments is shown again when a *step* of at least k more have come: that
  is a snapshot. Between snapshots nothing that is shown changes.
- *Remainder rule*: nobody who subtracts shown departments from the total, or one snapshot from
  another, may learn of a department more than an interval at least k wide (`attacker`, a linear
  program over everything ever shown). While they could, the department with the fewest new
  answers waits for a later snapshot; if that is not enough, days are put together; and if not even
  the total can be shown, all stays as it is.

What was shown is all that is kept: a `Ledger` holds no number that was not public.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import accumulate
from math import ceil
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cosyn.fielding.attacker import Run

MOST_SNAPSHOTS, FEWEST_SNAPSHOTS = 50, 8
MOST_UNKNOWN = 3000
"""Departments times snapshots, about: a proof then takes seconds."""
SCHEMA = "cosyn.shown/1"


@dataclass(frozen=True, slots=True)
class Stretch:
    """One or several days, in which at least k answers came.

    Attributes
    ----------
    first, last : str
        ISO dates.
    """

    first: str
    last: str
    count: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A department's number, as it was shown.

    Attributes
    ----------
    at : int
        Number of the stretch up to which it counts, from 1.
    or_more : bool
        Whether it is a bound: fewer than k of the department are left.
    """

    department: str
    at: int
    count: int
    or_more: bool = False


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything that was ever shown of a wave.

    Attributes
    ----------
    k : int
        Least count; 1 shows everything, as identified waves may.
    stretches : tuple of Stretch
        In order; several may lie in one day.
    shown : tuple of Shown
        In order.
    """

    k: int
    stretches: tuple[Stretch, ...] = ()
    shown: tuple[Shown, ...] = ()

    @property
    def total(self) -> int:
        """Answers over all departments, as last shown."""
        return sum(stretch.count for stretch in self.stretches)

    @property
    def latest(self) -> dict[str, Shown]:
        """The last shown number of each department that has one."""
        return {shown.department: shown for shown in self.shown}


def snapshots(departments: int) -> int:
    """About how many snapshots are made of one wave at most, so that the proof stays quick."""
    return min(max(MOST_UNKNOWN // max(departments, 1), FEWEST_SNAPSHOTS), MOST_SNAPSHOTS)


def step(k: int, invited: Mapping[str, int]) -> int:
    """How many new answers, over all departments, make a snapshot."""
    return max(k, ceil(sum(invited.values()) / snapshots(len(invited)))) if k > 1 else 1


def refreshed(
    ledger: Ledger,
    answered: Mapping[str, int],
    days: Mapping[str, int],
    invited: Mapping[str, int],
) -> Ledger:
    """Show what may be shown now; the same ledger if nothing new may be.

    Parameters
    ----------
    answered : Mapping[str, int]
        Department -> completed questionnaires, all of them.
    days : Mapping[str, int]
        ISO date -> completed questionnaires over all departments.
    invited : Mapping[str, int]
        Department -> people asked.
    """
    everybody = {name: max(invited.get(name, 0), count) for name, count in answered.items()}
    everybody |= {name: count for name, count in invited.items() if name not in everybody}
    new = sum(answered.values()) - ledger.total
    if new < step(ledger.k, everybody):
        return ledger
    waiting = sorted(_due(ledger, answered, everybody), key=lambda due: due[0], reverse=True)
    stretches = _stretches(ledger, new, days)
    whole = (Stretch(stretches[0].first, stretches[-1].last, new),)
    few = len(ledger.stretches) + len(stretches) <= 2 * snapshots(len(everybody))
    for fresh in dict.fromkeys((stretches, whole) if few or ledger.k == 1 else (whole,)):
        chosen = [shown for _, shown in waiting]
        while True:
            tried = _with(ledger, fresh, chosen)
            if is_safe(tried, everybody, since=len(ledger.stretches)):
                return tried
            if not chosen:
                break
            del chosen[-ceil(len(chosen) / 8) :]
    return ledger


def is_safe(ledger: Ledger, invited: Mapping[str, int], *, since: int = 0) -> bool:
    """Tell whether all that was shown leaves every hidden number an interval at least k wide.

    Parameters
    ----------
    since : int
        Number of stretches that are known to be safe without what was shown after them.
    """
    if ledger.k <= 1 or not ledger.stretches:
        return True
    # Numerical libraries come with it: a server holds them only once somebody looks at numbers.
    from cosyn.fielding.attacker import safe  # noqa: PLC0415

    runs = [run for name, count in invited.items() for run in _runs(ledger, name, count)]
    return safe([stretch.count for stretch in ledger.stretches], runs, ledger.k, since)


def _with(ledger: Ledger, fresh: Sequence[Stretch], chosen: Sequence[Shown]) -> Ledger:
    stretches = (*ledger.stretches, *fresh)
    now = sorted((replace(s, at=len(stretches)) for s in chosen), key=lambda s: s.department)
    return replace(ledger, stretches=stretches, shown=(*ledger.shown, *now))


def _due(
    ledger: Ledger, answered: Mapping[str, int], invited: Mapping[str, int]
) -> Iterator[tuple[int, Shown]]:
    """Departments with enough new answers, and how many those are."""
    k, latest = ledger.k, ledger.latest
    for name, count in answered.items():
        before = latest.get(name)
        new = count - (before.count if before else 0)
        top = invited[name] - k
        if k == 1:
            if new:
                yield new, Shown(name, 0, count)
        elif new < k:
            continue
        elif count <= top:
            yield new, Shown(name, 0, count)
        elif top > 0 and not (before and before.or_more and before.count >= top):
            yield new, Shown(name, 0, top, or_more=True)


def _stretches(ledger: Ledger, new: int, days: Mapping[str, int]) -> tuple[Stretch, ...]:
    """Spread new answers over days, days put together until each stretch has at least k.

    Answers that were shown already are the first of all: a clock that is set back moves an answer
    to a neighbouring day, never into two.
    """
    ordered = sorted(days) or [""]
    ends = list(accumulate(days.get(day, 0) for day in ordered))
    ends[-1] = ledger.total + new
    found: list[Stretch] = []
    first, counted = None, ledger.total
    for day, end in zip(ordered, ends, strict=True):
        first = (first or day) if end > counted else first
        if first is not None and end - counted >= ledger.k:
            found.append(Stretch(first, day, end - counted))
            first, counted = None, end
    rest = ends[-1] - counted
    if rest and found:
        found[-1] = replace(found[-1], last=ordered[-1], count=found[-1].count + rest)
    return tuple(found) or (Stretch(ordered[0], ordered[-1], new),)


def _runs(ledger: Ledger, department: str, invited: int) -> Iterator[Run]:
    """What is known of one department, from each exact number to its next."""
    from cosyn.fielding.attacker import Run  # noqa: PLC0415 - as above

    start, counted = 0, 0
    least: list[tuple[int, float]] = []
    for shown in ledger.shown:
        if shown.department != department:
            continue
        if shown.or_more:
            least.append((shown.at - 1, float(shown.count - counted)))
            continue
        yield Run(start, shown.at - 1, shown.count - counted, closed=True, least=tuple(least))
        start, counted, least = shown.at, shown.count, []
    if start < len(ledger.stretches):
        left = float(max(invited - counted, 0))
        last = len(ledger.stretches) - 1
        yield Run(start, last, left, closed=False, least=tuple(least))


def held(previous: Mapping[str, int], counts: Mapping[str, int], k: int) -> dict[str, int]:
    """Counts of a list without departments, each kept as it was until k more or fewer have come.

    Counts below k are left out; so is their sum, which nothing else shows.
    """
    found = {}
    for name, count in counts.items():
        before = previous.get(name, 0)
        found[name] = count if abs(count - before) >= k else before
    return {name: count for name, count in found.items() if count >= k}


def held_days(before: Sequence[Stretch], days: Mapping[str, int], k: int) -> tuple[Stretch, ...]:
    """Days of a list without departments, added to when k more have come, each at least k."""
    known = Ledger(k, tuple(before))
    new = sum(days.values()) - known.total
    return (*before, *_stretches(known, new, days)) if new >= k else tuple(before)


def ledger_json(ledger: Ledger) -> dict[str, Any]:
    """Spell a ledger out."""
    return {
        "schema": SCHEMA,
        "k": ledger.k,
        "stretches": [[s.first, s.last, s.count] for s in ledger.stretches],
        "shown": [[s.department, s.at, s.count, s.or_more] for s in ledger.shown],
    }


def ledger_of(document: Mapping[str, Any]) -> Ledger:
    """Read what `ledger_json` spelt out."""
    stretches = tuple(Stretch(*row) for row in document["stretches"])
    return Ledger(document["k"], stretches, tuple(Shown(*row) for row in document["shown"]))
