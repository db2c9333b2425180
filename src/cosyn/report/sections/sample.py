"""Who answered, and what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Statistic
from cosyn.report._parts import table, value_cell, warning_notes
from cosyn.report._types import Cell, Section

if TYPE_CHECKING:
    from cosyn.findings import Finding
    from cosyn.report._types import Block, Material

NAME = "sample"


def build(m: Material) -> tuple[Block, ...]:
    """Describe the sample and the gaps by reason."""
    rows = list(m.findings.select(analysis=NAME))
    if not rows:
        return ()
    blocks: list[Block] = [_profile(m, rows), *_gaps(m, rows)]
    return (*blocks, *warning_notes(m, NAME))


def _profile(m: Material, rows: list[Finding]) -> Block:
    shown = []
    for row in rows:
        if row.statistic in {
            Statistic.COUNT,
            Statistic.MEDIAN,
            Statistic.MINIMUM,
            Statistic.MAXIMUM,
        }:
            key = f"sample.{row.statistic}.{row.subject[0]}"
            label = m.t(key) if m.t.has(key) else ": ".join(row.subject)
            if len(row.subject) == 2:
                name = f"language.{row.subject[1]}"
                label += m.t("colon") + (m.t(name) if m.t.has(name) else row.subject[1])
            shown.append((Cell(label), value_cell(m, row, m.numbers.integer)))
        elif row.statistic == Statistic.SHARE:
            share = value_cell(m, row, lambda x: f"{m.numbers.percent(x)} %")
            shown.append((Cell(m.t("sample.share.complete")), share))
    header = [m.t("column.what"), m.t("column.count")]
    return table(m.t("sample.profile"), header, shown, "lr")


def _gaps(m: Material, rows: list[Finding]) -> list[Block]:
    shown = [
        (
            Cell(m.t(f"missing.{row.subject[0]}")),
            value_cell(m, row, lambda x: m.numbers.percent(x, 2)),
        )
        for row in rows
        if row.statistic == Statistic.MISSING_SHARE
    ]
    if not shown:
        return []
    header = [m.t("column.reason"), m.t("column.percent_cells")]
    return [table(m.t("sample.gaps"), header, shown, "lr", [m.t("sample.gaps_note")])]


SECTION = Section(NAME, 20, build)
