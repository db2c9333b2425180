"""Lead and cooperating departments of one matter side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Statistic
from cosyn.report._models import display
from cosyn.report._parts import (
    interval_cell,
    p_cell,
    reason_text,
    table,
    value_cell,
    warning_notes,
)
from cosyn.report._types import Cell, Note, Paragraph, Section

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.report._types import Block, Material

NAME = "dyads"


def build(m: Material) -> tuple[Block, ...]:
    """Show how alike the sides are, and the effects of actors and partners."""
    count = m.findings.find(Statistic.COUNT, ("pairs",), analysis=NAME)
    if m.plan.dyads is None or count is None:
        return ()
    text = Paragraph(m.t("dyads.text", least=m.plan.minimum_cell))
    if count.value is None:
        return (text, Note("note", m.t("dyads.none", reason=reason_text(m, count.reason))))
    n = m.numbers.integer(count.value)
    return (
        text,
        Paragraph(m.t("dyads.n", n=n)),
        *warning_notes(m, NAME),
        _sides(m),
        *_effects(m),
    )


def _sides(m: Material) -> Block:
    rows = []
    for row in m.findings.select(analysis=NAME, statistic=Statistic.SIDES_CORRELATION):
        gap = m.findings.find(Statistic.SIDES_DIFFERENCE, row.subject, analysis=NAME)
        rows.append(
            (
                Cell(display(m, row.subject[0])),
                value_cell(m, row, m.numbers.bounded),
                interval_cell(m, row, bounded=True),
                value_cell(m, gap, m.numbers.plain),
                interval_cell(m, gap),
                p_cell(m, gap),
            )
        )
    header = [m.t(f"column.{key}") for key in ("score", "r", "ci", "side_gap", "ci", "p")]
    return table(m.t("dyads.sides"), header, rows, "lrlrlr", [m.t("dyads.sides_note")], wide=True)


def _effects(m: Material) -> Iterator[Block]:
    rows = [
        (
            Cell(display(m, row.subject[1])),
            Cell(m.t(f"dyads.{row.subject[2]}")),
            Cell(m.t(f"dyads.{row.subject[3]}")),
            value_cell(m, row, m.numbers.plain),
            interval_cell(m, row),
            p_cell(m, row),
        )
        for row in m.findings.select(analysis=NAME, statistic=Statistic.DYAD_EFFECT)
    ]
    if rows and m.plan.dyads is not None:
        keys = ("predictor", "outcome_side", "whose", "value", "ci", "p")
        header = [m.t(f"column.{key}") for key in keys]
        caption = m.t("dyads.effects", outcome=display(m, m.plan.dyads.outcome))
        yield table(caption, header, rows, "lllrlr", [m.t("dyads.effects_note")], wide=True)


SECTION = Section(NAME, 79, build)
