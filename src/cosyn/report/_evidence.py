"""What claims rest on that are no single effect: a row a piece of evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Statistic
from cosyn.report._models import display
from cosyn.report._parts import interval_cell, p_cell, table
from cosyn.report._types import Cell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.findings import Finding
    from cosyn.report._types import Block, Material

NAME, EVIDENCE = "hypotheses", "evidence"


def evidence(m: Material) -> Iterator[Block]:
    """Show it, if there is any."""
    found = m.findings.select(analysis=NAME, statistic=Statistic.EFFECT)
    rows = [
        (
            Cell(row.subject[0]),
            Cell(_what(m, row)),
            Cell(_value(m, row)),
            interval_cell(m, row),
            p_cell(m, row),
        )
        for row in found
        if row.subject[1:2] == (EVIDENCE,)
    ]
    if rows:
        keys = ("hypothesis", "evidence", "value", "ci", "p")
        header = [m.t(f"column.{key}") for key in keys]
        yield table(m.t("hypotheses.evidence"), header, rows, "llrlr")


def _what(m: Material, row: Finding) -> str:
    part, *name = row.subject[2:]
    return m.t(f"evidence.{part}", name=display(m, name[0]) if name else "")


def _value(m: Material, row: Finding) -> str:
    if row.label and row.value is None:
        return m.t(f"evidence.{row.label}")
    if row.value is None:
        return m.t("evidence.unknown")
    whole = row.subject[2] == "paths"
    return m.numbers.integer(row.value) if whole else m.numbers.plain(row.value)
