"""Latent interactions by double-mean-centred products of matched indicators.

Marsh, Wen & Hau (2004) match the indicators of two factors pair by pair; Lin, Wen, Marsh & Lin
(2010) centre the products once more, which frees the model of a mean structure. The products are
not normal even where their factors are: ask for robust errors. For what the effects mean see
`cosyn.synergy._interactions`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.difference import chi_square_difference
from cosyn.engine.products import double_mean_centred_products
from cosyn.engine.standardize import standardized
from cosyn.engine.table import numbered
from cosyn.synergy._fit import fit, table_of
from cosyn.synergy._interactions import Comparison, InteractionResult
from cosyn.synergy._probes import probed, wald_comparison
from cosyn.synergy._products import completed, indicators_of, products_of
from cosyn.synergy._standardised import as_effects, coefficients
from cosyn.synergy._types import Scores, Synergy, SynergyResult, Task

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cosyn.engine._typing import Analytic
    from cosyn.engine.difference import ChiSquareDifference, Method
    from cosyn.engine.estimation import SemFit
    from cosyn.engine.table import ParameterTable
    from cosyn.synergy._products import Indicator


def run(scores: Scores, task: Task) -> SynergyResult:
    """Make the products, fit with and without their effects, and compare.

    The null is the same model, products and all, with the products' effects on the outcome fixed
    at 0: the additive model of the theory on the same variables. Robust statistics of models with
    products have no scaling to rely on (Satorra & Bentler's of 2001 and 2010 may be several times
    apart), so that the robust comparison is Wald's, which agrees with the intervals.
    """
    indicators = indicators_of(task)
    widened = _widened(scores, indicators)
    means = task.robust and scores.cluster is not None
    table = table_of(widened, completed(task, indicators), task.where, means=means)
    full = fit(table, widened, robust=task.robust)
    null = fit(_without_effects(table, task), widened, robust=task.robust)
    standard = standardized(full) if full.status.converged else None
    method: Method = "satorra2000" if task.robust else "standard"
    difference = chi_square_difference(null, full, method)
    interaction = _interaction(full, null, difference, task)
    return SynergyResult(
        fit=full,
        standard=standard,
        null=null,
        difference=difference,
        gain=interaction.gain,
        effects=as_effects(interaction),
        interaction=interaction,
    )


def with_products(scores: Scores, task: Task) -> Scores:
    """Append the product indicators ``<product>1``, ``<product>2`` ... of each product.

    Raises
    ------
    PlanError
        If a factor of a product has no indicators, or the two have different numbers of them.
    """
    return _widened(scores, indicators_of(task))


def full_syntax(task: Task) -> str:
    """The task's model with what its syntax leaves out of the products, for other programs.

    Raises
    ------
    PlanError
        As `with_products`.
    """
    return completed(task, indicators_of(task))


def _widened(scores: Scores, indicators: Mapping[str, Sequence[Indicator]]) -> Scores:
    names, columns = list(scores.names), [scores.values]
    for made in indicators.values():
        left = _columns(scores, [each.first for each in made])
        right = _columns(scores, [each.second for each in made])
        columns.append(double_mean_centred_products(left, right))
        names += [each.name for each in made]
    return replace(scores, names=tuple(names), values=np.hstack(columns))


def _columns(scores: Scores, names: Sequence[str]) -> np.ndarray:
    return scores.values[:, [scores.names.index(name) for name in names]]


def _without_effects(table: ParameterTable, task: Task) -> ParameterTable:
    products = products_of(task)
    rows = (
        replace(row, value=0.0, label="")
        if row.op == "~" and row.lhs == task.outcome and row.rhs in products
        else row
        for row in table.rows
        if row.op != ":="
    )
    return replace(table, rows=numbered(rows))


def _interaction(
    full: SemFit, null: SemFit, difference: ChiSquareDifference, task: Task
) -> InteractionResult:
    products = products_of(task)
    comparison = Comparison(
        difference.chisq, difference.df, difference.pvalue, difference.method, difference.reason
    )
    if task.robust:
        pairs = [(task.outcome, product) for product in products]
        reason = "; ".join(full.status.messages)
        comparison = wald_comparison(full.table, full.x, full.vcov, pairs, reason)
    rows = tuple(r for r in full.rows() if r.op == "~" and r.lhs == task.outcome)
    gain = _gain(full, null, task.outcome)
    unsound = "; ".join(full.status.reasons)
    nothing = InteractionResult(
        "product indicators", rows, (), comparison, gain, (), unsound=unsound
    )
    if full.vcov is None:
        return replace(nothing, problem="; ".join(full.status.messages))
    structure = full.structures[0]

    def variances(x: Analytic) -> dict[str, Analytic]:
        return dict(zip(structure.latent, np.diag(structure.implied(x).V), strict=True))

    found = coefficients(full.table, full.x, full.vcov, variances, (task.outcome, products))
    return probed(nothing, found, products, task.level)


def _gain(full: SemFit, null: SemFit, outcome: str) -> float | None:
    if not (full.status.converged and null.status.converged):
        return None
    explained = [model.r_squared().get(outcome) for model in (full, null)]
    more, less = explained
    return None if more is None or less is None else more - less


SYNERGY = Synergy("interaction", run, null_is_restricted=True)
