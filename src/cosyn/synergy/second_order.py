"""One second-order factor behind the dynamics, acting on the outcome only through it.

It claims coherence: that the dynamics covary through one cause and matter only through it. It is
nested in the additive model and must not fit worse; its own fit says little, because a model with
one general factor fits many data that have none.
"""

from __future__ import annotations

from cosyn.engine.difference import chi_square_difference
from cosyn.synergy._fit import estimate, fit, table_of
from cosyn.synergy._types import Scores, Synergy, SynergyResult, Task


def run(scores: Scores, task: Task) -> SynergyResult:
    """Fit the model and the additive one it restricts, and test the restriction."""
    result = estimate(scores, task.syntax, task.where, robust=task.robust)
    means = task.robust and scores.cluster is not None
    table = table_of(scores, task.null, task.null_where, means=means)
    null = fit(table, scores, robust=task.robust)
    return SynergyResult(
        fit=result.fit,
        standard=result.standard,
        null=null,
        difference=chi_square_difference(restricted=result.fit, full=null),
        gain=None,
    )


SYNERGY = Synergy("second_order", run, null_is_restricted=False)
