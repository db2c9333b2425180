"""Monte-Carlo intervals of functions of the parameters, such as indirect effects.

MacKinnon, Lockwood & Williams (2004), *Multivariate Behavioral Research* 39, 99-128; Preacher &
Selig (2012), *Communication Methods and Measures* 6, 77-98: the parameters are drawn from the
normal distribution that the fit gives them, and the function is evaluated at each draw. Unlike
the delta method, the interval need not be symmetric.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.estimates import row_values, with_definitions
from cosyn.engine.inference import check_level
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from cosyn.engine._typing import Matrix, Vector
    from cosyn.engine.fit import SemFit

#: Draws evaluated at a time.
_BLOCK = 4096


@dataclass(frozen=True, slots=True, eq=False)
class MonteCarlo:
    """Functions of the parameters, drawn many times.

    Attributes
    ----------
    names : tuple of str, length k
    estimates : ndarray, shape (k,)
        At the estimates themselves.
    draws : ndarray, shape (draws, k)
        NaN where a function is undefined.
    """

    names: tuple[str, ...]
    estimates: Vector
    draws: Matrix

    @property
    def undefined(self) -> Vector:
        """Share of draws at which each function has no value, shape (k,): they are left out."""
        return np.asarray(1 - np.isfinite(self.draws).mean(axis=0))

    def standard_errors(self) -> Vector:
        """Standard deviations of the draws, shape (k,); NaN if there are fewer than two."""
        return np.array([np.std(t, ddof=1) if len(t) > 1 else np.nan for t in self._known()])

    def intervals(self, level: float = 0.95) -> Matrix:
        """Lower and upper percentiles, shape (2, k), interpolated linearly (R's type 7).

        NaN if there are fewer than two draws.

        Raises
        ------
        IdentificationError
            If the level is not between 0 and 1.
        """
        check_level(level)
        tails = [(1 - level) / 2, (1 + level) / 2]
        found = [np.quantile(t, tails) if len(t) > 1 else (np.nan, np.nan) for t in self._known()]
        return np.array(found).reshape(-1, 2).T

    def _known(self) -> list[Vector]:
        return [t[np.isfinite(t)] for t in self.draws.T]


def monte_carlo(
    fit: SemFit,
    function: Callable[[Matrix], Matrix] | None = None,
    *,
    draws: int = 20_000,
    seed: int = 1,
) -> MonteCarlo:
    """Draw functions of the free parameters from the distribution of these.

    Parameters
    ----------
    function : callable, optional
        From free parameters (q, d), one column a draw, to values (k, d) or (d,); the rows that
        ``:=`` defines if None.
    draws : int
    seed : int
        The same seed draws the same.

    Raises
    ------
    IdentificationError
        If the estimates have no covariance, no row is defined, or there are too few draws.
    """
    if fit.vcov is None:
        raise _refused(
            "montecarlo.no-vcov", "the estimates have no covariance", "See the fit's status"
        )
    if draws < 2:
        raise _refused("montecarlo.draws", f"{draws} draws", "Ask for at least 20000")
    rows = [number for number, row in enumerate(fit.table.rows) if row.op == ":="]
    names: tuple[str, ...] = tuple(fit.table.rows[number].lhs for number in rows)
    if function is None and not rows:
        raise _refused(
            "montecarlo.no-definition", "no parameter is defined", "Define one, as `ab := a*b`"
        )

    def evaluated(x: Matrix) -> Matrix:
        if function is None:
            return values_of(fit, x)[rows]
        with np.errstate(all="ignore"):  # where it is undefined is counted
            return np.atleast_2d(np.asarray(function(x), dtype=np.float64))

    estimates = evaluated(fit.x[:, None])[:, 0]
    names = names if function is None else tuple(map(str, range(len(estimates))))
    root, random = _root(fit.vcov), np.random.default_rng(seed)
    found = np.empty((draws, len(estimates)))
    for start in range(0, draws, _BLOCK):
        noise = random.standard_normal((min(_BLOCK, draws - start), len(root)))
        found[start : start + _BLOCK] = evaluated(fit.x[:, None] + root @ noise.T).T
    return MonteCarlo(names, estimates, found)


def values_of(fit: SemFit, x: Matrix) -> Matrix:
    """The value of every row at free parameters x (q, d), shape (rows, d)."""
    fixed = row_values(fit.table, np.zeros(len(x)))
    free = fit.table.free
    padded = np.vstack([np.zeros(x.shape[1]), x])
    values = np.where((free > 0)[:, None], padded[free], fixed[:, None])
    return np.asarray(with_definitions(fit.table, values))


def _root(vcov: Matrix) -> Matrix:
    """A root of a covariance, which constraints may have made singular: of its correlations."""
    sd = np.sqrt(np.maximum(np.diag(vcov), np.finfo(float).tiny))
    values, vectors = np.linalg.eigh(vcov / np.outer(sd, sd))
    root = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    return np.asarray(sd[:, None] * root)


def _refused(code: str, what: str, fix: str) -> IdentificationError:
    return IdentificationError(code, "the Monte-Carlo intervals", what, fix)
