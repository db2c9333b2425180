"""Latent interaction by double-mean-centred products of matched indicators.

Marsh, Wen & Hau (2004) match the indicators of two factors pair by pair; Lin, Wen, Marsh & Lin
(2010) centre the products once more, which frees the model of a mean structure. The product's
standardised effect uses the standard deviations of the two factors, not of their product
(Wen, Marsh & Hau 2010): a slope of the outcome in its own standard deviations when both factors
move by one of theirs.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.difference import chi_square_difference
from cosyn.engine.estimates import row_values
from cosyn.engine.inference import delta_method
from cosyn.engine.products import double_mean_centred_products
from cosyn.engine.standardize import standardized
from cosyn.engine.syntax import parse
from cosyn.engine.table import numbered
from cosyn.errors import PlanError
from cosyn.synergy._fit import fit, table_of
from cosyn.synergy._types import Effect, Scores, Synergy, SynergyResult, Task

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Analytic
    from cosyn.engine.estimation import SemFit
    from cosyn.engine.syntax import Statement
    from cosyn.engine.table import ParameterTable


def run(scores: Scores, task: Task) -> SynergyResult:
    """Make the products, fit with and without their effects, and compare.

    The null is the same model, products and all, with the products' effects on the outcome fixed
    at 0: the additive model of the theory on the same variables.
    """
    widened = with_products(scores, task)
    table = table_of(widened, task.syntax, task.where)
    full, null = fit(table, widened), fit(_without_effects(table, task), widened)
    standard = standardized(full) if full.status.converged else None
    return SynergyResult(
        fit=full,
        standard=standard,
        null=null,
        difference=chi_square_difference(restricted=null, full=full),
        gain=_gain(full, null, task.outcome),
        effects=tuple(_effects(full, task)) if full.vcov is not None else (),
    )


def with_products(scores: Scores, task: Task) -> Scores:
    """Append the product indicators ``<product>1``, ``<product>2`` ... of each product.

    Raises
    ------
    PlanError
        If a factor of a product has no indicators, or the two have different numbers of them.
    """
    statements = parse(task.syntax, task.where)
    names, columns = list(scores.names), [scores.values]
    for product, (first, second) in task.products.items():
        left, right = (_indicators(statements, f) for f in (first, second))
        if not left or len(left) != len(right):
            raise PlanError(
                "plan.unmatched-product",
                task.where,
                f"{product}: {first} has {len(left)} indicators and {second} {len(right)}",
                "Products are made pair by pair: give both factors equally many",
            )
        block = double_mean_centred_products(_columns(scores, left), _columns(scores, right))
        columns.append(block)
        names += [f"{product}{k}" for k in range(1, len(left) + 1)]
    return Scores(tuple(names), np.hstack(columns))


def _indicators(statements: Sequence[Statement], factor: str) -> list[str]:
    return [s.rhs for s in statements if s.op == "=~" and s.lhs == factor]


def _columns(scores: Scores, names: Sequence[str]) -> np.ndarray:
    return scores.values[:, [scores.names.index(name) for name in names]]


def _without_effects(table: ParameterTable, task: Task) -> ParameterTable:
    rows = (
        replace(row, value=0.0, label="")
        if row.op == "~" and row.lhs == task.outcome and row.rhs in task.products
        else row
        for row in table.rows
        if row.op != ":="
    )
    return replace(table, rows=numbered(rows))


def _gain(full: SemFit, null: SemFit, outcome: str) -> float | None:
    if not (full.status.converged and null.status.converged):
        return None
    explained = [model.r_squared().get(outcome) for model in (full, null)]
    more, less = explained
    return None if more is None or less is None else more - less


def _effects(full: SemFit, task: Task) -> list[Effect]:
    assert full.vcov is not None
    found = []
    for product, factors in task.products.items():
        row = full.table.index(task.outcome, "~", product)

        def scaled(x: Analytic, row: int = row, factors: tuple[str, str] = factors) -> Analytic:
            return _scaled(full, x, row, factors, task.outcome)

        se = float(delta_method(scaled, full.x, full.vcov)[0])
        found.append(Effect(task.outcome, product, float(scaled(full.x)[0]), se))
    return found


def _scaled(
    full: SemFit, x: Analytic, row: int, factors: tuple[str, str], outcome: str
) -> Analytic:
    """Effect times the factors' standard deviations over the outcome's, shape (1,)."""
    structure = full.structures[0]
    variances = np.diag(structure.implied(x).V)
    sd = {n: np.sqrt(v) for n, v in zip(structure.latent, variances, strict=True)}
    first, second = factors
    value = row_values(full.table, x)[row] * sd[first] * sd[second] / sd[outcome]
    return np.atleast_1d(value)


SYNERGY = Synergy("interaction", run, null_is_restricted=True)
