"""What a general factor explains: of second-order and bifactor models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.engine.composite import Share
from cosyn.engine.hierarchy import hierarchy
from cosyn.findings import Finding, Statistic

if TYPE_CHECKING:
    from cosyn.analysis._models import About
    from cosyn.engine.estimation import SemFit

METHOD = "Rodriguez, Reise & Haviland 2016"


def general_findings(about: About, fit: SemFit) -> list[Finding]:
    """Omega hierarchical, ECV and PUC; nothing of a model without a general factor."""
    found = hierarchy(fit)
    if not found.general:
        return []
    rows: list[Finding] = []
    shares = (
        (Statistic.OMEGA_TOTAL, found.total),
        (Statistic.OMEGA_HIERARCHICAL, found.hierarchical),
        (Statistic.ECV, found.ecv),
        (Statistic.PUC, found.puc),
    )
    for statistic, share in shares:
        value = share.implied if isinstance(share, Share) else share
        rows.append(
            Finding(
                about.analysis,
                statistic,
                (found.general,),
                value,
                reason="" if value is not None else found.reason or "not defined",
                se=share.standard_error if isinstance(share, Share) else None,
                n=fit.n,
                method=METHOD,
                model=about.model,
            )
        )
    return rows
