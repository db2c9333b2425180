"""Thresholds and correlations of ordinal and mixed data, with their asymptotic covariance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from cosyn.engine._ordinal_correlations import correlations
from cosyn.engine._ordinal_data import OrdinalFault, Prepared, prepare, prepared_from_tables
from cosyn.engine._ordinal_influence import Influence, influence, products, squares
from cosyn.engine._ordinal_layout import Answers, scales
from cosyn.engine.categories import codes_of
from cosyn.engine.contingency import contingency
from cosyn.engine.moments import SampleMoments
from cosyn.engine.rows import Total, cross_products
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from cosyn.engine._typing import Flags, Indices, Matrix, Vector
    from cosyn.engine.contingency import Counts
    from cosyn.engine.covariates import Covariates
    from cosyn.engine.rows import RowSource
    from cosyn.engine.sufficient import Tables

Missing = Literal["listwise", "pairwise"]


@dataclass(frozen=True, slots=True, eq=False)
class OrdinalMoments:
    """Sample statistics of ordinal and mixed data.

    Wherever all statistics stand in one vector (q,), their order is that of lavaan's
    ``lavInspect(fit, "wls.obs")`` and ``"gamma"``: thresholds, and minus the mean of a continuous
    variable in its place, variable by variable; then the slopes of all variables on the
    covariates, covariate by covariate; then the variances of the continuous variables; then the
    lower triangle of `cov` without its diagonal, column by column.

    With covariates all of them are those of the distribution of the variables given the
    covariates: thresholds and means where the covariates are zero, and residual covariances.

    Attributes
    ----------
    n : int
        Respondents.
    names : tuple of str, length p
        Without the covariates.
    ordered : ndarray of bool, shape (p,)
    thresholds : tuple of ndarray, length p
        Thresholds of each item, empty for a continuous variable.
    mean : ndarray, shape (p,)
        Zero for ordinal items.
    cov : ndarray, shape (p, p)
        Covariances of the continuous variables (divisor n) and the normal variables behind the
        items, whose variances are one.
    pair_counts : ndarray of int, shape (p, p)
        Respondents with both values.
    avar : ndarray, shape (q,)
        Asymptotic variances of the statistics: the diagonal of `Gamma`.
    Gamma : ndarray, shape (q, q), or None
        Asymptotic covariance of the statistics, times n; None if only the diagonal was asked for.
    faults : tuple of OrdinalFault
        What makes the statistics less trustworthy.
    cluster : ndarray of int, shape (n,), or None
        Number of the cluster of each respondent, if `Gamma` allows for clusters.
    values : ndarray, shape (n, p), or None
        The answers themselves, NaN where missing, for what the statistics do not tell.
    covariates : Covariates or None
        What the variables are regressed on.
    slopes : ndarray, shape (p, k), or None
        On the covariates.
    """

    n: int
    names: tuple[str, ...]
    ordered: Flags
    thresholds: tuple[Vector, ...]
    mean: Vector
    cov: Matrix
    pair_counts: Counts
    avar: Vector
    Gamma: Matrix | None = None
    faults: tuple[OrdinalFault, ...] = ()
    cluster: Indices | None = None
    values: Matrix | None = None
    covariates: Covariates | None = None
    slopes: Matrix | None = None

    def rows(self) -> Matrix:
        """The answers themselves, shape (n, p).

        Raises
        ------
        IdentificationError
            If only the statistics are at hand.
        """
        if self.values is None:
            raise IdentificationError(
                "data.no-rows",
                "the data",
                "this needs the answers themselves, and there are only their statistics",
                "Give all the answers in one table",
            )
        return self.values

    @property
    def weights(self) -> Vector:
        """Weights (q,) of diagonally weighted least squares: one over the asymptotic variances."""
        return 1 / self.avar

    @property
    def correlation(self) -> Matrix:
        """Polychoric, polyserial and Pearson's correlations, shape (p, p)."""
        sd = np.sqrt(np.diag(self.cov))
        return np.asarray(self.cov / np.outer(sd, sd))

    @property
    def statistics(self) -> Vector:
        """All statistics in one vector (q,)."""
        columns, rows = np.triu_indices(len(self.names), 1)
        means = [
            tau if o else np.array([-mean])
            for o, tau, mean in zip(self.ordered, self.thresholds, self.mean, strict=True)
        ]
        slopes = np.empty(0) if self.slopes is None else self.slopes.T.ravel()
        variances = np.diag(self.cov)[~self.ordered]
        return np.concatenate([*means, slopes, variances, self.cov[rows, columns]])

    def sample(self, names: Sequence[str]) -> SampleMoments:
        """Means and covariances of the variables and the covariates together.

        Parameters
        ----------
        names : sequence of str
            All of them, in the order wanted.
        """
        given, slopes = self.covariates, self.slopes
        if given is None or slopes is None:
            return SampleMoments(self.n, self.names, self.mean, self.cov).subset(names)
        moved = slopes @ given.cov
        cov = np.block([[self.cov + moved @ slopes.T, moved], [moved.T, given.cov]])
        mean = np.concatenate([self.mean + slopes @ given.mean, given.mean])
        return SampleMoments(self.n, (*self.names, *given.names), mean, cov).subset(names)

    @property
    def labels(self) -> tuple[tuple[str, str, str], ...]:
        """What each of the statistics is, as (left side, operator, right side)."""
        return (*self._locations(), *self._dispersions())

    def _locations(self) -> Iterator[tuple[str, str, str]]:
        for name, o, tau in zip(self.names, self.ordered, self.thresholds, strict=True):
            if o:
                yield from ((name, "|", f"t{k}") for k in range(1, len(tau) + 1))
            else:
                yield name, "~1", ""
        for covariate in self.covariates.names if self.covariates else ():
            yield from ((name, "~", covariate) for name in self.names)

    def _dispersions(self) -> Iterator[tuple[str, str, str]]:
        for name, o in zip(self.names, self.ordered, strict=True):
            if not o:
                yield name, "~~", name
        for column, name in enumerate(self.names):
            yield from ((name, "~~", other) for other in self.names[column + 1 :])


