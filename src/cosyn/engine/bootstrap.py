"""Bootstrap of a fit: of respondents or clusters, and Bollen and Stine's of the test.

Replicates that did not converge are left out and counted. If more than 5 % of them are, what is
left is no sample of the estimator any more: there is then no standard error and no interval, but
the reason. Replicates with impossible variances are counted too, and kept unless asked for
otherwise: near a boundary they are half of the estimator's distribution, and without them
intervals are too narrow and off the mark.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from cosyn.engine.bootstrap_intervals import TOLERATED, Intervals, Replicated
from cosyn.engine.influence import influence_of_rows
from cosyn.engine.replicates import refits, row_replicates, sampling_of
from cosyn.engine.resampling import GivenDraws, SeededDraws
from cosyn.engine.standardize import standardized as standardized_solution
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._refits import Refits
    from cosyn.engine._typing import Flags, Indices, Matrix, Vector
    from cosyn.engine.bootstrap_intervals import IntervalMethod
    from cosyn.engine.fit import SemFit
    from cosyn.engine.moments import SampleMoments
    from cosyn.engine.table import Parameter

Kind = Literal["respondents", "bollen_stine"]


@dataclass(frozen=True, slots=True)
class BootstrapRow:
    """One row of the table with its bootstrap interval.

    Attributes
    ----------
    group : int
        From 1; 0 of a row that ``:=`` defines.
    est, se, ci_lower, ci_upper : float or None
    reason : str
        Why there is no interval, "" if there is.
    """

    lhs: str
    op: str
    rhs: str
    group: int
    label: str
    est: float | None
    se: float | None
    ci_lower: float | None
    ci_upper: float | None
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Bootstrap:
    """Replicates of a fit.

    Attributes
    ----------
    fit : SemFit
    kind : {"respondents", "bollen_stine"}
    clustered : bool
        Whether whole clusters were drawn.
    refits : Refits
        Every replicate, the failed ones too.
    keep_improper : bool
        Whether replicates with impossible variances count as good.
    """

    fit: SemFit
    kind: Kind
    clustered: bool
    refits: Refits
    keep_improper: bool = True

    @property
    def replicates(self) -> int:
        """How many were drawn."""
        return len(self.refits.chisq)

    @property
    def used(self) -> Flags:
        """Which replicates count, shape (R,)."""
        return self.refits.converged if self.keep_improper else self.refits.proper

    @property
    def improper(self) -> int:
        """How many converged to impossible variances, whether they count or not."""
        return int((self.refits.converged & ~self.refits.proper).sum())

    @property
    def failures(self) -> dict[str, int]:
        """Why replicates do not count, and how many for each reason."""
        pairs = zip(self.refits.reasons, self.used, strict=True)
        return dict(Counter(reason for reason, used in pairs if not used))

    @property
    def reason(self) -> str:
        """Why there are no standard errors and intervals, "" if there are."""
        if self.kind == "bollen_stine":
            return "these replicates are of data that fit the model: they test it, no more"
        return _too_many(self.failures, self.replicates)

    @property
    def pvalue(self) -> float | None:
        """Share of replicates with a chi-square at least as large as the model's.

        Bollen & Stine (1992). None unless these are replicates of their kind, of which at most
        5 % did not converge.
        """
        converged = self.refits.converged
        failed = 1 - float(converged.mean())
        if self.kind != "bollen_stine" or failed > TOLERATED or self.fit.tests is None:
            return None
        return float(np.mean(self.refits.chisq[converged] >= self.fit.tests.model.value))

    def replicated(self, *, standardized: bool = False, influence: bool = False) -> Replicated:
        """Each row of the table with its replicates, those that count.

        Parameters
        ----------
        standardized : bool
            Of the solution with all variables scaled to unit variance.
        influence : bool
            Add what BCa needs; where there is no likelihood it takes a fit for each respondent.
        """
        found = row_replicates(self.fit, self.refits, standardized=standardized)
        return Replicated(
            self._estimates(standardized=standardized),
            found[self.used],
            influence_of_rows(self.fit, standardized=standardized) if influence else None,
        )

    def standard_errors(self, *, standardized: bool = False) -> Vector | None:
        """Standard deviations of each row, shape (rows,); None if there is a reason."""
        return None if self.reason else self.replicated(standardized=standardized).standard_errors()

    def intervals(
        self,
        level: float = 0.95,
        method: IntervalMethod = "percentile",
        *,
        standardized: bool = False,
    ) -> Intervals:
        """Intervals of each row of the table; see `Replicated.intervals`.

        Rows that the data do not move have none.

        Raises
        ------
        IdentificationError
            If the level is not between 0 and 1, or there is no such method.
        """
        if self.reason:
            estimates = self._estimates(standardized=standardized)
            used = int(self.used.sum())
            return Intervals(estimates, None, None, None, level, method, used, self.reason)
        found = self.replicated(standardized=standardized, influence=method == "bca")
        return found.intervals(level, method)

    def rows(
        self,
        level: float = 0.95,
        method: IntervalMethod = "percentile",
        *,
        standardized: bool = False,
    ) -> tuple[BootstrapRow, ...]:
        """The intervals of `intervals`, one row of the table each.

        Raises
        ------
        IdentificationError
            As `intervals`.
        """
        found = self.intervals(level, method, standardized=standardized)
        nothing = np.full(len(found.estimates), np.nan)
        parts = (found.standard_errors, found.lower, found.upper)
        columns = [nothing if part is None else part for part in parts]
        rows = zip(self.fit.table.rows, found.estimates, *columns, strict=True)
        return tuple(_row(row, numbers, found.reason) for row, *numbers in rows)

    def _estimates(self, *, standardized: bool) -> Vector:
        return standardized_solution(self.fit).estimates if standardized else self.fit.estimates


def bootstrap(
    fit: SemFit,
    replicates: int = 1000,
    seed: int = 1,
    kind: Kind = "respondents",
    *,
    keep_improper: bool = True,
) -> Bootstrap:
    """Fit the model again to data drawn with replacement.

    Respondents are drawn within groups; whole clusters where the fit has clusters (Davison &
    Hinkley 1997, section 3.8). Bollen and Stine draw from data that are first transformed so that
    the model holds in them exactly: their replicates test the model. Complete data without
    constraints are fitted many replicates at once; others one by one.

    Parameters
    ----------
    replicates : int
    seed : int
        The same seed draws the same.
    kind : {"respondents", "bollen_stine"}
    keep_improper : bool
        Count replicates with impossible variances as good, as lavaan does: right if the estimates
        may be impossible too, as those of a variance near zero.

    Raises
    ------
    IdentificationError
        If the fit did not converge, has only means and covariances, or is not of complete
        continuous data without clusters, which Bollen and Stine's bootstrap is for.
    """
    samples = _data(fit, kind)
    if replicates < 1:
        raise _refused("bootstrap.replicates", f"{replicates} replicates", "Ask for at least 1000")
    draws = SeededDraws(sampling_of(fit), seed, replicates)
    return Bootstrap(
        fit, kind, draws.sampling.clustered, refits(fit, samples, draws), keep_improper
    )


def bootstrap_from(fit: SemFit, counts: Indices, kind: Kind = "respondents") -> Bootstrap:
    """As `bootstrap`, from draws made elsewhere.

    Parameters
    ----------
    counts : ndarray of int, shape (R, n)
        How often each replicate has each respondent, group after group.
    """
    draws = GivenDraws(np.asarray(counts, dtype=np.intp))
    found = refits(fit, _data(fit, kind), draws)
    return Bootstrap(fit, kind, sampling_of(fit).clustered, found)


def bollen_stine_samples(fit: SemFit) -> tuple[SampleMoments, ...]:
    """The data, transformed so that the model fits them exactly.

    Y S^-1/2 Sigma^1/2 with symmetric roots (Bollen & Stine 1992, eq. 17), and the implied means
    where means are modelled.
    """
    found = []
    for sample, implied in zip(fit.groups, fit.implied, strict=True):
        turn = _root(sample.cov, -0.5) @ _root(implied.Sigma, 0.5)
        mean = implied.mu if fit.table.means else sample.mean
        values = (sample.rows() - sample.mean) @ turn + mean
        found.append(replace(sample, values=values, mean=mean, cov=implied.Sigma))
    return tuple(found)


def _row(row: Parameter, numbers: Sequence[float], reason: str) -> BootstrapRow:
    est, se, low, high = (float(x) if np.isfinite(x) else None for x in numbers)
    if not reason and low is None:
        reason = "it does not vary, or too few replicates have a value or lie on one side of it"
    return BootstrapRow(row.lhs, row.op, row.rhs, row.group, row.label, est, se, low, high, reason)


def _root(matrix: Matrix, power: float) -> Matrix:
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray((vectors * values**power) @ vectors.T)


def _data(fit: SemFit, kind: Kind) -> tuple[SampleMoments, ...]:
    fit.check_one_level()
    if not fit.status.converged:
        raise _refused("bootstrap.not-converged", "the model did not converge", "See its status")
    if kind == "respondents":
        for sample in fit.groups if not fit.ordinal else ():
            sample.rows()
        return fit.groups
    if kind != "bollen_stine":
        raise _refused(
            "bootstrap.kind", f"there is no kind {kind!r}", "Use respondents or bollen_stine"
        )
    for wrong, what in (
        (bool(fit.ordinal), "ordinal items"),
        (any(sample.incomplete is not None for sample in fit.groups), "missing answers"),
        (any(sample.cluster is not None for sample in fit.groups), "clusters"),
    ):
        if wrong:
            raise _refused(
                "bootstrap.bollen-stine",
                f"Bollen and Stine's is not for {what}",
                "Use the fit's robust test, or draw respondents",
            )
    return bollen_stine_samples(fit)


def _refused(code: str, what: str, fix: str) -> IdentificationError:
    return IdentificationError(code, "the bootstrap", what, fix)


def _too_many(failures: dict[str, int], replicates: int) -> str:
    failed = sum(failures.values())
    if failed <= TOLERATED * replicates:
        return ""
    listed = ", ".join(f"{reason}: {count}" for reason, count in sorted(failures.items()))
    return f"{failed} of {replicates} replicates failed, more than 5 % ({listed})"
