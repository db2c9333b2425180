"""What a path diagram shows, and how its latent variables depend on each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class PathDiagram:
    """A structural model with its estimates as texts.

    Attributes
    ----------
    latents : mapping of str to str
        Id -> label, from top to bottom.
    indicators : mapping of str to tuple of (str, str)
        Id of a latent variable -> (name, loading) of each indicator. A name that is itself the
        id of a latent variable makes a second-order factor.
    paths : tuple of (str, str, str, bool or None)
        From, to, coefficient, whether it is significant; None where that was not tested.
    covariances : tuple of (str, str, str)
        Two ids and the text; best left out where they only clutter.
    notes : mapping of str to str
        Id -> small text under the label, e.g. explained variance.
    """

    latents: Mapping[str, str]
    indicators: Mapping[str, tuple[tuple[str, str], ...]]
    paths: tuple[tuple[str, str, str, bool | None], ...]
    covariances: tuple[tuple[str, str, str], ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)

    def observed(self, latent: str) -> tuple[tuple[str, str], ...]:
        """Indicators that are measured."""
        return tuple(
            each for each in self.indicators.get(latent, ()) if each[0] not in self.latents
        )

    def lower(self, latent: str) -> tuple[tuple[str, str], ...]:
        """Indicators that are latent variables themselves."""
        return tuple(each for each in self.indicators.get(latent, ()) if each[0] in self.latents)


def columns(diagram: PathDiagram) -> list[list[str]]:
    """Latent variables by column, from left to right, in their given order.

    Factors stand to the right of the factors they are measured by, and whatever is predicted
    stands in the last column.
    """
    levels = {latent: _level(diagram, latent) for latent in diagram.latents}
    last = max(1, *levels.values())
    parts = {name for latent in diagram.latents for name, _ in diagram.lower(latent)}
    for outcome in {target for _, target, _, _ in diagram.paths} - parts:
        levels[outcome] = last
    return [
        [latent for latent in diagram.latents if levels[latent] == level]
        for level in sorted(set(levels.values()))
    ]


def _level(diagram: PathDiagram, latent: str) -> int:
    """How many layers of factors lie below one."""
    return max((1 + _level(diagram, name) for name, _ in diagram.lower(latent)), default=0)
