"""Covariance of the residuals of moments: that of the moments, less what the estimates take."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cosyn.engine.constraints import constraints_of, inverse_within
from cosyn.engine.least_squares import LeastSquaresEvaluation, weighted
from cosyn.engine.moment_least_squares import moment_covariance, normal_covariance_of

if TYPE_CHECKING:
    from cosyn.engine._typing import Matrix
    from cosyn.engine.estimation import SemFit
    from cosyn.engine.moments import SampleMoments


class _Slopes(NamedTuple):
    """Of one group: its share, slopes (s, q), weighted slopes (s, q), covariance (s, s)."""

    share: float
    J: Matrix
    VJ: Matrix
    gamma: Matrix


def residual_covariance(fit: SemFit, group: int) -> tuple[Matrix, Matrix]:
    """Covariance of the residuals of a group's moments, shape (s, s), and n times the sample's.

    It is that of the sample's moments, less what the estimates take from it (Maydeu-Olivares
    2017; Ogasawara 2001): Q Gamma Q' / n with Q = I - D E^-1 D'V; with several groups, all take
    their part in the estimates. Gamma is that of normal data, or of the data themselves where the
    estimator is robust. Means come first, if they are modelled.

    Raises
    ------
    IdentificationError
        If items are ordinal.
    """
    evaluation = fit.discrepancy().at(fit.x)
    parts = _slopes(fit)
    inverse = inverse_within(constraints_of(fit.table), fit.x, evaluation.information())
    middle = np.sum([part.share * part.VJ.T @ part.gamma @ part.VJ for part in parts], axis=0)
    here = parts[group - 1]
    reach = here.J @ inverse
    taken = here.share * reach @ (here.VJ.T @ here.gamma)
    found = here.gamma - taken - taken.T + here.share * reach @ middle @ reach.T
    return np.asarray(found / fit.groups[group - 1].n), here.gamma


def _slopes(fit: SemFit) -> list[_Slopes]:
    evaluation = fit.discrepancy().at(fit.x)
    gammas = [_gamma(fit, sample) for sample in fit.groups]
    if isinstance(evaluation, LeastSquaresEvaluation):
        d = evaluation.discrepancy
        return [
            _Slopes(float(f), J, weighted(w, J), gamma)
            for f, w, J, gamma in zip(d.shares, d.weights, evaluation.slopes, gammas, strict=True)
        ]
    found = []
    for f, point, gamma in zip(evaluation.weights, evaluation.points, gammas, strict=True):
        means, local = fit.table.means, point.structure.local
        J = np.zeros((len(gamma), len(fit.x)))
        VJ = np.zeros_like(J)
        J[:, local] = point.structure.jacobian(point.implied, means=means)
        p = len(point.W) if means else 0
        VJ[p:, local] = point.weighted_slopes().T
        VJ[:p] = point.W[:p, :p] @ J[:p]
        found.append(_Slopes(float(f), J, VJ, gamma))
    return found


def _gamma(fit: SemFit, sample: SampleMoments) -> Matrix:
    """Asymptotic covariance of the moments, shape (s, s)."""
    means = fit.table.means
    if fit.options.resolved().robust and sample.incomplete is None:
        return moment_covariance(sample, means=means)
    p = len(sample.names)
    count = p * (p + 1) // 2 + (p if means else 0)
    return normal_covariance_of(np.eye(count), sample.cov, means=means)
