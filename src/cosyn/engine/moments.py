"""Sample moments of complete data, and the reasons for which there are none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.incomplete import incomplete_rows, saturated
from cosyn.engine.respondents import check_clusters
from cosyn.engine.sufficient import moments_of
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cosyn.engine._typing import Flags, Indices, Matrix, Vector
    from cosyn.engine.incomplete import IncompleteRows
    from cosyn.engine.rows import RowSource
    from cosyn.engine.sufficient import Moments

_WHERE = "the data"
#: Smallest eigenvalue of a correlation matrix that is not rounding error of a linear dependence.
_SINGULAR = 1e-10
#: Shares in the dependent combination above which a variable is named.
_NAMED = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class SampleMoments:
    """Means and covariances of complete data.

    Attributes
    ----------
    n : int
        Respondents.
    names : tuple of str, length p
    mean : ndarray, shape (p,)
    cov : ndarray, shape (p, p)
        With divisor n, as maximum likelihood has it.
    values : ndarray, shape (n, p), or None
        The data themselves, for what moments do not tell; NaN where an answer is missing.
    cluster : ndarray of int, shape (n,), or None
        Number of the cluster (such as the department) of each respondent.
    incomplete : IncompleteRows or None
        The data sorted by their gaps, if they are to be used as they are: mean and covariance
        are then the maximum-likelihood estimates.
    saturated : float
        Value of the saturated model of incomplete rows.
    covariates : tuple of str
        The variables among them whose moments the model takes as given.
    source : RowSource or None
        Where the rows of all groups can be read again, if they are not kept.
    inflation : float
        By which `cov` exceeds that with divisor n.
    """

    n: int
    names: tuple[str, ...]
    mean: Vector
    cov: Matrix
    values: Matrix | None = None
    cluster: Indices | None = None
    incomplete: IncompleteRows | None = None
    saturated: float = 0.0
    covariates: tuple[str, ...] = ()
    source: RowSource | None = None
    inflation: float = 1.0

    @property
    def projection(self) -> Matrix | None:
        """P, shape (p, p), so that Y P is what covariates predict of deviations Y, themselves too.

        None without covariates.
        """
        if not self.covariates:
            return None
        k = [self.names.index(name) for name in self.covariates]
        found = np.zeros_like(self.cov)
        found[k] = np.linalg.solve(self.cov[np.ix_(k, k)], self.cov[k])
        return found

    @property
    def clustered(self) -> bool:
        """Whether respondents belong to clusters."""
        return self.cluster is not None or (self.source is not None and self.source.clustered)

    def rows(self) -> Matrix:
        """The data themselves, shape (n, p).

        Raises
        ------
        IdentificationError
            If only the moments are at hand.
        """
        if self.values is None:
            raise _impossible(
                "no-rows",
                "this needs the answers themselves, and there are only means and covariances",
                "Give all the answers in one table, or use the estimator ML",
            )
        return self.values

    def subset(self, names: Sequence[str]) -> SampleMoments:
        """The moments of some of the variables, in the order asked for.

        Raises
        ------
        KeyError
            If there is no such variable.
        """
        if tuple(names) == self.names:
            return self
        position = {name: k for k, name in enumerate(self.names)}
        k = [position[name] for name in names]
        values = None if self.values is None else self.values[:, k]
        if self.incomplete is None or values is None:
            cov = self.cov[np.ix_(k, k)]
            return replace(self, names=tuple(names), mean=self.mean[k], cov=cov, values=values)
        if len(k) < len(self.names):
            return incomplete_moments(values, names, self.cluster)
        return replace(
            self,
            names=tuple(names),
            mean=self.mean[k],
            cov=self.cov[np.ix_(k, k)],
            values=values,
            incomplete=incomplete_rows(values),
        )

    def of_covariates(self) -> SampleMoments:
        """The moments of the covariates alone."""
        return self.subset(self.covariates)

    def unbiased(self) -> SampleMoments:
        """The same with divisor n - 1."""
        inflation = self.n / (self.n - 1)
        return replace(self, cov=self.cov * inflation, inflation=self.inflation * inflation)


def sample_moments(
    X: Matrix, names: Sequence[str], cluster: Indices | None = None
) -> SampleMoments:
    """Moments of complete data, checked for what makes estimation impossible.

    Parameters
    ----------
    X : ndarray, shape (n, p)
    names : sequence of str, length p
    cluster : ndarray of int, shape (n,), optional

    Raises
    ------
    IdentificationError
        If a value is missing or infinite, a variable is constant, there are not more respondents
        than variables, variables depend linearly on each other, or there is only one cluster; it
        names them.
    """
    X = np.asarray(X, dtype=np.float64)
    if cluster is not None:
        check_clusters(len(np.unique(cluster)))
    if not len(X):
        _check_number(0, len(names))
    found = checked_moments(moments_of(X), names)
    return replace(found, values=X, cluster=cluster)


def checked_moments(found: Moments, names: Sequence[str]) -> SampleMoments:
    """The same from moments that were gathered already, without the rows.

    Raises
    ------
    IdentificationError
        As `sample_moments` does.
    """
    _check_values(found, names)
    _check_dependence(found.cov, names)
    return SampleMoments(found.n, tuple(names), found.mean, found.cov)


def incomplete_moments(
    X: Matrix, names: Sequence[str], cluster: Indices | None = None
) -> SampleMoments:
    """Moments of rows with gaps, by maximum likelihood; rows without any answer are left out.

    Parameters
    ----------
    X : ndarray, shape (n, p)
        NaN where an answer is missing.
    names : sequence of str, length p
    cluster : ndarray of int, shape (n,), optional

    Raises
    ------
    IdentificationError
        If a value is infinite, a variable is constant or never answered, two variables were
        never answered by the same respondent, or there is only one cluster.
    """
    X = np.asarray(X, dtype=np.float64)
    some = ~np.isnan(X).all(axis=1)
    X, cluster = X[some], None if cluster is None else cluster[some]
    if cluster is not None:
        check_clusters(len(np.unique(cluster)))
    _check_incomplete(X, names)
    rows = incomplete_rows(X)
    found = saturated(rows)
    _check_dependence(found.cov, names)
    return SampleMoments(len(X), tuple(names), found.mean, found.cov, X, cluster, rows, found.value)


def _check_incomplete(X: Matrix, names: Sequence[str]) -> None:
    infinite = np.asarray(np.isinf(X).any(axis=0))
    if infinite.any():
        raise _impossible(
            "infinite-values",
            f"infinite values in {_named(names, infinite)}",
            "Leave those respondents out",
        )
    _check_number(*X.shape)
    there = ~np.isnan(X)
    together = there.T.astype(float) @ there
    if (together == 0).any():
        i, j = np.argwhere(together == 0)[0]
        raise _impossible(
            "no-coverage",
            f"nobody answered both `{names[i]}` and `{names[j]}`",
            "Leave one of them out: nothing is known of their covariance",
        )
    low, high = (pick(X, axis=0) for pick in (np.nanmin, np.nanmax))
    if (low == high).any():
        raise _impossible(
            "constant-variable",
            f"everyone has the same value in {_named(names, low == high)}",
            "Leave it out: what does not vary cannot covary",
        )


def _check_values(found: Moments, names: Sequence[str]) -> None:
    incomplete = ~(np.isfinite(found.low) & np.isfinite(found.high))
    if incomplete.any():
        raise _impossible(
            "missing-values",
            f"missing or infinite values in {_named(names, incomplete)}",
            "Leave those respondents out",
        )
    _check_number(found.n, len(names))
    constant = found.low == found.high
    if constant.any():
        raise _impossible(
            "constant-variable",
            f"everyone has the same value in {_named(names, constant)}",
            "Leave it out: what does not vary cannot covary",
        )


def _check_number(n: int, p: int) -> None:
    if n <= p:
        raise _impossible(
            "too-few-respondents",
            f"{n} respondents for {p} variables",
            f"Collect at least {p + 1} responses, or analyse fewer variables",
        )


def _check_dependence(cov: Matrix, names: Sequence[str]) -> None:
    sd = np.sqrt(np.diag(cov))
    values, vectors = np.linalg.eigh(cov / np.outer(sd, sd))
    if len(values) and values[0] < _SINGULAR:
        raise _impossible(
            "dependent-variables",
            f"linearly dependent variables: {_named(names, np.abs(vectors[:, 0]) > _NAMED)}",
            "Leave one of them out (a copy, or a score computed from the others)",
        )


def _named(names: Sequence[str], which: Flags) -> str:
    return ", ".join(_quoted(name for name, chosen in zip(names, which, strict=True) if chosen))


def _quoted(names: Iterable[str]) -> Iterable[str]:
    return (f"`{name}`" for name in names)


def _impossible(code: str, what: str, fix: str) -> IdentificationError:
    return IdentificationError(f"data.{code}", _WHERE, what, fix)
