"""Both languages have every character they need, and what they lack is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from matplotlib.font_manager import get_font
from tests.unit.report.figures.figure_samples import LANGUAGES

import cosyn.report.figures._fonts as fonts
from cosyn.report.figures import missing_glyphs

LETTERS = (
    "ABCxyz 0123456789 αβγλΩ ²³± × ÷ − – — … ‘’ “” → ↔ ≤ ≥ ≠ ≈ √ ∑ ⅓ ， 。 、 （）《》％：；？！"
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_usual_is_missing(language: str) -> None:
    assert missing_glyphs(LETTERS + "部门之间的合作可持续性\n\t\u3000", language) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_missing_is_told(language: str) -> None:
    assert missing_glyphs("张喆𠮷 and 信任", language) == {"喆", "𠮷"}


def test_the_bundled_font_holds_all_of_gb_2312() -> None:
    wanted = {
        bytes((row, cell)).decode("gb2312", errors="ignore")
        for row in range(0xB0, 0xF8)
        for cell in range(0xA1, 0xFF)
    } - {""}
    assert len(wanted) == 6763
    shown = get_font(fonts.FILE).get_charmap()
    assert {sign for sign in wanted if ord(sign) not in shown} == set()


def test_the_bundled_font_has_a_name_of_its_own_and_its_licence() -> None:
    font = get_font(fonts.FILE)
    assert (font.family_name, font.style_name) == (fonts.CHINESE, "Regular")
    assert "Noto" not in font.postscript_name
    licence = (Path(fonts.FILE).parent / "OFL.txt").read_text(encoding="utf-8")
    assert licence.startswith("© 2014-2021 Adobe")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence


def test_each_language_asks_its_own_font_first() -> None:
    assert fonts.families("en")[0] == fonts.LATIN
    assert fonts.families("zh-Hans")[0] == fonts.CHINESE
    assert set(fonts.families("en")) == set(fonts.families("zh-Hans"))
