"""Whether the plan that was run is the one that was registered before the data were seen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cosyn.atomic import guarded
from cosyn.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

_DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_LARGEST = 10_000_000


def registered(path: Path, digests: Collection[str]) -> bool:
    """Look for a plan's digest in a file that was deposited.

    Parameters
    ----------
    path : Path
        A lock, the record of a run, or any text that quotes the digest.
    digests : collection of str
        SHA-256 of the plan that is run, and of the lock that holds it.

    Raises
    ------
    PlanError
        ``registration.no-digest`` if the file quotes no digest at all, or is none of ours.
    """
    with guarded(path, "read"):
        text = path.read_bytes()[:_LARGEST].decode("utf-8", "replace").lower()
    found = set(_DIGEST.findall(text))
    if not found:
        what = "the file quotes no digest of a plan (64 digits of 0-9 and a-f)"
        fix = "Name the lock.json of `survey lock`, or a run.json, as you deposited it"
        raise PlanError("registration.no-digest", str(path), what, fix)
    return not found.isdisjoint(digests)
