"""The model of independence, with which incremental measures of fit compare."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.table import Parameter, ParameterTable, numbered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Vector
    from cosyn.engine.moments import SampleMoments


@dataclass(frozen=True, slots=True, eq=False)
class Independence:
    """The model of independence at the minimum of maximum likelihood.

    Attributes
    ----------
    table : ParameterTable
    x : ndarray, shape (q,)
    exact : bool
        Whether x is the minimum, which has a closed form unless covariates that are modelled have
        gaps; else it is near.
    """

    table: ParameterTable
    x: Vector
    exact: bool = True


def independence(table: ParameterTable, groups: Sequence[SampleMoments]) -> Independence:
    """Uncorrelated variables with free variances and means; covariates among themselves as given.

    Covariates that are modelled correlate freely, which the samples' moments of them fit.

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
        for a, b in combinations(table.modelled_covariates, 2):
            rows.append(Parameter(a, "~~", b, group=number))
            values.append(float(sample.cov[sample.names.index(a), sample.names.index(b)]))
        if table.means:
            rows += [Parameter(name, "~1", "", group=number) for name in free]
            values += list(means[where])
        rows += [row for row in taken if row.group == number]
        values += [0.0] * sum(row.group == number for row in taken)
    whole = ParameterTable(numbered(rows), table.observed, (), table.groups, table.means)
    gaps = any(sample.incomplete is not None for sample in groups)
    exact = not (gaps and len(table.modelled_covariates) > 1)
    return Independence(whole, np.array(values)[whole.free > 0], exact)


def _apart(sample: SampleMoments) -> tuple[Vector, Vector]:
    """Means and variances of the variables, each from its own answers."""
    if sample.incomplete is None:
        return sample.mean, np.diag(sample.cov)
    X = sample.rows()
    return np.asarray(np.nanmean(X, axis=0)), np.asarray(np.nanvar(X, axis=0))
