"""Whether members may answer for their department, and how departments differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Statistic
from cosyn.report._parts import (
    convention_text,
    interval_cell,
    name_of,
    p_cell,
    source_text,
    table,
    value_cell,
    warning_notes,
)
from cosyn.report._types import Cell, Figure, Paragraph, Section
from cosyn.report.numbers import DASH
from cosyn.report.pictures import CaterpillarPanel, CaterpillarTexts, Drawing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cosyn.findings import Finding, Series
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
        *_means(m),
    )


def _find(m: Material, statistic: Statistic, *subject: str) -> Finding | None:
    return m.findings.find(statistic, subject, analysis=NAME)


def _shared(m: Material, scores: Sequence[tuple[str, ...]], rules: Departments) -> Block:
    rows = []
    for (score,) in scores:
        one, two, by_reml, effect, needed, test = (
            _find(m, statistic, score)
            for statistic in (
                Statistic.ICC1,
                Statistic.ICC2,
                Statistic.ICC1_REML,
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
                value_cell(m, by_reml, lambda x: m.numbers.bounded(x, 3)),
                value_cell(m, test, m.numbers.plain),
                _degrees(m, test, one),
                p_cell(m, test),
                value_cell(m, effect, m.numbers.plain),
                value_cell(m, needed, m.numbers.integer),
            )
        )
    keys = ("icc1", "ci", "icc2", "ci", "icc1_reml", "f", "df", "p", "design_effect", "informants")
    header = [m.t("column.score"), *(m.t(f"column.{key}") for key in keys)]
    target = m.numbers.bounded(rules.reliability.at_least)
    notes = [
        m.t(
            "departments.shared_note",
            target=target,
            source=source_text(m, rules.reliability.source),
        )
    ]
    return table(m.t("departments.shared"), header, rows, "l" + "r" * 10, notes, wide=True)


def _degrees(m: Material, test: Finding | None, icc: Finding | None) -> Cell:
    """Degrees of freedom between and within departments: together one less than respondents."""
    if test is None or test.df is None or icc is None or icc.n is None:
        return Cell(DASH)
    between, within = (m.numbers.integer(df) for df in (test.df, icc.n - 1 - test.df))
    return Cell(m.t("departments.degrees", between=between, within=within))


def _agreement(m: Material, scores: Sequence[tuple[str, ...]], rules: Departments) -> Block:
    rows = []
    for (score,) in scores:
        count = value_cell(m, _find(m, Statistic.COUNT, score, "judged"), m.numbers.integer)
        share = value_cell(m, _find(m, Statistic.AD_SHARE, score), _percent(m))
        mean = value_cell(m, _find(m, Statistic.AD_MEAN, score), m.numbers.plain)
        nulls = [_under(m, score, null) for null in NULLS]
        rows.append((Cell(name_of(m, score)), count, *nulls, mean, share))
    least = convention_text(m, rules.agreement.at_least, None)
    header = [
        m.t("column.score"),
        m.t("column.departments"),
        *(m.t(f"departments.distribution.{null}") for null in NULLS),
        m.t("column.ad"),
        m.t("column.ad_share"),
    ]
    notes = [
        m.t(
            "departments.agreement_note", least=least, source=source_text(m, rules.agreement.source)
        ),
        *_reset(m),
    ]
    return table(m.t("departments.agreement"), header, rows, "l" + "r" * 6, notes, wide=True)


def _under(m: Material, score: str, null: str) -> Cell:
    """Mean, median and share of r_wg(j) under one null, in one cell: the table is wide enough."""
    parts = (
        (Statistic.RWG_MEAN, m.numbers.bounded),
        (Statistic.RWG_MEDIAN, m.numbers.bounded),
        (Statistic.RWG_SHARE, _percent(m)),
    )
    cells = [value_cell(m, _find(m, statistic, score, null), write) for statistic, write in parts]
    if cells[0].reason:
        return cells[0]
    return Cell(" / ".join(cell.text for cell in cells))


def _percent(m: Material) -> Callable[[float], str]:
    return lambda share: f"{m.numbers.percent(share, 0)}%"


def _reset(m: Material) -> list[str]:
    counts = m.findings.select(analysis=NAME, statistic=Statistic.COUNT)
    most = max((row.value or 0.0 for row in counts if row.subject[2:] == ("reset",)), default=0.0)
    return [m.t("departments.reset_note", most=m.numbers.integer(most))] if most else []


def _means(m: Material) -> Iterator[Block]:
    drawn = list(m.findings.drawn("department_means", analysis=NAME))
    if not drawn:
        return
    panels = [_panel(m, series) for series in drawn]
    texts = CaterpillarTexts(m.t("departments.axis"), m.t("column.mean"))
    level = f"{100 * m.plan.confidence:g}"
    caption = m.t("departments.means", level=level)
    yield Figure(caption, Drawing("caterpillar_plot", (panels, m.language, texts)), "departments")
    counts = {part: _count(m, drawn, part) for part in ("large_enough", "too_small")}
    yield Paragraph(
        m.t(
            "departments.means_note",
            shown=counts["large_enough"],
            left_out=counts["too_small"],
            least=m.plan.minimum_cell,
        )
    )


def _panel(m: Material, series: Series) -> CaterpillarPanel:
    mean, low, high, grand = (
        [value for value in series.columns[name] if value is not None]
        for name in ("mean", "low", "high", "grand")
    )
    return CaterpillarPanel(name_of(m, series.subject[0]), mean, low, high, grand[0])


def _count(m: Material, drawn: Sequence[Series], part: str) -> str:
    """A count of departments, or its range where scores differ in who answered."""
    found = [_find(m, Statistic.COUNT, series.subject[0], part) for series in drawn]
    numbers = sorted({int(row.value) for row in found if row and row.value is not None})
    ends = dict.fromkeys((numbers[0], numbers[-1])) if numbers else {0: None}
    return "–".join(m.numbers.integer(number) for number in ends)


SECTION = Section(NAME, 78, build)
