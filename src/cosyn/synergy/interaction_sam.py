"""Latent interactions in two steps: factors are measured first, then their products related.

Local structure after measurement (Rosseel & Loh 2022; Rosseel, Burghgraeve, Loh &
Schermelleh-Engel 2025): no product indicators, so that factors may have any numbers of them, and
misfit of one factor's measurement does not reach the others. There is no measure of fit for the
whole; the additive model stands beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.moments import sample_moments
from cosyn.engine.partable import TableOptions, parameter_table
from cosyn.engine.sam import fit_sam
from cosyn.synergy._fit import fit
from cosyn.synergy._interactions import Comparison, InteractionResult
from cosyn.synergy._probes import probed, wald_comparison
from cosyn.synergy._products import products_of, without_products
from cosyn.synergy._standardised import beside, coefficients, named
from cosyn.synergy._types import Scores, Synergy, SynergyResult, Task

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Analytic
    from cosyn.engine.product_terms import ProductTerm
    from cosyn.engine.sam import SamFit


def run(scores: Scores, task: Task) -> SynergyResult:
    """Fit the products' effects in two steps, and test them all against zero."""
    statements, terms = without_products(task)
    table = parameter_table(statements, scores.names, TableOptions(means=True))
    cluster = scores.cluster if task.robust else None
    sample = sample_moments(scores.values, scores.names, cluster)
    full = fit_sam(table, sample, terms, errors="robust" if task.robust else "twostep")
    less = full if full.problem else fit_sam(table, sample)
    additive = fit(table, scores, robust=task.robust)
    return beside(additive, _interaction(full, less, terms, task))


def _interaction(
    full: SamFit, less: SamFit, terms: Sequence[ProductTerm], task: Task
) -> InteractionResult:
    products = products_of(task)
    rows = named((r for r in full.rows if r.op == "~" and r.lhs == task.outcome), products)
    if full.path is None or full.vcov is None:
        none = Comparison(None, None, None, "Wald", full.problem)
        return InteractionResult("SAM", rows, (), none, None, (), full.problem)
    path = full.path
    pairs = [(term.outcome, term.name) for term in terms]
    test = wald_comparison(path.table, path.x, full.vcov, pairs, full.problem)
    structure = path.structures[0]

    def variances(x: Analytic) -> dict[str, Analytic]:
        return dict(zip(structure.latent, np.diag(structure.implied(x).V), strict=True))

    unsound, gain = "; ".join(path.status.reasons), _gain(full, less, task)
    result = InteractionResult("SAM", rows, (), test, gain, (), unsound=unsound)
    found = coefficients(path.table, path.x, full.vcov, variances, (task.outcome, products))
    return probed(result, found, products, task.level)


def _gain(full: SamFit, less: SamFit, task: Task) -> float | None:
    if full.path is None or less.path is None:
        return None
    more = full.path.r_squared().get(task.outcome)
    fewer = less.path.r_squared().get(task.outcome)
    return None if more is None or fewer is None else more - fewer


SYNERGY = Synergy("interaction_sam", run, null_is_restricted=True)
