"""Answers to items as stacked bars that diverge from the middle category."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise
from math import ceil, floor
from typing import TYPE_CHECKING

from cosyn.report.figures._page import MARGIN, Ruler, box, draw_ruler, page, put, put_lines
from cosyn.report.figures._style import (
    INK,
    QUIET,
    RULE,
    SMALL,
    TEXT,
    WIDTH,
    diverging,
    on,
    style,
)
from cosyn.report.figures._text import line_height, width_of, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from cosyn.report.pictures import LikertRow, LikertTexts

LEAST_PRINTED = 0.06
"""Smallest share whose percentage is printed: a narrower bar has no room for it."""

BAR, AFTER_LABEL, AFTER_BAR = 0.22, 0.04, 0.12
"""Inches: height of a bar, space above and below it."""

ASIDE, ASIDE_BAR = 0.76, 0.34
"""Inches: the column at the right (number of answers, missing share), its longest bar."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A row and where it lies, in inches from the top; no heading is an empty one."""

    row: LikertRow
    lines: tuple[str, ...]
    heading: str
    top: float
    bar: float

    @property
    def bottom(self) -> float:
        return self.bar + BAR + AFTER_BAR

    @property
    def lane(self) -> tuple[float, float]:
        return self.bar - 0.03, self.bar + BAR + 0.03

    @property
    def label(self) -> float:
        return self.bar - AFTER_LABEL - len(self.lines) * line_height(TEXT)


def likert_bars(
    rows: Sequence[LikertRow],
    category_labels: Sequence[str],
    language: str,
    texts: LikertTexts,
) -> Figure:
    """Draw items as bars that diverge from the middle of the categories.

    Parameters
    ----------
    rows : sequence of LikertRow
        Items from top to bottom, at least one; about a dozen fit a page.
    category_labels : sequence of str, shape (k,)
        Labels of the categories, lowest first.
    language : str
        BCP 47 tag.
    texts : LikertTexts
        Fixed phrases.

    Returns
    -------
    Figure
        A bar's ``gid`` is its item's id and its category's number, e.g. ``Q1:3``.
    """
    with style(language):
        cell = (WIDTH - 2 * MARGIN) / len(category_labels)
        key = [wrap(label, cell - 0.06, SMALL, language) for label in category_labels]
        head = MARGIN + 0.2 + (max(map(len, key)) + 1) * line_height(SMALL) + 0.06
        placed = list(_place(rows, head, language))
        figure, axes = page(WIDTH, placed[-1].bottom + 0.24)
        _draw_key(axes, key, cell)
        _draw_missing_key(axes, head - 0.06, texts, language)
        ruler = _ruler(rows)
        draw_ruler(axes, ruler, _ticks(ruler), [each.lane for each in placed], _percent)
        for each in placed:
            _draw_label(axes, each, _indent(rows, language), texts)
            _draw_bar(axes, each, ruler, diverging(len(key)))
            _draw_missing(axes, each, max(0.2, *(row.missing_share for row in rows)))
        return figure


def _place(rows: Sequence[LikertRow], top: float, language: str) -> Iterator[_Placed]:
    """Stack headings, labels and bars downwards."""
    width = WIDTH - 2 * MARGIN - _indent(rows, language) - ASIDE
    for group, members in groupby(rows, key=lambda row: row.group):
        heading = group
        for row in members:
            lines = wrap(row.label, width, TEXT, language)
            above = line_height(TEXT) + 0.06 if heading else 0.0
            bar = top + above + len(lines) * line_height(TEXT) + AFTER_LABEL
            placed = _Placed(row, lines, heading, top, bar)
            yield placed
            heading, top = "", placed.bottom


def _indent(rows: Sequence[LikertRow], language: str) -> float:
    """Room for the longest id in front of the labels."""
    return max(width_of(row.item_id, SMALL, language) for row in rows) + 0.1


