"""The steps of a plan: what each rests on, which can be done at once, and which are known."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from cosyn.analysis import ANALYSES
from cosyn.coded import Coded
from cosyn.findings import findings_document
from cosyn.outcomes import forget, keep, kept, key_of, program_digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from cosyn.analysis import Analysis, Context, Outcome
    from cosyn.crew import Crew
    from cosyn.findings import Finding
    from cosyn.plan import LoadedPlan, Plan
    from cosyn.responses import ResponseTable
    from cosyn.terminal import Tell

SCREENING = "screening"
#: What every step may read of a plan; all else is a section, read by the steps that say so.
GENERAL = frozenset(
    {
        "version",
        "seed",
        "confidence",
        "form",
        "minimum_cell",
        "steps",
        "facet_scores",
        "estimation",
    }
)


@dataclass(frozen=True, slots=True)
class Ran:
    """What the steps found, in the plan's order.

    Attributes
    ----------
    known : tuple of str
        Steps whose outcome was kept from another run.
    """

    outcomes: tuple[Outcome, ...]
    known: tuple[str, ...]


@dataclass(slots=True)
class _Under:
    """What is going on.

    Attributes
    ----------
    done : dict
        Step -> its outcome.
    pieces : dict
        Step -> the results of its pieces, one if it has none.
    running : dict
        Who will have a result -> the step, and the number of the piece.
    keys : dict
        Step -> the key that its outcome is kept under.
    """

    done: dict[str, Outcome] = field(default_factory=dict)
    pieces: dict[str, list[Any]] = field(default_factory=dict)
    running: dict[Future[Any], tuple[str, int]] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    known: list[str] = field(default_factory=list)


def run_steps(
    context: Context, crew: Crew, folder: Path | None, versions: Mapping[str, str], tell: Tell
) -> Ran:
    """Run every step as soon as those it needs are done, or take its outcome from the folder.

    Parameters
    ----------
    context : Context
        That of the first step, and of the crew.
    folder : Path or None
        Where outcomes are kept; None to run everything and keep nothing.
    versions : mapping of str to str
        Of all that computes.
    """
    steps = context.plan.plan.steps
    base = _base(context, versions) if folder is not None else {}
    under = _Under()
    while len(under.done) < len(steps):
        for name in _ready(steps, under):
            here = seen(context, ANALYSES[name], _earlier(steps, name, under.done))
            if folder is not None:
                under.keys[name] = key_of({**base, **_own(ANALYSES[name], here)})
                found = kept(folder, under.keys[name])
                if found is not None:
                    under.done[name] = found
                    under.known.append(name)
                    continue
            tell(name, _share(steps, under))
            _begin(here, ANALYSES[name], crew, under)
        for name in _finished(under, steps, tell):
            here = seen(context, ANALYSES[name], _earlier(steps, name, under.done))
            under.done[name] = _outcome(ANALYSES[name], here, under.pieces.pop(name))
            if folder is not None:
                keep(folder, under.keys[name], under.done[name])
    if folder is not None:
        forget(folder)
    return Ran(tuple(under.done[name] for name in steps), tuple(under.known))


def seen(context: Context, analysis: Analysis, earlier: Sequence[Finding]) -> Context:
    """What a step is shown: the sections of the plan that it reads, and findings it may read."""
    if analysis.reads is None:
        return replace(context, earlier=tuple(earlier))
    loaded, reads = context.plan, analysis.reads
    sections = {name: f for name, f in type(loaded.plan).model_fields.items() if name in reads}
    blank = {
        name: info.get_default(call_default_factory=True)
        for name, info in type(loaded.plan).model_fields.items()
        if name not in GENERAL | sections.keys()
    }
    plan = loaded.plan.model_copy(update={**blank, "steps": (analysis.name,)})
    named = set(_files(*(getattr(plan, name) for name in sections)))
    shown = replace(
        loaded,
        plan=plan,
        models={name: text for name, text in loaded.models.items() if name in named},
        digest="",
        screening=loaded.screening if SCREENING in reads else None,
    )
    frame = context.frame if SCREENING in reads else None
    return replace(context, plan=shown, earlier=tuple(earlier), frame=frame)


def _files(*values: object) -> Iterator[str]:
    """Files of models that sections name, wherever in them."""
    for value in values:
        if isinstance(value, BaseModel):
            fields = {name: getattr(value, name) for name in type(value).model_fields}
            if isinstance(fields.get("file"), str):
                yield fields["file"]
            yield from _files(*fields.values())
        elif isinstance(value, tuple):
            yield from _files(*value)


def _ready(steps: Sequence[str], under: _Under) -> list[str]:
    """Steps to begin, in the plan's order."""
    begun = under.done.keys() | under.pieces.keys()
    return [
        name
        for name in steps
        if name not in begun and all(other in under.done for other in _needs(steps, name))
    ]


