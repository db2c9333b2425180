"""What would change if a fixed parameter were free, or an equality were given up.

Modification indices and expected changes (Sörbom 1989; Saris, Satorra & Sörbom 1987), all at the
estimates: nothing is fitted again. Score tests of equalities are in `cosyn.engine.score_tests`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cosyn.engine.constraints import constraints_of, tangent
from cosyn.engine.estimates import row_values
from cosyn.engine.linalg import damped_inverse
from cosyn.engine.lisrel import structures
from cosyn.engine.sandwich import (
    curvature,
    evaluation_at,
    information_rows,
    lavaan_share,
    products,
    size,
)
from cosyn.engine.standardize import scales, scaling_of
from cosyn.engine.table import Parameter, ParameterTable, numbered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.engine._typing import Indices, Matrix, Vector
    from cosyn.engine.estimation import SemFit

#: A parameter whose information, net of the others', is below this cannot be freed.
_UNIDENTIFIED = float(np.finfo(float).eps) ** (1 / 3)


@dataclass(frozen=True, slots=True)
class Modification:
    """One parameter that the model fixes.

    Attributes
    ----------
    lhs, op, rhs : str
    group : int
    index : float
        Expected drop of chi-square with one degree of freedom.
    change : float
        Expected value less the value it is fixed at (EPC).
    change_lv, change_all : float or None
        The same with the latents, and with all variables, scaled to unit variance; None if one of
        them has no positive variance to divide by.
    robust : float or None
        The index whatever the distribution of the answers: the generalised score statistic (Boos
        1992). None unless asked for.
    """

    lhs: str
    op: str
    rhs: str
    group: int
    index: float
    change: float
    change_lv: float | None
    change_all: float | None
    robust: float | None = None


def modification_indices(fit: SemFit, *, robust: bool = False) -> tuple[Modification, ...]:
    """Indices of all parameters that could be freed, largest first; none unless it converged.

    Tried are loadings of every latent on every indicator, residual covariances, covariances and
    regressions among latents, scaling factors of ordinal items, and what the syntax fixes. What
    cannot be identified is left out. Of ordinal items the index is in the metric of the weights,
    as lavaan's is: only the robust one is distributed as chi-square.

    Parameters
    ----------
    robust : bool
        Add the indices that do not rest on normal answers, or on optimal weights.

    Raises
    ------
    IdentificationError
        If robust indices are asked for and only means and covariances are at hand.
    """
    if fit.measures is None:
        return ()
    table, tried = _extended(fit.table)
    x = np.zeros(table.n_free)
    places = np.array([table.rows[k].free - 1 for k in tried], dtype=np.intp)
    fixed = row_values(fit.table, fit.x)
    for k, row in enumerate(table.rows):
        if row.free:
            x[row.free - 1] = fixed[k] if k < len(fixed) else 0.0
    here = evaluation_at(fit, table, x)
    own = np.setdiff1d(np.arange(len(x)), places)
    moves = _Moves(own, tangent(constraints_of(fit.table), fit.x))
    score = here.score()
    net = _net(*information_rows(fit, here, own), moves, places)
    gain = score[places] ** 2 / net
    step = score[places] / net
    corrected = None
    if robust:
        corrected = score[places] ** 2 / _variance(
            curvature(fit, here), products(fit, here), moves, places
        )
    return _described(fit, table, tried, x, gain, step, corrected)


class _Moves(NamedTuple):
    """Directions in which the fitted model's own parameters may move.

    Attributes
    ----------
    own : ndarray of int, shape (q0,)
        Places of these parameters among all.
    K : ndarray, shape (q0, f), or None
        Directions that constraints leave; None if all.
    """

    own: Indices
    K: Matrix | None

    def along(self, rows: Matrix) -> Matrix:
        """What rows (q0, ...) are along the directions, (f, ...)."""
        return rows if self.K is None else self.K.T @ rows

    def crossed(self, rows: Matrix, places: Indices) -> tuple[Matrix, Matrix]:
        """Of rows `own` of a curvature (q0, q): directions with places, (f, places), regressed."""
        cross = self.along(rows[:, places])
        inner = self.along(self.along(rows[:, self.own]).T)
        return cross, damped_inverse(inner) @ cross


def _net(rows: Matrix, diagonal: Vector, moves: _Moves, places: Indices) -> Vector:
    """Information of single parameters, net of the directions `moves`; NaN where there is none.

    Parameters
    ----------
    rows : ndarray, shape (q0, q)
        Of the information, of the fitted model's own parameters.
    diagonal : ndarray, shape (q,)
    """
    explained = np.einsum("ij,ij->j", *moves.crossed(rows, places))
    own = diagonal[places]
    net = own - explained
    return np.where(net > _UNIDENTIFIED * own, net, np.nan)


def _variance(J: Matrix, B: Matrix, moves: _Moves, places: Indices) -> Vector:
    """Variance of single scores, net of the directions `moves`, if that of all scores is B."""
    C = np.zeros((len(J), len(places)))
    C[places, np.arange(len(places))] = 1.0
    taken = moves.crossed(J[moves.own], places)[1]
    C[moves.own] -= taken if moves.K is None else moves.K @ taken
    return np.asarray(np.einsum("ij,ij->j", C, B @ C))


def _described(
    fit: SemFit,
    table: ParameterTable,
    tried: list[int],
    x: Vector,
    gain: Vector,
    step: Vector,
    corrected: Vector | None,
) -> tuple[Modification, ...]:
    parts = structures(table)
    values = row_values(table, x, parts)
    with np.errstate(invalid="ignore", divide="ignore"):
        by_lv, by_all = (
            scales(scaling_of(table, parts, observed=observed), parts, x, values)
            for observed in (False, True)
        )
    n, share = size(fit), lavaan_share(fit)
    found = [
        Modification(
            table.rows[k].lhs,
            table.rows[k].op,
            table.rows[k].rhs,
            table.rows[k].group,
            index=float(n * share * gain[j]),
            change=float(share * step[j]),
            change_lv=_scaled(share * step[j], by_lv[k]),
            change_all=_scaled(share * step[j], by_all[k]),
            robust=None if corrected is None else float(n * corrected[j]),
        )
        for j, k in enumerate(tried)
        if np.isfinite(gain[j])
    ]
    return tuple(sorted(found, key=lambda each: -each.index))


def _scaled(change: float, by: float) -> float | None:
    return float(change * by) if np.isfinite(by) else None


def _extended(table: ParameterTable) -> tuple[ParameterTable, list[int]]:
    """The table with everything tried as a free row, and the numbers of these rows."""
    tried = [k for k, row in enumerate(table.rows) if _may_be_freed(row)]
    # Numbers given before stay in front, so that old and new parameters are told apart by place.
    rows = list(
        numbered(
            replace(row, value=None, label="") if _may_be_freed(row) else row for row in table.rows
        )
    )
    free = max((row.free for row in rows), default=0)
    for group in range(1, len(table.groups) + 1):
        new = list(_absent(table, group, free + 1))
        tried += range(len(rows), len(rows) + len(new))
        rows += new
        free += len(new)
    return replace(table, rows=tuple(rows)), tried


def _may_be_freed(row: Parameter) -> bool:
    """Whether the syntax fixes the row, or it is a scaling factor: equal loadings identify it."""
    if row.value is None or row.exogenous or row.derived:
        return False
    return row.op == "~*~" or (row.user and row.op != ":=")


def _absent(table: ParameterTable, group: int, first: int) -> Iterator[Parameter]:
    """Rows that a group does not have, free and numbered from `first`."""
    rows = table.of_group(group)
    there = {(row.lhs, row.op, row.rhs) for row in rows}
    there |= {(row.rhs, row.op, row.lhs) for row in rows if row.op == "~~"}
    measured = {row.rhs for row in rows if row.op == "=~"}
    indicators = [name for name in table.observed if name in measured]
    free = [name for name in table.observed if name not in table.covariates]
    first_order = [f for f in table.latent if {r.rhs for r in rows if r.lhs == f} & set(indicators)]
    pairs = [(f, "=~", x) for f in first_order for x in indicators]
    pairs += [(a, "~~", b) for a, b in combinations(free, 2)]
    pairs += [(a, "~~", b) for a, b in combinations(table.latent, 2)]
    missing = (key for key in pairs if key not in there)
    for number, (lhs, op, rhs) in enumerate(missing, start=first):
        yield Parameter(lhs, op, rhs, number, group=group)
