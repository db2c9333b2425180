"""What the verbs of `survey translate` say."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from cosyn.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.translation.proposals import Change
    from cosyn.workflow.translate import Reviewed, ReviewSheet


def written_json(done: ReviewSheet) -> dict[str, Any]:
    """Spell out what a sheet holds."""
    return asdict(done)


def written_lines(done: ReviewSheet) -> Iterator[str]:
    """Say what a sheet holds, and what to do with it."""
    yield (
        f"Wrote {done.file}: {done.texts} texts, {done.against} to {done.language}, "
        f"{done.missing} without a translation"
    )
    yield f"Next: survey translate read {done.file}"


def read_json(done: Reviewed) -> dict[str, Any]:
    """Spell out what a reviewer proposes."""
    found = done.proposals
    return {
        "language": done.language,
        "changes": [_change(change) for change in found.changes],
        "held": [_change(change) for change in found.held],
        "missing": [entry.address for entry in found.missing],
        "files": done.files,
    }


def _change(change: Change) -> dict[str, str]:
    return {
        "address": change.entry.address,
        "old": change.entry.target,
        "new": change.new,
        "comment": change.comment,
    }


def read_lines(done: Reviewed, *, applied: bool) -> Iterator[str]:
    """Show each proposal as a change of its text, and what came of it."""
    found = done.proposals
    for change in found.changes:
        yield f"{change.entry.address}  ({change.entry.where})"
        yield from _shown("-", change.entry.target)
        yield from _shown("+", change.new)
        yield from _shown("#", change.comment)
    for change in found.held:
        yield f"Held back for discussion: {change.entry.address}: {visible(change.new)}"
    if found.missing:
        yield f"Still without a translation in {done.language}: {len(found.missing)} texts"
    count = len(found.changes)
    yield f"{count} text{'' if count == 1 else 's'} to change" + (
        ", taken over" if applied and count else ""
    )
    yield from (f"Wrote {file}" for file in done.files)
    if applied and count:
        yield "Next: survey check"
    elif count:
        yield "Nothing was changed yet: add --apply to take this over"


def _shown(mark: str, text: str) -> Iterator[str]:
    yield from (f"  {mark} {visible(line)}" for line in text.split("\n") if text)
