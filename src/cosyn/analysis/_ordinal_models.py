"""Measurement models once more, with answers as ordered categories (WLSMV)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cosyn.analysis._models import summary_findings
from cosyn.engine.bases import absent
from cosyn.engine.estimation import FitOptions
from cosyn.engine.ordinal import ordinal_moments
from cosyn.engine.ordinal_fit import fit_ordinal
from cosyn.engine.partable import TableOptions, parameter_table
from cosyn.findings import ROBUST, Statistic

if TYPE_CHECKING:
    from cosyn.analysis._cases import Cases
    from cosyn.analysis._models import About
    from cosyn.engine.estimation import SemFit
    from cosyn.engine.syntax import Statement
    from cosyn.findings import Finding

STARTS = 3
"""Points from which an improper solution is sought again; each takes as long as a fit."""
_OF_LIKELIHOOD = {Statistic.LOG_LIKELIHOOD, Statistic.AIC, Statistic.BIC}
_NAMES = {robust: f"{plain.value}_robust" for plain, robust in ROBUST.items()}


def ordinal_id(model: str) -> str:
    """Id of the findings of a model's fit to ordered categories."""
    return f"{model}-WLSMV"


def fit_to_categories(statements: list[Statement], cases: Cases) -> SemFit:
    """Fit a model by diagonally weighted least squares, mean- and variance-adjusted.

    Raises
    ------
    IdentificationError
        If the answers do not allow it.
    """
    names = parameter_table(statements, cases.names).observed
    values = cases.values[:, [cases.names.index(name) for name in names]]
    moments = ordinal_moments(values, names, names, cluster=cases.cluster)
    steps = tuple(len(tau) for tau in moments.thresholds)
    ordered = tuple(zip(moments.names, steps, strict=True))
    table = parameter_table(statements, names, TableOptions(means=True, ordered=ordered))
    return fit_ordinal(table, (moments,), FitOptions("WLSMV", starts=STARTS))


def ordinal_findings(about: About, fit: SemFit) -> list[Finding]:
    """How the fit ended and its measures; there is no likelihood and so no BIC."""
    reasons = absent(fit) if fit.measures is not None else {}
    rows = [r for r in summary_findings(about, fit) if r.statistic not in _OF_LIKELIHOOD]
    return [
        replace(row, reason=reasons.get(_NAMES.get(row.statistic, ""), row.reason))
        if row.value is None and not row.label
        else row
        for row in rows
    ]
