"""Correlations of all pairs of variables, ordinal or not, and what is doubtful about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine._ordinal_data import OrdinalFault
from cosyn.engine._ordinal_layout import serial
from cosyn.engine.contingency import margins, tables
from cosyn.engine.polychoric import BOUND, Correlations, polychoric, thresholds
from cosyn.engine.polyserial import polyserial, product_moment
from cosyn.engine.rectangle import limits, residual_polychoric

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.engine._ordinal_data import FaultKind, Prepared
    from cosyn.engine._ordinal_layout import Answers, Layout
    from cosyn.engine._typing import Flags, Indices, Matrix, Vector
    from cosyn.engine.contingency import Counts
    from cosyn.engine.rectangle import Limits

#: Respondents for each cell of a table below which it is sparse (Cochran 1954).
_PER_CELL = 5
#: Arrays of the size of a block that are at work at a time.
_ARRAYS = 8
#: Residual correlations are not searched from nearer to the bound.
_START = 0.9


def correlations(data: Prepared, counts: Counts) -> tuple[Vector, tuple[OrdinalFault, ...]]:
    """Polychoric, polyserial and Pearson's correlations (P,), and their faults."""
    plan, answers = data.layout, data.answers
    rho, at_bound = np.zeros(len(plan.rows)), np.zeros(len(plan.rows), dtype=np.bool_)
    ordinal, mixed, continuous = (plan.pairs(ordinal=k) for k in (2, 1, 0))
    tau = answers.tau
    found = _residual(answers, counts, plan) if plan.given else _ordinal(tau, counts, plan)
    rho[ordinal], at_bound[ordinal] = found.rho, found.at_bound
    rho[mixed], at_bound[mixed] = _mixed(answers, plan)
    rho[continuous], at_bound[continuous] = _continuous(answers, plan)
    sparse = _sparse(data)
    faults = (
        *_faults(data, sparse, "sparse table", f"fewer than {_PER_CELL} respondents a cell"),
        *_faults(data, ordinal[found.corrected], "filled cell", "an empty cell was raised to 0.5"),
        *_faults(data, np.flatnonzero(at_bound), "correlation at bound", f"stopped at {BOUND}"),
    )
    return rho, faults


def _ordinal(tau: Matrix, counts: Counts, plan: Layout) -> Correlations:
    pairs = plan.pairs(ordinal=2)
    rows, columns = plan.place[plan.rows[pairs]], plan.place[plan.columns[pairs]]
    return polychoric(tables(counts, rows, columns), tau[rows], tau[columns])


def _residual(answers: Answers, counts: Counts, plan: Layout) -> Correlations:
    """Of the residuals, which have no tables; those of the items themselves are the start."""
    rows, columns = (plan.place[side[plan.pairs(ordinal=2)]] for side in (plan.rows, plan.columns))
    start = _ordinal(thresholds(margins(counts)), counts, plan).rho

    def blocks(pairs: Indices) -> Iterator[tuple[Limits, Limits]]:
        items = np.arange(answers.tau.shape[0])
        for block in answers.blocks(_ARRAYS * len(pairs)):
            every = limits(*answers.rows(block).around(items))
            yield every.of(rows[pairs]), every.of(columns[pairs])

    rho, at_bound = residual_polychoric(blocks, np.clip(start, -_START, _START))
    return Correlations(rho, at_bound, np.zeros(len(rho), dtype=np.bool_))


def _sparse(data: Prepared) -> Indices:
    """Numbers of the pairs of items with too few respondents for their cells."""
    plan = data.layout
    pairs = plan.pairs(ordinal=2)
    rows, columns = plan.rows[pairs], plan.columns[pairs]
    cells = (plan.steps[rows] + 1) * (plan.steps[columns] + 1)
    return pairs[data.pair_counts[rows, columns] < _PER_CELL * cells]


def _faults(data: Prepared, pairs: Indices, kind: FaultKind, detail: str) -> Iterator[OrdinalFault]:
    for pair in pairs:
        i, j = data.layout.columns[pair], data.layout.rows[pair]
        yield OrdinalFault(kind, (data.names[i], data.names[j]), detail)


def _mixed(answers: Answers, plan: Layout) -> tuple[Vector, Flags]:
    continuous, items = serial(plan)

    def blocks(pairs: Indices) -> Iterator[tuple[Matrix, Matrix, Matrix]]:
        for block in answers.blocks(len(pairs)):
            part = answers.rows(block)
            z = part.z[:, plan.place[continuous[pairs]]]
            yield z, *part.around(plan.place[items[pairs]])

    return polyserial(blocks, np.zeros(len(items)))


def _continuous(answers: Answers, plan: Layout) -> tuple[Vector, Flags]:
    """Pairs of continuous variables, from the sums over the respondents who have both."""
    pairs = plan.pairs(ordinal=0)
    seen = (~np.isnan(answers.z)).astype(np.float64)
    z = np.nan_to_num(answers.z)
    squares = (z * z).T @ seen
    x, y = plan.place[plan.rows[pairs]], plan.place[plan.columns[pairs]]
    sums = squares[x, y], squares[y, x], (z.T @ z)[x, y]
    return product_moment(sums, (seen.T @ seen)[x, y])
