"""Whether product indicators matched otherwise tell the same.

Which indicators are multiplied with which is arbitrary, and estimates may depend on it (Foldnes &
Hagtvet 2014, *The choice of product indicators in latent variable interaction models: post hoc
analyses*, Psychological Methods 19, 444-457).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, get_args

from cosyn.synergy._types import Matching, Scores, Task
from cosyn.synergy.interaction import run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.synergy._interactions import InteractionResult


@dataclass(frozen=True, slots=True, eq=False)
class Matched:
    """What one way of matching found."""

    matching: Matching
    interaction: InteractionResult


def matchings(
    scores: Scores, task: Task, which: Sequence[Matching] = get_args(Matching)
) -> tuple[Matched, ...]:
    """Fit the model with product indicators matched in several ways.

    Raises
    ------
    PlanError
        As `cosyn.synergy.interaction.run`.
    """
    found = []
    for matching in which:
        interaction = run(scores, replace(task, matching=matching)).interaction
        assert interaction is not None
        found.append(Matched(matching, interaction))
    return tuple(found)


def spread(results: Sequence[Matched], product: str) -> float | None:
    """How far a product's effects lie apart, in the least of their standard errors.

    None if there are not two of them.
    """
    effects = [
        (effect.value, effect.standard_error)
        for result in results
        for effect in result.interaction.effects
        if effect.product == product
    ]
    least = min((se for _, se in effects), default=0.0)
    if len(effects) < 2 or not least > 0:
        return None
    values = [value for value, _ in effects]
    return (max(values) - min(values)) / least
