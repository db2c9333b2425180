"""The saturated model and that of independence at two levels, each where it fits best."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.cluster_moments import SizeMoments
from cosyn.engine.lisrel import structures
from cosyn.engine.moments import SampleMoments
from cosyn.engine.optimize import minimise_without_hessian
from cosyn.engine.table import Parameter, ParameterTable, numbered, with_sample_values
from cosyn.engine.twolevel import TwoLevelDiscrepancy, TwoLevelEvaluation

if TYPE_CHECKING:
    from collections.abc import Collection

    from cosyn.engine._typing import Matrix, Vector
    from cosyn.engine.cluster_moments import ClusterMoments
    from cosyn.engine.lisrel import Structure

#: Least share of the variance of clusters' means that a variance between them is started from.
_LEAST_BETWEEN = 0.1
_TOLERANCE = 1e-9
_ITERATIONS = 500


@dataclass(frozen=True, slots=True, eq=False)
class ComparedModel:
    """A model that others are compared with.

    Attributes
    ----------
    table : ParameterTable
    evaluation : TwoLevelEvaluation
        Where it fits best; its value is counted from 0.
    converged : bool
    levels : tuple of SampleMoments
        What it implies within and between clusters, of the observed variables of each.
    """

    table: ParameterTable
    evaluation: TwoLevelEvaluation
    converged: bool
    levels: tuple[SampleMoments, SampleMoments]


def level_structures(table: ParameterTable) -> tuple[Structure, Structure]:
    """The structures within and between clusters."""
    within, between = structures(table)
    return within, between


def saturated_model(table: ParameterTable, data: ClusterMoments) -> ComparedModel:
    """All covariances free at both levels, and every mean once.

    Covariances between clusters come out indefinite where clusters differ less than chance would
    have it (an EM algorithm, such as lavaan's, stops at the bound there).

    Parameters
    ----------
    table : ParameterTable
        Of the model that is compared; the moments of its covariates are given here too.
    """
    return _fitted(table, data, set(table.observed))


def independence_model(table: ParameterTable, data: ClusterMoments) -> ComparedModel:
    """Uncorrelated variables at both levels; covariates among themselves as the data have them.

    Parameters
    ----------
    table : ParameterTable
        Of the model that is compared.
    """
    return _fitted(table, data, {*table.covariates, *table.modelled_covariates})


def _fitted(
    table: ParameterTable, data: ClusterMoments, correlated: Collection[str]
) -> ComparedModel:
    """Fit free variances and means, and covariances of those that correlate."""
    exogenous = {(row.lhs, row.op, row.rhs, row.group): row for row in table.rows if row.exogenous}
    rows: list[Parameter] = []
    for number, level in enumerate(table.levels, start=1):
        pairs = [(name, name) for name in level.observed]
        pairs += combinations([name for name in level.observed if name in correlated], 2)
        means = [n for n in level.observed if number == 2 or n not in table.levels[1].observed]
        for lhs, op, rhs in (*((a, "~~", b) for a, b in pairs), *((n, "~1", "") for n in means)):
            given = exogenous.get((lhs, op, rhs, number), exogenous.get((rhs, op, lhs, number)))
            rows.append(given or Parameter(lhs, op, rhs, group=number))
    bare = tuple(replace(level, latent=()) for level in table.levels)
    made = replace(table, rows=numbered(rows), latent=(), constraints=(), levels=bare)
    made = with_sample_values(made, (data.total, data.of_clusters))
    found = minimise_without_hessian(
        _rough(TwoLevelDiscrepancy(level_structures(made), data)),
        _start(made, data),
        tolerance=_TOLERANCE,
        max_iterations=_ITERATIONS,
    )
    assert isinstance(found.evaluation, _RoughEvaluation)
    here = found.evaluation.exact
    first, second = here.levels
    levels = (
        SampleMoments(data.n, data.within, first.mu, first.Sigma),
        SampleMoments(data.clusters, data.between, second.mu, second.Sigma),
    )
    return ComparedModel(made, here, found.converged, levels)


@dataclass(frozen=True, slots=True, eq=False)
class _RoughEvaluation:
    """An evaluation whose information is that of clusters of one average size.

    Of a saturated model, which has hundreds of parameters, it costs what one size costs.
    """

    exact: TwoLevelEvaluation
    average: TwoLevelDiscrepancy

    @property
    def x(self) -> Vector:
        return self.exact.x

    @property
    def value(self) -> float:
        return self.exact.value

    def score(self) -> Vector:
        return self.exact.score()

    def information(self) -> Matrix:
        return self.average.at(self.x).information()

    def hessian(self) -> Matrix:
        return self.exact.hessian()


@dataclass(frozen=True, slots=True, eq=False)
class _Rough:
    exact: TwoLevelDiscrepancy
    average: TwoLevelDiscrepancy

    def at(self, x: Vector) -> _RoughEvaluation:
        return _RoughEvaluation(self.exact.at(x), self.average)


def _rough(exact: TwoLevelDiscrepancy) -> _Rough:
    data = exact.data
    size = max(round(data.average_size), 1)
    whole = SizeMoments(size, data.clusters, data.of_clusters.mean, data.of_clusters.cov)
    return _Rough(exact, replace(exact, data=replace(data, sizes=(whole,))))


def _start(table: ParameterTable, data: ClusterMoments) -> Vector:
    """Components of the analysis of variance, those between clusters made definite."""
    names = data.of_clusters.names
    S = data.of_clusters.cov
    noise = np.zeros_like(S)
    p1 = len(data.within)
    noise[:p1, :p1] = data.pooled / data.average_size
    between = definite_part(S - noise, S)
    x = np.zeros(table.n_free)
    for row in table.rows:
        if not row.free:
            continue
        a = names.index(row.lhs)
        b = names.index(row.rhs) if row.rhs else a
        if row.op == "~1":
            x[row.free - 1] = data.of_clusters.mean[a]
        elif row.group == 1:
            x[row.free - 1] = data.pooled[a, b]
        else:
            x[row.free - 1] = between[a, b]
    return x


def definite_part(B: Matrix, scale: Matrix) -> Matrix:
    """The nearest matrix with eigenvalues of a tenth or more, in the metric of `scale`'s diagonal.

    Parameters
    ----------
    B : ndarray, shape (p, p)
        Symmetric.
    scale : ndarray, shape (p, p)
        Covariances of which `B` is a part.
    """
    sd = np.sqrt(np.diag(scale))
    values, vectors = np.linalg.eigh(B / np.outer(sd, sd))
    raised = (vectors * np.maximum(values, _LEAST_BETWEEN)) @ vectors.T
    return np.asarray(raised * np.outer(sd, sd))
