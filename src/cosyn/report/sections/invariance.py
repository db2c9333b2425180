"""Invariance of measurement over groups of respondents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Statistic
from cosyn.report._parts import p_cell, reason_text, table, value_cell, warning_notes
from cosyn.report._types import Cell, Paragraph, Section
from cosyn.report.numbers import DASH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.findings import Finding
    from cosyn.report._types import Block, Material

NAME = "invariance"


def build(m: Material) -> tuple[Block, ...]:
    """Show the ladder of each grouping and what it reaches."""
    reached = list(m.findings.select(analysis=NAME, statistic=Statistic.INVARIANCE))
    if not reached:
        return ()
    blocks: list[Block] = [Paragraph(m.t("invariance.text"))]
    for row in reached:
        blocks += _grouping(m, row)
    return (*blocks, *warning_notes(m, NAME))


def _grouping(m: Material, reached: Finding) -> Iterator[Block]:
    [grouping] = reached.subject
    name = _name(m, grouping)
    steps = [
        row.subject[1]
        for row in m.findings.select(analysis=NAME, statistic=Statistic.CHI_SQUARE)
        if row.subject[0] == grouping
    ]
    if not steps:
        yield Paragraph(m.t("invariance.none", group=name, reason=reason_text(m, reached.reason)))
        return
    rows = [_step(m, (grouping, step)) for step in steps]
    fit = ("step", "chi_square", "df", "p", "cfi", "rmsea_plain", "srmr")
    change = ("delta_chi_square", "p", "delta_cfi", "delta_rmsea", "delta_srmr")
    header = [m.t(f"column.{key}") for key in (*fit, *change)]
    sizes = [
        f"{_group(m, grouping, row.subject[1])} {m.numbers.integer(row.value or 0)}"
        for row in m.findings.select(analysis=NAME, statistic=Statistic.COUNT)
        if row.subject[0] == grouping
    ]
    notes = [m.t("invariance.groups", groups=m.t("list_separator").join(sizes))]
    yield table(m.t("invariance.table", group=name), header, rows, "l" + "r" * 11, notes, wide=True)
    step = m.t(f"invariance.step.{reached.label}") if reached.label else m.t("invariance.nothing")
    rules = m.plan.invariance
    values = {"cfi": f"{rules.cfi:g}", "rmsea": f"{rules.rmsea:g}"} if rules else {}
    yield Paragraph(m.t("invariance.reached", group=name, step=step, **values))


def _step(m: Material, subject: tuple[str, str]) -> list[Cell]:
    def find(statistic: Statistic) -> Finding | None:
        return m.findings.find(statistic, subject, analysis=NAME)

    three = lambda x: m.numbers.bounded(x, 3)  # noqa: E731
    chisq, change = find(Statistic.CHI_SQUARE), find(Statistic.CHI_SQUARE_DIFFERENCE)
    df = chisq.df if chisq else None
    return [
        Cell(m.t(f"invariance.step.{subject[1]}")),
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


def _name(m: Material, grouping: str) -> str:
    """What a grouping is called: the question of an item, or a word of ours."""
    if m.instrument.has_item(grouping):
        return grouping
    return m.t(f"column.{grouping}")


def _group(m: Material, grouping: str, value: str) -> str:
    """A group by the label of its code."""
    if m.instrument.has_item(grouping):
        scale = m.instrument.response_format(m.instrument.item(grouping))
        for option in scale.options:
            if f"{option.code:g}" == value:
                return option.label[m.language]
    return m.t(f"language.{value}") if m.t.has(f"language.{value}") else value


SECTION = Section(NAME, 74, build)
