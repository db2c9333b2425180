"""What the verbs for training pages say."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from cosyn.messages import counted

if TYPE_CHECKING:
    from cosyn.fielding.training import Checked
    from cosyn.workflow.fielding_training import Trained

_MOST = 20


def trained_json(done: Trained) -> dict[str, Any]:
    """Spell out what was written."""
    return {
        "folder": str(done.folder),
        "pages": done.pages,
        "languages": list(done.languages),
        "key": str(done.key),
        "public": done.spelt.replace(" ", ""),
    }


def trained_lines(done: Trained) -> list[str]:
    """Say where the pages are, and how others check them."""
    return [
        f"Wrote {counted(done.pages, 'page')} ({', '.join(done.languages)}) to {done.folder}",
        f"Open {done.folder / 'index.html'}: from the disk, or from any web server",
        f"Signed with the study's key. Hand {done.key} out by another way, or read it to people:",
        f"  {done.spelt}",
        f"They check with: survey field verify-training {done.folder} --key {done.key.name}",
    ]


def checked_json(done: Checked) -> dict[str, Any]:
    """Spell out the check."""
    return {"ok": done.ok, **asdict(done)}


def checked_lines(done: Checked) -> list[str]:
    """Name every file that is not as it was signed."""
    if done.ok:
        return [
            f"As it was signed: {counted(done.files, 'file')}, nothing altered, missing or added"
        ]
    lines = [] if done.signed else ["NOT signed with this key: trust nothing in the folder"]
    for word, names in (
        ("altered", done.altered),
        ("missing", done.missing),
        ("added", done.added),
    ):
        lines += [f"{word}: {name!a}"[:300] for name in names[:_MOST]]
        if len(names) > _MOST:
            lines.append(f"{word}: {len(names) - _MOST} more")
    return lines
