"""What a path diagram shows, and how its latent variables depend on each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cosyn.report.pictures import PathDiagram


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
