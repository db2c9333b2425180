"""How a model of two levels is shown: slopes of both levels one below the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Statistic
from cosyn.report._models import display, estimates
from cosyn.report._parts import reason_text
from cosyn.report._types import Paragraph

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.findings import Finding
    from cosyn.report._types import Block, Material


LEVELS = ("within", "between")


def of_two_levels(m: Material, model: str) -> bool:
    """Whether the findings of a model are about levels."""
    return m.findings.find(Statistic.COUNT, ("clusters",), model=model) is not None


def level_blocks(m: Material, model: str) -> Iterator[Block]:
    """Say what rests on how many departments, then the slopes, their differences, and R²."""
    clusters = m.findings.find(Statistic.COUNT, ("clusters",), model=model)
    if clusters is None or clusters.value is None:
        return
    count = m.numbers.integer(clusters.value)
    said = [m.t("levels.text", clusters=count)]
    if clusters.label:
        said.append(m.t("levels.exploratory"))
    fixed = [r.subject[0] for r in m.findings.select(statistic=Statistic.VARIANCE, model=model)]
    if fixed:
        names = m.t("list_separator").join(display(m, name) for name in fixed)
        said.append(m.t("levels.fixed", names=names))
    apart = [m.findings.find(Statistic.SRMR, (level,), model=model) for level in LEVELS]
    values = [m.numbers.bounded(r.value, 3) for r in apart if r and r.value is not None]
    if len(values) == len(LEVELS):
        said.append(m.t("levels.srmr", within=values[0], between=values[1]))
    yield Paragraph(m.t("sentence_separator").join(said))
    yield from estimates(
        m,
        model,
        Statistic.PATH,
        Statistic.PATH_STD,
        m.t("levels.paths", model=model),
        ("outcome", "predictor", "level"),
    )
    yield from estimates(
        m,
        model,
        Statistic.DEFINED,
        Statistic.DEFINED_STD,
        m.t("structure.defined", model=model),
        ("defined",),
    )
    explained = [
        _explained(m, r) for r in m.findings.select(statistic=Statistic.R_SQUARED, model=model)
    ]
    if explained:
        said_of_all = m.t("list_separator").join(explained)
        yield Paragraph(m.t("fit.r_squared", values=said_of_all))


def _explained(m: Material, row: Finding) -> str:
    name = m.t("comma").join(display(m, part) for part in row.subject)
    if row.value is None:
        return f"{name} {m.t('in_parentheses', text=reason_text(m, row.reason)).strip()}"
    return f"{name} {m.numbers.bounded(row.value)}"
