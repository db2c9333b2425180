"""What the verbs that look after a wave say."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from cosyn.messages import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.fielding.backup import Backup
    from cosyn.fielding.destroyed import Certificate
    from cosyn.fielding.schedule import Schedule
    from cosyn.fielding.urn import Drawn
    from cosyn.fielding.verify import Check
    from cosyn.workflow.fielding_operations import RestoredStore


def drawn_lines(done: Drawn) -> list[str]:
    """Say what left the urn."""
    if not done.departments:
        return ["No department has a full batch: nothing was marked or released."]
    where = counted(len(done.departments), "department")
    lines = [f"{where}: {done.marked:,} marked as answered, {done.released:,} released together."]
    if done.destroyed:
        lines.append(f"Destroyed unread: {counted(done.destroyed, 'note')} of smaller batches.")
    if not done.tidied:
        lines.append("The database could not write its files anew; the next draw tries again.")
    return lines


def backup_json(made: Sequence[Backup]) -> dict[str, Any]:
    """Spell out the archives."""
    return {"files": [{"file": str(b.file), **asdict(b.manifest)} for b in made]}


def backup_lines(made: Sequence[Backup]) -> list[str]:
    """Name the archives and what is not in them."""
    lines = []
    for b in made:
        rows = ", ".join(f"{name} {count:,}" for name, count in b.manifest.rows.items() if count)
        lines.append(f"Wrote {b.file} (SHA-256 {b.manifest.sha256[:16]}): {rows}")
    apart = (
        "Keep the two on different media. Not in them: keys/ (copy it to a third place) and the "
        "urn (some who have answered would be reminded once more)."
    )
    return [*lines, apart]


def restored_json(done: RestoredStore) -> dict[str, Any]:
    """Spell out what was restored."""
    return {
        "manifest": asdict(done.restored.manifest),
        "kept": [str(path) for path in done.restored.kept],
        "behind": [asdict(found) for found in done.behind],
    }


def restored_lines(done: RestoredStore) -> list[str]:
    """Say what was restored, and what does not fit."""
    manifest = done.restored.manifest
    lines = [f"Restored the {manifest.store} store as it was on {manifest.at}."]
    lines += [f"What was there before: {path}" for path in done.restored.kept]
    if done.behind:
        missing = sum(found.marked - found.released for found in done.behind)
        where = counted(len(done.behind), "department")
        lines.append(
            f"The answers are older than the roster: {missing:,} of those marked in {where} have "
            "no envelope here. The marks stay."
        )
        lines.append(
            "Restore a later backup if there is one; else ask these departments again with "
            "`survey roster --reissue`, and say so in the report."
        )
    return [*lines, "Next: survey field verify"]


def verified_json(checks: Sequence[Check]) -> dict[str, Any]:
    """Spell out the checks."""
    return {"whole": all(check.ok for check in checks), "checks": [asdict(c) for c in checks]}


def verified_lines(checks: Sequence[Check]) -> list[str]:
    """Say what was found, one line a check."""
    lines = [f"{'✓' if c.ok else '✗'} {c.name:12} {c.told}" for c in checks]
    if not any(check.name == "envelopes" for check in checks):
        lines.append("Envelopes were not opened: name the private key with --key to try each.")
    wrong = sum(not check.ok for check in checks)
    return [*lines, f"{counted(wrong, 'check')} failed." if wrong else "The wave is whole."]


def schedule_json(found: Schedule, state: str) -> dict[str, Any]:
    """Spell out when a wave is open."""
    return {**asdict(found), "state": state}


def schedule_lines(found: Schedule, state: str) -> list[str]:
    """Say when a wave is open."""
    limits = f"from {found.opens or 'the beginning'} to {found.closes or 'its closing'}"
    paused = ", paused" if found.paused else ""
    lines = [f"Open {limits}{paused}. Now: {state}."]
    if found.keying:
        lines.append(f"Sheets of paper are keyed in until {found.keying}.")
    return lines


def destroyed_lines(certificate: Certificate) -> list[str]:
    """Say what was destroyed."""
    rows = ", ".join(f"{name} {count:,}" for name, count in certificate.rows.items())
    return [
        f"Destroyed: {rows}; {counted(len(certificate.files), 'file')}.",
        f"Kept: {certificate.kept.get('envelopes', 0):,} envelopes, and counts.",
        "Wrote certificate.txt and certificate.json; destroy copies elsewhere too.",
    ]
