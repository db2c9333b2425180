"""Fit a structural equation model to the moments of complete data by maximum likelihood."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine import status as faults
from cosyn.engine.baseline import independence
from cosyn.engine.casewise import score_products
from cosyn.engine.chisquare import chi_square, corrected
from cosyn.engine.discrepancy import Likelihood, MLDiscrepancy, MLEvaluation, ml_discrepancy
from cosyn.engine.estimates import Estimate, estimate, row_values, standard_errors
from cosyn.engine.estimators import estimator
from cosyn.engine.fiml import FIMLDiscrepancy, FIMLEvaluation, fiml_discrepancy
from cosyn.engine.fit_indices import Tests
from cosyn.engine.linalg import damped_inverse
from cosyn.engine.lisrel import structures
from cosyn.engine.measures import fit_measures
from cosyn.engine.optimize import minimise, minimise_without_hessian
from cosyn.engine.start import starting_points
from cosyn.engine.table import with_sample_values
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Flags, Matrix, Vector
    from cosyn.engine.estimators import Estimator, Information
    from cosyn.engine.fit_indices import FitMeasures
    from cosyn.engine.lisrel import Implied, Structure
    from cosyn.engine.moments import SampleMoments
    from cosyn.engine.optimize import Optimum
    from cosyn.engine.status import FitStatus
    from cosyn.engine.table import ParameterTable


@dataclass(frozen=True, slots=True)
class FitOptions:
    """How to search and what to compute.

    Attributes
    ----------
    estimator : str
        See `cosyn.engine.estimators`.
    information : str or None
        ``"expected"``, ``"observed"`` or ``"first_order"``; the estimator's if None.
    wishart : bool
        Use covariances with divisor n - 1, and n - 1 for n in all that follows.
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

    estimator: str = "ML"
    information: Information | None = None
    wishart: bool = False
    tolerance: float = 1e-9
    max_iterations: int = 150
    starts: int = 10
    seed: int = 1
    compute_baseline: bool = True

    def resolved(self) -> Estimator:
        """The estimator with the information asked for."""
        chosen = estimator(self.estimator)
        return replace(chosen, information=self.information) if self.information else chosen


@dataclass(frozen=True, slots=True, eq=False)
class SemFit:
    """A fitted model.

    Attributes
    ----------
    table : ParameterTable
    groups : tuple of SampleMoments
        Of the model's variables, in its order, one a group.
    structures : tuple of Structure
    x : ndarray, shape (q,)
        Free parameters where the search ended.
    estimates : ndarray, shape (rows,)
        Of each row of the table; NaN only where a definition has no value.
    standard_errors : ndarray, shape (rows,), or None
        0 of fixed rows; None unless converged and identified.
    vcov : ndarray, shape (q, q), or None
        Covariance of the free parameters.
    implied : tuple of Implied
    status : FitStatus
        Ask it first: the rest means little unless the fit converged.
    measures : FitMeasures or None
        None unless converged and identified.
    tests : Tests or None
        The statistics that the measures rest on.
    iterations : int
    options : FitOptions
    """

    table: ParameterTable
    groups: tuple[SampleMoments, ...]
    structures: tuple[Structure, ...]
    x: Vector
    estimates: Vector
    standard_errors: Vector | None
    vcov: Matrix | None
    implied: tuple[Implied, ...]
    status: FitStatus
    measures: FitMeasures | None
    tests: Tests | None
    iterations: int
    options: FitOptions

    @property
    def estimator(self) -> str:
        """Name of the estimator."""
        return self.options.resolved().name

    @property
    def n(self) -> int:
        """Respondents."""
        return sum(group.n for group in self.groups)

    @property
    def free(self) -> Flags:
        """Which rows are free."""
        return np.asarray(self.table.free > 0)

    def discrepancy(self) -> MLDiscrepancy | FIMLDiscrepancy:
        """What was minimised."""
        return _discrepancy(self.table, self.structures, self.groups, self.options)

    def evaluation(self) -> Likelihood:
        """The discrepancy at the estimates."""
        return self.discrepancy().at(self.x)

    def row(self, lhs: str, op: str, rhs: str = "", group: int = 1) -> Estimate:
        """One row; `rhs` may be left out of ``:=`` and ``~1``.

        Raises
        ------
        KeyError
            If there is no such row.
        """
        return self.rows()[self.table.index(lhs, op, rhs, group)]

    def rows(self) -> tuple[Estimate, ...]:
        """Every row, in the table's order."""
        nothing = np.full(len(self.table.rows), np.nan)
        values = self.estimates if self.status.converged else nothing
        errors = nothing if self.standard_errors is None else self.standard_errors
        return tuple(map(estimate, self.table.rows, values, errors))

    def estimate(self, lhs: str, op: str, rhs: str = "", group: int = 1) -> float | None:
        """The value of one row.

        Raises
        ------
        KeyError
            If there is no such row.
        """
        return self.row(lhs, op, rhs, group).value

    def covariance_of_latents(self, group: int = 1) -> Matrix:
        """Implied covariance of the latents of a group, in the order of ``table.latent``."""
        structure, implied = self.structures[group - 1], self.implied[group - 1]
        k = [structure.latent.index(name) for name in self.table.latent]
        return np.asarray(implied.V[np.ix_(k, k)])

    def r_squared(self, group: int = 1) -> dict[str, float | None]:
        """Explained share of the variance of each indicator, outcome and higher-order part.

        None where the residual variance is negative.
        """
        return explained(self, group)


