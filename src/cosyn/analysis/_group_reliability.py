"""Reliability of each scale in groups of respondents."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cosyn.analysis._groupings import NOBODY, group_counts, grouping_of
from cosyn.findings import Finding, Statistic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from cosyn.analysis._groupings import Grouping
    from cosyn.analysis._types import Context
    from cosyn.plan import ReliabilityRule

NAME = "reliability"
COEFFICIENTS = {Statistic.ALPHA, Statistic.OMEGA, Statistic.SPEARMAN_BROWN}


@dataclass(frozen=True, slots=True)
class GroupedScale:
    """A scale, and how its reliability is found from complete answers (n, k)."""

    id: str
    items: tuple[str, ...]
    coefficients: Callable[[NDArray[np.float64]], Iterable[Finding]]


def by_group(
    context: Context, rules: ReliabilityRule, scales: Iterable[GroupedScale]
) -> Iterator[Finding]:
    """Coefficients of every scale in every group of at least the size that the plan asks for.

    Their subjects are scale, grouping and group. Group sizes count respondents, whatever they
    answered; how many a coefficient rests on is told with it.
    """
    everyone = np.ones(context.table.n, bool)
    kept: list[tuple[Grouping, list[str]]] = []
    for name in rules.groups:
        grouping = grouping_of(context, name)
        if grouping is None:
            yield Finding(NAME, Statistic.COUNT, (name,), reason=NOBODY)
            continue
        sizes = grouping.sizes(everyone)
        yield from group_counts(context, NAME, name, sizes, rules.least)
        kept.append((grouping, [group for group, size in sizes.items() if size >= rules.least]))
    for scale in scales:
        context.progress(f"{NAME} {scale.id}")
        values = context.items.columns(scale.items)
        whole = ~np.isnan(values).any(axis=1)
        for grouping, groups in kept:
            labels = grouping.labels.astype(str)
            for group in groups:
                for row in scale.coefficients(values[whole & (labels == group)]):
                    if row.statistic in COEFFICIENTS:
                        yield replace(row, subject=(scale.id, grouping.name, group))
