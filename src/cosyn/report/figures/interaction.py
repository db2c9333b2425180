"""An interaction: the outcome by the predictor at three values of the moderator, and the slope."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from cosyn.report.figures._fonts import families
from cosyn.report.figures._style import ACCENT, BAND, INK, QUIET, SMALL, WIDTH, style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from cosyn.report.pictures import InteractionTexts, Line

HEIGHT = 3.5
_LOOKS = ((":", QUIET), ("--", INK), ("-", ACCENT))


def interaction_plot(
    lines: Sequence[Line], slope: Line, language: str, texts: InteractionTexts
) -> Figure:
    """Draw simple slopes with bands beside the Johnson-Neyman plot (Bauer & Curran 2005).

    Parameters
    ----------
    lines : sequence of Line
        The outcome at three values of the moderator, from the lowest.
    slope : Line
        The predictor's slope over the moderator.
    language : str
        BCP 47 tag.

    Returns
    -------
    Figure
        Lines bear the ids ``line 0`` to ``line 2`` and ``slope``.
    """
    with style(language):
        figure = Figure(figsize=(WIDTH, HEIGHT))
        left = figure.add_axes((0.11, 0.15, 0.36, 0.67))
        right = figure.add_axes((0.62, 0.15, 0.36, 0.67))
        for place, (line, label) in enumerate(zip(lines, texts.levels, strict=True)):
            dash, colour = _LOOKS[place]
            left.fill_between(line.at, line.low, line.high, color=colour, alpha=0.10, linewidth=0)
            left.plot(line.at, line.value, dash, color=colour, label=label, gid=f"line {place}")
        left.set(xlabel=texts.predictor, ylabel=texts.outcome)
        _key(left, texts.moderator, 3)
        _draw_slope(right, slope, texts)
        for axes in (left, right):
            axes.tick_params(labelfontfamily=families(language))
        return figure


def _key(axes: Axes, title: str | None, columns: int) -> None:
    """Put the key above the axes, where no line runs."""
    key = axes.legend(
        loc="lower left",
        bbox_to_anchor=(-0.02, 1.0),
        ncols=columns,
        title=title,
        frameon=False,
        fontsize=SMALL,
        title_fontsize=SMALL,
        labelcolor=QUIET,
        columnspacing=1.2,
        handlelength=1.6,
        borderaxespad=0.2,
    )
    key.set_alignment("left")


def _draw_slope(axes: Axes, slope: Line, texts: InteractionTexts) -> None:
    """Shade where the interval of the slope holds zero."""
    holds = [low <= 0 <= high for low, high in zip(slope.low, slope.high, strict=True)]
    bottom, top = min(*slope.low, 0.0), max(*slope.high, 0.0)
    if any(holds):
        axes.fill_between(
            slope.at, bottom, top, where=holds, color=BAND, linewidth=0, label=texts.nothing
        )
        _key(axes, None, 1)
    axes.fill_between(slope.at, slope.low, slope.high, color=ACCENT, alpha=0.15, linewidth=0)
    axes.axhline(0, color=QUIET, linewidth=0.8)
    axes.plot(slope.at, slope.value, "-", color=ACCENT, gid="slope")
    axes.set(xlabel=texts.moderator, ylabel=texts.slope, ylim=(bottom, top))
    axes.set_xlim(min(slope.at), max(slope.at))
