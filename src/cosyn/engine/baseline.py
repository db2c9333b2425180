"""The model of independence, with which incremental measures of fit compare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.table import Parameter, ParameterTable, numbered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Vector
    from cosyn.engine.moments import SampleMoments


@dataclass(frozen=True, slots=True, eq=False)
class Independence:
    """The model of independence at its minimum, which has a closed form.

    Attributes
    ----------
    table : ParameterTable
    x : ndarray, shape (q,)
    """

    table: ParameterTable
    x: Vector


def independence(table: ParameterTable, groups: Sequence[SampleMoments]) -> Independence:
    """Uncorrelated variables with free variances and means; covariates among themselves as given.

    Parameters
    ----------
    groups : sequence of SampleMoments
        Of the table's observed variables, in its order.
    """
    taken = [row for row in table.rows if row.exogenous]
    covariates = {row.lhs for row in taken}
    free = [name for name in table.observed if name not in covariates]
    rows: list[Parameter] = []
    values: list[float] = []
    for number, sample in enumerate(groups, start=1):
        where = [sample.names.index(name) for name in free]
        means, variances = _apart(sample)
        rows += [Parameter(name, "~~", name, group=number) for name in free]
        values += list(variances[where])
        if table.means:
            rows += [Parameter(name, "~1", "", group=number) for name in free]
            values += list(means[where])
        rows += [row for row in taken if row.group == number]
        values += [0.0] * sum(row.group == number for row in taken)
    whole = ParameterTable(numbered(rows), table.observed, (), table.groups, table.means)
    return Independence(whole, np.array(values)[whole.free > 0])


def _apart(sample: SampleMoments) -> tuple[Vector, Vector]:
    """Means and variances of the variables, each from its own answers."""
    if sample.incomplete is None:
        return sample.mean, np.diag(sample.cov)
    X = sample.rows()
    return np.asarray(np.nanmean(X, axis=0)), np.asarray(np.nanvar(X, axis=0))
