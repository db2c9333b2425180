"""How large the residuals of a model are on the whole, in the sample and in the population.

Maydeu-Olivares (2017), *Assessing the size of model misfit in structural equation models*,
Psychometrika 82, 533-558; as lavaan's ``lavResiduals``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.special import ndtr, ndtri

from cosyn.engine.constraints import constraints_of, rank
from cosyn.engine.inference import check_level
from cosyn.engine.residual_covariance import residual_covariance
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from cosyn.engine._typing import Matrix, Vector
    from cosyn.engine.estimation import SemFit

Kind = Literal["rmr", "srmr", "crmr"]
Part = Literal["all", "covariances", "means"]

#: Share of the sample's variance below which that of the residuals is rounding error.
_NOTHING = 1e-10


@dataclass(frozen=True, slots=True)
class ResidualSummary:
    """Root mean square of the residuals of one group.

    Attributes
    ----------
    value, standard_error : float
        Of the sample; the error is that of an exact model.
    exact_z, exact_pvalue : float
        Whether the model fits exactly.
    unbiased, unbiased_error, lower, upper : float
        Estimate of the value in the population, with its interval, which is not cut at 0.
    close_z, close_pvalue : float
        Whether it is at most `close`.
    close : float

    All but `value` and `unbiased` are None if the model leaves these residuals no freedom.
    """

    value: float
    standard_error: float | None
    exact_z: float | None
    exact_pvalue: float | None
    unbiased: float
    unbiased_error: float | None
    lower: float | None
    upper: float | None
    close_z: float | None
    close_pvalue: float | None
    close: float


def residual_summary(
    fit: SemFit,
    kind: Kind = "srmr",
    *,
    part: Part = "all",
    group: int = 1,
    level: float = 0.9,
    close: float = 0.05,
) -> ResidualSummary:
    """Summarise the residuals of a fit to complete data.

    Parameters
    ----------
    kind : {"rmr", "srmr", "crmr"}
        Of raw residuals, of those over the sample's standard deviations, or of correlations.
    part : {"all", "covariances", "means"}
        Of which residuals; without a mean structure all are those of covariances.
    level : float
        Of the interval.
    close : float
        Value up to which a fit counts as close.

    Raises
    ------
    IdentificationError
        If answers are incomplete, items are ordinal, there are no residuals of the part, or the
        level is not between 0 and 1.
    """
    check_level(level)
    _check(fit, part)
    e, acov, whole, count = _standardised(fit, kind, group)
    p = len(fit.table.observed) if fit.table.means else 0
    chosen = {"all": np.s_[:], "covariances": np.s_[p:], "means": np.s_[:p]}[part]
    size = {"all": count, "covariances": count - p, "means": p}[part]
    left, of_sample = (float(np.trace(each[chosen, chosen])) for each in (acov, whole))
    if not fit.table.df + rank(constraints_of(fit.table), fit.x) or left < _NOTHING * of_sample:
        value = float(np.sqrt(e[chosen] @ e[chosen] / size))
        return ResidualSummary(value, None, None, None, value, *(None,) * 5, close)
    return _summarised(e[chosen], acov[chosen, chosen], size, level, close)


def _check(fit: SemFit, part: Part) -> None:
    if fit.ordinal or any(sample.incomplete is not None for sample in fit.groups):
        raise IdentificationError(
            "estimator.incomplete",
            f"estimator {fit.estimator!r}",
            "summaries of residuals are computed for complete continuous answers only",
            "Read `srmr` among the measures of fit",
        )
    if part == "means" and not fit.table.means:
        raise IdentificationError(
            "model.no-means",
            "the model",
            "it has no mean structure, and so no residuals of means",
            "Build the table with means",
        )


def _standardised(fit: SemFit, kind: Kind, group: int) -> tuple[Vector, Matrix, Matrix, int]:
    """Residuals (s,), their covariance and the sample's (s, s), how many can differ from 0."""
    sample, implied = fit.groups[group - 1], fit.implied[group - 1]
    S, p = sample.cov, len(sample.names)
    acov, gamma = residual_covariance(fit, group)
    gamma = gamma / sample.n
    rows, columns = np.tril_indices(p)
    sd = np.sqrt(np.diag(S))
    e = (S - implied.Sigma)[rows, columns]
    d = (sample.mean - implied.mu) if fit.table.means else np.zeros(0)
    lead, count = len(d), len(d) + len(e)
    if kind == "rmr":
        return np.concatenate([d, e]), acov, gamma, count
    scale = np.eye(count)
    scale[:lead, :lead] = np.diag(1 / sd[:lead])
    if kind == "srmr":
        e = e / (sd[rows] * sd[columns])
        scale[lead:, lead:] = np.diag(1 / (sd[rows] * sd[columns]))
    else:
        e = (_correlations(S) - _correlations(implied.Sigma))[rows, columns]
        scale[lead:, lead:] = _slopes_of_correlations(S)
        count -= p
    found = np.concatenate([d / sd[:lead], e])
    return found, scale @ acov @ scale.T, scale @ gamma @ scale.T, count


def _correlations(S: Matrix) -> Matrix:
    sd = np.sqrt(np.diag(S))
    return np.asarray(S / np.outer(sd, sd))


def _slopes_of_correlations(S: Matrix) -> Matrix:
    """Derivatives of correlations by covariances, lower triangles row by row."""
    rows, columns = np.tril_indices(len(S))
    sd, R = np.sqrt(np.diag(S)), _correlations(S)
    found = np.diag(1 / (sd[rows] * sd[columns]))
    diagonal = np.flatnonzero(rows == columns)
    for k, (i, j) in enumerate(zip(rows, columns, strict=True)):
        for side in (i, j):
            found[k, diagonal[side]] -= R[i, j] / (2 * S[side, side])
    return found


def _summarised(e: Vector, acov: Matrix, count: int, level: float, close: float) -> ResidualSummary:
    first, second = float(np.trace(acov)), float(np.sum(acov * acov.T))
    squares, spread = float(e @ e), float(e @ acov @ e)
    value = float(np.sqrt(squares / count))
    exact = _exact(value, first, second, count)
    if squares == 0:
        return ResidualSummary(0.0, *exact, 0.0, None, None, None, None, None, close)
    k = 1 - (second + 2 * spread) / (4 * squares**2)
    unbiased = float(np.sqrt(max(squares - first, 0.0) / count) / k)
    error = float(np.sqrt((second + 2 * spread) / (2 * count * squares)) / abs(k))
    half = float(ndtri((1 + level) / 2)) * error
    z = (unbiased - close) / error
    return ResidualSummary(
        value,
        *exact,
        unbiased,
        error,
        unbiased - half,
        unbiased + half,
        z,
        float(ndtr(-z)),
        close,
    )


def _exact(value: float, first: float, second: float, count: int) -> tuple[float, float, float]:
    """Standard error of an exact model's value, and the test of such a model."""
    error = float(np.sqrt(second / (2 * first * count)))
    expected = float(np.sqrt(first / count)) * (1 - second / (4 * first**2))
    z = max(value - expected, 0.0) / error
    return error, z, float(ndtr(-z))