def _edges(shares: tuple[float, ...]) -> list[float]:
    """Where the bars begin and end, shape (k + 1,); zero is the middle of the categories."""
    k = len(shares)
    below = sum(shares[: k // 2]) + (shares[k // 2] / 2 if k % 2 else 0.0)
    return list(accumulate(shares, initial=-below))


def _ruler(rows: Sequence[LikertRow]) -> Ruler:
    """Room for the longest bars, to the next tenth."""
    edges = [_edges(row.shares) for row in rows]
    low = floor(10 * min(each[0] for each in edges)) / 10
    high = ceil(10 * max(each[-1] for each in edges)) / 10
    return Ruler(min(low, -0.1), max(high, 0.1), MARGIN + 0.12, WIDTH - MARGIN - ASIDE - 0.1)


def _ticks(ruler: Ruler) -> list[float]:
    """Every half, as far as the ruler reaches."""
    return [tick for tick in (-1.0, -0.5, 0.0, 0.5, 1.0) if ruler.low <= tick <= ruler.high]


def _percent(share: float) -> str:
    """A share as a whole percentage, to either side."""
    return f"{abs(share):.0%}"


def _draw_key(axes: Axes, key: Sequence[tuple[str, ...]], cell: float) -> None:
    """Draw the categories as a strip in their order, with their labels below."""
    for number, (lines, colour) in enumerate(zip(key, diverging(len(key)), strict=True)):
        left = MARGIN + number * cell
        box(axes, left + 0.01, MARGIN, cell - 0.02, 0.14, colour)
        put_lines(
            axes, left + cell / 2, MARGIN + 0.18, lines, size=SMALL, colour=QUIET, align="center"
        )


def _draw_missing_key(axes: Axes, y: float, texts: LikertTexts, language: str) -> None:
    """Say what the thin bars at the right mean."""
    put(axes, WIDTH - MARGIN, y, texts.missing, size=SMALL, colour=QUIET, align="right")
    left = WIDTH - MARGIN - width_of(texts.missing, SMALL, language) - 0.22
    box(axes, left, y - BAR / 4, 0.14, BAR / 2, RULE)


def _draw_label(axes: Axes, placed: _Placed, indent: float, texts: LikertTexts) -> None:
    """Write the heading, the id, the wording and the number of answers."""
    first = placed.label + line_height(TEXT) / 2
    if placed.heading:
        put(axes, MARGIN, placed.top + line_height(TEXT) / 2, placed.heading, colour=INK)
    put(axes, MARGIN, first, placed.row.item_id, size=SMALL, colour=QUIET)
    put_lines(axes, MARGIN + indent, placed.label, placed.lines)
    answers = texts.answers.format(n=f"{placed.row.n:,}")
    put(axes, WIDTH - MARGIN, first, answers, size=SMALL, colour=QUIET, align="right")


def _draw_bar(axes: Axes, placed: _Placed, ruler: Ruler, colours: Sequence[str]) -> None:
    """Draw one bar a category, with its percentage where there is room."""
    row, edges = placed.row, _edges(placed.row.shares)
    parts = zip(row.shares, pairwise(edges), colours, strict=True)
    for number, (share, (start, end), colour) in enumerate(parts, start=1):
        name = f"{row.item_id}:{number}"
        box(axes, ruler.at(start), placed.bar, share * ruler.unit, BAR, colour, name)
        if share >= LEAST_PRINTED:
            x, y = ruler.at((start + end) / 2), placed.bar + BAR / 2
            put(axes, x, y, f"{100 * share:.0f}", size=SMALL, colour=on(colour), align="center")


def _draw_missing(axes: Axes, placed: _Placed, longest: float) -> None:
    """Draw the missing share as a thin bar with its percentage."""
    share = placed.row.missing_share
    left = WIDTH - MARGIN - ASIDE
    name = f"{placed.row.item_id}:missing"
    box(axes, left, placed.bar + BAR / 4, share / longest * ASIDE_BAR, BAR / 2, RULE, name)
    middle = placed.bar + BAR / 2
    put(axes, WIDTH - MARGIN, middle, _percent(share), size=SMALL, colour=QUIET, align="right")
