"""Standardised estimates with delta-method standard errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.estimates import Estimate, estimate, function_errors, row_values, with_definitions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cosyn.engine._typing import Analytic, Indices, Vector
    from cosyn.engine.fit import SemFit
    from cosyn.engine.lisrel import Structure
    from cosyn.engine.table import Parameter, ParameterTable

_ONE = 0


@dataclass(frozen=True, slots=True, eq=False)
class Standardized:
    """Standardised values of the rows of a table.

    Attributes
    ----------
    estimates : ndarray, shape (rows,)
        NaN where undefined (a variance that is not positive): ask `row`.
    standard_errors : ndarray, shape (rows,), or None
        0 where the data cannot move the value, NaN where that is undefined; None without a
        covariance of the estimates.
    reason : str
        Why some or all are undefined, "" if none is.
    """

    table: ParameterTable
    estimates: Vector
    standard_errors: Vector | None
    reason: str

    def row(self, lhs: str, op: str, rhs: str = "") -> Estimate:
        """One row; its value is None where undefined.

        Raises
        ------
        KeyError
            If there is no such row.
        """
        return self.rows()[self.table.index(lhs, op, rhs)]

    def rows(self) -> tuple[Estimate, ...]:
        """Every row, in the table's order."""
        nothing = np.full(len(self.table.rows), np.nan)
        errors = nothing if self.standard_errors is None else self.standard_errors
        return tuple(map(estimate, self.table.rows, self.estimates, errors))


def standardized(fit: SemFit) -> Standardized:
    """All variables scaled to unit variance (lavaan's ``std.all``).

    Loadings and regressions are scaled by the implied standard deviations; covariances of
    residuals by the residual ones, so that they are correlations; ``:=`` is evaluated at the
    standardised values of its labels.
    """
    return _standardized(fit, observed=True)


def standardized_latents(fit: SemFit) -> Standardized:
    """Only the latents scaled to unit variance (lavaan's ``std.lv``)."""
    return _standardized(fit, observed=False)


def _standardized(fit: SemFit, *, observed: bool) -> Standardized:
    table = fit.table
    if not fit.status.converged:
        nothing = np.full(len(table.rows), np.nan)
        return Standardized(table, nothing, None, "the model did not converge")
    scaled = standardizing(fit, observed=observed)
    with np.errstate(invalid="ignore", divide="ignore"):
        estimates = scaled(fit.x)
        errors = None if fit.vcov is None else function_errors(scaled, fit.x, fit.vcov)
    defined = np.isfinite(estimates)
    undefined = [row.name for row, known in zip(table.rows, defined, strict=True) if not known]
    reason = f"no positive variance to divide by: {', '.join(undefined)}" if undefined else ""
    if errors is not None:
        errors = np.where(defined, errors, np.nan)
    return Standardized(table, np.where(defined, estimates, np.nan), errors, reason)


def standardized_values(fit: SemFit) -> Vector:
    """Estimates with all variables scaled to unit variance, shape (rows,); NaN where undefined."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(standardizing(fit, observed=True)(fit.x))


def standardizing(fit: SemFit, *, observed: bool) -> Callable[[Analytic], Analytic]:
    """The function from free parameters (q,), real or complex, to standardised rows (rows,)."""
    table, parts = fit.table, fit.structures
    scaling = scaling_of(table, parts, observed=observed)

    def scaled(x: Analytic) -> Analytic:
        values = row_values(table, x, parts)
        return with_definitions(table, values * scales(scaling, parts, x, values))

    return scaled


def scales(scaling: Indices, parts: Sequence[Structure], x: Analytic, values: Analytic) -> Analytic:
    """By what each row is multiplied, shape (rows,): one deviation times, two deviations over.

    Parameters
    ----------
    scaling : ndarray of int, shape (3, rows)
        From `scaling_of`.
    values : ndarray, shape (rows,)
        Of the rows at x: residual deviations are among them.
    """
    known = [np.ones(1)]
    for structure in parts:
        implied = structure.implied(x)
        known += [np.sqrt(np.diag(implied.Sigma)), np.sqrt(np.diag(implied.V))]
    known.append(np.sqrt(values * np.sign(values.real)))  # of |variance|: a complex step passes
    every = np.concatenate(known)
    times, over, over_too = scaling
    return np.asarray(every[times] / (every[over] * every[over_too]))


def scaling_of(table: ParameterTable, parts: Sequence[Structure], *, observed: bool) -> Indices:
    """Which deviations scale each row, shape (3, rows): numbers of one, total, residual ones.

    Parameters
    ----------
    observed : bool
        Whether observed variables are scaled too.
    """
    total: dict[tuple[int, str], int] = {}
    place = 1
    for group, structure in enumerate(parts, start=1):
        for names, kept in ((structure.observed, observed), (structure.latent, True)):
            for k, name in enumerate(names):
                # An observed variable with a column of its own is scaled as what it is.
                total.setdefault((group, name), place + k if kept else _ONE)
            place += len(names)
    residual = {
        (row.group, row.lhs): place + number if observed or row.lhs in table.latent else _ONE
        for number, row in enumerate(table.rows)
        if row.is_variance
    }
    numbers = (place + k if observed else _ONE for k in range(len(table.rows)))
    return np.array(
        [_factors_of(row, total, residual, k) for row, k in zip(table.rows, numbers, strict=True)]
    ).T


def _factors_of(
    row: Parameter,
    total: Mapping[tuple[int, str], int],
    residual: Mapping[tuple[int, str], int],
    own: int,
) -> tuple[int, int, int]:
    left, right = (row.group, row.lhs), (row.group, row.rhs)
    match row.op:
        case "=~":
            return total[left], total[right], _ONE
        case "~":
            return total[right], total[left], _ONE
        case "~*~":
            return _ONE, own, own  # 1, as lavaan has it
        case "~1" | "|":
            return _ONE, total[left], _ONE
        case "~~":
            scales = total if left == right or row.exogenous else residual
            return _ONE, scales[left], scales[right]
        case _:
            return _ONE, _ONE, _ONE
