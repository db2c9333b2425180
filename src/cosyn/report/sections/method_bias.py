"""What answers have in common because of how they were asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Statistic
from cosyn.report._parts import name_of, p_cell, reason_text, table, value_cell
from cosyn.report._types import Cell, Paragraph, Section

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.findings import Finding
    from cosyn.report._types import Block, Material

NAME = "method_bias"


def build(m: Material) -> tuple[Block, ...]:
    """Say what Harman's share is worth, then show the marker."""
    harman = m.findings.find(Statistic.HARMAN, analysis=NAME)
    if harman is None:
        return ()
    if harman.value is None:
        first = m.t("method_bias.no_harman", reason=reason_text(m, harman.reason))
    else:
        first = m.t("method_bias.harman", share=m.numbers.percent(harman.value))
    return (Paragraph(first), *_marker(m))


def _marker(m: Material) -> Iterator[Block]:
    found = list(m.findings.select(analysis=NAME, statistic=Statistic.MARKER_CORRELATION))
    if not found:
        return
    if found[0].value is None:
        yield Paragraph(m.t("method_bias.no_marker", reason=reason_text(m, found[0].reason)))
        return
    common = found[-1]
    rows = [_row(m, row) for row in found[:-1]]
    header = [m.t(f"column.{key}") for key in ("construct", "r", "p")]
    yield table(m.t("method_bias.marker"), header, rows, "lrr")
    pairs = []
    for row in m.findings.select(analysis=NAME, statistic=Statistic.FACTOR_CORRELATION):
        if len(row.subject) == 2:
            less = m.findings.find(
                Statistic.FACTOR_CORRELATION, (*row.subject, "marker"), analysis=NAME
            )
            pairs.append(
                (
                    Cell(name_of(m, row.subject[0])),
                    Cell(name_of(m, row.subject[1])),
                    value_cell(m, row, m.numbers.bounded),
                    value_cell(m, less, m.numbers.bounded),
                    p_cell(m, less),
                )
            )
    header = [m.t(f"column.{key}") for key in ("first", "second", "r", "r_less_marker", "p")]
    note = m.t("method_bias.note", common=m.numbers.bounded(common.value or 0.0))
    yield table(m.t("method_bias.pairs"), header, pairs, "llrrr", [note])


def _row(m: Material, row: Finding) -> tuple[Cell, ...]:
    name = Cell(name_of(m, row.subject[1]))
    return name, value_cell(m, row, m.numbers.bounded), p_cell(m, row)


SECTION = Section(NAME, 76, build)
