"""Whether one model is nested in another.

Bentler & Satorra (2010), *Testing model nesting and equivalence*, Psychological Methods 15: it is
if the other, fitted to the moments that the first implies, fits them perfectly.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.constraints import constraints_of, search_within
from cosyn.engine.discrepancy import ml_discrepancy
from cosyn.engine.linalg import inverse_and_log_det
from cosyn.engine.lisrel import structures
from cosyn.engine.moments import SampleMoments
from cosyn.engine.optimize import minimise
from cosyn.engine.ordinal_fit import ordinal_discrepancy
from cosyn.engine.start import starting_points
from cosyn.engine.twolevel import TwoLevelDiscrepancy
from cosyn.engine.twolevel_models import level_structures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cosyn.engine._typing import Vector
    from cosyn.engine.discrepancy import Discrepancy
    from cosyn.engine.estimation import SemFit
    from cosyn.engine.optimize import Optimum

#: A discrepancy F below this is none. At the minimum of a nested model it is rounding error.
PERFECT = 1e-8
_STARTS = 3
_ITERATIONS = 150


def same_in_full(restricted: SemFit, full: SemFit) -> Vector | None:
    """The full model's parameters that imply what the restricted one implies at its estimates.

    Moments of continuous variables are compared by their normal-theory discrepancy, statistics of
    ordinal items by that of the fit; over all groups.

    Parameters
    ----------
    restricted, full : SemFit
        Of the same variables in the same order; see `aligned`.

    Returns
    -------
    ndarray, shape (q,), or None
        None if there are none: the restricted model is not nested in the full one.
    """
    discrepancy, moments = _implied(restricted, full)
    if discrepancy is None:
        return None
    rules = constraints_of(full.table)
    search: Callable[..., Optimum] = (
        minimise if rules is None else partial(search_within, rules, minimise)
    )
    for start in _starts(restricted, full, moments):
        if not (np.diag(discrepancy.at(start).information()) > 0).all():
            continue  # a latent that the restricted model does not have: no way leads from there
        found = search(discrepancy, start, tolerance=1e-10, max_iterations=_ITERATIONS)
        missed = rules is not None and not rules.met(found.evaluation.x)
        if 2 * found.evaluation.value < PERFECT and not missed:
            return np.asarray(found.evaluation.x)
    return None


def _starts(
    restricted: SemFit, full: SemFit, moments: tuple[SampleMoments, ...]
) -> Iterator[Vector]:
    yield _transferred(restricted, full)
    yield full.x
    yield from starting_points(full.table, moments, seed=1, count=_STARTS)


def _implied(
    restricted: SemFit, full: SemFit
) -> tuple[Discrepancy | None, tuple[SampleMoments, ...]]:
    """The full model's discrepancy from what the restricted one implies; None if it implies none.

    Its weights are those of the samples.
    """
    if full.ordinal:
        parts = ordinal_discrepancy(restricted).parts
        target = tuple(part.statistics(restricted.x) for part in parts)
        return replace(ordinal_discrepancy(full), statistics=target), full.groups
    means = restricted.table.means and full.table.means
    if full.clusters:
        discrepancy = _of_levels(restricted, full)
        return discrepancy, full.groups if discrepancy else ()
    moments = []
    for structure, group in zip(structures(restricted.table), full.groups, strict=True):
        implied = structure.implied(restricted.x)
        mean = implied.mu if restricted.table.means else group.mean
        if not (np.linalg.eigvalsh(implied.Sigma) > 0).all():
            return None, ()
        moments.append(SampleMoments(group.n, group.names, mean, implied.Sigma))
    return ml_discrepancy(structures(full.table), moments, means=means), tuple(moments)


def _of_levels(restricted: SemFit, full: SemFit) -> TwoLevelDiscrepancy | None:
    """The same of two levels, by the clusters' sizes; None unless what is implied is definite."""
    data = full.clusters
    assert data is not None
    (within, between), own = restricted.implied, restricted.table.levels
    if set(own[0].observed) != set(data.within) or set(own[1].observed) != set(data.between):
        return None
    first = [own[0].observed.index(name) for name in data.within]
    second = [own[1].observed.index(name) for name in data.between]
    p1, k = len(first), data.places
    pooled = within.Sigma[np.ix_(first, first)]
    mu = np.zeros(len(data.names))
    mu[:p1] = within.mu[first]
    mu[k] += between.mu[second]
    sizes = []
    for each in data.sizes:
        Sigma = np.zeros((len(mu), len(mu)))
        Sigma[:p1, :p1] = pooled / each.size
        Sigma[np.ix_(k, k)] += between.Sigma[np.ix_(second, second)]
        sizes.append(replace(each, mean=mu, cov=Sigma))
    covariances = [pooled, *(each.cov for each in sizes)]
    logs = [inverse_and_log_det(Sigma)[0] + len(Sigma) for Sigma in covariances]
    if not np.isfinite(logs).all():
        return None
    target = replace(data, pooled=pooled, sizes=tuple(sizes))
    found = TwoLevelDiscrepancy(level_structures(full.table), target)
    return replace(found, origin=float(found.weights @ np.array(logs)) / 2)


def aligned(restricted: SemFit, full: SemFit) -> SemFit:
    """The restricted fit with its variables in the order of the full one's.

    Its free parameters stay what they are; the implied moments that it carries do not follow.
    """
    if restricted.table.observed == full.table.observed or full.clusters:
        return restricted
    table = replace(restricted.table, observed=full.table.observed, ordered=full.table.ordered)
    return replace(
        restricted,
        table=table,
        structures=structures(table),
        groups=full.groups,
        ordinal=full.ordinal,
    )


def _transferred(restricted: SemFit, full: SemFit) -> Vector:
    """Free parameters of the full model that say what the restricted one says."""
    known = {
        (row.lhs, row.op, row.rhs, row.group): value
        for row, value in zip(restricted.table.rows, restricted.estimates, strict=True)
    }
    x = np.zeros(full.table.n_free)
    for row in full.table.rows:
        if row.free:
            x[row.free - 1] = known.get((row.lhs, row.op, row.rhs, row.group), 0.0)
    return x
