"""Complete cases with their departments, and models fitted to them as the plan says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.engine.partable import TableOptions
from cosyn.plan import Estimation
from cosyn.scoring import clusters_of
from cosyn.synergy import Scores as Cases
from cosyn.synergy import fit_to

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.analysis._types import Context
    from cosyn.engine.estimation import SemFit
    from cosyn.engine.table import ParameterTable
    from cosyn.scoring import Scores

CLUSTERED = Estimation(estimator="MLR", clusters="department")

__all__ = ["Cases", "complete_cases", "fitted", "table_options"]


def complete_cases(
    context: Context,
    scores: Scores,
    names: Sequence[str] | None = None,
    *,
    clustered: bool = False,
) -> Cases:
    """Respondents with a score in every column, or in those named (listwise deletion).

    Parameters
    ----------
    clustered : bool
        Whether departments matter whatever the plan says of standard errors: for models of two
        levels.
    """
    chosen = tuple(scores.names if names is None else names)
    whole = scores.whole(chosen)
    estimation = CLUSTERED if clustered else context.plan.plan.estimation
    clusters = clusters_of(context.table, estimation)
    return Cases(
        chosen, scores.of_rows(whole, chosen), None if clusters is None else clusters[whole]
    )


def table_options(cases: Cases) -> TableOptions:
    """Models of clustered answers have means, as lavaan's have."""
    return TableOptions(means=cases.cluster is not None)


def fitted(context: Context, table: ParameterTable, cases: Cases) -> SemFit:
    """Fit a model of one group by the plan's estimator.

    Raises
    ------
    IdentificationError
        If the data do not allow it.
    """
    rules = context.plan.plan.estimation
    return fit_to(table, cases, robust=rules.estimator == "MLR", starts=rules.starts)
