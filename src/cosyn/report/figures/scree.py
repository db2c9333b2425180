"""Eigenvalues of the items beside those of random data (parallel analysis)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from cosyn.report.figures._fonts import families
from cosyn.report.figures._style import ACCENT, BAND, INK, QUIET, SMALL, WIDTH, style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from cosyn.report.pictures import ScreeTexts

HEIGHT = 3.6


def scree_plot(
    observed: Sequence[float],
    random_mean: Sequence[float],
    random_quantile: Sequence[float],
    suggested: int | None,
    language: str,
    texts: ScreeTexts,
) -> Figure:
    """Draw eigenvalues in falling order with the random ones they must exceed.

    Parameters
    ----------
    observed, random_mean, random_quantile : sequence of float, shape (p,)
        Eigenvalues of the data; mean and upper quantile of those of random data (Horn 1965).
    suggested : int or None
        Number of factors suggested; None where there is no suggestion.
    language : str
        BCP 47 tag.
    texts : ScreeTexts
        Fixed phrases.

    Returns
    -------
    Figure
        The lines bear the ids ``observed``, ``random_mean`` and ``random_quantile``.
    """
    with style(language):
        figure = Figure(figsize=(WIDTH, HEIGHT))
        axes = figure.add_axes((0.1, 0.14, 0.88, 0.83))
        _draw_lines(axes, observed, random_mean, random_quantile, texts)
        if suggested is not None:
            _draw_suggestion(axes, suggested, texts)
        axes.set(xlabel=texts.number, ylabel=texts.eigenvalue, ylim=(min(0.0, *observed), None))
        axes.set_xlim(0.5, len(observed) + 0.5)
        axes.tick_params(labelfontfamily=families(language))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        axes.legend(loc="upper right", frameon=False, fontsize=SMALL, labelcolor=QUIET)
        return figure


def _draw_lines(
    axes: Axes,
    observed: Sequence[float],
    random_mean: Sequence[float],
    random_quantile: Sequence[float],
    texts: ScreeTexts,
) -> None:
    """Draw the three lines; they differ in dash and mark, not in colour alone."""
    looks = (
        (observed, "observed", texts.observed, "o-", INK),
        (random_quantile, "random_quantile", texts.random_quantile, "--", ACCENT),
        (random_mean, "random_mean", texts.random_mean, ":", QUIET),
    )
    for values, name, label, dash, colour in looks:
        numbers = range(1, len(values) + 1)
        axes.plot(numbers, values, dash, color=colour, markersize=4.5, label=label, gid=name)


def _draw_suggestion(axes: Axes, suggested: int, texts: ScreeTexts) -> None:
    """Shade the factors that are kept; the key says how many they are."""
    label = texts.suggested.format(k=suggested)
    axes.axvspan(0.5, suggested + 0.5, color=BAND, linewidth=0, zorder=0, label=label)
