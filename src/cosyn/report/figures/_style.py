"""One look for every figure: sizes, colours and matplotlib's settings."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.colors import LinearSegmentedColormap, to_hex, to_rgb

from cosyn.report.figures._fonts import families

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH = 5.6
"""Width of a figure in inches: text of 10 pt stays legible when a phone shows it at 360 px."""

TEXT, SMALL = 10.0, 8.5
"""Sizes of main and of secondary text in points."""

INK = "#1f4e79"
BODY = "#22272e"
QUIET = "#5b6470"
RULE = "#b8bec6"
BAND = "#e9ebee"
ACCENT = "#a85a1c"
PAPER = "#ffffff"
BLACK = "#000000"

NEUTRAL = "#e4e4e4"
_COOL = ("#cfdeec", "#7fa8cf", INK)
_WARM = ("#f3dcc2", "#e0a96d", ACCENT)


@contextmanager
def defaults() -> Iterator[None]:
    """Settings as matplotlib ships them, whatever the user's own ``matplotlibrc`` says."""
    with mpl.rc_context():
        mpl.rcdefaults()
        yield


@contextmanager
def style(language: str) -> Iterator[None]:
    """Draw with the figures' settings.

    Text is never read as mathematics, so a ``$`` in a label is a dollar sign.

    Parameters
    ----------
    language : str
        BCP 47 tag; it decides which font is asked first.
    """
    with defaults():
        mpl.rcParams.update(
            {
                "font.family": families(language),
                "font.size": TEXT,
                "text.color": BODY,
                "text.parse_math": False,
                "axes.unicode_minus": False,
                "axes.edgecolor": RULE,
                "axes.labelcolor": QUIET,
                "axes.labelsize": SMALL,
                "axes.spines.top": False,
                "axes.spines.right": False,
                "xtick.color": RULE,
                "ytick.color": RULE,
                "xtick.labelcolor": QUIET,
                "ytick.labelcolor": QUIET,
                "xtick.labelsize": SMALL,
                "ytick.labelsize": SMALL,
            }
        )
        yield


def diverging(k: int) -> tuple[str, ...]:
    """Colours of ``k`` ordered categories: orange, grey in the middle (odd ``k``), blue.

    Orange and blue stay apart for the colour-blind, and each side darkens outwards in print.
    """
    side = k // 2
    middle = (NEUTRAL,) if k % 2 else ()
    return (*reversed(_shades(_WARM, side)), *middle, *_shades(_COOL, side))


def _shades(anchors: tuple[str, ...], count: int) -> tuple[str, ...]:
    """``count`` colours from light to dark; the darkest is always used."""
    ramp = LinearSegmentedColormap.from_list("ramp", anchors)
    return tuple(to_hex(ramp(1 - i / max(count - 1, 1))) for i in reversed(range(count)))


def on(colour: str) -> str:
    """Colour of text that is legible on ``colour``: black or white, whichever stands out."""
    return max((BLACK, PAPER), key=lambda text: contrast(text, colour))


def contrast(first: str, second: str) -> float:
    """Contrast of two colours, from 1 to 21 (WCAG 2.1, success criterion 1.4.3)."""
    dark, light = sorted((_luminance(first), _luminance(second)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance of a colour of sRGB."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in to_rgb(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
