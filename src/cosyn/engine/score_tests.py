"""Tests of what a model holds equal or fixed, at its estimates: nothing is fitted again.

Breusch & Pagan (1980); generalised so that they do not rest on normal answers or on optimal
weights by Boos (1992), *On generalized score tests*, American Statistician 46, eq. 5.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine import sandwich
from cosyn.engine.chisquare import ChiSquare, chi_square
from cosyn.engine.constraints import constraints_of, tangent
from cosyn.engine.linalg import damped_inverse
from cosyn.engine.table import Parameter, ParameterTable, numbered

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cosyn.engine._typing import Matrix, Vector
    from cosyn.engine.estimation import SemFit
    from cosyn.engine.sandwich import AnyEvaluation

#: Information net of the other parameters', relative to the gross, that is rounding error.
_UNIDENTIFIED = float(np.finfo(float).eps) ** (1 / 3)


@dataclass(frozen=True, slots=True)
class Release:
    """Score test of one equality.

    Attributes
    ----------
    first, second : Parameter
        The two rows that are equal.
    test : ChiSquare
        The drop of chi-square if the equality is given up.
    change : float
        Expected value of the second row less that of the first.
    robust : ChiSquare or None
        The same whatever the distribution; None unless asked for.
    """

    first: Parameter
    second: Parameter
    test: ChiSquare
    change: float = 0.0
    robust: ChiSquare | None = None


@dataclass(frozen=True, slots=True)
class ScoreTest:
    """Test of a fit within a fuller model.

    Attributes
    ----------
    test : ChiSquare
        The drop of chi-square that is expected of the fuller model.
    robust : ChiSquare or None
        The same whatever the distribution; None unless asked for.
    changes : tuple of float
        Expected changes of the rows that were named.
    """

    test: ChiSquare
    robust: ChiSquare | None
    changes: tuple[float, ...]


def score_tests(fit: SemFit, *, robust: bool = False) -> tuple[ChiSquare, tuple[Release, ...]]:
    """Test all equalities at once, and each by itself while the others hold.

    Parameters
    ----------
    robust : bool
        Whether to add tests that do not rest on normal answers or on optimal weights.

    Returns
    -------
    ChiSquare
        Of all equalities together.
    tuple of Release
        One for each row after the first of a label, largest first; none of what could not be
        determined without the equality.

    Raises
    ------
    IdentificationError
        If robust tests are asked for and only means and covariances are at hand.
    """
    fuller = _Fuller.of(fit, _released(fit.table), robust=robust)
    J = fuller.information
    n = sandwich.size(fit) * fuller.share
    every = n * float(fuller.score @ np.linalg.pinv(J, hermitian=True) @ fuller.score)
    df = np.linalg.matrix_rank(J, hermitian=True) - fuller.K.shape[1]
    found = []
    for first, second in _pairs(fit.table):
        one = fuller.test([fuller.table.rows[second].free])
        if one is not None:
            pair = fit.table.rows[first], fit.table.rows[second]
            found.append(Release(*pair, one.test, one.changes[0], one.robust))
    found.sort(key=lambda each: -each.test.value)
    return chi_square(every, int(df)), tuple(found)


def score_test(
    fit: SemFit, table: ParameterTable, freed: Sequence[int], *, robust: bool = False
) -> ScoreTest | None:
    """Test a fit within a fuller model of the same rows.

    Parameters
    ----------
    table : ParameterTable
        The rows of the fit's table, in their order, with some equalities given up or some fixed
        values freed.
    freed : sequence of int
        Numbers, from 0, of the rows that are free to differ then.
    robust : bool
        Whether to add the test that does not rest on normal answers or on optimal weights.

    Returns
    -------
    ScoreTest or None
        None if the data do not determine what is freed, or the table is not fuller.

    Raises
    ------
    IdentificationError
        If a robust test is asked for and only means and covariances are at hand.
    """
    numbers = [table.rows[k].free for k in freed]
    if 0 in numbers or _narrower(fit.table, table):
        return None
    return _Fuller.of(fit, table, robust=robust).test(numbers)


def _narrower(fitted: ParameterTable, table: ParameterTable) -> bool:
    """Whether something that is free in the first table is not in the second."""
    return any(a.free and not b.free for a, b in zip(fitted.rows, table.rows, strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class _Fuller:
    """A fuller model where a fitted one has its estimates.

    Attributes
    ----------
    score : ndarray, shape (q,)
    information : ndarray, shape (q, q)
    K : ndarray, shape (q, f)
        Directions in which the fitted model may move.
    curvature, products : ndarray, shape (q, q), or None
        The parts of the sandwich, if robust tests are wanted.
    """

    fit: SemFit
    table: ParameterTable
    score: Vector
    information: Matrix
    K: Matrix
    curvature: Matrix | None
    products: Matrix | None

    @classmethod
    def of(cls, fit: SemFit, table: ParameterTable, *, robust: bool) -> _Fuller:
        x = np.zeros(table.n_free)
        for row, value in zip(table.rows, fit.estimates, strict=False):
            if row.free:
                x[row.free - 1] = value
        here: AnyEvaluation = sandwich.evaluation_at(fit, table, x)
        K = _equalities(fit.table, table)
        moves = tangent(constraints_of(fit.table), fit.x)
        return cls(
            fit,
            table,
            here.score(),
            sandwich.information(fit, here),
            K if moves is None else K @ moves,
            sandwich.curvature(fit, here) if robust else None,
            sandwich.products(fit, here) if robust else None,
        )

    @property
    def share(self) -> float:
        """What brings a statistic to lavaan's scale; see `cosyn.engine.sandwich.lavaan_share`."""
        return sandwich.lavaan_share(self.fit)

    def test(self, numbers: Sequence[int]) -> ScoreTest | None:
        """Test some of the parameters, counted from 1, while the others are as in the fit."""
        D = np.zeros((len(self.score), len(numbers)))
        D[np.array(numbers) - 1, np.arange(len(numbers))] = 1.0
        C = D - self.K @ self._explained(self.information, D)
        net = C.T @ self.information @ C
        gross = np.diag(D.T @ self.information @ D)
        if np.linalg.eigvalsh(net / np.sqrt(np.outer(gross, gross)))[0] < _UNIDENTIFIED:
            return None
        U, df, n = D.T @ self.score, len(numbers), sandwich.size(self.fit)
        changes = np.linalg.solve(net, U)
        value = n * self.share * float(U @ changes)
        corrected = None
        if self.curvature is not None and self.products is not None:
            C = D - self.K @ self._explained(self.curvature, D)
            spread = C.T @ self.products @ C
            U = C.T @ self.score
            corrected = chi_square(n * float(U @ np.linalg.solve(spread, U)), df)
        return ScoreTest(chi_square(value, df), corrected, tuple(map(float, self.share * changes)))

    def _explained(self, J: Matrix, D: Matrix) -> Matrix:
        return np.asarray(damped_inverse(self.K.T @ J @ self.K) @ (self.K.T @ J @ D))


def _pairs(table: ParameterTable) -> Iterator[tuple[int, int]]:
    """First and later rows of each label."""
    first: dict[int, int] = {}
    for number, row in enumerate(table.rows):
        if row.free and first.setdefault(row.free, number) != number:
            yield first[row.free], number


def _released(table: ParameterTable) -> ParameterTable:
    """The table without equalities; its rows of ``:=`` come last and are left out."""
    rows = [replace(row, label="") for row in table.rows if row.op != ":="]
    return replace(table, rows=numbered(rows), constraints=())


def _equalities(restricted: ParameterTable, released: ParameterTable) -> Matrix:
    """Which of the released parameters (rows) each restricted one (columns) stands for."""
    K = np.zeros((released.n_free, restricted.n_free))
    for row, other in zip(released.rows, restricted.rows, strict=False):
        if row.free and other.free:
            K[row.free - 1, other.free - 1] = 1.0
    return K