def _needs(steps: Sequence[str], name: str) -> list[str]:
    after = ANALYSES[name].after
    before = steps[: steps.index(name)]
    return [other for other in before if after is None or other in after]


def _earlier(steps: Sequence[str], name: str, done: Mapping[str, Outcome]) -> list[Finding]:
    return [row for other in _needs(steps, name) for row in done[other].findings]


def _begin(here: Context, analysis: Analysis, crew: Crew, under: _Under) -> None:
    """Hand out a step, or its pieces."""
    name, earlier = analysis.name, here.earlier
    tasks = [None] if analysis.parts is None else list(analysis.parts.tasks(here))
    under.pieces[name] = [None] * len(tasks)
    for place, task in enumerate(tasks):
        under.running[crew.submit(worked, name, earlier, task)] = name, place


def worked(context: Context, name: str, earlier: Sequence[Finding], task: Any) -> Any:
    """A whole step, or one piece of it, done by one of a crew."""
    analysis = ANALYSES[name]
    here = seen(context, analysis, earlier)
    return analysis.run(here) if analysis.parts is None else analysis.parts.one(here, task)


def _finished(under: _Under, steps: Sequence[str], tell: Tell) -> list[str]:
    """Wait for some results; steps of which all have come."""
    if not under.running:
        return [name for name in under.pieces if name not in under.done]
    arrived, _ = wait(under.running, return_when=FIRST_COMPLETED)
    for future in arrived:
        name, place = under.running.pop(future)
        under.pieces[name][place] = future.result()
        if len(under.pieces[name]) > 1:
            tell(name, _share(steps, under))
    open_ones = {name for name, _ in under.running.values()}
    return [name for name in under.pieces if name not in open_ones]


def _share(steps: Sequence[str], under: _Under) -> float:
    """What share of the steps is done, each piece counting for its part."""
    left = Counter(name for name, _ in under.running.values())
    pieces = sum(1 - left[name] / max(len(results), 1) for name, results in under.pieces.items())
    return (len(under.done) + pieces) / len(steps)


def _outcome(analysis: Analysis, here: Context, pieces: Sequence[Any]) -> Outcome:
    found: Outcome = pieces[0] if analysis.parts is None else analysis.parts.joined(here, pieces)
    return found


def _base(context: Context, versions: Mapping[str, str]) -> dict[str, Any]:
    """What the outcome of every step rests on."""
    beside = {"asked": context.asked, "later": context.later, "told": context.told}
    known = {name: table for name, table in beside.items() if table is not None}
    tables = (context.table, *known.values(), *context.forms.values())
    return {
        "program": program_digest(),
        "versions": dict(versions),
        "instrument": context.instrument.digest,
        "forms": [*known, *context.forms],
        "data": [table_digest(table) for table in tables],
    }


def _own(analysis: Analysis, here: Context) -> dict[str, Any]:
    """What the outcome of one step rests on besides, as it is shown to it."""
    loaded: LoadedPlan = here.plan
    plan: Plan = loaded.plan
    earlier = json.dumps(findings_document(here.earlier, (), ()), ensure_ascii=False)
    return {
        "step": analysis.name,
        "plan": plan.model_dump(mode="json"),
        "models": dict(loaded.models),
        "departments": {name: dict(known) for name, known in loaded.departments.items()},
        "screening": None if loaded.screening is None else loaded.screening.model_dump(mode="json"),
        "frame": None if here.frame is None else sorted(here.frame),
        "earlier": hashlib.sha256(earlier.encode()).hexdigest(),
    }


def table_digest(table: ResponseTable) -> str:
    """SHA-256 of a table of responses, with all that is known of the respondents."""
    found = hashlib.sha256()
    for name, value in sorted((f, getattr(table, f)) for f in table.__slots__):
        found.update(f"\0{name}\0".encode())
        if isinstance(value, Coded):
            # Each column by itself: all of them would take eight times the memory of the table.
            for column in range(value.shape[1]):
                found.update(value[:, column].tobytes())
            continue
        array = hasattr(value, "tobytes")
        text = json.dumps(value, ensure_ascii=False) if not array else f"{value.dtype}{value.shape}"
        found.update(text.encode())
        if array:
            found.update(value.tobytes())
    return found.hexdigest()
