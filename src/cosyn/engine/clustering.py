"""How much respondents of one cluster are alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cosyn.engine._typing import Flags, Vector


@dataclass(frozen=True, slots=True)
class IntraclassCorrelation:
    """One-way random-effects analysis of variance of a variable in clusters.

    Attributes
    ----------
    n, clusters : int
        Respondents with a value, and their clusters.
    size : float
        Average cluster size of the variance components, n0.
    between, within : float or None
        Mean squares.
    icc1 : float or None
        Share of the variance that lies between clusters; negative if clusters differ less than
        chance would have it.
    icc2 : float or None
        Reliability of the clusters' means.
    design_effect : float or None
        Variance of the overall mean, relative to that of independent respondents.
    reason : str
        Why there is none, "" if there is.
    """

    n: int
    clusters: int
    size: float
    between: float | None
    within: float | None
    icc1: float | None
    icc2: float | None
    design_effect: float | None
    reason: str = ""


def group_labels(group: Sequence[Any] | NDArray[Any]) -> tuple[NDArray[np.str_], Flags]:
    """The group of each respondent as text, and who has one: neither None, NaN nor ""."""
    texts = ["" if one is None or one != one else str(one) for one in group]  # noqa: PLR0124
    return np.array(texts, dtype=np.str_), np.array([bool(text) for text in texts], dtype=np.bool_)


def icc1(values: Vector, cluster: Sequence[Any] | NDArray[Any]) -> IntraclassCorrelation:
    """ICC(1), ICC(2) and design effect of one variable, for clusters of any sizes.

    ICC(1) = (MSB - MSW) / (MSB + (n0 - 1) MSW) with n0 = (n - sum n_j^2 / n) / (J - 1)
    (Donner 1986, *International Statistical Review* 54, eq. 2.2); ICC(2) = (MSB - MSW) / MSB
    (Bliese 2000); design effect 1 + (sum n_j^2 / n - 1) ICC(1) (Kish 1987).

    Parameters
    ----------
    values : ndarray, shape (n,)
        NaN where missing: left out.
    cluster : sequence, length n
    """
    values = np.asarray(values, dtype=np.float64)
    present = ~np.isnan(values)
    y = values[present]
    _, codes = np.unique(np.asarray(cluster)[present], return_inverse=True)
    sizes = np.bincount(codes)
    n, J = len(y), len(sizes)
    reason = _obstacle(y, n, J)
    if reason:
        return IntraclassCorrelation(n, J, n / max(J, 1), None, None, None, None, None, reason)
    means = np.bincount(codes, y) / sizes
    between = float(sizes @ (means - y.mean()) ** 2) / (J - 1)
    within = float(np.sum((y - means[codes]) ** 2)) / (n - J)
    squares = float(sizes @ sizes) / n
    size = (n - squares) / (J - 1)
    rho = (between - within) / (between + (size - 1) * within)
    reliability = (between - within) / between if between > 0 else None
    effect = 1 + (squares - 1) * rho
    return IntraclassCorrelation(n, J, size, between, within, rho, reliability, effect)


def _obstacle(y: Vector, n: int, clusters: int) -> str:
    if clusters < 2:
        return "fewer than two clusters"
    if n == clusters:
        return "no cluster has two respondents"
    if np.ptp(y) == 0:
        return "everyone has the same value"
    return ""
