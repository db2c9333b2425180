"""Specification curve: estimates in order of size above the choices behind each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from cosyn.report.figures._fonts import families
from cosyn.report.figures._style import ACCENT, INK, QUIET, SMALL, WIDTH, style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from cosyn.report.pictures import Choice, SpecificationTexts

ROW = 0.22
TOP = 2.2
MANY = 60
"""Specifications from which lines and marks are drawn finer."""


def specification_curve(
    estimates: Sequence[tuple[float, float, float]],
    supported: Sequence[bool],
    plan: int | None,
    choices: Sequence[Choice],
    language: str,
    texts: SpecificationTexts,
) -> Figure:
    """Draw a specification curve (Simonsohn, Simmons & Nelson 2020).

    Parameters
    ----------
    estimates : sequence of (value, low, high)
        In order of size.
    supported : sequence of bool
        Whether the hypothesis is supported there.
    plan : int or None
        Place of the plan's own specification.
    choices : sequence of Choice
    language : str
        BCP 47 tag.
    """
    with style(language):
        height = TOP + ROW * len(choices) + 0.5
        figure = Figure(figsize=(WIDTH, height))
        bottom = 0.12 / height
        share = ROW * len(choices) / height
        lower = figure.add_axes((0.34, bottom, 0.64, share))
        upper = figure.add_axes((0.34, bottom + share + 0.06, 0.64, TOP / height - 0.10))
        _draw_estimates(upper, estimates, supported, plan, texts)
        _draw_choices(lower, choices, len(estimates), plan)
        upper.tick_params(labelfontfamily=families(language))
        for label in lower.get_yticklabels():
            label.set_fontfamily(families(language))
        return figure


def _draw_estimates(
    axes: Axes,
    estimates: Sequence[tuple[float, float, float]],
    supported: Sequence[bool],
    plan: int | None,
    texts: SpecificationTexts,
) -> None:
    size, line = (1.8, 0.4) if len(estimates) > MANY else (3.5, 0.8)
    kinds = ((True, ACCENT, "o", texts.supported), (False, QUIET, "s", texts.other))
    for wanted, colour, mark, label in kinds:
        places = [k for k, held in enumerate(supported) if held is wanted]
        if not places:
            continue
        values = [estimates[k][0] for k in places]
        below = [estimates[k][0] - estimates[k][1] for k in places]
        above = [estimates[k][2] - estimates[k][0] for k in places]
        axes.errorbar(
            places, values, yerr=(below, above), fmt=mark, color=colour, markersize=size,
            elinewidth=line, label=label, markerfacecolor=colour if wanted else "white",
        )  # fmt: skip
    if plan is not None:
        axes.plot(
            [plan], [estimates[plan][0]], "o", color=INK, markersize=8, fillstyle="none",
            label=texts.plan,
        )  # fmt: skip
    axes.axhline(0, color=QUIET, linewidth=0.8)
    axes.set(ylabel=texts.effect, xlim=(-0.7, len(estimates) - 0.3), xticks=[])
    axes.legend(
        loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=3, frameon=False, fontsize=SMALL,
        labelcolor=QUIET, handlelength=1.2, columnspacing=1.2, borderaxespad=0.2,
    )  # fmt: skip


def _draw_choices(axes: Axes, choices: Sequence[Choice], n: int, plan: int | None) -> None:
    width = 0.7 if n > MANY else 1.6
    for row, choice in enumerate(choices):
        places = [k for k, taken in enumerate(choice.taken) if taken]
        axes.plot(places, [row] * len(places), "|", color=INK, markersize=7, markeredgewidth=width)
    if plan is not None:
        axes.axvline(plan, color=QUIET, linewidth=0.6, linestyle=":")
    axes.set(
        xlim=(-0.7, n - 0.3),
        ylim=(len(choices) - 0.5, -0.5),
        xticks=[],
        yticks=range(len(choices)),
        yticklabels=[choice.label for choice in choices],
    )
    axes.tick_params(length=0)