def fit_sem(
    table: ParameterTable, groups: Sequence[SampleMoments], options: FitOptions | None = None
) -> SemFit:
    """Fit a model of covariances, and of means if the table has them, to one or more groups.

    Jöreskog (1967, 1971, 1973). Whatever the data do to the model is told by the result's
    status, not raised.

    Parameters
    ----------
    groups : sequence of SampleMoments
        Of at least the model's variables, one a group of the table.

    Raises
    ------
    IdentificationError
        If the moments lack one of the model's variables, their number is not that of the table's
        groups, or a robust estimator is asked for without the data themselves.
    """
    options = options or FitOptions()
    samples = _samples(table, groups, wishart=options.wishart)
    table = with_sample_values(table, samples)
    parts = structures(table)
    optimum = _search(table, _discrepancy(table, parts, samples, options), samples, options)
    return _result(table, parts, samples, optimum, options)


def _samples(
    table: ParameterTable, groups: Sequence[SampleMoments], *, wishart: bool
) -> tuple[SampleMoments, ...]:
    if len(groups) != len(table.groups):
        raise IdentificationError(
            "data.groups",
            "the data",
            f"{len(groups)} groups for a model of {len(table.groups)}",
            "Give the moments of each group",
        )
    for sample in groups:
        if sample.incomplete is not None and not table.means:
            raise IdentificationError(
                "model.no-means",
                "the model",
                "incomplete answers need a mean structure",
                "Build the table with means, or use complete answers",
            )
        missing = [name for name in table.observed if name not in sample.names]
        if missing:
            raise IdentificationError(
                "data.missing-variable",
                "the model",
                f"no data for {', '.join(missing)}",
                "Leave them out of the model, or add the variables",
            )
    samples = tuple(sample.subset(table.observed) for sample in groups)
    return tuple(sample.unbiased() for sample in samples) if wishart else samples


def _discrepancy(
    table: ParameterTable,
    parts: Sequence[Structure],
    samples: Sequence[SampleMoments],
    options: FitOptions,
) -> MLDiscrepancy | FIMLDiscrepancy:
    rows = [sample.incomplete for sample in samples if sample.incomplete is not None]
    if rows:
        return fiml_discrepancy(parts, rows, [sample.saturated for sample in samples])
    sizes = np.array([sample.n - options.wishart for sample in samples], dtype=float)
    return ml_discrepancy(parts, samples, means=table.means, sizes=sizes)


def _search(
    table: ParameterTable,
    discrepancy: MLDiscrepancy | FIMLDiscrepancy,
    samples: Sequence[SampleMoments],
    options: FitOptions,
) -> Optimum:
    """The first search that converges, or else the one that came lowest."""
    search = minimise if isinstance(discrepancy, MLDiscrepancy) else minimise_without_hessian
    points = starting_points(table, samples, seed=options.seed, count=options.starts)
    limit = options.max_iterations if table.df >= 0 else 0
    found: list[Optimum] = []
    for point in points:
        found.append(search(discrepancy, point, tolerance=options.tolerance, max_iterations=limit))
        if found[-1].converged or table.df < 0:
            return found[-1]
    return min(found, key=lambda optimum: optimum.evaluation.value)


