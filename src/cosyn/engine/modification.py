"""What would change if a fixed parameter were free, or an equality were given up.

Modification indices and expected changes (Sörbom 1989; Saris, Satorra & Sörbom 1987) and score
tests of equalities (Breusch & Pagan 1980), all at the estimates: nothing is fitted again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.chisquare import ChiSquare, chi_square
from cosyn.engine.estimates import row_values
from cosyn.engine.linalg import damped_inverse
from cosyn.engine.lisrel import structures
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
    change_lv, change_all : float
        The same with the latents, and with all variables, scaled to unit variance.
    """

    lhs: str
    op: str
    rhs: str
    group: int
    index: float
    change: float
    change_lv: float
    change_all: float


@dataclass(frozen=True, slots=True)
class Release:
    """Score test of one equality: the two rows, and the drop of chi-square if it is given up."""

    first: Parameter
    second: Parameter
    test: ChiSquare


def modification_indices(fit: SemFit) -> tuple[Modification, ...]:
    """Indices of all parameters that could be freed, largest first; none unless it converged.

    Tried are loadings of every latent on every indicator, residual covariances, covariances and
    regressions among latents, and what the syntax fixes. What cannot be identified is left out.
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
    here = replace(fit, table=table, structures=structures(table)).discrepancy().at(x)
    gain, step = _gains(here.score(), here.information(), places)
    return _described(fit, table, tried, x, gain, step)


def _gains(score: Vector, information: Matrix, places: Indices) -> tuple[Vector, Vector]:
    """Score squared over net information, and score over it; NaN where that is nothing."""
    others = np.setdiff1d(np.arange(len(score)), places)
    cross = information[np.ix_(others, places)]
    explained = np.einsum(
        "ij,ij->j", cross, damped_inverse(information[np.ix_(others, others)]) @ cross
    )
    net = np.diag(information)[places] - explained
    net = np.where(net > _UNIDENTIFIED * np.diag(information)[places], net, np.nan)
    return score[places] ** 2 / net, score[places] / net


def _described(
    fit: SemFit,
    table: ParameterTable,
    tried: list[int],
    x: Vector,
    gain: Vector,
    step: Vector,
) -> tuple[Modification, ...]:
    values = row_values(table, x)
    parts = structures(table)
    by_lv, by_all = (
        scales(scaling_of(table, parts, observed=observed), parts, x, values)
        for observed in (False, True)
    )
    found = [
        Modification(
            table.rows[k].lhs,
            table.rows[k].op,
            table.rows[k].rhs,
            table.rows[k].group,
            index=float(fit.n * gain[j]),
            change=float(step[j]),
            change_lv=float(step[j] * by_lv[k]),
            change_all=float(step[j] * by_all[k]),
        )
        for j, k in enumerate(tried)
        if np.isfinite(gain[j])
    ]
    return tuple(sorted(found, key=lambda each: -each.index))


def _extended(table: ParameterTable) -> tuple[ParameterTable, list[int]]:
    """The table with everything tried as a free row, and the numbers of these rows."""
    rows = [replace(row, value=None, label="") if _may_be_freed(row) else row for row in table.rows]
    tried = [k for k, row in enumerate(table.rows) if _may_be_freed(row)]
    for group in range(1, len(table.groups) + 1):
        new = list(_absent(table, group))
        tried += range(len(rows), len(rows) + len(new))
        rows += new
    # Numbers given before stay in front, so that old and new parameters are told apart by place.
    return replace(table, rows=numbered(rows)), tried


def _may_be_freed(row: Parameter) -> bool:
    return row.value is not None and not row.exogenous and row.op != ":=" and row.user


def _absent(table: ParameterTable, group: int) -> Iterator[Parameter]:
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
    for key in pairs:
        if key not in there:
            yield Parameter(*key, group=group)


def score_tests(fit: SemFit) -> tuple[ChiSquare, tuple[Release, ...]]:
    """Test all equalities at once, and each by itself while the others hold.

    Returns
    -------
    ChiSquare
        Of all equalities together.
    tuple of Release
        One for each row after the first of a label, largest first.
    """
    table, x = _released(fit)
    here = replace(fit, table=table, structures=structures(table)).discrepancy().at(x)
    score, information = here.score(), here.information()
    K = _equalities(fit.table, table)
    every = fit.n * float(score @ np.linalg.pinv(information, hermitian=True) @ score)
    found = []
    for first, second in _pairs(fit.table):
        direction = np.zeros(len(x))
        direction[table.rows[second].free - 1] = 1.0
        value = fit.n * _along(direction, score, information, K)
        released = Release(fit.table.rows[first], fit.table.rows[second], chi_square(value, 1))
        found.append(released)
    found.sort(key=lambda each: -each.test.value)
    return chi_square(every, table.n_free - fit.table.n_free), tuple(found)


def _along(direction: Vector, score: Vector, information: Matrix, K: Matrix) -> float:
    """Gain from one direction, net of the parameters (columns of K) that are free anyway."""
    cross = K.T @ information @ direction
    net = direction @ information @ direction
    net -= cross @ damped_inverse(K.T @ information @ K) @ cross
    return float((score @ direction) ** 2 / net)


def _pairs(table: ParameterTable) -> Iterator[tuple[int, int]]:
    """First and later rows of each label."""
    first: dict[int, int] = {}
    for number, row in enumerate(table.rows):
        if row.free and first.setdefault(row.free, number) != number:
            yield first[row.free], number


def _released(fit: SemFit) -> tuple[ParameterTable, Vector]:
    """The table without equalities, and its free parameters at the estimates."""
    rows = [row if row.op == ":=" else replace(row, label="") for row in fit.table.rows]
    table = replace(fit.table, rows=numbered(row for row in rows if row.op != ":="))
    values = [v for v, row in zip(fit.estimates, rows, strict=True) if row.op != ":="]
    free = table.free
    return table, np.array(values)[free > 0]


def _equalities(restricted: ParameterTable, released: ParameterTable) -> Matrix:
    """Which of the released parameters (rows) each restricted one (columns) stands for."""
    K = np.zeros((released.n_free, restricted.n_free))
    numbers = [row.free for row in restricted.rows if row.op != ":="]
    for row, number in zip(released.rows, numbers, strict=True):
        if row.free:
            K[row.free - 1, number - 1] = 1.0
    return K
