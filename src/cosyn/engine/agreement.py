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
    every = _of_groups([str(name) for name in names], X[kept], codes, scale, sigma)
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


def _of_groups(
    names: Sequence[str],
    X: Matrix,
    codes: NDArray[np.intp],
    scale: tuple[int, int],
    sigma: float,
) -> list[GroupAgreement]:
    """Agreement of every group, those of one size computed together."""
    order = np.argsort(codes, kind="stable")
    sizes = np.bincount(codes, minlength=len(names))
    starts = np.cumsum(sizes) - sizes
    found = {g: GroupAgreement(names[g], int(sizes[g]), reason=ALONE) for g in range(len(names))}
    for size in np.unique(sizes[sizes > 1]):
        groups = np.flatnonzero(sizes == size)
        members = order[starts[groups][:, None] + np.arange(size)]
        together = _of_one_size(names, groups, X[members], scale, sigma)
        found |= dict(zip(groups.tolist(), together, strict=True))
    return [found[g] for g in range(len(names))]


def _of_one_size(
    names: Sequence[str],
    groups: NDArray[np.intp],
    X: NDArray[np.float64],
    scale: tuple[int, int],
    sigma: float,
) -> Iterator[GroupAgreement]:
    """Agreement of groups whose answers are stacked, shape (groups, n, k)."""
    _, n, k = X.shape
    share = X.var(axis=1, ddof=1).mean(axis=1) / sigma
    agreed = np.maximum(1 - share, 0.0)
    rwg = k * agreed / (k * agreed + np.minimum(share, 1.0))
    ad_mean = np.abs(X - X.mean(axis=1, keepdims=True)).mean(axis=(1, 2))
    ad_median = np.abs(X - np.median(X, axis=1, keepdims=True)).mean(axis=(1, 2))
    awg = _awg(X, scale)
    for j, group in enumerate(groups):
        known = None if np.isnan(awg[j]) else float(awg[j])
        yield GroupAgreement(
            names[group],
            n,
            float(rwg[j]),
            bool(share[j] > 1),
            float(ad_mean[j]),
            float(ad_median[j]),
            known,
            AT_THE_END if known is None else "",
        )


def _awg(X: NDArray[np.float64], scale: tuple[int, int]) -> Vector:
    """Mean a_wg of the items that have one, shape (groups,); NaN where none has.

    An item has one if its mean does not lie too near an end.
    """
    n = X.shape[1]
    low, high = scale
    mean, variance = X.mean(axis=1), X.var(axis=1, ddof=1)
    within = (mean >= (low * (n - 1) + high) / n) & (mean <= (high * (n - 1) + low) / n)
    ended = (mean == low) | (mean == high)
    greatest = ((high + low) * mean - mean**2 - high * low) * n / (n - 1)
    apart = within & ~ended
    each = np.where(ended, 1.0, 1 - 2 * variance / np.where(apart, greatest, 1.0))
    counted = apart | ended
    total, items = np.where(counted, each, 0.0).sum(axis=1), counted.sum(axis=1)
    return np.where(items > 0, total / np.maximum(items, 1), np.nan)
