"""What an analysis is: a function from a context to findings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cosyn.findings import Finding, Series, Warned
    from cosyn.instrument.types import Instrument, Item
    from cosyn.plan import LoadedPlan
    from cosyn.responses import ResponseTable
    from cosyn.scoring import Scores


@dataclass(frozen=True, slots=True)
class Context:
    """What every analysis may look at.

    Attributes
    ----------
    table : ResponseTable
        Codes as answered, with the reasons of the gaps.
    items, facets : Scores
        Keyed item scores and facet scores of the same n respondents.
    earlier : tuple of Finding
        What the analyses before this one found.
    progress : callable
        Told what is being worked on, in a few words.
    asked : ResponseTable or None
        The same respondents' answers to everything that was asked, for screening, probes and
        background; None if they are `table` alone.
    forms : Mapping[str, ResponseTable]
        Form that the plan compares with its own -> the same respondents' answers to its items.
    frame : frozenset of str or None
        Departments that were asked; None where nobody says which.
    later : ResponseTable or None
        Second and later answers of the same people to the items of `table`; None if there are none.
    told : ResponseTable or None
        Others' answers to the form of the criteria; None if there are none.
    """

    instrument: Instrument
    plan: LoadedPlan
    table: ResponseTable
    items: Scores
    facets: Scores
    earlier: tuple[Finding, ...] = ()
    progress: Callable[[str], None] = field(default=lambda _: None)
    asked: ResponseTable | None = None
    forms: Mapping[str, ResponseTable] = field(default_factory=dict)
    frame: frozenset[str] | None = None
    later: ResponseTable | None = None
    told: ResponseTable | None = None

    def items_with(self, attributes: dict[str, str]) -> tuple[Item, ...]:
        """Items of the table whose attributes have all these values, in the table's order."""
        items = (self.instrument.item(name) for name in self.table.items)
        wanted = attributes.items()
        return tuple(item for item in items if wanted <= dict(item.attributes).items())


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one analysis found, what an analyst must judge, and what its figures show."""

    findings: tuple[Finding, ...]
    warnings: tuple[Warned, ...] = ()
    series: tuple[Series, ...] = ()


@dataclass(frozen=True, slots=True)
class Parts:
    """A step in pieces that can be worked on side by side, tasks and results picklable.

    Attributes
    ----------
    tasks : callable
        The pieces, none of which needs another.
    one : callable
        The result of one piece.
    joined : callable
        The outcome of the results of all pieces, in the order of the tasks.
    """

    tasks: Callable[[Context], Sequence[Any]]
    one: Callable[[Context, Any], Any]
    joined: Callable[[Context, Sequence[Any]], Outcome]


@dataclass(frozen=True, slots=True)
class Analysis:
    """An entry of the registry: the file's name is the step's name in the plan.

    What a step says of what it rests on, is all that it is shown, so that its outcome is found
    again as long as that does not change, and it need not wait for other steps.

    Attributes
    ----------
    reads : tuple of str or None
        Sections of the plan that it reads (with the models they name), ``screening`` for the rules
        of screening; None for all. What is no section it reads anyway: seed, estimation, scores.
    after : tuple of str or None
        Steps whose findings it reads; None for all steps before it.
    parts : Parts or None
        How it falls into pieces, if it does: `run` does one after the other.
    """

    name: str
    run: Callable[[Context], Outcome]
    reads: tuple[str, ...] | None = None
    after: tuple[str, ...] | None = None
    parts: Parts | None = None
