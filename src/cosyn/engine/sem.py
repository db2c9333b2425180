"""Fit a structural equation model to the moments of complete data by maximum likelihood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine import status as faults
from cosyn.engine.discrepancy import MLEvaluation, ml_discrepancy
from cosyn.engine.estimates import Estimate, estimate, row_values, standard_errors
from cosyn.engine.fit_indices import fit_measures
from cosyn.engine.lisrel import structure as structure_of
from cosyn.engine.optimize import damped_inverse, minimise
from cosyn.engine.start import starting_points
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from cosyn.engine._typing import Flags, Matrix, Vector
    from cosyn.engine.fit_indices import FitMeasures
    from cosyn.engine.lisrel import Structure
    from cosyn.engine.moments import SampleMoments
    from cosyn.engine.optimize import Optimum
    from cosyn.engine.status import FitStatus
    from cosyn.engine.table import ParameterTable


@dataclass(frozen=True, slots=True)
class FitOptions:
    """How to search and what to compute.

    Attributes
    ----------
    tolerance : float
        Length of the Newton step, in units of one respondent's information, at which to stop.
    max_iterations : int
        From each starting point.
    starts : int
        Starting points tried until one converges.
    seed : int
        Of the points after the second.
    compute_baseline : bool
        Whether to compare with the model of independence (CFI, TLI).
    """

    tolerance: float = 1e-9
    max_iterations: int = 300
    starts: int = 10
    seed: int = 1
    compute_baseline: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class SemFit:
    """A fitted model.

    Attributes
    ----------
    table : ParameterTable
    moments : SampleMoments
        Of the model's variables, in its order.
    structure : Structure
    x : ndarray, shape (q,)
        Free parameters where the search ended.
    estimates : ndarray, shape (rows,)
        Of each row of the table; NaN only where a definition has no value.
    standard_errors : ndarray, shape (rows,), or None
        0 of fixed rows; None unless converged and identified.
    vcov : ndarray, shape (q, q), or None
        Covariance of the free parameters, from the expected information.
    implied : ndarray, shape (p, p)
    status : FitStatus
        Ask it first: the rest means little unless the fit converged.
    measures : FitMeasures or None
        None unless converged and identified.
    iterations : int
    estimator : str
    """

    table: ParameterTable
    moments: SampleMoments
    structure: Structure
    x: Vector
    estimates: Vector
    standard_errors: Vector | None
    vcov: Matrix | None
    implied: Matrix
    status: FitStatus
    measures: FitMeasures | None
    iterations: int
    estimator: str = "ML"

    @property
    def n(self) -> int:
        """Respondents."""
        return self.moments.n

    @property
    def free(self) -> Flags:
        """Which rows are free."""
        return np.asarray(self.table.free > 0)

    def row(self, lhs: str, op: str, rhs: str = "") -> Estimate:
        """One row; `rhs` may be left out of ``:=``.

        Raises
        ------
        KeyError
            If there is no such row.
        """
        return self.rows()[self.table.index(lhs, op, rhs)]

    def rows(self) -> tuple[Estimate, ...]:
        """Every row, in the table's order."""
        nothing = np.full(len(self.table.rows), np.nan)
        values = self.estimates if self.status.converged else nothing
        errors = nothing if self.standard_errors is None else self.standard_errors
        return tuple(map(estimate, self.table.rows, values, errors))

    def estimate(self, lhs: str, op: str, rhs: str = "") -> float | None:
        """The value of one row.

        Raises
        ------
        KeyError
            If there is no such row.
        """
        return self.row(lhs, op, rhs).value

    def covariance_of_latents(self) -> Matrix:
        """Implied covariance of the latents, in the order of ``table.latent``."""
        k = [self.structure.latent.index(name) for name in self.table.latent]
        return np.asarray(self.structure.implied(self.x).V[np.ix_(k, k)])

    def r_squared(self) -> dict[str, float | None]:
        """Explained share of the variance of each indicator, outcome and higher-order part.

        None where the residual variance is negative.
        """
        return explained(self)