def ordinal_moments(
    X: Matrix,
    names: Sequence[str],
    ordered: Sequence[str],
    *,
    missing: Missing = "listwise",
    cluster: Sequence[Any] | NDArray[Any] | None = None,
    levels: Mapping[str, Sequence[float]] | None = None,
    gamma: Literal["full", "diagonal"] = "full",
    covariates: Sequence[str] = (),
) -> OrdinalMoments:
    """Statistics of the three-stage estimators, up to the model.

    Thresholds, means and variances variable by variable, then correlations pair by pair (Olsson
    1979; Olsson, Drasgow & Dorans 1982), and their asymptotic covariance from the stacked
    estimating equations (Muthen 1984). The values of an item count by their order alone.

    With covariates, each variable is regressed on all of them first, items by ordered probit
    models, and the correlations are those of the residuals.

    Parameters
    ----------
    X : ndarray, shape (n, p)
        NaN where missing.
    names : sequence of str, length p
    ordered : sequence of str
        The variables that are ordinal; the others are continuous. Other names are ignored.
    missing : {"listwise", "pairwise"}
        Use respondents who answered everything, or for each statistic those who have what it needs.
    cluster : sequence, length n, optional
        Whose answers belong together, such as the department: the asymptotic covariance is then
        that of sums over clusters.
    levels : mapping of str to sequence of float, optional
        All the values that items can have; else those that occur. Those that nobody chose are
        named as faults.
    gamma : {"full", "diagonal"}
        "diagonal" needs no more than memory for a block of rows.
    covariates : sequence of str
        The variables that are taken as given. Respondents without one of them are left out.

    Raises
    ------
    IdentificationError
        If there are too few respondents, a variable is constant or has infinite values, an ordinal
        one has too many values, or no respondent has both variables of a pair; if covariates are
        collinear, ordinal or determine a variable.
    """
    X = np.asarray(X, dtype=np.float64)
    data = prepare(X, names, ordered, missing, cluster, levels or {}, covariates)
    answers, plan = data.answers, data.layout
    counts = contingency(answers.codes, answers.tau.shape[1] + 1)
    rho, faults = correlations(data, counts)
    origin = data.covariates.mean / data.covariates.sd
    Gamma, avar = _asymptotic(
        influence(answers, counts, plan, rho, origin), data, diagonal=gamma == "diagonal"
    )
    R = np.eye(len(data.names))
    R[plan.rows, plan.columns] = R[plan.columns, plan.rows] = rho
    return OrdinalMoments(
        len(answers.codes),
        data.names,
        plan.ordered,
        data.thresholds(),
        data.mean,
        R * np.outer(data.sd, data.sd),
        data.pair_counts,
        avar,
        Gamma,
        (*data.faults, *faults),
        data.cluster,
        data.values,
        data.covariates if covariates else None,
        data.slopes if covariates else None,
    )


