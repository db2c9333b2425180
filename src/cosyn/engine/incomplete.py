r"""Incomplete rows: their likelihood under normal moments, and what is expected of the gaps.

With :math:`K = \Sigma^{-1}` and M the missing variables of a row, the conditional mean of the gaps
is :math:`-K_{MM}^{-1} K_{MO} d_O`, their covariance :math:`K_{MM}^{-1}`, and
:math:`\ln|\Sigma_{OO}| = \ln|\Sigma| + \ln|K_{MM}|`. Only the small matrices :math:`K_{MM}` are
inverted, all those of one size at once, whatever the number of patterns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cosyn.engine.linalg import inverse_and_log_det

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.engine._typing import Flags, Indices, Matrix, Vector

_EM_STEPS = 10_000
#: Patterns handled at a time.
_PATTERNS = 256
#: Change of the log-likelihood of one respondent at which EM stops.
_EM_TOLERANCE = 1e-13


class Batch(NamedTuple):
    """Rows with equally many gaps, shape (b,), and where these are, shape (b, m)."""

    rows: Indices
    gaps: Indices


@dataclass(frozen=True, slots=True, eq=False)
class IncompleteRows:
    """Answers with gaps.

    Attributes
    ----------
    filled : ndarray, shape (n, p)
        0 where missing.
    observed : ndarray of bool, shape (n, p)
    batches : tuple of Batch
        Of the rows that have gaps.
    """

    filled: Matrix
    observed: Flags
    batches: tuple[Batch, ...]

    @property
    def n(self) -> int:
        """Respondents."""
        return len(self.filled)


@dataclass(frozen=True, slots=True, eq=False)
class Completed:
    """What moments make of incomplete rows.

    Attributes
    ----------
    value : float
        Mean of (ln|Sigma_OO| + d_O' Sigma_OO^-1 d_O) / 2.
    deviations : ndarray, shape (n, p)
        From the mean, with gaps at their conditional means.
    spread : tuple of ndarray, shape (b, m, m)
        Conditional covariances of the gaps, one array a batch.
    mean : ndarray, shape (p,)
        Expected mean of the completed rows.
    cov : ndarray, shape (p, p)
        Their expected covariance about it, divisor n.
    """

    value: float
    deviations: Matrix
    spread: tuple[Matrix, ...]
    mean: Vector
    cov: Matrix


def incomplete_rows(X: Matrix) -> IncompleteRows:
    """Sort answers, shape (n, p) with NaN for gaps, by the number of gaps of a row."""
    observed = np.asarray(~np.isnan(X))
    counts = (~observed).sum(axis=1)
    return IncompleteRows(np.where(observed, X, 0.0), observed, tuple(_batches(observed, counts)))


def _batches(observed: Flags, counts: Indices) -> Iterator[Batch]:
    for m in np.unique(counts[counts > 0]):
        rows = np.flatnonzero(counts == m)
        gaps = np.nonzero(~observed[rows])[1].reshape(len(rows), m)
        yield Batch(rows, gaps)


def completed(rows: IncompleteRows, Sigma: Matrix, mu: Vector) -> Completed | None:
    """Expect the gaps under a mean (p,) and covariance (p, p); None unless that is definite."""
    log_det, K = inverse_and_log_det(Sigma)
    if not np.isfinite(log_det):
        return None
    deviations = np.where(rows.observed, rows.filled - mu, 0.0)
    pulls = deviations @ K
    extra, total = 0.0, np.zeros_like(K)
    spread = []
    for batch in rows.batches:
        block = K[batch.gaps[:, :, None], batch.gaps[:, None, :]]
        covariance = np.asarray(np.linalg.inv(block), dtype=np.float64)
        extra += float(np.linalg.slogdet(block)[1].sum())
        at = batch.rows[:, None]
        found = np.einsum("bij,bj->bi", covariance, pulls[at, batch.gaps])
        deviations[at, batch.gaps] = -found
        np.add.at(total, (batch.gaps[:, :, None], batch.gaps[:, None, :]), covariance)
        spread.append(covariance)
    distance = float(np.vdot(deviations @ K, deviations))
    mean = deviations.mean(axis=0)
    second = (deviations.T @ deviations + total) / rows.n
    value = 0.5 * (log_det + (extra + distance) / rows.n)
    cov = second - np.outer(mean, mean)
    return Completed(value, deviations, tuple(spread), mu + mean, cov)


def saturated(rows: IncompleteRows) -> Completed:
    """Maximum-likelihood moments of incomplete rows by EM (Dempster, Laird & Rubin 1977).

    Returns
    -------
    Completed
        `mean` and `cov` are the estimates; `value` is that of the step before, the same to
        rounding.
    """
    counts = rows.observed.sum(axis=0)
    mean = rows.filled.sum(axis=0) / counts
    gaps = np.where(rows.observed, rows.filled - mean, 0.0)
    cov = np.diag((gaps**2).sum(axis=0) / counts)
    found = completed(rows, cov, mean)
    assert found is not None
    for _ in range(_EM_STEPS):
        following = completed(rows, found.cov, found.mean)
        if following is None:
            return found
        gained = found.value - following.value
        found = following
        if gained < _EM_TOLERANCE * max(1.0, abs(found.value)):
            break
    return found


def moment_information(rows: IncompleteRows, Sigma: Matrix, mu: Vector) -> Matrix:
    """Observed information of one respondent about the moments, shape (moments, moments).

    Second derivatives of the mean of (ln|Sigma_OO| + d_O' Sigma_OO^-1 d_O) / 2 with respect to
    the means, then the lower triangle of the covariances row by row. With P the inverse
    of Sigma_OO, filled up with zeros, and D = 2 P dd' P - P, they are sums of products of elements
    of P and D over the patterns of gaps, and so a matrix product.
    """
    p = len(Sigma)
    K = np.asarray(np.linalg.inv(Sigma), dtype=np.float64)
    a, b = np.tril_indices(p)
    both, crossed, located = np.zeros((len(a), len(a))), np.zeros((len(a), p)), np.zeros((p, p))
    deviations = np.where(rows.observed, rows.filled - mu, 0.0)
    for parts, P in _patterns(rows, K, deviations):
        pulls = [d @ one for d, one in zip(parts, P, strict=True)]
        sizes = np.array([len(d) for d in parts], dtype=float)
        flat = P[:, a, b]
        squares = np.array([pull.T @ pull for pull in pulls])[:, a, b]
        both += flat.T @ (2 * squares - sizes[:, None] * flat)
        crossed += flat.T @ np.array([pull.sum(axis=0) for pull in pulls])
        located += np.tensordot(sizes, P, axes=1)
    return _assembled(both, crossed, located) / rows.n


def _assembled(both: Matrix, crossed: Matrix, located: Matrix) -> Matrix:
    """Pick the derivatives out of sums P[i,j] D[k,l], P[i,j] (P d)[k] and P[i,j].

    Pairs (i, j) are those of the lower triangle; P and D are symmetric.
    """
    p = len(located)
    a, b = np.tril_indices(p)
    pair = np.zeros((p, p), dtype=np.intp)
    pair[a, b] = pair[b, a] = np.arange(len(a))
    once = np.where(a == b, 0.5, 1.0)
    of_means = once * (crossed[pair[:, b], a] + crossed[pair[:, a], b])
    # Columns of pairs with i and with j, for all pairs (i, j) of rows and (k, m) of columns.
    ik, im, jk, jm = (pair[x][:, y] for x in (a, b) for y in (a, b))
    width, flat = len(a), both.ravel()
    terms = flat.take(jk * width + im)
    terms += flat.take(jm * width + ik)
    terms += flat.take(ik * width + jm)
    terms += flat.take(im * width + jk)
    terms *= 0.5 * once[:, None]
    terms *= once
    return np.block([[located, of_means], [of_means.T, terms]])


def _patterns(
    rows: IncompleteRows, K: Matrix, deviations: Matrix
) -> Iterator[tuple[list[Matrix], Matrix]]:
    """Deviations of the rows of each pattern, and P; some patterns at a time."""
    patterns, inverse = np.unique(rows.observed, axis=0, return_inverse=True)
    order = np.argsort(inverse.ravel(), kind="stable")
    starts = np.searchsorted(inverse.ravel()[order], np.arange(len(patterns) + 1))
    counts = (~patterns).sum(axis=1)
    for m in np.unique(counts):
        alike = np.flatnonzero(counts == m)
        for begin in range(0, len(alike), _PATTERNS):
            chosen = alike[begin : begin + _PATTERNS]
            parts = [deviations[order[starts[t] : starts[t + 1]]] for t in chosen]
            gaps = np.nonzero(~patterns[chosen])[1].reshape(len(chosen), m)
            yield parts, _precisions(K, gaps)


def _precisions(K: Matrix, gaps: Indices) -> Matrix:
    """Inverses of the covariances of the observed variables, filled up with zeros, (b, p, p).

    Parameters
    ----------
    gaps : ndarray of int, shape (b, m)
        The variables that are not.
    """
    across = K[gaps]  # (b, m, p)
    block = across[
        np.arange(len(gaps))[:, None, None], np.arange(gaps.shape[1])[:, None], gaps[:, None]
    ]
    return np.asarray(K - across.transpose(0, 2, 1) @ np.linalg.solve(block, across))
