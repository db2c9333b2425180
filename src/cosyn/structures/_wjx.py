"""What both formats of Wenjuanxing have in common when they are read back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.instrument.structure import Asked, Structure

if TYPE_CHECKING:
    from collections.abc import Iterable

Wording = tuple[str, tuple[str, ...]]
"""What a question or a row of a matrix says, and the options; none where a text is filled in."""


def numbered(wordings: Iterable[Wording], language: str) -> Structure:
    """Give places from 1 to items and to options."""
    return Structure(
        (language,),
        tuple(
            Asked(str(place), {language: text}, tuple(_answers(options, language)))
            for place, (text, options) in enumerate(wordings, start=1)
        ),
    )


def _answers(options: Iterable[str], language: str) -> list[tuple[int, dict[str, str]]]:
    return [(place, {language: option}) for place, option in enumerate(options, start=1)]
