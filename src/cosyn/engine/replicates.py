"""Replicates of a fit: the model fitted again to data drawn from its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine._batched_ml import given_group
from cosyn.engine._batched_refits import batched_refits
from cosyn.engine._refits import joined, refit_rows
from cosyn.engine.discrepancy import MLDiscrepancy
from cosyn.engine.estimates import with_definitions
from cosyn.engine.fit import discrepancy_of
from cosyn.engine.resampling import rows_of, sampling
from cosyn.engine.standardize import scaling_of, standardizing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._refits import Refits
    from cosyn.engine._typing import Matrix
    from cosyn.engine.fit import SemFit
    from cosyn.engine.moments import SampleMoments
    from cosyn.engine.resampling import Draws, Sampling

#: Replicates standardised at a time.
_BLOCK = 256


def sampling_of(fit: SemFit) -> Sampling:
    """What is drawn when a fit is bootstrapped: respondents, or clusters, within groups."""
    parts = fit.ordinal or fit.groups
    return sampling([part.n for part in parts], [part.cluster for part in parts])


def refits(
    fit: SemFit, samples: Sequence[SampleMoments], draws: Draws, *, chunk: int | None = None
) -> Refits:
    """Refit a model to every replicate of its samples.

    Parameters
    ----------
    samples : sequence of SampleMoments
        The data, with their rows; not asked where items are ordinal.
    chunk : int, optional
        Replicates fitted at once, where they can be.
    """
    plain = not (fit.ordinal or fit.table.constraints)
    if plain and isinstance(
        discrepancy_of(fit.table, fit.structures, samples, fit.options), MLDiscrepancy
    ):
        return batched_refits(fit, samples, draws, chunk)
    sizes = [part.n for part in fit.ordinal or samples]
    numbers = range(draws.replicates)
    return joined([refit_rows(fit, samples, rows_of(sizes, draws.counts(k))) for k in numbers])


def row_replicates(fit: SemFit, found: Refits, *, standardized: bool) -> Matrix:
    """Values of the rows of the table, shape (R, rows); the moments of covariates as in the fit.

    Parameters
    ----------
    standardized : bool
        With all variables scaled to unit variance, as `standardize.standardized` has them.
    """
    if standardized:
        with np.errstate(invalid="ignore", divide="ignore"):
            return _standardized(fit, found)
    given = np.array([row.exogenous for row in fit.table.rows], dtype=np.bool_)
    return np.where(given, fit.estimates, found.estimates)


def _standardized(fit: SemFit, found: Refits) -> Matrix:
    values = np.full_like(found.estimates, np.nan)
    if fit.ordinal:
        scaled = standardizing(fit, observed=True)
        for number in np.flatnonzero(found.converged):
            values[number] = scaled(found.x[number])
        return values
    good = np.flatnonzero(found.converged)
    for start in range(0, len(good), _BLOCK):
        here = good[start : start + _BLOCK]
        values[here] = _scaled(fit, found.x[here], found.estimates[here])
    return values


def _scaled(fit: SemFit, x: Matrix, values: Matrix) -> Matrix:
    """Standardised rows of some replicates, shape (R, rows): see `standardize.scales`."""
    known = [np.ones((len(x), 1))]
    for number, structure in enumerate(fit.structures, start=1):
        implied = given_group(fit.table, structure, number, values).implied(x)
        variances = (np.diagonal(M, axis1=1, axis2=2) for M in (implied.Sigma, implied.V))
        known += [np.sqrt(each) for each in variances]
    known.append(np.sqrt(np.abs(values)))
    every = np.concatenate(known, axis=1)
    times, over, over_too = scaling_of(fit.table, fit.structures, observed=True)
    scaled = values * every[:, times] / (every[:, over] * every[:, over_too])
    return np.asarray(with_definitions(fit.table, scaled.T).T)
