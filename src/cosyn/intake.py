"""Add a file's submissions to those that a study has: nothing twice, nothing lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.duplicates import content_keys
from cosyn.errors import ResponseError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cosyn.responses import Submissions
    from cosyn.store import Stored

_SHARE = 0.5
_BESIDE = ("department", "wave")


def known_already(new: Submissions, held: Submissions) -> NDArray[np.bool_]:
    """Which of the new submissions the study has already: the same answers, department and wave."""
    keys, theirs = content_keys(new, _BESIDE), content_keys(held, _BESIDE)
    return np.asarray(np.isin(keys, theirs[theirs != 0]))


@dataclass(frozen=True, slots=True)
class Admitted:
    """Submissions to be added, how many were left out, and what should be known of them."""

    submissions: Submissions
    left_out: int = 0
    notes: tuple[str, ...] = ()


def admit(
    new: Submissions, stored: Stored, *, file: str, sha256: str, replace: bool, only_new: bool
) -> Admitted:
    """Decide which submissions of a file are added.

    Parameters
    ----------
    replace : bool
        The file takes the place of everything earlier, so all are.
    only_new : bool
        Leave out what the study has already.

    Raises
    ------
    ResponseError
        ``response.exported-again`` if the file is a later export of the same survey, which holds
        the earlier answers again: half of its rows, or more, are there already.
    """
    if replace or any(found.sha256 == sha256 for found in stored.imports):
        return Admitted(new)
    twice = known_already(new, stored.submissions)
    count = int(twice.sum())
    if not count:
        return Admitted(new)
    if only_new:
        return Admitted(new.taken(~twice), left_out=count)
    rows = new.rows[twice].tolist()
    what = f"{count} of {len(new)} rows hold answers that the study has already, e.g. row {rows[0]}"
    if count < _SHARE * len(new):
        return Admitted(new, notes=(f"{what}; all were kept",))
    fix = (
        "If the file is a later export, add just what is new with --only-new, "
        "or let it take the place of everything earlier with --replace"
    )
    raise ResponseError("response.exported-again", file, what, fix)
