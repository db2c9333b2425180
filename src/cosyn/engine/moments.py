"""Sample moments of complete data, and the reasons for which there are none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cosyn.engine._typing import Flags, Indices, Matrix, Vector

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
        The data themselves, for what moments do not tell.
    cluster : ndarray of int, shape (n,), or None
        Number of the cluster (such as the department) of each respondent.
    """

    n: int
    names: tuple[str, ...]
    mean: Vector
    cov: Matrix
    values: Matrix | None = None
    cluster: Indices | None = None

    def subset(self, names: Sequence[str]) -> SampleMoments:
        """The moments of some of the variables, in the order asked for.

        Raises
        ------
        KeyError
            If there is no such variable.
        """
        position = {name: k for k, name in enumerate(self.names)}
        k = [position[name] for name in names]
        values = None if self.values is None else self.values[:, k]
        return SampleMoments(
            self.n, tuple(names), self.mean[k], self.cov[np.ix_(k, k)], values, self.cluster
        )

    def unbiased(self) -> SampleMoments:
        """The same with divisor n - 1."""
        return replace(self, cov=self.cov * (self.n / (self.n - 1)))


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
        than variables, or variables depend linearly on each other; it names them.
    """
    X = np.asarray(X, dtype=np.float64)
    _check_values(X, names)
    mean = X.mean(axis=0)
    Y = X - mean
    cov = Y.T @ Y / len(X)
    _check_dependence(cov, names)
    return SampleMoments(len(X), tuple(names), mean, cov, X, cluster)


def _check_values(X: Matrix, names: Sequence[str]) -> None:
    n, p = X.shape
    incomplete = np.asarray((~np.isfinite(X)).any(axis=0))
    if incomplete.any():
        raise _impossible(
            "missing-values",
            f"missing or infinite values in {_named(names, incomplete)}",
            "Leave those respondents out",
        )
    if n <= p:
        raise _impossible(
            "too-few-respondents",
            f"{n} respondents for {p} variables",
            f"Collect at least {p + 1} complete responses, or analyse fewer variables",
        )
    constant = X.min(axis=0) == X.max(axis=0)
    if constant.any():
        raise _impossible(
            "constant-variable",
            f"everyone has the same value in {_named(names, constant)}",
            "Leave it out: what does not vary cannot covary",
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
