"""The outcome beside its absence: whether its explanation turned round explains that as well.

Causes of an outcome need not be mirrored in causes of its absence, so that each has an analysis of
its own (Ragin 2008); what no case shows cannot lead to both (Schneider & Wagemann 2012, ch. 8).
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from cosyn.synergy.truth_table import covers

if TYPE_CHECKING:
    from cosyn.synergy.configurations import Model, Solution


def contradictory_assumptions(first: Solution, second: Solution) -> tuple[tuple[int, ...], ...]:
    """Configurations without enough cases that two solutions both take for theirs.

    Parameters
    ----------
    first, second : Solution
        Of an outcome and of its absence.
    """
    return tuple(sorted(set(first.counterfactuals) & set(second.counterfactuals)))


def mirrored(first: Model, second: Model) -> bool:
    """Whether every configuration lies in exactly one of two models.

    Then the second is the negation of the first, and the absence of the outcome has no causes of
    its own.

    Parameters
    ----------
    first, second : Model
        Of an outcome and of its absence, with the same conditions.
    """
    k = len(first.paths[0].term)
    return all(
        _inside(first, corner) != _inside(second, corner) for corner in product((0, 1), repeat=k)
    )


def _inside(model: Model, corner: tuple[int, ...]) -> bool:
    return any(covers(term, corner) for term in model.terms)
