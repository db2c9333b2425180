"""Colours that print, that the colour-blind tell apart and that carry legible text."""

from __future__ import annotations

import pytest

from cosyn.report.figures._style import BODY, INK, PAPER, QUIET, contrast, diverging, on

LEGIBLE = 4.5
"""Contrast of small text (WCAG 2.1, success criterion 1.4.3, level AA)."""


@pytest.mark.parametrize("k", range(2, 12))
def test_each_side_darkens_outwards(k: int) -> None:
    colours = diverging(k)
    assert len(set(colours)) == k
    light = [contrast(colour, "#000000") for colour in colours]
    low, high = light[: k // 2], light[(k + 1) // 2 :]
    assert low == sorted(low)
    assert high == sorted(high, reverse=True)


@pytest.mark.parametrize("k", range(2, 12))
def test_text_is_legible_on_every_colour(k: int) -> None:
    assert all(contrast(on(colour), colour) >= LEGIBLE for colour in diverging(k))


@pytest.mark.parametrize("colour", [BODY, INK, QUIET])
def test_text_is_legible_on_paper(colour: str) -> None:
    assert contrast(colour, PAPER) >= LEGIBLE


def test_contrast_spans_from_1_to_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast(INK, INK) == 1
