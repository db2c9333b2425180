"""The fonts of the figures: which files, in which order, and which characters they hold."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from matplotlib.font_manager import FontProperties, findfont, fontManager, get_font

LATIN = "DejaVu Sans"
CHINESE = "Cosyn Sans SC"
FILE = Path(__file__).parents[1] / "fonts" / "CosynSansSC-Regular.otf"


def families(language: str) -> list[str]:
    """Font families of a language (BCP 47 tag), best first; together they serve both languages."""
    _register()
    return [CHINESE, LATIN] if language.startswith("zh") else [LATIN, CHINESE]


def missing_glyphs(text: str, language: str) -> set[str]:
    """Characters of ``text`` that the figures' fonts cannot show (they would appear as boxes)."""
    shown = set[int]().union(*(_characters(family) for family in families(language)))
    return {sign for sign in text if ord(sign) not in shown and not sign.isspace()}


@cache
def _register() -> None:
    """Tell matplotlib of the bundled font, once."""
    fontManager.addfont(FILE)


@cache
def _characters(family: str) -> frozenset[int]:
    """Code points that a family has glyphs for."""
    path = findfont(FontProperties(family=[family]), fallback_to_default=False)
    return frozenset(get_font(path).get_charmap())
