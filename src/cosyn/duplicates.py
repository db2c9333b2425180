"""Submissions that hold the same answers: sent twice, or exported twice."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from cosyn.instrument.types import Missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from cosyn.responses import Submissions

FEWEST_ANSWERS = 10
"""With fewer answers two people agree in all of them by chance."""
FEWEST_OPTIONS = 3
"""Somebody who ticks one column all the way down is like many others."""


def content_keys(submissions: Submissions, beside: Sequence[str] = ()) -> NDArray[np.uint64]:
    """A number for what each respondent answered; the order of items does not count.

    Parameters
    ----------
    beside : sequence of str
        Particulars that must agree too, e.g. ``"department"``.

    Returns
    -------
    ndarray of uint64, shape (n,)
        Equal answers have equal keys, others differ but for one pair in 2^64; 0 for respondents
        with too few answers, or too few different ones, to be told from others.
    """
    n = len(submissions)
    keys = np.zeros(n, np.uint64)
    answered = np.zeros(n, np.int64)
    options = np.zeros(n, np.uint64)
    for item, answers in submissions.answers.items():
        numbers = [c.value if c.missing is Missing.ANSWERED else None for c in answers.cells]
        # The last place is that of -1: the source has no column.
        numbers.append(None)
        keys += _hashes("" if v is None else (item, v) for v in numbers)[answers.codes]
        answered += np.array([v is not None for v in numbers])[answers.codes]
        bits = [0 if v is None else 1 << int(v) % 64 for v in numbers]
        options |= np.array(bits, np.uint64)[answers.codes]
    for name in beside:
        texts = submissions.particulars[name]
        keys += _hashes((name, text) for text in texts.texts)[texts.codes]
    keys[(answered < FEWEST_ANSWERS) | (np.bitwise_count(options) < FEWEST_OPTIONS)] = 0
    return keys


def _hashes(things: Iterable[object]) -> NDArray[np.uint64]:
    """A number of 64 bits for each thing, 0 for an empty text."""
    found = [
        int.from_bytes(blake2b(repr(thing).encode(), digest_size=8).digest(), "little")
        if thing
        else 0
        for thing in things
    ]
    return np.array(found, np.uint64)


def alike(keys: NDArray[np.uint64]) -> list[NDArray[np.intp]]:
    """Positions of respondents who share a key with another, one array a key."""
    found, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
    several = np.flatnonzero((counts > 1) & (found != 0))
    order = np.argsort(inverse, kind="stable")
    ends = np.cumsum(counts)
    groups = [order[ends[i] - counts[i] : ends[i]] for i in several]
    return sorted(groups, key=lambda group: int(group[0]))
