"""Ordinal and mixed data as the statistics need them, and the order of the statistics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.bivariate import FAR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.engine._typing import Flags, Indices, Matrix, Vector
    from cosyn.engine.contingency import Codes

_NO_COVARIATES = np.zeros(0)


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Where each statistic stands: the order of ``lavInspect(fit, "wls.obs")`` in lavaan.

    Thresholds, and minus the mean of a continuous variable in its place, variable by variable;
    then the slopes of all variables on the covariates, covariate by covariate; then the variances
    of the continuous variables; then the lower triangle of the correlation (covariance) matrix
    without its diagonal, column by column.

    Attributes
    ----------
    ordered : ndarray of bool, shape (p,)
    place : ndarray of int, shape (p,)
        Number of each variable among those of its kind.
    first : ndarray of int, shape (p,)
        Position of its first threshold, or of its mean.
    steps : ndarray of int, shape (p,)
        Its thresholds; 1 for a mean.
    variance : ndarray of int, shape (p,)
        Position of its variance; -1 for an ordinal item.
    slopes : ndarray of int, shape (k, p)
        Position of its slope on each of the k covariates.
    rows, columns : ndarray of int, shape (P,)
        The variables of each pair, rows > columns.
    """

    ordered: Flags
    place: Indices
    first: Indices
    steps: Indices
    variance: Indices
    slopes: Indices
    rows: Indices
    columns: Indices

    @property
    def univariate(self) -> int:
        """Number of thresholds, means, slopes and variances: the correlations begin there."""
        return int(self.steps.sum() + self.slopes.size + (~self.ordered).sum())

    @property
    def given(self) -> bool:
        """Whether there are covariates."""
        return len(self.slopes) > 0

    def pairs(self, *, ordinal: int) -> Indices:
        """Numbers of the pairs in which so many of the two variables are ordinal."""
        found = self.ordered[self.rows].astype(int) + self.ordered[self.columns]
        return np.flatnonzero(found == ordinal)


def layout(ordered: Flags, categories: Indices, covariates: int = 0) -> Layout:
    """Lay out the statistics of variables (p,), given the categories (p,) of the ordinal ones."""
    steps = np.where(ordered, categories - 1, 1)
    first = np.cumsum(steps) - steps
    slopes = steps.sum() + np.arange(covariates * len(ordered)).reshape(covariates, len(ordered))
    continuous = np.cumsum(~ordered) - 1
    place = np.where(ordered, np.cumsum(ordered) - 1, continuous)
    variance = np.where(ordered, -1, steps.sum() + slopes.size + continuous)
    columns, rows = np.triu_indices(len(ordered), 1)
    return Layout(ordered, place, first, steps, variance, slopes, rows, columns)


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """The respondents' answers, with the thresholds of the items.

    Attributes
    ----------
    codes : ndarray of int8, shape (n, items)
        Categories of the ordinal items, -1 where missing.
    z : ndarray, shape (n, continuous)
        Standardized continuous variables, or what covariates leave of them; NaN where missing.
    tau : ndarray, shape (items, K - 1)
        Thresholds, infinite where there are none.
    covariates : ndarray, shape (n, k)
        Standardized.
    slopes : ndarray, shape (k, items)
        Of the normal variables behind the items.
    """

    codes: Codes
    z: Matrix
    tau: Matrix
    covariates: Matrix
    slopes: Matrix

    def blocks(self, width: int) -> Iterator[slice]:
        """Ranges of rows of which arrays of so many columns fit into the cache."""
        step = max(256, 2**20 // max(1, width))
        return (slice(k, k + step) for k in range(0, len(self.codes), step))

    def rows(self, which: slice | Indices) -> Answers:
        """Some of the respondents."""
        return Answers(
            self.codes[which], self.z[which], self.tau, self.covariates[which], self.slopes
        )

    def around(self, items: Indices) -> tuple[Matrix, Matrix]:
        """Thresholds below and above the answers to some items, (n, A); NaN where missing.

        They are those of a respondent's own: the covariates shift them.
        """
        edges = np.pad(np.clip(self.tau, -FAR, FAR), ((0, 0), (1, 1)), constant_values=FAR)
        edges[:, 0] = -FAR
        codes = self.codes[:, items].astype(np.intp)
        gap = np.where(codes < 0, np.nan, 0.0)
        if len(self.slopes):
            gap -= self.covariates @ self.slopes[:, items]
        return edges[items, codes] + gap, edges[items, codes + 1] + gap


def serial(plan: Layout) -> tuple[Indices, Indices]:
    """The continuous and the ordinal variable of each mixed pair, as variables (Pm,)."""
    mixed = plan.pairs(ordinal=1)
    rows, columns = plan.rows[mixed], plan.columns[mixed]
    ordinal_row = plan.ordered[rows]
    return np.where(ordinal_row, columns, rows), np.where(ordinal_row, rows, columns)


def scales(plan: Layout, sd: Vector, covariates: Vector = _NO_COVARIATES) -> Vector:
    """What turns statistics of standardized variables into those of variables with sd (p,).

    Parameters
    ----------
    covariates : ndarray, shape (k,)
        Standard deviations of the covariates.
    """
    means = [
        np.ones(k) if o else -s * np.ones(1)
        for o, k, s in zip(plan.ordered, plan.steps, sd, strict=True)
    ]
    slopes = (sd / covariates[:, None]).ravel()
    variances = sd[~plan.ordered] ** 2
    return np.concatenate([*means, slopes, variances, sd[plan.rows] * sd[plan.columns]])
