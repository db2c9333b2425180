"""Validity of the constructs: variance extracted, correlations and their ratios."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Statistic
from cosyn.report._parts import interval_cell, name_of, table, value_cell, warning_notes
from cosyn.report._types import Cell, Paragraph, Section
from cosyn.report.numbers import DASH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.report._types import Block, Material

NAME = "validity"


def build(m: Material) -> tuple[Block, ...]:
    """Show each construct with itself, then each pair."""
    rows = list(m.findings.select(analysis=NAME, statistic=Statistic.AVE))
    if not any(row.subject for row in rows):
        return ()
    return (
        Paragraph(m.t("validity.text")),
        *_convergent(m),
        *warning_notes(m, NAME),
        *_discriminant(m),
    )


def _convergent(m: Material) -> Iterator[Block]:
    rows = []
    for row in m.findings.select(analysis=NAME, statistic=Statistic.AVE):
        reliability, maximal = (
            m.findings.find(s, row.subject, analysis=NAME)
            for s in (Statistic.COMPOSITE_RELIABILITY, Statistic.MAXIMAL_RELIABILITY)
        )
        root = Cell(DASH) if row.value is None else Cell(m.numbers.bounded(row.value**0.5))
        rows.append(
            (
                Cell(name_of(m, row.subject[0])),
                value_cell(m, row, m.numbers.bounded),
                root,
                value_cell(m, reliability, m.numbers.bounded),
                value_cell(m, maximal, m.numbers.bounded),
            )
        )
    header = [m.t(f"column.{key}") for key in ("construct", "ave", "root_ave", "cr", "h")]
    yield table(m.t("validity.convergent"), header, rows, "lrrrr", [m.t("validity.note")])


def _discriminant(m: Material) -> Iterator[Block]:
    rows = []
    for ratio in m.findings.select(analysis=NAME, statistic=Statistic.HTMT):
        r = m.findings.find(Statistic.FACTOR_CORRELATION, ratio.subject, analysis=NAME)
        rows.append(
            (
                Cell(name_of(m, ratio.subject[0])),
                Cell(name_of(m, ratio.subject[1])),
                value_cell(m, r, m.numbers.bounded),
                value_cell(m, ratio, m.numbers.bounded),
                interval_cell(m, ratio, bounded=True),
            )
        )
    if rows:
        header = [m.t(f"column.{key}") for key in ("first", "second", "r", "htmt", "ci")]
        bound = m.plan.validity.htmt if m.plan.validity else 0.0
        note = m.t("validity.htmt_note", bound=m.numbers.bounded(bound))
        yield table(m.t("validity.discriminant"), header, rows, "llrrl", [note])


SECTION = Section(NAME, 72, build)
