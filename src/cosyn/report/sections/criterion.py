"""Scores against what others know of the departments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Statistic
from cosyn.report._parts import (
    interval_cell,
    name_of,
    reason_text,
    source_text,
    table,
    value_cell,
    warning_notes,
)
from cosyn.report._types import Cell, Note, Paragraph, Section
from cosyn.report.numbers import DASH

if TYPE_CHECKING:
    from cosyn.findings import Finding
    from cosyn.report._types import Block, Material

NAME = "criterion"


def build(m: Material) -> tuple[Block, ...]:
    """Show each pair of score and criterion with its correlation over departments."""
    forms = m.findings.find(Statistic.COUNT, ("forms",), analysis=NAME)
    if forms is None:
        return ()
    if forms.value is None:
        reason = reason_text(m, forms.reason)
        return (Note("note", m.t("criterion.none", reason=reason)),)
    departments = m.findings.find(Statistic.COUNT, ("departments",), analysis=NAME)
    text = m.t(
        "criterion.text",
        forms=m.numbers.integer(forms.value),
        departments=m.numbers.integer(departments.value or 0) if departments else DASH,
        least=m.plan.minimum_cell,
    )
    return (Paragraph(text), _pairs(m), *warning_notes(m, NAME))


def _pairs(m: Material) -> Block:
    rules = m.plan.criterion
    expected = {(p.score, p.criterion): p.expected for p in rules.pairs} if rules else {}
    rows = []
    for row in m.findings.select(analysis=NAME, statistic=Statistic.CRITERION):
        ranks = m.findings.find(Statistic.CRITERION_RANKS, row.subject, analysis=NAME)
        sign = expected.get((row.subject[0], row.subject[1]), "")
        rows.append(
            (
                Cell(name_of(m, row.subject[0])),
                Cell(_criterion(m, row.subject[1])),
                Cell(m.t(f"predicted.{sign}") if sign else DASH),
                Cell(_n(m, row)),
                value_cell(m, row, m.numbers.bounded),
                interval_cell(m, row, bounded=True),
                value_cell(m, ranks, m.numbers.bounded),
            )
        )
    keys = ("score", "criterion", "predicted", "departments", "r", "ci", "rank_correlation")
    header = [m.t(f"column.{key}") for key in keys]
    strong = rules.strong if rules else None
    notes = [
        m.t(
            "criterion.note",
            least=m.numbers.bounded(strong.at_least) if strong else DASH,
            source=source_text(m, strong.source) if strong else DASH,
        )
    ]
    return table(m.t("criterion.table"), header, rows, "lllrrlr", notes, wide=True)


def _n(m: Material, row: Finding) -> str:
    return m.numbers.integer(row.n) if row.n is not None else DASH


def _criterion(m: Material, name: str) -> str:
    """The question of an item, with the words that stand for its placeholders by default."""
    if not m.instrument.has_item(name):
        return name_of(m, name)
    text = m.instrument.item(name).text[m.language]
    for mark, words in m.instrument.placeholders.items():
        text = text.replace("{" + mark + "}", words[m.language])
    return f"{text} ({name})"


SECTION = Section(NAME, 73, build)
