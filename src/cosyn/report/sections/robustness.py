"""Where conclusions change if other choices are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Decision, Statistic
from cosyn.report._parts import table, warning_notes
from cosyn.report._types import Cell, Figure, Paragraph, Section
from cosyn.report.figures import Choice, SpecificationTexts, specification_curve, to_svg

if TYPE_CHECKING:
    from cosyn.findings import Series
    from cosyn.report._types import Block, Material

NAME = "robustness"
_FIXED = ("value", "low", "high", "supported", "plan")


def build(m: Material) -> tuple[Block, ...]:
    """Count the decisions of each hypothesis, then draw its curve."""
    rows = list(m.findings.select(analysis=NAME, statistic=Statistic.SPECIFICATION))
    if not rows:
        return ()
    hypotheses = list(dict.fromkeys(row.subject[0] for row in rows))
    count = sum(row.subject[0] == hypotheses[0] for row in rows)
    text = m.t("robustness.text", count=m.numbers.integer(count))
    return (
        Paragraph(text),
        _decisions(m, hypotheses),
        *warning_notes(m, NAME),
        *(_figure(m, series) for series in m.findings.drawn("specification_curve")),
    )


def _decisions(m: Material, hypotheses: list[str]) -> Block:
    table_rows = []
    for name in hypotheses:
        mine = [
            row
            for row in m.findings.select(analysis=NAME, statistic=Statistic.SPECIFICATION)
            if row.subject[0] == name
        ]
        values = [row.value for row in mine if row.value is not None]
        spread = m.numbers.interval(min(values), max(values)) if values else ""
        counts = [sum(row.label == decision for row in mine) for decision in Decision]
        failed = sum(row.value is None for row in mine)
        supported, falsified, undecided, _ = counts
        table_rows.append(
            [Cell(name), Cell(spread)]
            + [Cell(m.numbers.integer(c)) for c in (supported, falsified, undecided, failed)]
        )
    header = [m.t("column.hypothesis"), m.t("robustness.range")]
    header += [m.t(f"decision.{d}") for d in ("supported", "falsified", "undecided")]
    header.append(m.t("robustness.failed"))
    note = m.t("robustness.note")
    return table(m.t("robustness.table"), header, table_rows, "llrrrr", [note])


def _figure(m: Material, series: Series) -> Figure:
    columns = series.columns
    zero = [0.0 if x is None else x for x in columns["value"]]
    low = [0.0 if x is None else x for x in columns["low"]]
    high = [0.0 if x is None else x for x in columns["high"]]
    plan = columns["plan"]
    choices = [
        Choice(_label(m, name), [bool(x) for x in taken])
        for name, taken in columns.items()
        if name not in _FIXED and 0 < sum(x or 0 for x in taken) < len(taken)
    ]
    texts = SpecificationTexts(
        effect=m.t("robustness.effect"),
        supported=m.t("decision.supported"),
        other=m.t("robustness.other"),
        plan=m.t("robustness.plan"),
    )
    [hypothesis] = series.subject
    caption = m.t("robustness.figure", hypothesis=hypothesis)
    figure = specification_curve(
        list(zip(zero, low, high, strict=True)),
        [bool(x) for x in columns["supported"]],
        plan.index(1.0) if 1.0 in plan else None,
        choices,
        m.language,
        texts,
    )
    return Figure(caption, to_svg(figure, title=caption, prefix=f"specification-{hypothesis}"))


def _label(m: Material, column: str) -> str:
    """What an option of a choice is called."""
    place, _, option = column.partition(" ")
    if place == "3":
        whole = option == "whole"
        return m.t("robustness.whole" if whole else "robustness.without", name=option)
    if place == "4":
        return m.t("robustness.answered", count=option)
    return m.t(f"robustness.{option.replace(' ', '_')}")


SECTION = Section(NAME, 95, build)
