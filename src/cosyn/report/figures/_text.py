"""Text as inches: how wide it is and where its lines break."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

from cosyn.report.figures._fonts import families

if TYPE_CHECKING:
    from collections.abc import Sequence

POINTS_PER_INCH = 72

LEADING = 1.28
"""Distance of two baselines, in ems."""

_NEVER_FIRST = set("，。、；：？！）》〉」』】〕”’％…—·,.;:?!)]}%")
_NEVER_LAST = set("（《〈「『【〔“‘([{")
_WIDE = (
    r"\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6"
    r"\U00020000-\U0003fffd"
)
_ATOM = re.compile(rf"\s+|[{_WIDE}]|[^\s{_WIDE}-]+-*|-+")
"""A space, a wide character, or a piece of a word up to its hyphen."""


@cache
def width_of(text: str, size: float, language: str) -> float:
    """Width in inches of one line of ``size`` points."""
    properties = FontProperties(family=families(language), size=size)
    width, _, _ = TextToPath().get_text_width_height_descent(text, properties, ismath=False)
    return float(width) / POINTS_PER_INCH


def line_height(size: float) -> float:
    """Inches from one baseline to the next."""
    return LEADING * size / POINTS_PER_INCH


def wrap(
    text: str, width: float, size: float, language: str, *, balanced: bool = False
) -> tuple[str, ...]:
    """Break text into lines: English between words, Chinese between characters.

    Punctuation that ends a clause never opens a line and an opening bracket never ends one. A
    word that is wider than the line is broken anywhere rather than clipped.

    Parameters
    ----------
    text : str
        One paragraph.
    width : float
        Inches.
    size : float
        Points.
    language : str
        BCP 47 tag; it decides on the font that is measured.
    balanced : bool
        Make the lines about equally long without using more of them, and break at spaces alone
        where that is possible: for labels of a few words.

    Returns
    -------
    tuple of str
        At least one line.
    """
    phrases = re.findall(r"\s+|\S+", text.strip())
    whole = balanced and _widest(phrases, size, language) <= width
    units = phrases if whole else _units(text)
    lines = _fill(units, width, size, language)
    return _balance(lines, units, width, size, language) if balanced else lines


def widest_unit(text: str, size: float, language: str) -> float:
    """Width in inches below which words would have to be broken."""
    return _widest(_units(text), size, language)


def _widest(units: Sequence[str], size: float, language: str) -> float:
    """Width in inches of the widest unit."""
    return max((width_of(unit, size, language) for unit in units), default=0.0)


def _balance(
    lines: tuple[str, ...], units: Sequence[str], width: float, size: float, language: str
) -> tuple[str, ...]:
    """The narrowest setting that needs no more lines and breaks no unit (by halving)."""
    low, high = min(width, _widest(units, size, language)), width
    for _ in range(6):
        middle = (low + high) / 2
        tried = _fill(units, middle, size, language)
        if len(tried) > len(lines):
            low = middle
        else:
            lines, high = tried, middle
    return lines


def _fill(units: Sequence[str], width: float, size: float, language: str) -> tuple[str, ...]:
    """Put as many units on every line as fit; one that is wider than a line is broken."""
    lines, line = [], ""
    for unit in units:
        for part in unit if width_of(unit, size, language) > width else (unit,):
            if line and width_of((line + part).rstrip(), size, language) > width:
                lines.append(line.rstrip())
                line = part.lstrip()
            else:
                line += part
    return (*lines, line.rstrip())


def _units(text: str) -> list[str]:
    """What stays on one line: words, Chinese characters with the punctuation they carry."""
    units: list[str] = []
    for atom in _ATOM.findall(text.strip()):
        carried = units and (atom[0] in _NEVER_FIRST or units[-1][-1] in _NEVER_LAST)
        if carried and not units[-1].isspace():
            units[-1] += atom
        else:
            units.append(atom)
    return units
