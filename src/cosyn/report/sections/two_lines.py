"""Slopes below and above a breakpoint of each predictor whose effect is said to change its sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Statistic
from cosyn.report._models import display
from cosyn.report._parts import interval_cell, p_cell, reason_text, se_cell, table, value_cell
from cosyn.report._types import Cell, Note, Paragraph, Section

if TYPE_CHECKING:
    from cosyn.report._types import Block, Material

NAME = "two_lines"


def build(m: Material) -> tuple[Block, ...]:
    """Show the breakpoints and the slopes."""
    points = list(m.findings.select(analysis=NAME, statistic=Statistic.BREAKPOINT))
    if m.plan.two_lines is None or not points:
        return ()
    blocks: list[Block] = [Paragraph(m.t("two_lines.text"))]
    rows = []
    for point in points:
        _, predictor = point.subject
        name = display(m, predictor)
        if point.value is None:
            reason = reason_text(m, point.reason)
            blocks.append(Note("warning", m.t("two_lines.none", name=name, reason=reason)))
            continue
        for side in ("low", "high"):
            slope = m.findings.find(Statistic.LINE_SLOPE, (*point.subject, side), analysis=NAME)
            rows.append(
                (
                    Cell(name),
                    Cell(m.t(f"two_lines.{side}", value=m.numbers.plain(point.value))),
                    value_cell(m, slope, m.numbers.plain),
                    se_cell(m, slope),
                    interval_cell(m, slope),
                    p_cell(m, slope),
                )
            )
    if rows:
        header = [m.t(f"column.{key}") for key in ("predictor", "line", "slope", "se", "ci", "p")]
        caption = m.t("two_lines.table", outcome=display(m, m.plan.two_lines.outcome))
        blocks.append(table(caption, header, rows, "llrrlr", [m.t("two_lines.note")]))
    return tuple(blocks)


SECTION = Section(NAME, 81, build)
