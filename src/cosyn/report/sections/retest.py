"""Scores on two occasions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Statistic
from cosyn.report._parts import (
    interval_cell,
    name_of,
    reason_text,
    table,
    value_cell,
    warning_notes,
)
from cosyn.report._types import Cell, Note, Paragraph, Section
from cosyn.report.numbers import DASH

if TYPE_CHECKING:
    from cosyn.report._types import Block, Material

NAME = "retest"
RESPONDENTS, DEPARTMENTS = "respondents", "departments"


def build(m: Material) -> tuple[Block, ...]:
    """Say who was linked, and show how far each scale is the same again."""
    counts = {
        row.subject: row for row in m.findings.select(analysis=NAME, statistic=Statistic.COUNT)
    }
    if not counts:
        return ()
    none = counts.get(("linked",))
    if none is not None:
        return (Note("note", m.t("retest.none", reason=reason_text(m, none.reason))),)
    values = {
        subject[-1]: m.numbers.integer(row.value)
        for subject, row in counts.items()
        if row.value is not None
    }
    unit = RESPONDENTS if ("linked", RESPONDENTS) in counts else DEPARTMENTS
    text = m.t(f"retest.text_{unit}", least=m.plan.minimum_cell, **values)
    return (Paragraph(text), _scales(m, unit), *warning_notes(m, NAME))


def _scales(m: Material, unit: str) -> Block:
    rows = []
    for icc in m.findings.select(analysis=NAME, statistic=Statistic.RETEST_ICC, model=unit):
        r, shift = (
            m.findings.find(statistic, icc.subject, analysis=NAME)
            for statistic in (Statistic.RETEST_CORRELATION, Statistic.RETEST_SHIFT)
        )
        rows.append(
            (
                Cell(name_of(m, icc.subject[0])),
                Cell(m.numbers.integer(icc.n) if icc.n is not None else DASH),
                value_cell(m, icc, m.numbers.bounded),
                interval_cell(m, icc, bounded=True),
                value_cell(m, r, m.numbers.bounded),
                interval_cell(m, r, bounded=True),
                value_cell(m, shift, m.numbers.plain),
            )
        )
    keys = ("scale", "n", "retest_icc", "ci", "r", "ci", "shift")
    header = [m.t(f"column.{key}") for key in keys]
    notes = [m.t(f"retest.note_{unit}"), m.t("retest.note")]
    return table(m.t(f"retest.table_{unit}"), header, rows, "lrrlrlr", notes, wide=True)


SECTION = Section(NAME, 77, build)
