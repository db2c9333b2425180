"""Reliability of facets and constructs, and how each item serves its scale."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cosyn.findings import Statistic
from cosyn.report._groups import group_name, grouping_name, left_out_text
from cosyn.report._parts import (
    interval_cell,
    name_of,
    reason_text,
    se_cell,
    source_text,
    table,
    value_cell,
    warning_notes,
)
from cosyn.report._types import Cell, Figure, Note, Section
from cosyn.report.pictures import Drawing, ReliabilityRow, ReliabilityTexts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cosyn.findings import Finding
    from cosyn.report._types import Block, Material

NAME = "reliability"


def build(m: Material) -> tuple[Block, ...]:
    """Show omega first and alpha beside it, a figure, groups, then the items of each scale."""
    alphas = m.findings.select(analysis=NAME, statistic=Statistic.ALPHA)
    scales = [row.subject for row in alphas if len(row.subject) == 1]
    if not scales:
        return ()
    return (
        _scales(m, scales),
        *warning_notes(m, NAME),
        *_figure(m, scales),
        *_groups(m, scales),
        *_items(m),
    )


def _best(m: Material, subject: tuple[str, ...]) -> Finding | None:
    """The coefficient of a scale: that of pairs, or omega."""
    pair = m.findings.find(Statistic.SPEARMAN_BROWN, subject, analysis=NAME)
    return pair or m.findings.find(Statistic.OMEGA, subject, analysis=NAME)


def _groups_of(m: Material) -> list[tuple[str, str]]:
    """Grouping and group of every group that has coefficients."""
    rows = m.findings.select(analysis=NAME, statistic=Statistic.ALPHA)
    pairs = ((row.subject[1], row.subject[2]) for row in rows if len(row.subject) == 3)
    return list(dict.fromkeys(pairs))


def _figure(m: Material, scales: Sequence[tuple[str, ...]]) -> Iterator[Block]:
    rows = []
    for scale in scales:
        best = _best(m, scale)
        found = [_best(m, (*scale, *group)) for group in _groups_of(m)]
        values = tuple(row.value for row in found if row and row.value is not None)
        ends = (best.value, best.low, best.high) if best else (None, None, None)
        rows.append(ReliabilityRow(name_of(m, scale[0]), *ends, values))
    custom = next((c for c in m.plan.conventions if c.statistic == Statistic.OMEGA), None)
    least = custom.at_least if custom else None
    source = source_text(m, custom.source) if custom else ""
    texts = ReliabilityTexts(
        m.t("reliability.axis"),
        m.t("reliability.marks"),
        m.t("reliability.custom", value=m.numbers.bounded(least or 0.0), source=source),
    )
    caption = m.t("reliability.figure")
    number = partial(m.numbers.bounded, digits=1)
    drawing = Drawing("reliability_plot", (rows, least, m.language, texts, number))
    yield Figure(caption, drawing, "coefficients")


def _groups(m: Material, scales: Sequence[tuple[str, ...]]) -> Iterator[Block]:
    """Coefficients in groups, one column a group."""
    rules = m.plan.reliability
    groups = _groups_of(m)
    left = [left_out_text(m, NAME, g, rules.least) for g in rules.groups] if rules else []
    left += [
        m.t(
            "reliability.no_group",
            group=grouping_name(m, row.subject[0]),
            reason=reason_text(m, row.reason),
        )
        for row in m.findings.select(analysis=NAME, statistic=Statistic.COUNT)
        if len(row.subject) == 1
    ]
    notes = [text for text in left if text]
    if not groups:
        yield from (Note("note", text) for text in notes)
        return
    rows = []
    for scale in scales:
        cells = (value_cell(m, _best(m, (*scale, *g)), m.numbers.bounded) for g in groups)
        whole = value_cell(m, _best(m, scale), m.numbers.bounded)
        rows.append((Cell(name_of(m, scale[0])), whole, *cells))
    header = [m.t("column.scale"), m.t("column.all"), *(group_name(m, *g) for g in groups)]
    align = "l" + "r" * (len(groups) + 1)
    notes = [m.t("reliability.groups_note"), *notes]
    yield table(m.t("reliability.groups"), header, rows, align, notes, wide=True)


def _scales(m: Material, scales: Sequence[tuple[str, ...]]) -> Block:
    rows = []
    for scale in scales:
        omega, alpha, pair, observed = (
            m.findings.find(s, scale, analysis=NAME)
            for s in (
                Statistic.OMEGA,
                Statistic.ALPHA,
                Statistic.SPEARMAN_BROWN,
                Statistic.OMEGA_OBSERVED,
            )
        )
        best = pair or omega
        rows.append(
            (
                Cell(name_of(m, scale[0])),
                Cell(m.numbers.integer(alpha.n or 0) if alpha else ""),
                value_cell(m, best, m.numbers.bounded),
                se_cell(m, best, bounded=True) if pair is None else Cell(""),
                interval_cell(m, best, bounded=True),
                Cell(m.t("reliability.spearman_brown" if pair else "reliability.omega")),
                value_cell(m, observed, m.numbers.bounded) if observed else Cell(""),
                value_cell(m, alpha, m.numbers.bounded),
                interval_cell(m, alpha, bounded=True),
            )
        )
    keys = ("scale", "n", "reliability", "se", "ci", "coefficient", "omega_observed", "alpha", "ci")
    header = [m.t(f"column.{key}") for key in keys]
    return table(
        m.t("reliability.table"), header, rows, "lrrrllrrl", [m.t("reliability.note")], wide=True
    )


def _items(m: Material) -> list[Block]:
    rows = []
    last = ""
    for row in m.findings.select(analysis=NAME, statistic=Statistic.ITEM_REST):
        scale, item = row.subject
        deleted = m.findings.find(Statistic.ALPHA_IF_DELETED, row.subject, analysis=NAME)
        rows.append(
            (
                Cell("" if scale == last else name_of(m, scale)),
                Cell(item),
                value_cell(m, row, m.numbers.bounded),
                interval_cell(m, row, bounded=True),
                value_cell(m, deleted, m.numbers.bounded) if deleted else Cell(""),
                interval_cell(m, deleted, bounded=True) if deleted else Cell(""),
            )
        )
        last = scale
    if not rows:
        return []
    keys = ("scale", "item", "item_rest", "ci", "alpha_if_deleted", "ci")
    header = [m.t(f"column.{key}") for key in keys]
    return [table(m.t("reliability.items"), header, rows, "llrlrl", wide=True)]


SECTION = Section(NAME, 50, build)
