"""What the verbs for versions say."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from cosyn.messages import MOST_SHOWN, counted

if TYPE_CHECKING:
    from cosyn.instrument.compare import Change
    from cosyn.workflow.versions import Compared, Locked, Verified


def locked_json(done: Locked) -> dict[str, Any]:
    """Spell out a lock."""
    return {**asdict(done.lock), "folder": str(done.folder), "made": done.made}


def locked_lines(done: Locked) -> list[str]:
    """Name a lock by its hash."""
    lock = done.lock
    parts = (
        f"instrument {lock.digest[:12]}",
        f"plan {lock.plan[:12]}",
        counted(len(lock.forms), "form"),
        f"{counted(len(lock.files), 'file')} in {done.folder}",
    )
    head = "Locked" if done.made else "Already locked:"
    return [
        f"{head} {lock.instrument} {lock.version}: {lock.id}",
        f"It holds {', '.join(parts)}.",
        "Keep the folder under version control; quote the hash where you register the study.",
    ]


def compared_json(found: Compared) -> dict[str, Any]:
    """Spell out what changed."""
    return asdict(found)


def compared_lines(found: Compared) -> list[str]:
    """Say what changed, one subject a paragraph."""
    lines = [f"{found.old} -> {found.new}: {counted(len(found.changes), 'change')}"]
    subject = ""
    for change in found.changes:
        if not change.what:
            lines.append(f"{'+' if change.new else '-'} {change.subject}")
            continue
        if change.subject != subject:
            lines.append(change.subject)
            subject = change.subject
        lines += _spelt(change)
    lines.append(f"{counted(len(found.unchanged), 'item')} ask the same with the same answers.")
    return lines


def _spelt(change: Change) -> list[str]:
    """Show both sides, but of long lists only what went and came."""
    old, new = change.old.split(", "), change.new.split(", ")
    if max(len(old), len(new)) <= MOST_SHOWN or change.subject.startswith("text "):
        indent = " " * len(change.what)
        return [f"  {change.what}: {change.old or '-'}", f"  {indent}→ {change.new or '-'}"]
    gone, come = [x for x in old if x not in new], [x for x in new if x not in old]
    if not gone and not come:
        return [f"  {change.what}: in another order"]
    shown = [f"- {', '.join(gone)}"] * bool(gone) + [f"+ {', '.join(come)}"] * bool(come)
    return [f"  {change.what}: {part}" for part in shown]


def draft_lines(found: Compared) -> list[str]:
    """Draft the mapping that lets answers to both versions be analysed together."""
    return [
        "# Which answers to earlier versions count as answers to the present one.",
        "versions:",
        f"  - version: {found.old_version}",
        "    because: WRITE HERE WHY THESE ITEMS MAY BE POOLED",
        f"    same: [{', '.join(found.unchanged)}]",
        "    renamed: {}",
    ]


def verified_json(found: Verified) -> dict[str, Any]:
    """Spell out how a file differs."""
    return {**asdict(found), "file": str(found.file), "equal": not found.differences}


def verified_lines(found: Verified) -> list[str]:
    """Say how a file differs from what was sent."""
    head = f"{found.file} ({found.kind}): {counted(found.questions, 'question')}"
    if not found.differences:
        return [f"{head}, all as in the instrument"]
    lines = [f"{head}, {counted(len(found.differences), 'difference')}"]
    for difference in found.differences:
        lines += [difference.place, f"  sent: {difference.sent}", f"  held: {difference.held}"]
    return lines
