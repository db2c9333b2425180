"""What groupings and groups of respondents are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Statistic
from cosyn.report._parts import reason_text

if TYPE_CHECKING:
    from cosyn.findings import Finding
    from cosyn.report._types import Material

LEFT_OUT = "left_out"


def grouping_name(m: Material, grouping: str) -> str:
    """What a grouping is called: an item by its id and its options, or a word of ours."""
    if m.instrument.has_item(grouping):
        scale = m.instrument.response_format(m.instrument.item(grouping))
        options = " / ".join(option.label[m.language] for option in scale.options)
        return grouping + m.t("in_parentheses", text=options) if options else grouping
    key = f"grouping.{grouping}"
    return m.t(key) if m.t.has(key) else grouping


def group_name(m: Material, grouping: str, value: str) -> str:
    """A group by the label of its code, or as the data have it."""
    if m.instrument.has_item(grouping):
        scale = m.instrument.response_format(m.instrument.item(grouping))
        for option in scale.options:
            if f"{option.code:g}" == value:
                return option.label[m.language]
    key = f"language.{value}"
    return m.t(key) if grouping == "language" and m.t.has(key) else value


def group_sizes(m: Material, analysis: str, grouping: str, label: str = "") -> str:
    """Groups that are compared, or those left out, with their respondents."""
    rows = m.findings.select(analysis=analysis, statistic=Statistic.COUNT)
    sizes = [
        f"{group_name(m, grouping, row.subject[1])} {_size(m, row)}"
        for row in rows
        if row.subject[0] == grouping and len(row.subject) > 1 and row.label == label
    ]
    return m.t("list_separator").join(sizes)


def _size(m: Material, row: Finding) -> str:
    if row.value is not None:
        return m.numbers.integer(row.value)
    return f"({reason_text(m, row.reason)})"


def left_out_text(m: Material, analysis: str, grouping: str, least: int) -> str:
    """Name the groups that are too small, with their sizes; nothing if there are none."""
    small = group_sizes(m, analysis, grouping, LEFT_OUT)
    return m.t("groups.left_out", groups=small, least=least) if small else ""
