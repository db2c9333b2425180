"""Two-way tables of all pairs of items at once, by bit sets.

Each category of each item is the set of respondents who chose it, one bit a respondent. A cell is
the size of an intersection; a missing answer is in no set, so every table counts the respondents
who answered both items. Counts of row blocks add up to the counts of the whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from cosyn.engine._typing import Indices

#: Category numbers 0, 1, ... of shape (n, p); -1 where the answer is missing.
Codes = NDArray[np.int8]
Counts = NDArray[np.int64]
#: Respondents handled at a time: the bit sets of forty items stay in the cache.
BLOCK = 2**15
_WORD = 64


def contingency(codes: Codes, categories: int) -> Counts:
    """Count every pair of answers to every pair of items.

    Parameters
    ----------
    codes : ndarray of int, shape (n, p)
    categories : int
        K, the largest number of categories of an item.

    Returns
    -------
    ndarray, shape (p, K, p, K)
        ``[i, a, j, b]`` respondents gave a to i and b to j; ``[i, :, i, :]`` is diagonal.
    """
    p = codes.shape[1]
    counts = np.zeros((p * categories, p * categories), dtype=np.int64)
    for start in range(0, len(codes), BLOCK):
        _count(_bitsets(codes[start : start + BLOCK], categories), categories, counts)
    counts = np.tril(counts) + np.tril(counts, -1).T
    return counts.reshape(p, categories, p, categories)


def _bitsets(codes: Codes, categories: int) -> NDArray[np.uint64]:
    """One set for each category of each item, shape (p K, n / 64)."""
    n, p = codes.shape
    words = -(-n // _WORD)
    chosen = np.zeros((p, categories, words * _WORD), dtype=np.bool_)
    np.equal(codes.T[:, None, :], np.arange(categories)[:, None], out=chosen[:, :, :n])
    return np.packbits(chosen, axis=2).view(np.uint64).reshape(p * categories, words)


def _count(sets: NDArray[np.uint64], categories: int, counts: Counts) -> None:
    """Add the sizes of the intersections of each set with those of its item and of earlier ones."""
    for row, own in enumerate(sets):
        upto = row - row % categories + categories
        counts[row, :upto] += np.bitwise_count(sets[:upto] & own).sum(axis=1, dtype=np.int64)


def margins(counts: Counts) -> Counts:
    """Answers to each item, shape (p, K)."""
    return np.asarray(np.einsum("iaia->ia", counts))


def tables(counts: Counts, rows: Indices, columns: Indices) -> Counts:
    """The tables (P, K, K) of the pairs of items named by two arrays of shape (P,)."""
    return np.asarray(counts.transpose(0, 2, 1, 3)[rows, columns])
