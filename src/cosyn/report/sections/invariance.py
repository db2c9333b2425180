"""Invariance of measurement over groups of respondents."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cosyn.findings import Statistic
from cosyn.report._groups import group_sizes, grouping_name, left_out_text
from cosyn.report._parts import p_cell, reason_text, table, value_cell, warning_notes
from cosyn.report._types import Cell, Paragraph, Section
from cosyn.report.numbers import DASH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.findings import Finding
    from cosyn.report._types import Block, Material

NAME = "invariance"
ORDINAL = "ordinal"


def build(m: Material) -> tuple[Block, ...]:
    """Show the ladders of each grouping and what they reach."""
    reached = list(m.findings.select(analysis=NAME, statistic=Statistic.INVARIANCE))
    if not reached:
        return ()
    blocks: list[Block] = [Paragraph(m.t("invariance.text"))]
    for row in reached:
        blocks += _ladder(m, row)
    return (*blocks, *warning_notes(m, NAME))


def _ladder(m: Material, reached: Finding) -> Iterator[Block]:
    """One ladder: that of facet scores, its partial one, or that of items as categories."""
    [grouping] = reached.subject
    name, kind = grouping_name(m, grouping), reached.model
    steps = [
        row.subject[1]
        for row in m.findings.select(analysis=NAME, statistic=Statistic.CHI_SQUARE, model=kind)
        if row.subject[0] == grouping
    ]
    if not steps:
        key = "invariance.none_ordinal" if kind == ORDINAL else "invariance.none"
        text = m.t(key, group=name, reason=reason_text(m, reached.reason))
        yield Paragraph(text + _left_out(m, grouping))
        return
    rows = [_step(m, (grouping, step), kind) for step in steps]
    fit = ("step", "chi_square", "df", "p", "cfi", "rmsea_plain", "srmr")
    change = ("delta_chi_square", "p", "delta_cfi", "delta_rmsea", "delta_srmr")
    header = [m.t(f"column.{key}") for key in (*fit, *change)]
    key = "invariance.groups_ordinal" if kind == ORDINAL else "invariance.groups"
    notes = [m.t(key, groups=group_sizes(m, NAME, grouping)) + _left_out(m, grouping)]
    key = f"invariance.table_{kind}" if kind else "invariance.table"
    yield table(m.t(key, group=name), header, rows, "l" + "r" * 11, notes, wide=True)
    yield from _freed(m, grouping, kind)
    step = m.t(f"invariance.step.{reached.label}") if reached.label else m.t("invariance.nothing")
    rules = m.plan.invariance
    values = {"cfi": f"{rules.cfi:g}", "rmsea": f"{rules.rmsea:g}"} if rules else {}
    key = f"invariance.reached_{kind}" if kind else "invariance.reached"
    yield Paragraph(m.t(key, group=name, step=step, **values))


def _left_out(m: Material, grouping: str) -> str:
    least = m.plan.invariance.least if m.plan.invariance else 0
    text = left_out_text(m, NAME, grouping, least)
    return m.t("sentence_separator") + text if text else ""


def _freed(m: Material, grouping: str, kind: str) -> Iterator[Block]:
    """What a search let differ, in the order in which it did."""
    rows = []
    for row in m.findings.select(analysis=NAME, statistic=Statistic.FREED, model=kind):
        if row.subject[0] != grouping:
            continue
        _, step, name = row.subject
        rows.append(
            (
                Cell(_step_name(m, step)),
                Cell(name),
                value_cell(m, row, m.numbers.plain),
                p_cell(m, row),
                Cell(row.label),
            )
        )
    if rows:
        keys = ("step", "freed", "score_test", "p_adjusted", "estimates")
        header = [m.t(f"column.{key}") for key in keys]
        caption = m.t("invariance.freed", group=grouping_name(m, grouping))
        yield table(caption, header, rows, "llrrl", [m.t("invariance.freed_note")], wide=True)


def _step_name(m: Material, step: str) -> str:
    """A step in words; a name of several kinds of equality is theirs put together."""
    parts = [part for part in re.split(r", | and ", step.removesuffix(", partial")) if part]
    words = m.t("list_separator").join(m.t(f"invariance.step.{part}") for part in parts)
    partial = step.endswith(", partial")
    return words + m.t("in_parentheses", text=m.t("invariance.partial")) if partial else words


def _step(m: Material, subject: tuple[str, str], kind: str) -> list[Cell]:
    def find(statistic: Statistic) -> Finding | None:
        return m.findings.find(statistic, subject, analysis=NAME, model=kind)

    three = lambda x: m.numbers.bounded(x, 3)  # noqa: E731
    chisq, change = find(Statistic.CHI_SQUARE), find(Statistic.CHI_SQUARE_DIFFERENCE)
    df = chisq.df if chisq else None
    return [
        Cell(_step_name(m, subject[1])),
        value_cell(m, chisq, m.numbers.plain),
        Cell(m.numbers.integer(df) if df is not None else DASH),
        p_cell(m, chisq),
        value_cell(m, find(Statistic.CFI), three),
        value_cell(m, find(Statistic.RMSEA), three),
        value_cell(m, find(Statistic.SRMR), three),
        value_cell(m, change, m.numbers.plain) if change else Cell(""),
        p_cell(m, change) if change else Cell(""),
        *(
            value_cell(m, found, three) if (found := find(statistic)) else Cell("")
            for statistic in (Statistic.DELTA_CFI, Statistic.DELTA_RMSEA, Statistic.DELTA_SRMR)
        ),
    ]


SECTION = Section(NAME, 74, build)
