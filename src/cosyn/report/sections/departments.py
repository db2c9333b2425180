"""Whether members may answer for their department, and how departments differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Statistic
from cosyn.report._parts import (
    convention_text,
    interval_cell,
    name_of,
    p_cell,
    table,
    value_cell,
    warning_notes,
)
from cosyn.report._types import Cell, Paragraph, Section
from cosyn.report.numbers import DASH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.findings import Finding
    from cosyn.plan import Departments
    from cosyn.report._types import Block, Material

NAME = "departments"
NULLS = ("uniform", "slight", "moderate")


def build(m: Material) -> tuple[Block, ...]:
    """Show what departments share, how far members agree, and the departments' means."""
    rules = m.plan.departments
    scores = [r.subject for r in m.findings.select(analysis=NAME, statistic=Statistic.ICC1)]
    if rules is None or not scores:
        return ()
    return (
        Paragraph(m.t("departments.text")),
        *warning_notes(m, NAME),
        _shared(m, scores, rules),
        _agreement(m, scores, rules),
    )


def _find(m: Material, statistic: Statistic, *subject: str) -> Finding | None:
    return m.findings.find(statistic, subject, analysis=NAME)


def _shared(m: Material, scores: Sequence[tuple[str, ...]], rules: Departments) -> Block:
    rows = []
    for (score,) in scores:
        one, two, effect, needed, test = (
            _find(m, statistic, score)
            for statistic in (
                Statistic.ICC1,
                Statistic.ICC2,
                Statistic.DESIGN_EFFECT,
                Statistic.INFORMANTS_NEEDED,
                Statistic.F_BETWEEN,
            )
        )
        rows.append(
            (
                Cell(name_of(m, score)),
                value_cell(m, one, lambda x: m.numbers.bounded(x, 3)),
                interval_cell(m, one, bounded=True),
                value_cell(m, two, m.numbers.bounded),
                interval_cell(m, two, bounded=True),
                value_cell(m, test, m.numbers.plain),
                _degrees(m, test, one),
                p_cell(m, test),
                value_cell(m, effect, m.numbers.plain),
                value_cell(m, needed, m.numbers.integer),
            )
        )
    keys = ("icc1", "ci", "icc2", "ci", "f", "df", "p", "design_effect", "informants")
    header = [m.t("column.score"), *(m.t(f"column.{key}") for key in keys)]
    target = m.numbers.bounded(rules.reliability.at_least)
    notes = [m.t("departments.shared_note", target=target, source=rules.reliability.source)]
    return table(m.t("departments.shared"), header, rows, "l" + "r" * 9, notes, wide=True)


def _degrees(m: Material, test: Finding | None, icc: Finding | None) -> Cell:
    """Degrees of freedom between and within departments: together one less than respondents."""
    if test is None or test.df is None or icc is None or icc.n is None:
        return Cell(DASH)
    between, within = (m.numbers.integer(df) for df in (test.df, icc.n - 1 - test.df))
    return Cell(m.t("departments.degrees", between=between, within=within))


def _agreement(m: Material, scores: Sequence[tuple[str, ...]], rules: Departments) -> Block:
    rows = []
    for (score,) in scores:
        cells = [Cell(name_of(m, score))]
        cells.append(value_cell(m, _find(m, Statistic.COUNT, score, "judged"), m.numbers.integer))
        for null in NULLS:
            for statistic in (Statistic.RWG_MEAN, Statistic.RWG_MEDIAN):
                found = _find(m, statistic, score, null)
                cells.append(value_cell(m, found, m.numbers.bounded))
            share = _find(m, Statistic.RWG_SHARE, score, null)
            cells.append(value_cell(m, share, lambda x: m.numbers.percent(x, 0)))
        cells.append(value_cell(m, _find(m, Statistic.AD_MEAN, score), m.numbers.plain))
        cells.append(
            value_cell(m, _find(m, Statistic.AD_SHARE, score), lambda x: m.numbers.percent(x, 0))
        )
        rows.append(cells)
    least = convention_text(m, rules.agreement.at_least, None)
    header = [m.t("column.score"), m.t("column.departments")]
    for null in NULLS:
        name = m.t(f"departments.distribution.{null}")
        header += [f"{name} M", f"{name} Mdn", f"{name} % {least}"]
    header += [m.t("column.ad"), m.t("column.ad_share")]
    notes = [
        m.t("departments.agreement_note", least=least, source=rules.agreement.source),
        *_reset(m),
    ]
    align = "l" + "r" * (len(header) - 1)
    return table(m.t("departments.agreement"), header, rows, align, notes, wide=True)


def _reset(m: Material) -> list[str]:
    counts = m.findings.select(analysis=NAME, statistic=Statistic.COUNT)
    most = max((row.value or 0.0 for row in counts if row.subject[2:] == ("reset",)), default=0.0)
    return [m.t("departments.reset_note", most=m.numbers.integer(most))] if most else []


SECTION = Section(NAME, 8, build)
