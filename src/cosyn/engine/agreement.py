"""How far the members of a group agree, group by group.

r_wg compares the variance within a group with that of answers given at random (James, Demaree &
Wolf 1984, *Journal of Applied Psychology* 69); AD is the average deviation from the group's mean
or median (Burke, Finkelstein & Dusig 1999, *Organizational Research Methods* 2); a_wg compares
with the greatest variance there can be at the group's mean (Brown & Hauenstein 2005,
*Organizational Research Methods* 8).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from cosyn.engine.clustering import group_labels
from cosyn.engine.nulls import null_variance

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from cosyn.engine._typing import Matrix, Vector
    from cosyn.engine.nulls import Null

ALONE = "one respondent"
AT_THE_END = "the means are so near an end of the scale that any variance is large there"

Index = Literal["rwg", "ad_mean", "ad_median", "awg"]


@dataclass(frozen=True, slots=True)
class GroupAgreement:
    """Agreement within one group.

    Attributes
    ----------
    name : str
        "" where the group is too small to be named.
    n : int or None
        Members who answered everything; None of a group that is not named.
    rwg : float or None
        r_wg of one item, r_wg(j) of several.
    reset : bool
        Whether r_wg is 0 because members differ more than answers at random do.
    ad_mean, ad_median : float or None
        Average deviation, in points of the scale.
    awg : float or None
    reason : str
        Why something is None, "" if nothing is.
    """

    name: str
    n: int | None
    rwg: float | None = None
    reset: bool = False
    ad_mean: float | None = None
    ad_median: float | None = None
    awg: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement within every group.

    Attributes
    ----------
    groups : tuple of GroupAgreement
        By name, then those that are not named.
    everyone : tuple of GroupAgreement
        With the values of small groups too, without any name: for summaries, not to be shown.
    null : str
    null_variance : float
        Variance of one item's answers at random.
    ad_limit : float
        Largest average deviation of groups that agree, a sixth of the number of points (Burke &
        Dunlap 2002).
    n_dropped : int
        Respondents left out, for want of an answer or of a group.
    """

    groups: tuple[GroupAgreement, ...]
    everyone: tuple[GroupAgreement, ...]
    null: Null
    null_variance: float
    ad_limit: float
    n_dropped: int

    def values(self, index: Index) -> Vector:
        """An index in all groups that have it, shape (groups,), in no order that names them."""
        found = (getattr(group, index) for group in self.everyone)
        return np.sort(np.array([value for value in found if value is not None], dtype=np.float64))

    def share(self, index: Index, least: float) -> float | None:
        """Share of the groups with an index of `least` or more; None if none has it."""
        values = self.values(index)
        return float(np.mean(values >= least)) if len(values) else None


def agreement(
    X: Matrix,
    group: Sequence[Any] | NDArray[Any],
    scale: tuple[int, int],
    *,
    null: Null = "uniform",
    minimum: int = 1,
) -> Agreement:
    """Agreement within groups on one item or on parallel ones.

    Parameters
    ----------
    X : ndarray, shape (n, k) or (n,)
        Answers to k items; respondents with a gap (NaN) are left out.
    group : sequence, length n
        None, NaN or "" where a respondent has none.
    scale : tuple of int
        Lowest and highest code.
    null : {"uniform", "slight", "moderate", "heavy", "triangular", "normal"}
        What answers at random look like: see `cosyn.engine.nulls`.
    minimum : int
        Members that a group must have for its name and values to be given.

    Raises
    ------
    IdentificationError
        If the null is not known for so many points.
    """
    X = np.asarray(X, dtype=np.float64).reshape(len(X), -1)
    sigma = null_variance(scale[1] - scale[0] + 1, null)
    labels, known = group_labels(group)
    kept = ~np.isnan(X).any(axis=1) & known
    names, codes = np.unique(labels[kept], return_inverse=True)
    order = np.argsort(codes, kind="stable")
    ends = np.cumsum(np.bincount(codes, minlength=len(names)))[:-1]
    parts = np.split(X[kept][order], ends) if len(names) else []
    every = [
        _of_group(str(name), part, scale, sigma) for name, part in zip(names, parts, strict=True)
    ]
    return Agreement(
        tuple(_shown(every, minimum)),
        tuple(_unnamed(one) for one in every),
        null,
        sigma,
        (scale[1] - scale[0] + 1) / 6,
        len(X) - int(kept.sum()),
    )


def _shown(every: Sequence[GroupAgreement], minimum: int) -> Iterator[GroupAgreement]:
    small = [one for one in every if (one.n or 0) < minimum]
    yield from (one for one in every if one not in small)
    for _ in small:
        yield GroupAgreement("", None, reason=f"fewer than {minimum} respondents")


def _unnamed(one: GroupAgreement) -> GroupAgreement:
    return GroupAgreement("", one.n, one.rwg, one.reset, one.ad_mean, one.ad_median, one.awg)


def _of_group(name: str, X: Matrix, scale: tuple[int, int], sigma: float) -> GroupAgreement:
    n, k = X.shape
    if n < 2:
        return GroupAgreement(name, n, reason=ALONE)
    share = float(X.var(axis=0, ddof=1).mean()) / sigma
    agreed = max(1 - share, 0.0)
    awg = _awg(X, scale)
    return GroupAgreement(
        name,
        n,
        k * agreed / (k * agreed + min(share, 1.0)),
        share > 1,
        float(np.abs(X - X.mean(axis=0)).mean()),
        float(np.abs(X - np.median(X, axis=0)).mean()),
        awg,
        AT_THE_END if awg is None else "",
    )


def _awg(X: Matrix, scale: tuple[int, int]) -> float | None:
    """Mean a_wg of the items that have one: whose mean does not lie too near an end."""
    n = len(X)
    low, high = scale
    mean, variance = X.mean(axis=0), X.var(axis=0, ddof=1)
    within = (mean >= (low * (n - 1) + high) / n) & (mean <= (high * (n - 1) + low) / n)
    ended = (mean == low) | (mean == high)
    greatest = ((high + low) * mean - mean**2 - high * low) * n / (n - 1)
    found = 1 - 2 * variance[within & ~ended] / greatest[within & ~ended]
    found = np.concatenate([found, np.ones(int(ended.sum()))])
    return float(found.mean()) if len(found) else None
