"""Respondents with the same, or nearly the same, answers, without comparing everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from cosyn.screening._types import Sheet

    Codes = NDArray[np.signedinteger[Any]]
    Hashes = NDArray[np.uint64]

BLOCK = 65_536
GAP = -1
SAME = "the same answer throughout"
_SEED = 20_251_123


def answer_codes(sheet: Sheet) -> Codes:
    """Codes of the scale items as whole numbers, shape (n, p); `GAP` without an answer.

    A byte an answer where that holds every code, else two.
    """
    narrow = np.iinfo(np.int8)
    kind: type[np.int8 | np.int16] = np.int8
    for values in map(sheet.codes, sheet.scale):
        if np.nanmax(values, initial=0) > narrow.max or np.nanmin(values, initial=0) < narrow.min:
            kind = np.int16
    codes = np.full((sheet.table.n, len(sheet.scale)), GAP, kind)
    for j, item in enumerate(sheet.scale):
        values = sheet.codes(item)
        known = ~np.isnan(values)
        codes[known, j] = values[known].astype(kind)
    return codes


def same_throughout(codes: Codes) -> NDArray[np.bool_]:
    """Who gave one answer to everything answered, shape (n,)."""
    # Item by item, which takes O(n) memory: the last answer so far, and whether all were like it.
    last = np.full(len(codes), GAP, codes.dtype)
    same = np.ones(len(codes), bool)
    for column in codes.T:
        same &= (column == GAP) | (last == GAP) | (column == last)
        last = np.where(column == GAP, last, column)
    return same


def hashes(codes: Codes) -> Hashes:
    """One number a row: equal rows have equal ones, others hardly ever (chance 2^-63 a pair)."""
    rng = np.random.default_rng(_SEED)
    factors = rng.integers(1, 2**63, size=codes.shape[1] + 1, dtype=np.uint64) | np.uint64(1)
    found = np.full(len(codes), factors[-1])
    for j in range(codes.shape[1]):
        # Multilinear hashing modulo 2^64 (Lemire & Kaser 2014), mixed after every item.
        found = (found + (codes[:, j].astype(np.uint64) + np.uint64(7))) * factors[j]
        found ^= found >> np.uint64(29)
    return found


def others_alike(codes: Codes) -> NDArray[np.int64]:
    """How many other rows equal each row, shape (n,)."""
    _, group, counts = np.unique(hashes(codes), return_inverse=True, return_counts=True)
    return np.asarray(counts[group.ravel()] - 1, dtype=np.int64)


def near_twins(codes: Codes, share: float, neighbours: int) -> NDArray[np.int64]:
    """How many other rows agree with each row in at least a share of its p columns, shape (n,).

    Rows that differ in at most k columns agree wholly in one of k + 1 bands of columns (the
    pigeonhole principle): only rows with the same band are compared, each with at most
    `neighbours` rows after it, in the order of their whole hashes. Equal rows are counted without
    being compared. The work is O(k n (log n + neighbours)).
    """
    p = codes.shape[1]
    allowed = int(np.floor((1 - share) * p + 1e-9))
    _, first, group, sizes = np.unique(
        hashes(codes), return_index=True, return_inverse=True, return_counts=True
    )
    distinct = codes[first]
    bands = [list(range(band, p, allowed + 1)) for band in range(allowed + 1)] if p else []
    seen: list[NDArray[np.uint64]] = []
    for columns in bands:
        seen += list(_close_pairs(distinct, columns, p - allowed, neighbours))
    near = np.zeros(len(distinct), np.int64)
    if seen:
        pairs = np.unique(np.concatenate(seen))
        a, b = pairs // np.uint64(len(distinct)), pairs % np.uint64(len(distinct))
        np.add.at(near, a.astype(np.intp), sizes[b.astype(np.intp)])
        np.add.at(near, b.astype(np.intp), sizes[a.astype(np.intp)])
    return np.asarray((near + sizes - 1)[group.ravel()], dtype=np.int64)


def _close_pairs(
    codes: Codes, columns: list[int], least: int, neighbours: int
) -> Iterator[NDArray[np.uint64]]:
    """Pairs of rows that agree in a band and in `least` columns in all, as first * n + second."""
    n = len(codes)
    key = hashes(codes[:, columns])
    order = np.argsort(key, kind="stable")
    key = key[order]
    for shift in range(1, neighbours + 1):
        together = np.flatnonzero(key[:-shift] == key[shift:]) if shift < n else np.empty(0, int)
        if not len(together):
            return
        for start in range(0, len(together), BLOCK):
            at = together[start : start + BLOCK]
            a, b = order[at], order[at + shift]
            same = (codes[a] == codes[b]).sum(axis=1) >= least
            low, high = np.minimum(a, b)[same], np.maximum(a, b)[same]
            yield low.astype(np.uint64) * np.uint64(n) + high.astype(np.uint64)
