"""Uncertainty of a second step that takes the first step's estimates for the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine._sam_moments import corrected, scores
from cosyn.engine.inference import jacobian
from cosyn.engine.lisrel import structure
from cosyn.engine.normal import normal_point
from cosyn.engine.rows import cluster_sums

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._sam_blocks import Block
    from cosyn.engine._sam_moments import Pairs, Shrinkage
    from cosyn.engine._typing import Analytic, Matrix
    from cosyn.engine.fit import SemFit
    from cosyn.engine.moments import SampleMoments
    from cosyn.engine.table import ParameterTable


def of_joint_information(
    table: ParameterTable,
    sample: SampleMoments,
    measured: Sequence[SemFit],
    second: SemFit,
    spread: Matrix,
) -> Matrix:
    r"""Covariance (q, q) of the second step's parameters by the joint model's information.

    .. math:: I_{22}^{-1} / n + I_{22}^{-1} I_{21} \Sigma_{11} I_{12} I_{22}^{-1}

    (Rosseel & Loh 2022, eq. 21; Gong & Samaniego 1981). Intercepts are saturated, so that the
    information is that of the covariances.

    Parameters
    ----------
    spread : ndarray, shape (q1, q1)
        Covariance of the first step's parameters, block after block.
    """
    values = {key: value for fit in measured for key, value in _values(fit).items()}
    first = {key: k for k, key in enumerate(_keys(measured))}
    values |= _values(second)
    second_keys = {key: k for k, key in enumerate(_keys((second,)))}
    x = np.zeros(table.n_free)
    ones, twos = np.zeros((2, table.n_free), dtype=np.intp) - 1
    for row in table.rows:
        key = (row.lhs, row.op, row.rhs)
        if row.free and key in values:
            x[row.free - 1] = values[key]
            (twos if key in second_keys else ones)[row.free - 1] = (
                second_keys[key] if key in second_keys else first[key]
            )
    joint = normal_point(structure(table), sample.cov, None, x).information()
    one, two = np.flatnonzero(ones >= 0), np.flatnonzero(twos >= 0)
    inverse = np.linalg.inv(joint[np.ix_(two, two)])
    moved = inverse @ joint[np.ix_(two, one)]
    places = ones[one]
    found = inverse / sample.n + moved @ spread[np.ix_(places, places)] @ moved.T
    order = np.argsort(twos[two])
    return np.asarray(found[np.ix_(order, order)])


def _values(fit: SemFit) -> dict[tuple[str, str, str], float]:
    return {
        (row.lhs, row.op, row.rhs): float(value)
        for row, value in zip(fit.table.rows, fit.estimates, strict=True)
        if row.free
    }


def _keys(fits: Sequence[SemFit]) -> list[tuple[str, str, str]]:
    """The first row of each free parameter, fit after fit."""
    found = []
    for fit in fits:
        for number in range(1, fit.table.n_free + 1):
            row = next(row for row in fit.table.rows if row.free == number)
            found.append((row.lhs, row.op, row.rhs))
    return found


def slopes(blocks: tuple[Block, ...], x: Analytic, pairs: Pairs, shrinkage: Shrinkage) -> Matrix:
    """How the moments move with the first step's parameters, shape (moments, q1)."""
    rows, columns = np.tril_indices(len(pairs.first))

    def moments(z: Analytic) -> Analytic:
        mean, cov = corrected(scores(blocks, z), pairs, shrinkage)
        return np.concatenate([mean, cov[rows, columns]])

    return jacobian(moments, x)


def of_respondents(
    moved: Matrix, measured: Sequence[SemFit], slopes: Matrix, sample: SampleMoments
) -> Matrix:
    """Covariance of the moments, times n, by what respondents or clusters move in both steps."""
    parts = []
    for fit in measured:
        end = fit.evaluation()
        parts.append(end.scores(0, centred=False) @ np.linalg.inv(end.hessian()))
    total = moved + np.hstack(parts) @ slopes.T
    if sample.cluster is None:
        return np.asarray(total.T @ total / sample.n)
    numbers, sums = cluster_sums(total, sample.cluster)
    return np.asarray(sums.T @ sums / sample.n * len(numbers) / (len(numbers) - 1))


def weights_of_moments(second: SemFit) -> Matrix:
    """How the second step's parameters move with its moments, shape (q, moments).

    The means, if there are none in the model, have no weight.
    """
    group = second.groups[0]
    means = second.table.means
    point = normal_point(second.structures[0], group.cov, group.mean if means else None, second.x)
    loads = np.zeros((len(second.x), len(group.names)))
    if means:
        first = second.structures[0].jacobian(point.implied, means=True)[: len(group.names)]
        loads = first.T @ point.W
    slopes = np.hstack([loads, point.weighted_slopes()])
    return np.asarray(np.linalg.solve(point.information(), slopes))
