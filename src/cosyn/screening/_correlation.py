"""Correlations within each respondent, over pairs of answers that come one after another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

#: Sums of squares this small beside their parts are rounding errors: the answers do not vary.
_FLAT = 1e-10


class WithinRespondents:
    """Running sums of products of n respondents; memory O(n), however many pairs there are."""

    def __init__(self, n: int) -> None:
        self.count = np.zeros(n, np.int64)
        self._sums = np.zeros((5, n))

    def add(self, x: Vector, y: Vector) -> None:
        """Add a pair of answers, each of shape (n,); one that is NaN is left out."""
        both = ~(np.isnan(x) | np.isnan(y))
        a, b = np.where(both, x, 0.0), np.where(both, y, 0.0)
        self.count += both
        for place, part in enumerate((a, b, a * a, b * b, a * b)):
            self._sums[place] += part

    def correlations(self) -> tuple[Vector, NDArray[np.bool_]]:
        """Pearson's correlation of each respondent, NaN where one side does not vary.

        Returns
        -------
        r, varies : ndarray, shape (n,)
        """
        k = np.maximum(self.count, 1)
        sx, sy, xx, yy, xy = self._sums
        across, along = xx - sx * sx / k, yy - sy * sy / k
        varies = (across > _FLAT * np.maximum(xx, 1)) & (along > _FLAT * np.maximum(yy, 1))
        r = np.full(len(k), np.nan)
        scale = np.sqrt(across[varies] * along[varies])
        r[varies] = np.clip((xy - sx * sy / k)[varies] / scale, -1, 1)
        return r, varies
