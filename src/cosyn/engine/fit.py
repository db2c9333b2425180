"""A fitted model, and the options that led to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.discrepancy import Likelihood, MLDiscrepancy, ml_discrepancy
from cosyn.engine.estimates import Estimate, estimate
from cosyn.engine.estimators import estimator
from cosyn.engine.fiml import FIMLDiscrepancy, fiml_discrepancy
from cosyn.engine.gls import GLSDiscrepancy, gls_discrepancy
from cosyn.engine.least_squares import LeastSquares, LeastSquaresEvaluation
from cosyn.engine.moment_least_squares import moment_least_squares
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Flags, Matrix, Vector
    from cosyn.engine.bounds import Bounds
    from cosyn.engine.cluster_moments import ClusterMoments
    from cosyn.engine.estimators import Estimator, Information
    from cosyn.engine.fit_indices import FitMeasures, Tests
    from cosyn.engine.lisrel import Implied, Structure
    from cosyn.engine.moments import SampleMoments
    from cosyn.engine.ordinal import OrdinalMoments
    from cosyn.engine.status import FitStatus
    from cosyn.engine.table import ParameterTable


Minimised = MLDiscrepancy | FIMLDiscrepancy | GLSDiscrepancy | LeastSquares


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
        Of maximum likelihood: use covariances with divisor n - 1, and n - 1 for n in all that
        follows.
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
    bounds : str or None
        Of the parameters: see `cosyn.engine.bounds`.
    """

    estimator: str = "ML"
    information: Information | None = None
    wishart: bool = False
    tolerance: float = 1e-9
    max_iterations: int = 150
    starts: int = 10
    seed: int = 1
    compute_baseline: bool = True
    bounds: Bounds | None = None

    @property
    def unbiased(self) -> bool:
        """Whether covariances have divisor n - 1, and n - 1 stands for n in all that follows.

        So it is with `wishart`, and in least squares as lavaan has them.
        """
        return self.wishart or self.resolved().discrepancy != "ML"

    def size(self, samples: Sequence[SampleMoments]) -> int:
        """What stands for the sample size: n, or n - 1 a group."""
        return sum(sample.n - self.unbiased for sample in samples)

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
    ordinal : tuple of OrdinalMoments
        What was fitted where items are ordinal; `groups` then holds means and covariances of the
        normal variables behind them.
    clusters : ClusterMoments or None
        What was fitted where the model has two levels: `groups` then holds the moments of the
        saturated model at each level.
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
    ordinal: tuple[OrdinalMoments, ...] = ()
    clusters: ClusterMoments | None = None

    @property
    def estimator(self) -> str:
        """Name of the estimator."""
        return self.options.resolved().name

    @property
    def n(self) -> int:
        """Respondents."""
        return self.clusters.n if self.clusters else sum(group.n for group in self.groups)

    @property
    def free(self) -> Flags:
        """Which rows are free."""
        return np.asarray(self.table.free > 0)

    def discrepancy(self) -> Minimised:
        """What was minimised.

        Raises
        ------
        IdentificationError
            If items are ordinal: there is no likelihood then. If there are two levels.
        """
        self.check_one_level()
        if self.ordinal:
            raise IdentificationError(
                "estimator.ordinal",
                f"estimator {self.estimator!r}",
                "this is not computed for ordinal items yet",
                "Treat the items as continuous, with the estimator MLR",
            )
        return discrepancy_of(self.table, self.structures, self.groups, self.options)

    def check_one_level(self) -> None:
        """Refuse what is not known of models of two levels.

        Raises
        ------
        IdentificationError
            If this is one.
        """
        if self.clusters:
            raise IdentificationError(
                "estimator.levels",
                "a model of two levels",
                "this is not computed for it yet",
                "Fit a model of one level, with `cluster` for its standard errors",
            )

    def evaluation(self) -> Likelihood:
        """The discrepancy at the estimates.

        Raises
        ------
        IdentificationError
            If it is one of which respondents have no parts.
        """
        here = self.discrepancy().at(self.x)
        if isinstance(here, LeastSquaresEvaluation):
            raise IdentificationError(
                "estimator.moments",
                f"estimator {self.estimator!r}",
                "this is not computed for unweighted and weighted least squares",
                "Use ML, MLR or GLS",
            )
        return here

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
        """Implied covariance of the latents of a group, in the order of ``table.latent_of``."""
        structure, implied = self.structures[group - 1], self.implied[group - 1]
        k = [structure.latent.index(name) for name in self.table.latent_of(group)]
        return np.asarray(implied.V[np.ix_(k, k)])

    def r_squared(self, group: int = 1) -> dict[str, float | None]:
        """Explained share of the variance of each indicator, outcome and higher-order part.

        None where the residual variance is negative.
        """
        return explained(self, group)


def discrepancy_of(
    table: ParameterTable,
    parts: Sequence[Structure],
    samples: Sequence[SampleMoments],
    options: FitOptions,
) -> Minimised:
    """What a model is to minimise.

    Raises
    ------
    IdentificationError
        If the weights of WLS cannot be computed.
    """
    rows = [sample.incomplete for sample in samples if sample.incomplete is not None]
    if rows:
        return fiml_discrepancy(parts, rows, [sample.saturated for sample in samples])
    sizes = np.array([sample.n - options.unbiased for sample in samples], dtype=float)
    kind = options.resolved().discrepancy
    if kind == "ML":
        return ml_discrepancy(parts, samples, means=table.means, sizes=sizes)
    if kind == "GLS":
        return gls_discrepancy(parts, samples, means=table.means, sizes=sizes)
    return moment_least_squares(
        parts,
        samples,
        n_parameters=table.n_free,
        means=table.means,
        optimal=kind == "WLS",
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
