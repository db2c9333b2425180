"""Covariates: observed variables that a model takes as given, and what makes them useless."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Matrix, Vector

#: Smallest singular value, relative to the largest, of covariates that differ from each other.
_COLLINEAR = 1e-8
#: Share of the largest weight that makes a covariate part of a linear dependence.
_INVOLVED = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Covariates:
    """Observed variables that explain others and are taken as given.

    Attributes
    ----------
    names : tuple of str, length k
    values : ndarray, shape (n, k)
    mean : ndarray, shape (k,)
    cov : ndarray, shape (k, k)
        With divisor n - 1, as lavaan has it here.
    """

    names: tuple[str, ...]
    values: Matrix
    mean: Vector
    cov: Matrix

    @property
    def sd(self) -> Vector:
        """Standard deviations, shape (k,)."""
        return np.sqrt(np.diag(self.cov))

    @property
    def standardized(self) -> Matrix:
        """Values with mean zero and variance one, shape (n, k)."""
        return np.asarray((self.values - self.mean) / self.sd)


def covariates_of(values: Matrix, names: Sequence[str]) -> Covariates:
    """Check covariates, and take their moments.

    Parameters
    ----------
    values : ndarray, shape (n, k)
        Complete.

    Raises
    ------
    IdentificationError
        If one has infinite values or is constant, or one follows from the others.
    """
    if not names:
        return Covariates((), values, np.zeros(0), np.zeros((0, 0)))
    for name, column in zip(names, values.T, strict=True):
        if np.isinf(column).any():
            raise _impossible(
                "missing-values", f"infinite values in `{name}`", "Leave those respondents out"
            )
        if not len(column) or column.min() == column.max():
            raise _impossible(
                "constant-variable",
                f"everyone has the same value in the covariate `{name}`",
                "Leave it out: what does not vary explains nothing",
            )
    cov = np.atleast_2d(np.cov(values, rowvar=False))
    found = Covariates(tuple(names), values, values.mean(axis=0), cov)
    _check_collinear(found)
    return found


def _check_collinear(found: Covariates) -> None:
    _, size, directions = np.linalg.svd(found.standardized, full_matrices=False)
    if len(size) < len(found.names) or size[-1] < _COLLINEAR * size[0]:
        least = directions[-1]
        involved = np.flatnonzero(np.abs(least) > _INVOLVED * np.abs(least).max())
        listed = ", ".join(f"`{found.names[k]}`" for k in involved)
        raise _impossible(
            "collinear-covariates",
            f"of the covariates {listed} one follows from the others",
            "Leave one of them out",
        )


def _impossible(code: str, what: str, fix: str) -> IdentificationError:
    return IdentificationError(f"data.{code}", "the data", what, fix)
