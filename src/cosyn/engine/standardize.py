"""Standardised estimates with delta-method standard errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.inference import delta_method
from cosyn.engine.sem import Estimate, row_values, with_definitions

if TYPE_CHECKING:
    from cosyn.engine._typing import Analytic, Vector
    from cosyn.engine.sem import SemFit
    from cosyn.engine.table import Parameter, ParameterTable


@dataclass(frozen=True, slots=True, eq=False)
class Standardized:
    """Standardised values of the rows of a table.

    Attributes
    ----------
    estimates : ndarray, shape (rows,)
        NaN where undefined (a variance that is not positive): ask `row`.
    standard_errors : ndarray, shape (rows,), or None
        0 where the value does not depend on the data; None without a covariance of the estimates.
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
        number = self.table.index(lhs, op, rhs)
        row = self.table.rows[number]
        value = self.estimates[number]
        error = np.nan if self.standard_errors is None else self.standard_errors[number]
        return Estimate(
            row.lhs,
            row.op,
            row.rhs,
            row.label,
            row.free > 0,
            float(value) if np.isfinite(value) else None,
            float(error) if np.isfinite(error) and np.isfinite(value) and error > 0 else None,
        )


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
    def scaled(x: Analytic) -> Analytic:
        return _scaled(fit, x, observed=observed)

    if not fit.status.converged:
        undefined = np.full(len(fit.table.rows), np.nan)
        return Standardized(fit.table, undefined, None, "the model did not converge")
    with np.errstate(invalid="ignore", divide="ignore"):
        estimates = scaled(fit.x)
        errors = None if fit.vcov is None else delta_method(scaled, fit.x, fit.vcov)
    undefined = [row.name for row, x in zip(fit.table.rows, estimates, strict=True) if np.isnan(x)]
    reason = f"no positive variance to divide by: {', '.join(undefined)}" if undefined else ""
    return Standardized(fit.table, estimates, errors, reason)


def _scaled(fit: SemFit, x: Analytic, *, observed: bool) -> Analytic:
    table = fit.table
    values = row_values(table, x)
    implied = fit.structure.implied(x)
    sd: dict[str, Analytic] = {}
    if observed:
        sd |= dict(zip(fit.structure.observed, np.sqrt(np.diag(implied.Sigma)), strict=True))
    else:
        sd |= dict.fromkeys(fit.structure.observed, np.ones((), dtype=x.dtype))
    latent_sd = dict(zip(fit.structure.latent, np.sqrt(np.diag(implied.V)), strict=True))
    sd |= {name: latent_sd[name] for name in table.latent}
    residual_sd = {
        row.lhs: _root_of_size(value)
        for row, value in zip(table.rows, values, strict=True)
        if row.is_variance and (observed or row.lhs in table.latent)
    }
    result = np.array(
        [_row(row, value, sd, residual_sd) for row, value in zip(table.rows, values, strict=True)]
    )
    return with_definitions(table, result)


def _root_of_size(variance: Analytic) -> Analytic:
    """Root of the absolute value, written so that a complex step passes through it."""
    return np.sqrt(variance * np.sign(np.real(variance)))


def _row(
    row: Parameter, value: Analytic, sd: dict[str, Analytic], residual_sd: dict[str, Analytic]
) -> Analytic:
    match row.op:
        case "=~":
            return value * sd[row.lhs] / sd[row.rhs]
        case "~":
            return value * sd[row.rhs] / sd[row.lhs]
        case "~~" if row.lhs == row.rhs:
            return value / sd[row.lhs] ** 2
        case "~~":
            return value / (residual_sd.get(row.lhs, 1.0) * residual_sd.get(row.rhs, 1.0))
        case _:
            return value
