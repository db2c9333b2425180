"""Latent interactions by maximum likelihood: latent moderated structural equations.

Klein & Moosbrugger (2000). The most precise of the methods where factors and residuals are normal,
and the one that curved effects or skewed factors mislead most. The likelihood ratio against the
additive model is its test, or Wald's if errors are to be robust; measures of fit there are none
but the additive model's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.lms import fit_lms
from cosyn.engine.lms_result import latent_moments
from cosyn.engine.moments import sample_moments
from cosyn.engine.partable import TableOptions, parameter_table
from cosyn.engine.status import HEYWOOD
from cosyn.synergy._interactions import Comparison, InteractionResult
from cosyn.synergy._probes import probed, wald_comparison
from cosyn.synergy._products import products_of, without_products
from cosyn.synergy._standardised import beside, coefficients, named
from cosyn.synergy._types import Scores, Synergy, SynergyResult, Task

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cosyn.engine._typing import Analytic
    from cosyn.engine.lms_result import LmsFit


def run(scores: Scores, task: Task) -> SynergyResult:
    """Fit the products' effects by maximum likelihood, and test them against the additive model."""
    full, interaction = fitted(scores, task)
    return beside(full.linear, interaction)


def fitted(scores: Scores, task: Task) -> tuple[LmsFit, InteractionResult]:
    """The fit with all its parameters, and what its products do."""
    statements, terms = without_products(task)
    table = parameter_table(statements, scores.names, TableOptions(means=True))
    cluster = scores.cluster if task.robust else None
    sample = sample_moments(scores.values, scores.names, cluster)
    full = fit_lms(table, sample, terms, errors="robust" if task.robust else "observed")
    return full, _interaction(full, task)


def unsound(full: LmsFit) -> str:
    """Why estimates must not be interpreted: a negative variance; "" if there is none."""
    variances = (
        estimate.value
        for row, estimate in zip(full.table.rows, full.rows, strict=True)
        if row.is_variance and row.free
    )
    return HEYWOOD if any(value is not None and value < 0 for value in variances) else ""


def _interaction(full: LmsFit, task: Task) -> InteractionResult:
    products = products_of(task)
    rows = named((r for r in full.rows if r.op == "~" and r.lhs == task.outcome), products)
    test = Comparison(
        full.test.chisq, full.test.df, full.test.pvalue, "likelihood ratio", full.problem
    )
    if task.robust:
        pairs = [(term.outcome, term.name) for term in full.terms]
        test = wald_comparison(full.table, full.x, full.vcov, pairs, full.problem)
    none = InteractionResult("LMS", rows, (), test, None, (), full.problem)
    if full.vcov is None:
        return none

    def variances(x: Analytic) -> dict[str, Analytic]:
        return dict(zip(full.table.latent, np.diag(latent_moments(full, x)[1]), strict=True))

    gain = _gain(full, variances, task)
    result = InteractionResult("LMS", rows, (), test, gain, (), unsound=unsound(full))
    found = coefficients(full.table, full.x, full.vcov, variances, (task.outcome, products))
    return probed(result, found, products, task.level)


def _gain(
    full: LmsFit, variances: Callable[[Analytic], Mapping[str, Analytic]], task: Task
) -> float | None:
    residual = full.row(task.outcome, "~~", task.outcome).value
    additive = full.linear.r_squared().get(task.outcome)
    if residual is None or additive is None:
        return None
    return float(1 - residual / variances(full.x)[task.outcome]) - additive


SYNERGY = Synergy("interaction_lms", run, null_is_restricted=True)
