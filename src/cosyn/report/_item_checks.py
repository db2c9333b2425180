"""How items discriminate, who leaves gaps, and which way blocks push, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Statistic
from cosyn.instrument.questionnaire import questionnaire
from cosyn.report._groups import group_name, grouping_name
from cosyn.report._parts import (
    interval_cell,
    name_of,
    p_cell,
    reason_text,
    source_text,
    table,
    value_cell,
)
from cosyn.report._types import Cell, Note
from cosyn.report.numbers import DASH

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cosyn.findings import Finding
    from cosyn.plan import ProbeRule
    from cosyn.report._types import Block, Material

NAME = "items"


def item_checks(m: Material) -> Iterator[Block]:
    """Show what the plan asks of items beyond their moments."""
    rules = m.plan.items
    if rules is None:
        return
    yield from _discrimination(m, rules.upper_lower)
    yield from _gaps(m)
    if rules.probes is not None:
        yield from _probes(m, rules.probes)


def _find(m: Material, statistic: Statistic, *subject: str) -> Finding | None:
    return m.findings.find(statistic, subject, analysis=NAME)


def _discrimination(m: Material, share: float) -> Iterator[Block]:
    rows = []
    for ratio in m.findings.select(analysis=NAME, statistic=Statistic.CRITICAL_RATIO):
        [item] = ratio.subject
        difference = _find(m, Statistic.UPPER_LOWER, item)
        rows.append(
            (
                Cell(item),
                Cell(m.numbers.integer(ratio.n) if ratio.n else DASH),
                value_cell(m, difference, m.numbers.plain),
                interval_cell(m, difference),
                value_cell(m, ratio, m.numbers.plain),
                Cell(m.numbers.plain(ratio.df, 1) if ratio.df is not None else DASH),
                p_cell(m, ratio),
            )
        )
    if not rows:
        return
    keys = ("item", "n", "upper_lower", "ci", "critical_ratio", "df", "p")
    header = [m.t(f"column.{key}") for key in keys]
    notes = [m.t("item_checks.discrimination_note", share=m.numbers.percent(share, 0))]
    caption = m.t("item_checks.discrimination")
    yield table(caption, header, rows, "l" + "r" * 6, notes, wide=True)


def _gaps(m: Material) -> Iterator[Block]:
    """A row a construct, a column for all respondents and for each answer to background items."""
    found = list(m.findings.select(analysis=NAME, statistic=Statistic.BLOCK_MISSING))
    blocks = [row.subject[0] for row in found if len(row.subject) == 1]
    groups = list(dict.fromkeys(row.subject[1:] for row in found if len(row.subject) == 3))
    for row in found:
        if row.subject[0] == "by":
            reason = reason_text(m, row.reason)
            yield Note(
                "note",
                m.t("item_checks.not_by", item=grouping_name(m, row.subject[1]), reason=reason),
            )
    if not blocks:
        return
    header = [m.t("column.construct"), m.t("column.all"), *(group_name(m, *g) for g in groups)]
    rows = []
    for block in blocks:
        cells = [_find(m, Statistic.BLOCK_MISSING, block)]
        cells += [_find(m, Statistic.BLOCK_MISSING, block, *group) for group in groups]
        shown = [value_cell(m, cell, lambda x: m.numbers.percent(x, 2)) for cell in cells]
        rows.append((Cell(name_of(m, block)), *shown))
    sizes = [
        Cell("n"),
        *(_size(m, _find(m, Statistic.BLOCK_MISSING, blocks[0], *g)) for g in ((), *groups)),
    ]
    caption, notes = m.t("item_checks.gaps"), [m.t("item_checks.gaps_note")]
    yield table(caption, header, [*rows, sizes], "l" + "r" * (len(header) - 1), notes, wide=True)


def _size(m: Material, row: Finding | None) -> Cell:
    return Cell(m.numbers.integer(row.n) if row and row.n is not None else DASH)


def _probes(m: Material, rule: ProbeRule) -> Iterator[Block]:
    verdicts = list(m.findings.select(analysis=NAME, statistic=Statistic.DIRECTION))
    probes = [row for row in verdicts if m.instrument.has_item(row.subject[0])]
    if not probes:
        for row in verdicts:
            reason = reason_text(m, row.reason)
            yield Note("note", m.t("item_checks.no_probes", reason=reason))
        return
    asked = questionnaire(m.instrument, m.findings.provenance.form).questions
    texts = {question.id: question.text[m.language] for question in asked}
    rows = [_probe(m, row, texts.get(row.subject[0], "")) for row in probes]
    keys = ("item", "text", "n", "against", "towards", "towards_directed", "ci", "direction")
    header = [m.t(f"column.{key}") for key in keys]
    least = m.numbers.percent(rule.directed.at_least, 0)
    notes = [
        m.t("item_checks.probes_note", least=least, source=source_text(m, rule.directed.source))
    ]
    yield table(m.t("item_checks.probes"), header, rows, "llrrrrrl", notes, wide=True)


def _probe(m: Material, verdict: Finding, text: str) -> Sequence[Cell]:
    [item] = verdict.subject
    towards, against, directed = (
        _find(m, statistic, item)
        for statistic in (Statistic.TOWARDS, Statistic.AGAINST, Statistic.TOWARDS_DIRECTED)
    )
    ends = Cell(DASH)
    if directed and directed.low is not None and directed.high is not None:
        low, high = (m.numbers.percent(end) for end in (directed.low, directed.high))
        ends = Cell(f"[{low},\u00a0{high}]")
    words = m.t(f"item_checks.direction.{verdict.label}") if verdict.label else DASH
    return (
        Cell(item),
        Cell(text),
        Cell(m.numbers.integer(towards.n) if towards and towards.n is not None else DASH),
        value_cell(m, against, m.numbers.percent),
        value_cell(m, towards, m.numbers.percent),
        value_cell(m, directed, m.numbers.percent),
        ends,
        Cell(words, reason_text(m, verdict.reason) if verdict.reason else ""),
    )
