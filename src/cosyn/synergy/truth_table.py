"""The truth table of fuzzy sets: which configurations of conditions lead to the outcome."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Literal

import numpy as np

from cosyn.synergy.set_relations import sufficiency

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Indices, Matrix, Vector
    from cosyn.synergy.set_relations import SufficiencyFit

#: Presence (1), absence (0) or indifference (None) of each condition.
Term = tuple[int | None, ...]
Output = Literal["positive", "negative", "remainder"]

#: Rounding error by which a fit may fall short of its cut.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Cuts:
    """When a row counts, and when it counts as sufficient.

    Attributes
    ----------
    frequency : int or None
        Cases that a row needs; None for `share` of all cases, but fewer if so many would keep less
        than `kept` of them.
    share, kept : float
        Of the cases; conventions both.
    consistency, pri : float
        Least of a sufficient row.
    """

    frequency: int | None = None
    share: float = 0.015
    kept: float = 0.8
    consistency: float = 0.8
    pri: float = 0.7


@dataclass(frozen=True, slots=True)
class Row:
    """A configuration.

    Attributes
    ----------
    pattern : tuple of int
        1 or 0 for each condition.
    cases : tuple of int
        Numbers of the cases more in this corner than out of it.
    consistency, pri : float or None
        Of the corner as a sufficient condition, over all cases; None where it is empty.
    output : str
        ``"remainder"``: fewer cases than the cut.
    """

    pattern: tuple[int, ...]
    cases: tuple[int, ...]
    consistency: float | None
    pri: float | None
    output: Output


@dataclass(frozen=True, slots=True)
class TruthTable:
    """All configurations of k conditions.

    Attributes
    ----------
    names : tuple of str
    rows : tuple of Row
        2^k of them: row j has the binary digits of j.
    frequency : int
        The cut that was used.
    kept : float
        Share of the cases in rows that reach it.
    ambiguous : tuple of int
        Cases with a membership of exactly a half, which are in no row.
    """

    names: tuple[str, ...]
    rows: tuple[Row, ...]
    frequency: int
    kept: float
    ambiguous: tuple[int, ...]

    def numbers(self, output: Output) -> tuple[int, ...]:
        """Numbers of the rows with an output."""
        return tuple(j for j, row in enumerate(self.rows) if row.output == output)


def membership(X: Matrix, term: Term) -> Vector:
    """Membership in a term: the least of those in its conditions; shape (n,).

    Parameters
    ----------
    X : ndarray, shape (n, k)
    """
    parts = [X[:, k] if side else 1 - X[:, k] for k, side in enumerate(term) if side is not None]
    return np.min(parts, axis=0) if parts else np.ones(len(X))


def written(term: Term, names: Sequence[str]) -> str:
    """A term in the notation of the field: ``A*~B``."""
    parts = [
        name if side else f"~{name}"
        for name, side in zip(names, term, strict=True)
        if side is not None
    ]
    return "*".join(parts)


def covers(term: Term, pattern: Sequence[int | None]) -> bool:
    """Whether a pattern, or another term, lies in a term."""
    return all(side is None or side == other for side, other in zip(term, pattern, strict=True))


def truth_table(X: Matrix, y: Vector, names: Sequence[str], cuts: Cuts | None = None) -> TruthTable:
    """Build the truth table (Ragin 2008, ch. 7).

    Parameters
    ----------
    X : ndarray, shape (n, k)
        Memberships in k conditions.
    y : ndarray, shape (n,)
        Membership in the outcome.
    """
    cuts = cuts or Cuts()
    n, k = X.shape
    corner = (X > 0.5).astype(np.intp) @ (2 ** np.arange(k)[::-1])
    ambiguous = (X == 0.5).any(axis=1)
    counts = np.bincount(corner[~ambiguous], minlength=2**k)
    frequency = cuts.frequency or _frequency(counts, n, cuts)
    rows = []
    for number, pattern in enumerate(product((0, 1), repeat=k)):
        cases = tuple(int(i) for i in np.flatnonzero((corner == number) & ~ambiguous))
        found = sufficiency(membership(X, pattern), y)
        output: Output = "remainder"
        if len(cases) >= frequency:
            output = "positive" if _reaches(found, cuts) else "negative"
        rows.append(Row(pattern, cases, found.consistency, found.pri, output))
    kept = float(counts[counts >= frequency].sum()) / n if n else 0.0
    halves = tuple(int(i) for i in np.flatnonzero(ambiguous))
    return TruthTable(tuple(names), tuple(rows), frequency, kept, halves)


def _reaches(found: SufficiencyFit, cuts: Cuts) -> bool:
    pairs = ((found.consistency, cuts.consistency), (found.pri, cuts.pri))
    return all((value or 0.0) >= cut - _ROUNDING for value, cut in pairs)


def _frequency(counts: Indices, n: int, cuts: Cuts) -> int:
    cut = max(1, math.ceil(cuts.share * n - _ROUNDING))
    while cut > 1 and counts[counts >= cut].sum() < cuts.kept * n - _ROUNDING:
        cut -= 1
    return cut
