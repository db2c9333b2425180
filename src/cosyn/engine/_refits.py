"""Fit a model again to one replicate of its data, starting from its estimates."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Literal

import numpy as np

from cosyn.engine import status as faults
from cosyn.engine.constraints import constraints_of, search_within
from cosyn.engine.discrepancy import MLDiscrepancy
from cosyn.engine.estimates import row_values
from cosyn.engine.fit import discrepancy_of
from cosyn.engine.least_squares import least_squares
from cosyn.engine.lisrel import structures
from cosyn.engine.moments import incomplete_moments, sample_moments
from cosyn.engine.optimize import minimise, minimise_without_hessian
from cosyn.engine.ordinal import ordinal_moments
from cosyn.engine.start import starting_points
from cosyn.engine.table import with_sample_values
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from cosyn.engine._typing import Flags, Indices, Matrix, Vector
    from cosyn.engine.discrepancy import Discrepancy
    from cosyn.engine.fit import SemFit
    from cosyn.engine.lisrel import Structure
    from cosyn.engine.moments import SampleMoments
    from cosyn.engine.optimize import Optimum
    from cosyn.engine.ordinal import Missing
    from cosyn.engine.table import ParameterTable

EMPTY_CATEGORY = "empty category"
#: Starting points tried after the estimates.
_STARTS = 2


@dataclass(frozen=True, slots=True, eq=False)
class Refits:
    """Replicates of a fit, each with a place on the leading axis.

    Attributes
    ----------
    x : ndarray, shape (R, q)
        Free parameters; NaN where the search did not converge, as in the next two.
    estimates : ndarray, shape (R, rows)
        Of each row of the table.
    chisq : ndarray, shape (R,)
    converged, proper : ndarray of bool, shape (R,)
        `proper` of those that converged to possible variances and covariance matrices.
    reasons : tuple of str
        What is wrong with each, "" if nothing is.
    """

    x: Matrix
    estimates: Matrix
    chisq: Vector
    converged: Flags
    proper: Flags
    reasons: tuple[str, ...]


def joined(parts: Sequence[Refits]) -> Refits:
    """All replicates of several parts."""
    return Refits(
        np.concatenate([part.x for part in parts]),
        np.concatenate([part.estimates for part in parts]),
        np.concatenate([part.chisq for part in parts]),
        np.concatenate([part.converged for part in parts]),
        np.concatenate([part.proper for part in parts]),
        tuple(chain.from_iterable(part.reasons for part in parts)),
    )


def refit_rows(fit: SemFit, samples: Sequence[SampleMoments], rows: Sequence[Indices]) -> Refits:
    """Refit to some of the rows, with repeats, of the data of each group.

    Parameters
    ----------
    samples : sequence of SampleMoments
        The data, with their rows; not asked where items are ordinal.
    rows : sequence of ndarray of int
        Numbers of the rows, one array a group.
    """
    try:
        if fit.ordinal:
            return _refit_ordinal(fit, rows)
        return refit_moments(
            fit, [_moments(fit, sample, k) for sample, k in zip(samples, rows, strict=True)]
        )
    except IdentificationError as error:
        return _failed(fit, error.code)


def _moments(fit: SemFit, sample: SampleMoments, rows: Indices) -> SampleMoments:
    make = sample_moments if sample.incomplete is None else incomplete_moments
    found = make(sample.rows()[rows], sample.names)
    return found.unbiased() if fit.options.unbiased else found


def refit_moments(fit: SemFit, samples: Sequence[SampleMoments]) -> Refits:
    """Refit to other moments of the same variables."""
    table = with_sample_values(fit.table, samples)
    parts = structures(table)
    discrepancy = discrepancy_of(table, parts, samples, fit.options)
    plain = isinstance(discrepancy, MLDiscrepancy)
    others = starting_points(table, samples, seed=fit.options.seed, count=_STARTS)
    optimum = _search(
        fit, discrepancy, minimise if plain else minimise_without_hessian, chain([fit.x], others)
    )
    return _refit(fit, table, parts, optimum, fit.options.size(samples))


def _refit_ordinal(fit: SemFit, rows: Sequence[Indices]) -> Refits:
    kind = fit.options.resolved().discrepancy
    gamma: Literal["full", "diagonal"] = "full" if kind == "WLS" else "diagonal"
    groups = []
    for group, k in zip(fit.ordinal, rows, strict=True):
        assert group.values is not None
        X, given = group.values[k], fit.table.covariates
        if group.covariates is not None:
            X = np.hstack([X, group.covariates.values[k]])
        columns = (*group.names, *given)
        names = [name for name, ordinal in zip(group.names, group.ordered, strict=True) if ordinal]
        missing: Missing = "pairwise" if np.isnan(X).any() else "listwise"
        groups.append(
            ordinal_moments(X, columns, names, missing=missing, gamma=gamma, covariates=given)
        )
        if list(map(len, groups[-1].thresholds)) != list(map(len, group.thresholds)):
            return _failed(fit, EMPTY_CATEGORY)
    assert kind in {"DWLS", "ULS", "WLS"}
    discrepancy = least_squares(fit.table, groups, kind)
    table = with_sample_values(fit.table, [each.sample(fit.table.observed) for each in groups])
    optimum = _search(fit, discrepancy, minimise, [fit.x])
    n = sum(group.n - 1 for group in groups)
    return _refit(fit, table, structures(table), optimum, n)


def _search(
    fit: SemFit, discrepancy: Discrepancy, search: Callable[..., Optimum], points: Iterable[Vector]
) -> Optimum | None:
    """The first search that converges to a point within the constraints."""
    rules = constraints_of(fit.table)
    within = search if rules is None else partial(search_within, rules, search)
    options = fit.options
    for point in points:
        found = within(
            discrepancy, point, tolerance=options.tolerance, max_iterations=options.max_iterations
        )
        if found.converged and (rules is None or rules.met(found.evaluation.x)):
            return found
    return None


def _refit(
    fit: SemFit, table: ParameterTable, parts: Sequence[Structure], optimum: Optimum | None, n: int
) -> Refits:
    if optimum is None:
        return _failed(fit, faults.NOT_CONVERGED)
    x = optimum.evaluation.x
    wrong = [fault.reason for fault in faults.improper(table, parts, x)]
    chisq = 2 * n * max(optimum.evaluation.value, 0.0)
    return Refits(
        x[None],
        row_values(table, x, parts)[None],
        np.array([chisq]),
        np.ones(1, dtype=np.bool_),
        np.array([not wrong]),
        (wrong[0] if wrong else "",),
    )


def _failed(fit: SemFit, reason: str) -> Refits:
    nothing = np.zeros(1, dtype=np.bool_)
    x = np.full((1, len(fit.x)), np.nan)
    values = np.full((1, len(fit.table.rows)), np.nan)
    return Refits(x, values, np.full(1, np.nan), nothing, nothing, (reason,))
