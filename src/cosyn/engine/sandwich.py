"""What score and difference tests are made of, whatever was minimised.

Scores, curvatures and the covariance of scores of a fitted model, or of a fuller one where the
fitted one has its estimates (Satorra 1989; Boos 1992).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.casewise import score_products
from cosyn.engine.constraints import constraints_of, tangent
from cosyn.engine.discrepancy import MLEvaluation
from cosyn.engine.least_squares import LeastSquaresEvaluation
from cosyn.engine.linalg import damped_inverse
from cosyn.engine.lisrel import structures
from cosyn.engine.moment_least_squares import moment_covariance
from cosyn.engine.ordinal_fit import gammas_of, ordinal_discrepancy
from cosyn.engine.reweighing import by_respondents
from cosyn.engine.suboptimal_weights import score_covariance

if TYPE_CHECKING:
    from cosyn.engine._typing import Indices, Matrix, Vector
    from cosyn.engine.discrepancy import Likelihood
    from cosyn.engine.estimation import SemFit
    from cosyn.engine.table import ParameterTable

    AnyEvaluation = Likelihood | LeastSquaresEvaluation


def evaluation_at(
    fit: SemFit, table: ParameterTable | None = None, x: Vector | None = None
) -> AnyEvaluation:
    """The discrepancy of a fit's data at its estimates, or that of another table at x (q,)."""
    table = fit.table if table is None else table
    x = fit.x if x is None else x
    if fit.ordinal:
        return ordinal_discrepancy(fit, table).at(x)
    return replace(fit, table=table, structures=structures(table)).discrepancy().at(x)


def size(fit: SemFit) -> int:
    """What stands for the sample size in statistics: n, or n - 1 a group."""
    if fit.ordinal or fit.options.unbiased:
        return fit.n - len(fit.groups)
    return fit.n


def lavaan_share(fit: SemFit) -> float:
    """What lavaan's indices and expected changes of ordinal items are multiplied by: (n - 1) / n.

    Its scores bear n - 1 and its information n. It vanishes in large samples, and does not touch
    robust statistics.
    """
    return size(fit) / fit.n if fit.ordinal else 1.0


def information(fit: SemFit, here: AnyEvaluation) -> Matrix:
    """Expected information, shape (q, q); the observed one of incomplete answers."""
    if _incomplete(fit):
        return here.hessian()
    return by_respondents(here, [group.n for group in fit.groups]).information()


def information_rows(fit: SemFit, here: AnyEvaluation, own: Indices) -> tuple[Matrix, Vector]:
    """Rows `own` of the information, shape (r, q), and its diagonal (q,)."""
    if isinstance(here, MLEvaluation):
        return here.information_rows(own)
    J = information(fit, here)
    return J[own], np.diag(J)


def curvature(fit: SemFit, here: AnyEvaluation) -> Matrix:
    """What the estimator's sandwich has for a bread, before it is inverted; shape (q, q)."""
    observed = fit.options.resolved().information == "observed"
    return here.hessian() if observed or _incomplete(fit) else here.information()


def bread(fit: SemFit, J: Matrix) -> Matrix:
    """Inverse of a curvature (q, q) in the directions that the fit's constraints leave."""
    K = tangent(constraints_of(fit.table), fit.x)
    if K is None:
        return damped_inverse(J)
    return np.asarray(K @ damped_inverse(K.T @ J @ K) @ K.T)


def products(fit: SemFit, here: AnyEvaluation) -> Matrix:
    """Covariance of the scores whatever the distribution: D'V Gamma V D, shape (q, q).

    Raises
    ------
    IdentificationError
        If only means and covariances are at hand.
    """
    if isinstance(here, LeastSquaresEvaluation):
        if fit.ordinal:
            return score_covariance(here, gammas_of(fit.ordinal))
        means = fit.table.means
        return score_covariance(here, [moment_covariance(g, means=means) for g in fit.groups])
    return score_products(here, fit.groups, centred=True)


def slopes(here: AnyEvaluation) -> Matrix:
    """Derivatives of the implied moments or statistics of all groups, shape (moments, q)."""
    if isinstance(here, LeastSquaresEvaluation):
        return np.vstack(here.slopes)
    blocks = []
    for point in here.points:
        local = point.structure.jacobian(point.implied, means=point.means)
        block = np.zeros((len(local), len(here.x)))
        block[:, point.structure.local] = local
        blocks.append(block)
    return np.vstack(blocks)


def _incomplete(fit: SemFit) -> bool:
    return any(group.incomplete is not None for group in fit.groups)