def ordinal_from_tables(
    tables: Sequence[Tables], names: Sequence[str], source: RowSource
) -> tuple[OrdinalMoments, ...]:
    """Statistics of ordinal items from their two-way tables, one a group.

    Thresholds and correlations come from the tables; their asymptotic covariance is summed while
    the rows of all groups are read once more.

    Parameters
    ----------
    names : sequence of str, length p
        The items of the tables, in their order.
    source : RowSource
        Where the answers are read.

    Raises
    ------
    IdentificationError
        As of `ordinal_moments`, or if the source cannot be read again.
    """
    prepared = [prepared_from_tables(each, names) for each in tables]
    found = [correlations(each, table.counts) for each, table in zip(prepared, tables, strict=True)]
    influences = [
        influence(each.answers, table.counts, each.layout, rho)
        for each, table, (rho, _) in zip(prepared, tables, found, strict=True)
    ]
    totals = [Total(cross_products, in_order=False) for _ in tables]
    for group, X, cluster in source.rows(names):
        own, tau = influences[group], prepared[group].answers.tau
        codes = codes_of(X, tables[group].levels)
        nothing = np.zeros((len(codes), 0))
        answers = Answers(codes, nothing, tau, nothing, np.zeros((0, codes.shape[1])))
        for block in answers.blocks(own.width):
            mine = None if cluster is None else cluster[block]
            totals[group].add(own.parts(answers.rows(block)), mine)
    return tuple(
        _from_tables(table, each, rho, faults, table.n * own.products(total.value()))
        for table, each, (rho, faults), own, total in zip(
            tables, prepared, found, influences, totals, strict=True
        )
    )


def _from_tables(
    table: Tables, data: Prepared, rho: Vector, faults: tuple[OrdinalFault, ...], Gamma: Matrix
) -> OrdinalMoments:
    plan = data.layout
    R = np.eye(len(data.names))
    R[plan.rows, plan.columns] = R[plan.columns, plan.rows] = rho
    return OrdinalMoments(
        table.n,
        data.names,
        plan.ordered,
        data.thresholds(),
        data.mean,
        R,
        data.pair_counts,
        np.diag(Gamma).copy(),
        Gamma,
        (*data.faults, *faults),
    )


def _asymptotic(
    found: Influence, data: Prepared, *, diagonal: bool
) -> tuple[Matrix | None, Vector]:
    """Asymptotic covariance (q, q) if wanted, and its diagonal (q,)."""
    n, scale = len(data.answers.codes), scales(data.layout, data.sd, data.covariates.sd)
    if diagonal:
        return None, n * scale**2 * squares(found, data.answers, data.cluster)
    Gamma = n * np.outer(scale, scale) * products(found, data.answers, data.cluster)
    return Gamma, np.diag(Gamma).copy()
