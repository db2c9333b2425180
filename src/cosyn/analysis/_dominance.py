"""Dominance analysis of the constructs that the plan names."""

from __future__ import annotations

from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from cosyn.analysis._cases import complete_cases
from cosyn.analysis._constructs import scored, side_by_side
from cosyn.engine.dominance import dominance_of
from cosyn.engine.dominance_bootstrap import dominance_bootstrap
from cosyn.findings import Finding, Statistic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.analysis._types import Context
    from cosyn.engine.dominance import Dominance
    from cosyn.engine.dominance_bootstrap import DominanceBootstrap
    from cosyn.plan import Balance as Section

NEITHER = "neither contributes more"
KINDS = ("complete", "conditionally", "generally")
"""From the strongest relation to the weakest; each implies the next."""
_row = partial(Finding, "balance")


def dominance_rows(context: Context, section: Section) -> Iterator[Finding]:
    """Contributions to R2, and for each pair the strongest relation with its reproducibility."""
    chosen = [scored(context, name) for name in (section.outcome, *section.dominance)]
    lacking = next((f"{each.reason}; {each.id}" for each in chosen if each.reason), "")
    if lacking:
        yield _row(Statistic.R_SQUARED, (section.outcome,), reason=lacking)
        return
    cases = complete_cases(context, side_by_side(chosen))
    X, y = cases.values[:, 1:], cases.values[:, 0]
    found = dominance_of(X, y, section.dominance)
    n, level = len(y), context.plan.plan.confidence
    if found.general is None:
        yield _row(Statistic.R_SQUARED, (section.outcome,), reason=found.reason, n=n)
        return
    drawn = None
    if section.bootstrap:
        drawn = dominance_bootstrap(
            X,
            y,
            section.dominance,
            replicates=section.bootstrap,
            seed=context.plan.plan.seed,
            cluster=cases.cluster,
            level=level,
        )
    yield _row(Statistic.R_SQUARED, (section.outcome,), found.r_squared, n=n)
    yield from _contributions(section, found, drawn, n, level)
    yield from _relations(section.outcome, found, drawn, n)


def _contributions(
    section: Section, found: Dominance, drawn: DominanceBootstrap | None, n: int, level: float
) -> Iterator[Finding]:
    assert found.general is not None
    intervals = _intervals(drawn)
    for k, name in enumerate(section.dominance):
        se, low, high = (None, None, None) if intervals is None else intervals[k]
        yield _row(
            Statistic.GENERAL_DOMINANCE,
            (section.outcome, name),
            float(found.general[k]),
            se=se,
            low=low,
            high=high,
            level=level if low is not None else None,
            n=n,
            method="percentile bootstrap" if low is not None else "",
        )
        yield _row(
            Statistic.DOMINANCE_SHARE,
            (section.outcome, name),
            None if found.share is None else float(found.share[k]),
            reason="" if found.share is not None else found.reason,
            n=n,
        )


def _intervals(drawn: DominanceBootstrap | None) -> list[tuple[float, ...]] | None:
    """Standard error and ends of each contribution; None where too many resamples have none."""
    if drawn is None or drawn.general_se is None:
        return None
    if drawn.general_lower is None or drawn.general_upper is None:
        return None
    columns = np.column_stack([drawn.general_se, drawn.general_lower, drawn.general_upper])
    return [tuple(row) for row in columns.tolist()] if np.isfinite(columns).all() else None


def _relations(
    outcome: str, found: Dominance, drawn: DominanceBootstrap | None, n: int
) -> Iterator[Finding]:
    """The value is the share of replicates that repeat the relation; the label says which."""
    for i, j in combinations(range(len(found.names)), 2):
        for kind in KINDS:
            relation = getattr(found, kind)[i, j]
            if relation != 0.5:
                above, below = (i, j) if relation == 1 else (j, i)
                again = getattr(drawn, kind) if drawn else None
                yield _row(
                    Statistic.DOMINATES,
                    (outcome, found.names[above], found.names[below]),
                    None if again is None else float(again.reproduced[above, below]),
                    label=kind,
                    reason="" if again is not None else drawn.reason if drawn else "",
                    n=n,
                )
                break
        else:
            subject = (outcome, found.names[i], found.names[j])
            yield _row(Statistic.DOMINATES, subject, reason=NEITHER, n=n)
