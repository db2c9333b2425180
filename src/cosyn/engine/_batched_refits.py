"""Fit a model of complete data again to many replicates at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine import status as faults
from cosyn.engine._batched_ml import (
    BatchedGroup,
    BatchedML,
    given_cells,
    given_moments,
    log_determinants,
)
from cosyn.engine._batched_search import minimise_batch
from cosyn.engine._refits import Refits, joined, refit_moments
from cosyn.engine.estimates import with_definitions
from cosyn.engine.fit import discrepancy_of
from cosyn.engine.linalg import damped_inverse, definite_inverse
from cosyn.engine.lisrel import THETA
from cosyn.engine.moments import SampleMoments

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from numpy.typing import NDArray

    from cosyn.engine._typing import Flags, Indices, Matrix, Vector
    from cosyn.engine.fit import SemFit
    from cosyn.engine.resampling import Draws
    from cosyn.engine.table import ParameterTable

SINGULAR = "data.dependent-variables"
#: Bytes of the arrays of a chunk, which are to stay in the cache, and of its counts.
_BYTES, _COUNTS = 24e6, 128e6
#: Products of respondents' answers held at a time.
_PRODUCTS = 2**22
_MOST = 1000


def batched_refits(
    fit: SemFit, samples: Sequence[SampleMoments], draws: Draws, chunk: int | None = None
) -> Refits:
    """Refit by maximum likelihood to every replicate of complete data without constraints.

    Parameters
    ----------
    samples : sequence of SampleMoments
        The data, with their rows.
    chunk : int, optional
        Replicates fitted at once.
    """
    inverse = _inverse_hessian(fit, samples)
    size = chunk or _chunk_size(fit, samples)
    found = []
    for start in range(0, draws.replicates, size):
        numbers = range(start, min(start + size, draws.replicates))
        counts = np.array([draws.counts(number) for number in numbers], dtype=np.int32)
        found.append(_refit(fit, _batch(fit, samples, counts), inverse))
    return joined(found)


def _inverse_hessian(fit: SemFit, samples: Sequence[SampleMoments]) -> Matrix:
    here = discrepancy_of(fit.table, fit.structures, samples, fit.options).at(fit.x)
    inverse = definite_inverse(here.hessian())
    return damped_inverse(here.information()) if inverse is None else inverse


def _chunk_size(fit: SemFit, samples: Sequence[SampleMoments]) -> int:
    p, q, n = len(fit.table.observed), len(fit.x), sum(sample.n for sample in samples)
    floats = len(samples) * 8 * p * p + 40 * q
    return int(np.clip(min(_BYTES / (8 * floats), _COUNTS / (4 * n)), 1, _MOST))


@dataclass(frozen=True, slots=True, eq=False)
class _Batch:
    """The samples of some replicates.

    Attributes
    ----------
    groups : tuple of BatchedGroup
    sizes : ndarray, shape (R, groups)
        Respondents.
    means : tuple of ndarray, shape (R, p)
    given : tuple of ndarray of int
        For each group, the rows of the table that hold moments of covariates.
    n : ndarray, shape (R,)
        By which the discrepancies are multiplied.
    """

    groups: tuple[BatchedGroup, ...]
    sizes: Matrix
    means: tuple[Matrix, ...]
    given: tuple[Indices, ...]
    n: Vector


def _batch(
    fit: SemFit, samples: Sequence[SampleMoments], counts: NDArray[np.integer[Any]]
) -> _Batch:
    table, groups, means, given = fit.table, [], [], []
    parts = np.split(counts, np.cumsum([sample.n for sample in samples])[:-1], axis=1)
    sizes = np.column_stack([part.sum(axis=1) for part in parts])
    effective = sizes - fit.options.wishart
    weights = effective / effective.sum(axis=1, keepdims=True)
    for number, (sample, structure) in enumerate(zip(samples, fit.structures, strict=True)):
        S, mean = moments_of(sample.rows(), parts[number])
        if fit.options.wishart:
            S *= (sizes[:, number] / effective[:, number])[:, None, None]
        modelled, weight = mean if table.means else None, weights[:, number]
        rows, values = given_moments(table, number + 1, S, mean)
        cells = given_cells(table, structure, rows)
        groups.append(BatchedGroup(structure, S, modelled, weight, cells, values))
        means.append(mean)
        given.append(rows)
    return _Batch(tuple(groups), sizes, tuple(means), tuple(given), effective.sum(axis=1))


def moments_of(X: Matrix, counts: NDArray[np.integer[Any]]) -> tuple[Matrix, Matrix]:
    """Covariances (R, p, p), divisor n, and means (R, p) of rows X (n, p) drawn `counts` (R, n)."""
    centre = X.mean(axis=0)
    n, p = X.shape
    rows, columns = np.tril_indices(p)
    products, sums = np.zeros((len(counts), len(rows))), np.zeros((len(counts), p))
    step = max(1, _PRODUCTS // len(rows))
    for start in range(0, n, step):
        Y = X[start : start + step] - centre
        here = counts[:, start : start + step].astype(np.float64)
        products += here @ (Y[:, rows] * Y[:, columns])
        sums += here @ Y
    total = np.maximum(counts.sum(axis=1, keepdims=True), 1.0)
    mean = sums / total
    S = np.empty((len(counts), p, p))
    S[:, rows, columns] = S[:, columns, rows] = products / total
    S -= mean[:, :, None] * mean[:, None, :]
    return S, mean + centre


def _refit(fit: SemFit, batch: _Batch, inverse: Matrix) -> Refits:
    logs = np.array([log_determinants(group.S) for group in batch.groups])
    weights = np.array([group.weight for group in batch.groups])
    p = len(fit.table.observed)
    regular = np.isfinite(logs).all(axis=0) & (batch.n > 0)
    saturated = np.sum(weights * (np.where(regular, logs, 0.0) + p) / 2, axis=0)
    R = len(regular)
    x, value = np.full((R, len(fit.x)), np.nan), np.full(R, np.nan)
    converged = np.zeros(R, dtype=np.bool_)
    problem = BatchedML(batch.groups, len(fit.x)).only(regular)
    ended = minimise_batch(
        problem, fit.x, inverse, int(regular.sum()), tolerance=fit.options.tolerance
    )
    x[regular], value[regular], converged[regular] = ended.x, ended.value, ended.converged
    x[~converged] = np.nan
    chisq = 2 * batch.n * np.maximum(value - saturated, 0.0)
    chisq[~converged] = np.nan
    values = _values(fit.table, batch, x)
    reasons = np.where(regular, faults.NOT_CONVERGED, SINGULAR).astype(object)
    reasons[converged] = improper(fit, batch.groups, x, values, converged)
    for number in np.flatnonzero(regular & ~converged):
        one = refit_moments(fit, _samples(fit, batch, int(number)))
        x[number], values[number], chisq[number] = one.x[0], one.estimates[0], one.chisq[0]
        converged[number], reasons[number] = one.converged[0], one.reasons[0]
    proper = converged & (reasons == "")
    return Refits(x, values, chisq, converged, proper.astype(np.bool_), tuple(map(str, reasons)))


def _samples(fit: SemFit, batch: _Batch, number: int) -> list[SampleMoments]:
    """The samples of one replicate."""
    parts = zip(batch.groups, batch.means, batch.sizes[number], strict=True)
    return [
        SampleMoments(round(n), fit.table.observed, mean[number], group.S[number])
        for group, mean, n in parts
    ]


def _values(table: ParameterTable, batch: _Batch, x: Matrix) -> Matrix:
    """The value of every row of the table, shape (R, rows)."""
    fixed = np.array([0.0 if row.value is None else row.value for row in table.rows])
    free = table.free
    values = np.where((free > 0)[:, None], np.vstack([np.zeros(len(x)), x.T])[free], fixed[:, None])
    for rows, group in zip(batch.given, batch.groups, strict=True):
        values[rows] = group.values.T
    values[:, np.isnan(x).any(axis=1)] = np.nan
    return with_definitions(table, values).T


def improper(
    fit: SemFit, groups: Sequence[BatchedGroup], x: Matrix, values: Matrix, which: Flags
) -> list[str]:
    """What is impossible about the replicates in `which`, "" if nothing, as `status.improper`."""
    table, x, values = fit.table, x[which], values[which]
    found = np.full(len(x), "", dtype=object)
    for group in reversed(groups):
        part, here = group.structure, group.only(which)
        matrices, implied = here.matrices(x), here.implied(x)
        found[_smallest(matrices[THETA], _coupled(group)) < -faults.FORGIVEN] = (
            faults.RESIDUAL_NOT_DEFINITE
        )
        k = np.array([part.latent.index(name) for name in table.latent], dtype=np.intp)
        V = implied.V[:, k[:, None], k]
        found[_smallest(V, np.arange(len(k))) < -faults.FORGIVEN] = faults.LATENT_NOT_DEFINITE
    variances = [k for k, row in enumerate(table.rows) if row.is_variance and row.free]
    found[(values[:, variances] < 0).any(axis=1)] = faults.HEYWOOD
    return list(found)


def _smallest(matrices: Matrix, coupled: Indices) -> Vector:
    """Smallest eigenvalues (R,) of matrices that are diagonal but for some coupled variables."""
    diagonals = np.diagonal(matrices, axis1=1, axis2=2)
    alone = np.setdiff1d(np.arange(matrices.shape[1]), coupled)
    found = diagonals[:, alone].min(axis=1, initial=np.inf)
    if len(coupled):
        blocks = matrices[:, coupled[:, None], coupled]
        found = np.minimum(found, np.linalg.eigvalsh(blocks)[:, 0])
    return np.asarray(found)


def _coupled(group: BatchedGroup) -> Indices:
    """Observed variables whose residuals may covary."""
    part = group.structure
    there = part.base.Theta != 0
    here = part.matrix == THETA
    cells = [*zip(part.row[here], part.column[here], strict=True)]
    cells += [(row, column) for number, row, column in group.given if number == THETA]
    for row, column in cells:
        there[row, column] = there[column, row] = True
    there &= ~np.eye(len(there), dtype=np.bool_)
    return np.flatnonzero(there.any(axis=0))
