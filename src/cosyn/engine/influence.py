"""How much each respondent, or cluster, moves the estimates: influence functions and jackknife."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.constraints import constraints_of, tangent
from cosyn.engine.estimates import row_values
from cosyn.engine.inference import jacobian
from cosyn.engine.linalg import damped_inverse
from cosyn.engine.replicates import refits, row_replicates, sampling_of
from cosyn.engine.resampling import LeavingOut
from cosyn.engine.standardize import standardizing
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from cosyn.engine._typing import Matrix
    from cosyn.engine.fit import SemFit
    from cosyn.engine.resampling import Sampling


def influence_of_rows(fit: SemFit, *, standardized: bool = False) -> Matrix:
    """Influence of each unit on the rows of the table, shape (units, rows).

    From scores by the chain rule; by the jackknife where there are none, and where moments of
    covariates, which have no scores, enter the standardisation.
    """
    if not has_likelihood(fit) or (standardized and fit.table.covariates):
        return jackknife(fit, standardized=standardized)
    L = influence(fit, sampling_of(fit))
    if standardized:
        return np.asarray(L @ jacobian(standardizing(fit, observed=True), fit.x).T)
    return np.asarray(L @ jacobian(lambda x: row_values(fit.table, x), fit.x).T)


def jackknife(fit: SemFit, *, standardized: bool = False) -> Matrix:
    """As `influence_of_rows`, by a refit without each unit (Efron & Tibshirani 1993, eq. 14.15).

    Units without which the model does not converge are left out.
    """
    plan = sampling_of(fit)
    found = refits(fit, fit.groups, LeavingOut(plan))
    values = row_replicates(fit, found, standardized=standardized)[found.converged]
    return np.asarray((len(values) - 1) * (values.mean(axis=0) - values))


def has_likelihood(fit: SemFit) -> bool:
    """Whether respondents have scores, so that their influence needs no further fit."""
    return not fit.ordinal and fit.options.resolved().discrepancy == "ML"


def influence(fit: SemFit, plan: Sampling) -> Matrix:
    """Empirical influence of each unit on the free parameters, shape (units, q).

    The inverse Hessian times the unit's score, in units of one respondent: to first order, what
    another respondent like this one changes, times n (Hampel 1974; for bootstrap intervals
    Davison & Hinkley 1997, section 2.7).

    Raises
    ------
    IdentificationError
        If there is no likelihood, or only means and covariances are at hand.
    """
    if not has_likelihood(fit):
        raise IdentificationError(
            "estimator.no-likelihood",
            f"estimator {fit.estimator!r}",
            "its estimates have no scores of respondents",
            "Use the jackknife",
        )
    here = fit.evaluation()
    moves = tangent(constraints_of(fit.table), fit.x)
    K = np.eye(len(fit.x)) if moves is None else moves
    bread = K @ damped_inverse(K.T @ here.hessian() @ K) @ K.T
    found = []
    for number, point in enumerate(here.points):
        scores = here.scores(number, centred=False)
        found.append(scores @ bread[point.structure.local])
    return summed(np.vstack(found), plan)


def summed(values: Matrix, plan: Sampling) -> Matrix:
    """Sums over the rows of each unit, shape (units, ...)."""
    if not plan.clustered:
        return values
    total = np.zeros((plan.units, values.shape[1]))
    np.add.at(total, plan.unit, values)
    return total
