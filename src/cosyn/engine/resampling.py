"""Draw respondents, or whole clusters, with replacement, the same from the same seed.

Every replicate has a stream of random numbers of its own, spawned from the seed: what it draws
does not depend on how many replicates there are or on the order in which they are computed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from cosyn.engine.bootstrap_intervals import Replicated

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cosyn.engine._typing import Indices, Matrix, Vector


class Draws(Protocol):
    """How often each replicate has each respondent."""

    @property
    def replicates(self) -> int:
        """How many replicates there are."""
        ...

    def counts(self, number: int) -> Indices:
        """How often replicate `number` has each row of all samples, one after another, (n,)."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Sampling:
    """What is drawn with replacement: rows, or clusters of rows, within strata.

    Attributes
    ----------
    sizes : tuple of int
        Rows of each sample.
    unit : ndarray of int, shape (n,)
        Number of the unit that each row, of all samples one after another, belongs to.
    strata : tuple of ndarray of int
        Numbers of the units among which as many are drawn as there are.
    """

    sizes: tuple[int, ...]
    unit: Indices
    strata: tuple[Indices, ...]

    @property
    def n(self) -> int:
        """Rows of all samples."""
        return len(self.unit)

    @property
    def units(self) -> int:
        """Units of all strata."""
        return sum(map(len, self.strata))

    @property
    def clustered(self) -> bool:
        """Whether some unit has several rows."""
        return self.units < self.n

    def drawn(self, seed: int, replicate: int) -> Indices:
        """How often each row, of all samples one after another, is drawn, shape (n,)."""
        random = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(replicate,)))
        units = [part[random.integers(0, len(part), len(part))] for part in self.strata]
        counts = np.bincount(np.concatenate(units), minlength=self.units)
        return counts[self.unit] if self.clustered else counts


@dataclass(frozen=True, slots=True, eq=False)
class SeededDraws:
    """Draws from a seed."""

    sampling: Sampling
    seed: int
    replicates: int

    def counts(self, number: int) -> Indices:
        """How often replicate `number` has each row."""
        return self.sampling.drawn(self.seed, number)


@dataclass(frozen=True, slots=True, eq=False)
class GivenDraws:
    """Draws made elsewhere.

    Attributes
    ----------
    table : ndarray of int, shape (R, n)
        How often each replicate has each row of all samples, one after another.
    """

    table: Indices

    @property
    def replicates(self) -> int:
        """How many replicates there are."""
        return len(self.table)

    def counts(self, number: int) -> Indices:
        """How often replicate `number` has each row."""
        return np.asarray(self.table[number])


@dataclass(frozen=True, slots=True, eq=False)
class LeavingOut:
    """The jackknife's draws: everyone but one unit."""

    sampling: Sampling

    @property
    def replicates(self) -> int:
        """As many as there are units."""
        return self.sampling.units

    def counts(self, number: int) -> Indices:
        """0 for the rows of unit `number`, 1 for the others."""
        return np.where(self.sampling.unit == number, 0, 1)


def sampling(sizes: Sequence[int], clusters: Sequence[Indices | None] = ()) -> Sampling:
    """Units and strata of one or more samples.

    Each sample is a stratum, so that it keeps its number of units. Where clusters reach over
    several samples, they are drawn as the wholes they are, from all samples together.

    Parameters
    ----------
    sizes : sequence of int
        Rows of each sample.
    clusters : sequence of ndarray or None
        Number of the cluster of each row of each sample; None or left out where rows are drawn
        one by one.
    """
    known = [cluster for cluster in clusters if cluster is not None]
    if not known:
        ends = np.cumsum(sizes)
        strata = tuple(np.arange(end - size, end) for size, end in zip(sizes, ends, strict=True))
        return Sampling(tuple(sizes), np.arange(sum(sizes)), strata)
    labels = np.concatenate(known)
    _, first, unit = np.unique(labels, return_index=True, return_inverse=True)
    order = np.argsort(np.argsort(first))  # units are numbered as they appear
    unit = order[unit]
    sample = np.repeat(np.arange(len(sizes)), sizes)
    members = [np.unique(unit[sample == number]) for number in range(len(sizes))]
    crossed = sum(map(len, members)) > len(first)
    strata = (np.arange(len(first)),) if crossed else tuple(members)
    return Sampling(tuple(sizes), unit, strata)


def resampled_rows(plan: Sampling, seed: int, replicate: int) -> tuple[Indices, ...]:
    """Numbers of the rows that a replicate has, one array a sample, in ascending order."""
    return rows_of(plan.sizes, plan.drawn(seed, replicate))


def rows_of(sizes: Sequence[int], counts: Indices) -> tuple[Indices, ...]:
    """Row numbers, one array a sample, from how often each row is drawn, shape (n,)."""
    parts = np.split(counts, np.cumsum(sizes)[:-1])
    return tuple(np.repeat(np.arange(len(part)), part) for part in parts)


def bootstrap_statistic(
    function: Callable[..., Vector],
    samples: Sequence[Matrix],
    *,
    replicates: int = 1000,
    seed: int = 1,
    clusters: Sequence[Indices | None] = (),
) -> Replicated:
    """Bootstrap any statistics of data (Efron 1979).

    Respondents are drawn within samples, clusters as wholes, as `bootstrap` of a fit draws them
    from the same seed.

    Parameters
    ----------
    function : callable
        From one matrix (n, p) a sample, as separate arguments, to statistics (k,); what it cannot
        compute is NaN there.
    samples : sequence of ndarray, shape (n, p)
    clusters : sequence of ndarray or None
        Number of the cluster of each row of each sample.
    """
    plan = sampling([len(sample) for sample in samples], clusters)
    estimate = np.atleast_1d(np.asarray(function(*samples), dtype=np.float64))
    found = np.empty((replicates, len(estimate)))
    for number in range(replicates):
        rows = resampled_rows(plan, seed, number)
        found[number] = function(*(X[k] for X, k in zip(samples, rows, strict=True)))
    return Replicated(estimate, found)
