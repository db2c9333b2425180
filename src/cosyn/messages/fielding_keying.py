"""What `survey field keying-link` and `survey field keying` say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cosyn.messages import counted

if TYPE_CHECKING:
    from cosyn.workflow.fielding_keying import KeyingLink, Unfinished

_STAGES = ("first pass to be keyed", "second pass to be keyed", "differences to be decided")


def keying_lines(done: KeyingLink) -> list[str]:
    """Show the link and its QR code, or say how many were taken back."""
    if not done.link:
        return [f"Withdrawn: {counted(done.withdrawn, 'keying link')}"]
    return [
        f"Keying link: {done.link}",
        *done.qr.splitlines(),
        "It is shown this once. A sheet must be finished with the link that began it; paper is",
        "keyed until `survey field close`, or the time set with `schedule --keying-until`",
    ]


def waiting_json(done: Unfinished) -> dict[str, Any]:
    """Spell out what is not finished."""
    waiting = [
        {"sheet": one.sheet, "department": one.department, "passes": one.passes}
        for one in done.waiting
    ]
    return {"wave": done.wave, "discarded": list(done.discarded), "waiting": waiting}


def waiting_lines(done: Unfinished) -> list[str]:
    """Say which sheets are not finished."""
    lines = [f"Discarded: {', '.join(done.discarded)}"] if done.discarded else []
    if not done.waiting:
        return [*lines, "No sheet is being keyed."]
    lines += [
        f"  {one.sheet}  {one.department}  {_STAGES[min(one.passes, 2)]}" for one in done.waiting
    ]
    return [*lines, "A sheet whose link is lost: survey field keying --discard NUMBER"]


def lost_by_closing(found: Unfinished) -> str:
    """Name sheets that nobody can finish once the wave is closed; empty if there are none."""
    if not found.waiting:
        return ""
    numbers = ", ".join(one.sheet for one in found.waiting)
    return f"Not finished, and not in the answers: {numbers} (sheets of paper). "
