"""Which conditions departments need for a high outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Statistic
from cosyn.report._parts import (
    name_of,
    p_cell,
    reason_text,
    table,
    value_cell,
    warning_notes,
)
from cosyn.report._types import Cell, Figure, Note, Paragraph, Section
from cosyn.report.numbers import DASH
from cosyn.report.pictures import Drawing, NecessityPanel, NecessityTexts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.findings import Finding
    from cosyn.plan import Necessity
    from cosyn.report._types import Block, Material

NAME = "necessity"


def build(m: Material) -> tuple[Block, ...]:
    """Show the rule, effect sizes, scatters with ceilings, and bottlenecks."""
    section = m.plan.necessity
    count = m.findings.find(Statistic.COUNT, ("cases",), analysis=NAME)
    if section is None or count is None:
        return ()
    if count.value is None:
        return (Note("warning", m.t("necessity.none", reason=reason_text(m, count.reason))),)
    outcome = name_of(m, section.outcome)
    ceiling = m.t(f"necessity.ceiling.{section.ceiling}")
    rule = m.t(
        "necessity.rule",
        ceiling=ceiling,
        effect=m.numbers.bounded(section.minimum_effect),
        alpha=m.numbers.bounded(section.alpha),
    )
    cell = m.numbers.integer(m.plan.minimum_cell)
    return (
        Paragraph(m.t("necessity.text", outcome=outcome, cell=cell)),
        Paragraph(rule),
        _effects(m, section, outcome),
        *warning_notes(m, NAME),
        *_figure(m, section, outcome),
        *_bottleneck(m, section, outcome, ceiling),
    )


def _effects(m: Material, section: Necessity, outcome: str) -> Block:
    rows = []
    for condition, side in section.conditions.items():
        step, line = (
            m.findings.find(Statistic.NECESSITY_EFFECT, (condition, kind), analysis=NAME)
            for kind in ("ce_fdh", "cr_fdh")
        )
        accuracy = m.findings.find(Statistic.CEILING_ACCURACY, (condition, "cr_fdh"), analysis=NAME)
        verdict = m.findings.find(Statistic.NECESSITY_VERDICT, (condition,), analysis=NAME)
        rows.append(
            (
                Cell(name_of(m, condition)),
                Cell(m.t(f"necessity.side.{side}")),
                Cell(m.numbers.integer(step.n or 0) if step else DASH),
                value_cell(m, step, m.numbers.bounded),
                p_cell(m, step),
                value_cell(m, line, m.numbers.bounded),
                p_cell(m, line),
                value_cell(m, accuracy, lambda x: f"{m.numbers.percent(x)} %"),
                Cell(m.t(f"necessity.verdicts.{verdict.label}") if verdict else DASH),
            )
        )
    own = ("ce", "cr", "accuracy", "verdict")
    keys = ("condition", "claim", "n", "ce", "p", "cr", "p", "accuracy", "verdict")
    header = [
        m.t(f"necessity.{key}" if key in {"condition", "claim", *own} else f"column.{key}")
        for key in keys
    ]
    caption = m.t("necessity.table", outcome=outcome)
    return table(caption, header, rows, "llrrrrrrl", [m.t("necessity.note")], wide=True)


def _figure(m: Material, section: Necessity, outcome: str) -> Iterator[Block]:
    panels = []
    for condition in section.conditions:
        subject = (section.outcome, condition)
        cases = _points(m, "necessity_cases", subject)
        if cases:
            step, line = (_points(m, f"necessity_{kind}", subject) for kind in ("step", "line"))
            panels.append(NecessityPanel(name_of(m, condition), cases, step, line))
    if not panels:
        return
    texts = NecessityTexts(
        outcome=outcome,
        cases=m.t("necessity.cases"),
        step=m.t("necessity.step"),
        line=m.t("necessity.line"),
    )
    caption = m.t("necessity.figure", outcome=outcome)
    yield Figure(caption, Drawing("necessity_plot", (panels, m.language, texts)), "necessity")


def _points(m: Material, kind: str, subject: tuple[str, str]) -> tuple[tuple[float, float], ...]:
    drawn = (found for found in m.findings.drawn(kind, analysis=NAME) if found.subject == subject)
    return tuple(
        (x, y)
        for found in drawn
        for x, y in zip(found.columns["x"], found.columns["y"], strict=True)
        if x is not None and y is not None
    )


def _bottleneck(m: Material, section: Necessity, outcome: str, ceiling: str) -> Iterator[Block]:
    found = {
        row.subject: row for row in m.findings.select(analysis=NAME, statistic=Statistic.BOTTLENECK)
    }
    conditions = [c for c in section.conditions if any(c == subject[0] for subject in found)]
    levels = dict.fromkeys(subject[1] for subject in found)
    if not conditions:
        return
    rows = [
        (Cell(level), *(_need(m, found.get((condition, level))) for condition in conditions))
        for level in levels
    ]
    names = (
        m.t(f"necessity.at.{section.conditions[condition]}", name=condition)
        for condition in conditions
    )
    caption = m.t("necessity.bottleneck", outcome=outcome, ceiling=ceiling)
    notes = [m.t("necessity.bottleneck_note")]
    header = [m.t("necessity.level"), *names]
    yield table(caption, header, rows, "r" * len(header), notes, wide=True)


def _need(m: Material, row: Finding | None) -> Cell:
    if row is None:
        return Cell(DASH)
    if row.value is None:
        return Cell(m.t(f"necessity.{row.label}"))
    return Cell(m.numbers.plain(row.value))


SECTION = Section(NAME, 86, build)
