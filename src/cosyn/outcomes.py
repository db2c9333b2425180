"""Outcomes of steps as they are kept between runs: under a key that says what they rest on.

Drawings are kept beside them in the same way.

What is kept is text that is read as data, never code. An entry that is damaged, cut short or of
another kind counts as none and is written again.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cosyn.analysis import Outcome
from cosyn.atomic import write_bytes
from cosyn.errors import StoreError
from cosyn.findings import findings_document, findings_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SCHEMA = "cosyn.outcome/2"
MOST_BYTES = 64_000_000
"""Of all entries together; the oldest go first. A run of the default plan takes about three, and
its figures six in two languages."""
MOST_DAYS = 60
_NAME = re.compile(r"[0-9a-f]{64}\.json")
_SECONDS_A_DAY = 86_400


@cache
def program_digest() -> str:
    """SHA-256 of everything that this package consists of."""
    found = hashlib.sha256()
    root = Path(__file__).parent
    for path in sorted(root.rglob("*.py")):
        found.update(f"\0{path.relative_to(root).as_posix()}\0".encode())
        found.update(path.read_bytes())
    return found.hexdigest()


def key_of(rests_on: Mapping[str, Any]) -> str:
    """SHA-256 of what an outcome rests on, as JSON."""
    text = json.dumps(rests_on, ensure_ascii=False, sort_keys=True, allow_nan=False)
    return hashlib.sha256(f"{SCHEMA}\0{text}".encode()).hexdigest()


def kept(folder: Path, key: str) -> Outcome | None:
    """The outcome under a key; None if there is none, or none that is whole."""
    content = kept_text(folder, key)
    try:
        return None if content is None else Outcome(*findings_of(json.loads(content)))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def keep(folder: Path, key: str, outcome: Outcome) -> None:
    """Write an outcome under its key; a machine that refuses costs the next run some time only."""
    document = findings_document(outcome.findings, outcome.warnings, outcome.series)
    keep_text(folder, key, json.dumps(document, ensure_ascii=False, allow_nan=False))


def kept_text(folder: Path, key: str) -> str | None:
    """The text under a key; None if there is none, or none that is whole."""
    path = folder / f"{key}.json"
    try:
        entry = json.loads(path.read_bytes())
        content = entry["content"]
        if entry["key"] != key or entry["sha256"] != _digest(content):
            return None
        os.utime(path)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return str(content)


def keep_text(folder: Path, key: str, content: str) -> None:
    """Write a text under its key; a machine that refuses costs the next run some time only."""
    entry = {"key": key, "sha256": _digest(content), "content": content}
    try:
        write_bytes(folder / f"{key}.json", json.dumps(entry, ensure_ascii=False).encode())
    except StoreError:
        return


def forget(folder: Path, *, most: int = MOST_BYTES, days: float = MOST_DAYS) -> None:
    """Remove entries that were not used for long, and the oldest of too many; nothing else."""
    left = time.time() - days * _SECONDS_A_DAY
    total = 0
    for used, size, path in sorted(_entries(folder), reverse=True):
        total += size
        if total > most or used < left:
            path.unlink(missing_ok=True)


def _entries(folder: Path) -> Iterator[tuple[float, int, Path]]:
    """When each was last used, how large it is, and its file."""
    for path in folder.glob("*.json"):
        if _NAME.fullmatch(path.name) and path.is_file() and not path.is_symlink():
            about = path.stat()
            yield about.st_mtime, about.st_size, path


def _digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()