def _result(
    table: ParameterTable,
    parts: tuple[Structure, ...],
    samples: tuple[SampleMoments, ...],
    optimum: Optimum,
    options: FitOptions,
) -> SemFit:
    evaluation = optimum.evaluation
    assert isinstance(evaluation, MLEvaluation | FIMLEvaluation)
    x = evaluation.x
    state = _status(table, parts, optimum)
    usable = state.converged and state.identified
    vcov = _vcov(evaluation, samples, options) if usable else None
    tests = _tests(table, evaluation, samples, options) if usable else None
    implied = tuple(point.implied for point in evaluation.points)
    measures = None
    if tests is not None:
        measures = fit_measures(table, samples, evaluation, tests, n=_size(samples, options))
    return SemFit(
        table,
        samples,
        parts,
        x,
        estimates=row_values(table, x),
        standard_errors=None if vcov is None else standard_errors(table, x, vcov),
        vcov=vcov,
        implied=implied,
        status=state,
        measures=measures,
        tests=tests,
        iterations=optimum.iterations,
        options=options,
    )


def _resolved(options: FitOptions, samples: Sequence[SampleMoments]) -> Estimator:
    """The estimator; the information of incomplete rows is observed unless said otherwise."""
    chosen = options.resolved()
    if options.information is None and any(each.incomplete is not None for each in samples):
        return replace(chosen, information="observed")
    return chosen


def _size(samples: Sequence[SampleMoments], options: FitOptions) -> int:
    """What stands for the sample size: n, or n - 1 a group."""
    return sum(sample.n - options.wishart for sample in samples)


def _vcov(evaluation: Likelihood, samples: Sequence[SampleMoments], options: FitOptions) -> Matrix:
    """Covariance of the free parameters: an inverse information, or a sandwich with it."""
    chosen = _resolved(options, samples)
    n = _size(samples, options)
    clustered = any(sample.cluster is not None for sample in samples)
    if chosen.information == "first_order":
        return damped_inverse(score_products(evaluation, samples)) / n
    observed = chosen.information == "observed"
    bread = damped_inverse(evaluation.hessian() if observed else evaluation.information())
    if not (chosen.robust or clustered):
        return bread / n
    B = score_products(evaluation, samples, centred=not observed)
    return np.asarray(bread @ B @ bread / n)


def _tests(
    table: ParameterTable,
    evaluation: Likelihood,
    samples: Sequence[SampleMoments],
    options: FitOptions,
) -> Tests:
    chosen = _resolved(options, samples)
    n = _size(samples, options)
    model = chi_square(2 * n * max(evaluation.value, 0.0), table.df)
    null = null_corrected = None
    if options.compute_baseline:
        apart = independence(table, samples)
        parts = structures(apart.table)
        there = _discrepancy(apart.table, parts, samples, options).at(apart.x)
        null = chi_square(2 * n * max(there.value, 0.0), apart.table.df)
        null_corrected = corrected(chosen.test, null, there, samples)
    return Tests(model, corrected(chosen.test, model, evaluation, samples), null, null_corrected)


def _status(table: ParameterTable, parts: Sequence[Structure], optimum: Optimum) -> FitStatus:
    if table.df < 0:
        message = f"{table.n_free} free parameters, but only {table.n_moments} moments"
        fault = faults.Fault(faults.NEGATIVE_DF, message)
        return faults.status(converged=False, identified=False, faults=(fault,))
    evaluation = optimum.evaluation
    if not optimum.converged:
        fault = faults.Fault(faults.NOT_CONVERGED, "no starting point led to a minimum")
        return faults.status(converged=False, identified=False, faults=(fault,))
    unidentified = faults.unidentified(table, evaluation.information())
    improper = faults.improper(table, parts, evaluation.x)
    return faults.status(
        converged=True, identified=not unidentified, faults=(*unidentified, *improper)
    )


def explained(fit: SemFit, group: int) -> dict[str, float | None]:
    """Share of explained variance of each variable that something explains."""
    structure, implied = fit.structures[group - 1], fit.implied[group - 1]
    total = dict(zip(structure.latent, np.diag(implied.V), strict=True))
    total |= dict(zip(structure.observed, np.diag(implied.Sigma), strict=True))
    rows = fit.table.of_group(group)
    targets = dict.fromkeys(
        row.lhs if row.op == "~" else row.rhs for row in rows if row.op in {"=~", "~"}
    )
    residual = {
        row.lhs: value
        for row, value in zip(fit.table.rows, fit.estimates, strict=True)
        if row.is_variance and row.group == group
    }
    return {
        name: float(1 - residual[name] / total[name])
        if residual[name] >= 0 and total[name] > 0
        else None
        for name in targets
    }
