"""What `survey data` says."""

from __future__ import annotations

from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.workflow.data import DataFiles

_MOST = 3


def data_json(done: DataFiles) -> dict[str, Any]:
    """Spell out what was written."""
    losses = [{"format": name, **asdict(loss)} for name, loss in done.losses]
    return {**asdict(done), "losses": losses}


def data_lines(done: DataFiles) -> Iterator[str]:
    """Say what was written, which codes stand for reasons, and who may see it."""
    yield f"{done.respondents:,} respondents, {done.items} items"
    if len(done.parts) > 1:
        yield (
            "Answers in other response formats are files of their own, since their codes mean "
            f"something else: {', '.join(done.parts)}"
        )
    codes = ", ".join(f"{code} {reason}" for reason, code in done.reserved.items())
    yield f"Where a response format has no code of its own for a reason: {codes}"
    yield from _losses(done)
    yield from (f"Wrote {file}" for file in done.files)
    yield "These files hold department codes and single answers: they are for the research team."
    yield "For files that others may see, use survey release."


def _losses(done: DataFiles) -> Iterator[str]:
    for name, group in groupby(done.losses, key=lambda pair: pair[0]):
        found = [f"{loss.item} ({loss.what})" for _, loss in group]
        more = f" and {len(found) - _MOST} more" if len(found) > _MOST else ""
        yield f"What {name} cannot hold: {'; '.join(found[:_MOST])}{more}"
