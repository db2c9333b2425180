"""How far factors are those that the instrument's design names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.optimize import linear_sum_assignment

from cosyn.engine.factor_agreement import tucker_congruence
from cosyn.findings import Statistic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from cosyn.analysis._factors import Solution
    from cosyn.findings import Finding
    from cosyn.instrument.types import Instrument

By = Literal["construct", "facet", "none"]
NO_DESIGN = "the plan names no design"
ONE_GROUP = "the items are of one group"
TOO_MANY = "too many groups for the items"
UNMATCHED = "fewer factors than groups"


@dataclass(frozen=True, slots=True)
class Design:
    """Which factor each item is meant for.

    Attributes
    ----------
    factors : tuple of str
        Ids of constructs or facets, in the instrument's order.
    items : tuple of str
    pattern : ndarray, shape (p, k)
        1 where an item belongs to a factor, 0 elsewhere.
    """

    factors: tuple[str, ...]
    items: tuple[str, ...]
    pattern: NDArray[np.float64]


def design_of(instrument: Instrument, names: tuple[str, ...], by: By) -> Design | str:
    """The design of some items, or why it makes no target.

    A rotation towards k groups needs 0 <= ((p - k)^2 - p - k) / 2 degrees of freedom.
    """
    if by == "none":
        return NO_DESIGN
    items = [instrument.item(name) for name in names]
    own = [item.construct if by == "construct" else item.facet for item in items]
    factors = tuple(dict.fromkeys(own))
    p, k = len(names), len(factors)
    if k < 2:
        return ONE_GROUP
    if (p - k) ** 2 < p + k:
        return TOO_MANY
    pattern = np.array([[float(mine == factor) for factor in factors] for mine in own])
    return Design(factors, names, pattern)


def agreement(
    about: Callable[..., Finding], found: Solution, design: Design, factors: tuple[str, ...]
) -> Iterator[Finding]:
    """Tucker's congruence of each group of the design with the factor that matches it best.

    The factors are matched one to one, so that the sum of the congruences is largest; a pattern
    of ones stands for the design, since it says nothing of the loadings' sizes.
    """
    phi = tucker_congruence(found.loadings, design.pattern)
    mine, groups = linear_sum_assignment(-np.abs(np.nan_to_num(phi)))
    matched = dict(zip(groups.tolist(), mine.tolist(), strict=True))
    for g, group in enumerate(design.factors):
        factor = matched.get(g)
        if factor is None or not np.isfinite(phi[factor, g]):
            yield about(Statistic.FACTOR_CONGRUENCE, (group,), reason=UNMATCHED)
            continue
        subject = (group, factors[factor])
        yield about(Statistic.FACTOR_CONGRUENCE, subject, float(phi[factor, g]))


def misplaced(found: Solution, design: Design, salient: float) -> list[str]:
    """Items that load highest elsewhere, or not saliently where they belong."""
    size = np.abs(found.loadings)
    own = np.where(design.pattern > 0, size, -1.0).max(axis=1)
    away = (size.max(axis=1) > own) | (own < salient)
    return [name for name, out in zip(design.items, away, strict=True) if out]
