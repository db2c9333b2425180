"""Reliability of facets and constructs, and how each item serves its scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Statistic
from cosyn.report._parts import (
    interval_cell,
    name_of,
    se_cell,
    table,
    value_cell,
    warning_notes,
)
from cosyn.report._types import Cell, Section

if TYPE_CHECKING:
    from cosyn.report._types import Block, Material

NAME = "reliability"


def build(m: Material) -> tuple[Block, ...]:
    """Show omega first and alpha beside it, then the items of each scale."""
    scales = [r.subject for r in m.findings.select(analysis=NAME, statistic=Statistic.ALPHA)]
    if not scales:
        return ()
    return (_scales(m, scales), *warning_notes(m, NAME), *_items(m))


def _scales(m: Material, scales: list[tuple[str, ...]]) -> Block:
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
