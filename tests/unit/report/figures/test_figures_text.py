"""Lines break where each language allows it, and never run out of their room."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.report.figures.figure_samples import LANGUAGES, LONG

from cosyn.report.figures._text import widest_unit, width_of, wrap

SIZE = 10.0
CLOSING = "，。、；：？！）》”’"
OPENING = "（《“‘"


def test_english_breaks_between_words() -> None:
    lines = wrap(LONG["en"], 2.0, SIZE, "en")
    assert len(lines) > 2
    assert " ".join(lines) == LONG["en"]


def test_chinese_breaks_between_characters_but_not_before_punctuation() -> None:
    for tenths in range(5, 40):
        lines = wrap(LONG["zh-Hans"], tenths / 10, SIZE, "zh-Hans")
        assert "".join(lines) == LONG["zh-Hans"]
        assert not any(line[0] in CLOSING for line in lines)
        assert not any(line[-1] in OPENING for line in lines)


def test_a_hyphen_is_a_place_to_break() -> None:
    assert wrap("Internal-positive", 0.8, SIZE, "en") == ("Internal-", "positive")


def test_a_word_wider_than_the_line_is_broken_rather_than_clipped() -> None:
    lines = wrap("Institutionalisation", 0.5, SIZE, "en")
    assert "".join(lines) == "Institutionalisation"
    assert all(width_of(line, SIZE, "en") <= 0.5 for line in lines)


def test_balanced_labels_keep_their_words_and_need_no_more_lines() -> None:
    text = "one two three four five"
    loose, even = wrap(text, 1.4, SIZE, "en"), wrap(text, 1.4, SIZE, "en", balanced=True)
    assert len(even) == len(loose)
    assert " ".join(even) == text
    assert spread(even) < spread(loose)


def spread(lines: tuple[str, ...]) -> float:
    widths = [width_of(line, SIZE, "en") for line in lines]
    return max(widths) - min(widths)


def test_balanced_chinese_breaks_at_spaces_first() -> None:
    assert wrap("内部积极动力 × 外部", 1.0, SIZE, "zh-Hans", balanced=True) == (
        "内部积极动力",
        "× 外部",
    )


def test_nothing_to_wrap_is_one_empty_line() -> None:
    assert wrap("", 1.0, SIZE, "en") == ("",)
    assert wrap("", 1.0, SIZE, "en", balanced=True) == ("",)


@pytest.mark.parametrize("language", LANGUAGES)
@settings(deadline=None)
@given(text=st.text("ab -（）“”，。合作部门", max_size=40), width=st.floats(0.3, 3.0))
def test_every_line_fits_and_no_character_is_lost(language: str, text: str, width: float) -> None:
    lines = wrap(text, width, SIZE, language)
    assert "".join("".join(lines).split()) == "".join(text.split())
    if widest_unit(text, SIZE, language) <= width:
        assert all(width_of(line, SIZE, language) <= width + 1e-9 for line in lines)
