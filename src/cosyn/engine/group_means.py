"""Means of groups with intervals, and shrunken towards the mean of all: a caterpillar figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtri, stdtrit

from cosyn.engine.clustering import group_labels, icc1
from cosyn.engine.inference import check_level

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from cosyn.engine._typing import Vector

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class GroupMean:
    """The mean of one group.

    Attributes
    ----------
    name : str
        "" where the group is too small to be named.
    n : int or None
        Members with a value; None of a group that is not named.
    mean : float or None
    interval : tuple of float, or None
        Of the mean, with the variance within all groups.
    shrunken : float or None
        Best linear unbiased prediction of the group's level.
    shrunken_interval : tuple of float, or None
    reason : str
        Why there are none, "" if there are.
    """

    name: str
    n: int | None
    mean: float | None = None
    interval: Interval | None = None
    shrunken: float | None = None
    shrunken_interval: Interval | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class GroupMeans:
    """Means of all groups, the lowest first, then those that are not named.

    Attributes
    ----------
    groups : tuple of GroupMean
    grand : float or None
        Mean of the groups' levels, each group weighted by what its mean tells of it.
    between, within : float or None
        Variances between the groups' levels (0 where the estimate is negative) and within groups.
    level : float
        Of the intervals.
    reason : str
        Why there are no intervals, "" if there are.
    """

    groups: tuple[GroupMean, ...]
    grand: float | None
    between: float | None
    within: float | None
    level: float
    reason: str = ""


def group_means(
    values: Vector,
    group: Sequence[Any] | NDArray[Any],
    *,
    level: float = 0.95,
    minimum: int = 1,
) -> GroupMeans:
    """Means of groups, as they are and as best predicted.

    A group's mean is shrunken towards the grand mean by the reliability n_j tau^2 / (n_j tau^2 +
    sigma^2) (Henderson 1975, *Biometrics* 31), at the variances of the analysis of variance. The
    interval of the shrunken mean allows for the error of the grand mean but not for that of the
    variances.

    Parameters
    ----------
    values : ndarray, shape (n,)
        NaN where missing: left out.
    group : sequence, length n
        None, NaN or "" where a respondent has none: left out.
    level : float
        Of the intervals.
    minimum : int
        Members that a group must have for its name and values to be given.

    Raises
    ------
    IdentificationError
        If the level is not between 0 and 1.
    """
    check_level(level)
    values = np.asarray(values, dtype=np.float64)
    labels, known = group_labels(group)
    present = ~np.isnan(values) & known
    y = values[present]
    names, codes = np.unique(labels[present], return_inverse=True)
    sizes = np.bincount(codes, minlength=len(names))
    means = np.bincount(codes, y, minlength=len(names)) / np.maximum(sizes, 1)
    anova = icc1(y, labels[present])
    if anova.between is None or anova.within is None:
        plain = [
            GroupMean(str(name), int(n), float(mean), reason=anova.reason)
            for name, n, mean in zip(names, sizes, means, strict=True)
        ]
        return GroupMeans(_shown(plain, minimum), None, None, None, level, anova.reason)
    within = anova.within
    tau = max((anova.between - within) / anova.size, 0.0)
    grand, shrunken, errors = _predicted(means, sizes, tau, within)
    half = float(stdtrit(anova.n - anova.clusters, (1 + level) / 2)) * np.sqrt(within / sizes)
    spread = float(ndtri((1 + level) / 2)) * errors
    found = [
        GroupMean(
            str(name),
            int(n),
            float(mean),
            (float(mean - h), float(mean + h)),
            float(level_of),
            (float(level_of - s), float(level_of + s)),
        )
        for name, n, mean, h, level_of, s in zip(
            names, sizes, means, half, shrunken, spread, strict=True
        )
    ]
    return GroupMeans(_shown(found, minimum), grand, tau, within, level)


def _predicted(
    means: Vector, sizes: NDArray[np.int_], tau: float, within: float
) -> tuple[float, Vector, Vector]:
    """The grand mean, the predicted levels of the groups and their standard errors."""
    if tau == 0:
        grand = float(sizes @ means / sizes.sum())
        error = np.sqrt(within / sizes.sum())
        return grand, np.full(len(means), grand), np.full(len(means), error)
    weights = 1 / (tau + within / sizes)
    grand = float(weights @ means / weights.sum())
    reliability = tau * weights
    shrunken = grand + reliability * (means - grand)
    variances = tau * (1 - reliability) + (1 - reliability) ** 2 / weights.sum()
    return grand, shrunken, np.sqrt(variances)


def _shown(found: Iterable[GroupMean], minimum: int) -> tuple[GroupMean, ...]:
    named = sorted((one for one in found if (one.n or 0) >= minimum), key=lambda one: one.mean or 0)
    small = [one for one in found if (one.n or 0) < minimum]
    withheld = GroupMean("", None, reason=f"fewer than {minimum} respondents")
    return (*named, *(withheld for _ in small))