def fit_sem(
    table: ParameterTable, moments: SampleMoments, options: FitOptions | None = None
) -> SemFit:
    """Fit a covariance structure by normal-theory maximum likelihood.

    Jöreskog (1967, 1973); standard errors from the expected information. Whatever the data do
    to the model is told by the result's status, not raised.

    Parameters
    ----------
    moments : SampleMoments
        Of at least the model's variables.

    Raises
    ------
    IdentificationError
        If the moments lack one of the model's variables.
    """
    options = options or FitOptions()
    missing = [name for name in table.observed if name not in moments.names]
    if missing:
        raise IdentificationError(
            "data.missing-variable",
            "the model",
            f"no data for {', '.join(missing)}",
            "Leave them out of the model, or add the variables",
        )
    sample = moments.subset(table.observed)
    structure = structure_of(table)
    optimum = _search(table, structure, sample, options)
    return _result(table, structure, sample, optimum, options)


def _search(
    table: ParameterTable, structure: Structure, sample: SampleMoments, options: FitOptions
) -> Optimum:
    """The first search that converges, or else the one that came lowest."""
    discrepancy = ml_discrepancy(structure, sample.cov)
    points = starting_points(table, sample.cov, seed=options.seed, count=options.starts)
    limit = options.max_iterations if table.df >= 0 else 0
    found: list[Optimum] = []
    for point in points:
        found.append(
            minimise(discrepancy, point, tolerance=options.tolerance, max_iterations=limit)
        )
        if found[-1].converged or table.df < 0:
            return found[-1]
    return min(found, key=lambda optimum: optimum.evaluation.value)


def _result(
    table: ParameterTable,
    structure: Structure,
    sample: SampleMoments,
    optimum: Optimum,
    options: FitOptions,
) -> SemFit:
    evaluation = optimum.evaluation
    assert isinstance(evaluation, MLEvaluation)
    x = evaluation.x
    state = _status(table, structure, optimum)
    usable = state.converged and state.identified
    vcov = damped_inverse(evaluation.information()) / sample.n if usable else None
    measures = None
    if usable:
        measures = fit_measures(
            sample,
            evaluation.implied.Sigma,
            2 * evaluation.value,
            table.n_free,
            baseline=options.compute_baseline,
        )
    return SemFit(
        table,
        sample,
        structure,
        x,
        estimates=row_values(table, x),
        standard_errors=None if vcov is None else standard_errors(table, x, vcov),
        vcov=vcov,
        implied=evaluation.implied.Sigma,
        status=state,
        measures=measures,
        iterations=optimum.iterations,
    )


def _status(table: ParameterTable, structure: Structure, optimum: Optimum) -> FitStatus:
    if table.df < 0:
        p = len(table.observed)
        message = f"{table.n_free} free parameters, but only {p * (p + 1) // 2} moments"
        fault = faults.Fault(faults.NEGATIVE_DF, message)
        return faults.status(converged=False, identified=False, faults=(fault,))
    evaluation = optimum.evaluation
    if not optimum.converged:
        fault = faults.Fault(faults.NOT_CONVERGED, "no starting point led to a minimum")
        return faults.status(converged=False, identified=False, faults=(fault,))
    unidentified = faults.unidentified(table, evaluation.information())
    improper = faults.improper(table, structure, evaluation.x)
    return faults.status(
        converged=True, identified=not unidentified, faults=(*unidentified, *improper)
    )


def explained(fit: SemFit) -> dict[str, float | None]:
    """Share of explained variance of each variable that something explains."""
    implied = fit.structure.implied(fit.x)
    total = dict(zip(fit.structure.latent, np.diag(implied.V), strict=True))
    total |= dict(zip(fit.structure.observed, np.diag(implied.Sigma), strict=True))
    targets = dict.fromkeys(
        row.lhs if row.op == "~" else row.rhs for row in fit.table.rows if row.op in {"=~", "~"}
    )
    residual = {
        row.lhs: value
        for row, value in zip(fit.table.rows, fit.estimates, strict=True)
        if row.is_variance
    }
    return {
        name: float(1 - residual[name] / total[name])
        if residual[name] >= 0 and total[name] > 0
        else None
        for name in targets
    }
