"""How each item was answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Finding, Statistic
from cosyn.instrument.questionnaire import questionnaire
from cosyn.instrument.types import Missing
from cosyn.report._item_checks import item_checks
from cosyn.report._parts import table, value_cell, warning_notes
from cosyn.report._types import Cell, Figure, Section
from cosyn.report.pictures import Drawing, LikertRow, LikertTexts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cosyn.instrument.types import Construct, Item, ResponseFormat
    from cosyn.report._types import Block, Material

NAME = "items"
MOST_ROWS = 12
"""Bars in one figure; more go into a second one."""


def build(m: Material) -> tuple[Block, ...]:
    """Show descriptives of all items, then bars of each construct's."""
    found = [row.subject[0] for row in m.findings.select(analysis=NAME, statistic=Statistic.N)]
    items = [m.instrument.item(name) for name in found if m.instrument.has_item(name)]
    if not items:
        return ()
    notes = warning_notes(m, NAME)
    return (_descriptives(m, items), *_gaps(m, items), *notes, *item_checks(m), *_figures(m, items))


def _descriptives(m: Material, items: Sequence[Item]) -> Block:
    statistics = (
        Statistic.MEAN,
        Statistic.SD,
        Statistic.SKEWNESS,
        Statistic.KURTOSIS,
    )
    shares = Statistic.FLOOR, Statistic.CEILING
    rows = []
    for item in items:
        cells = [Cell(item.id), _count(m, item.id)]
        for statistic in statistics:
            cells.append(value_cell(m, _find(m, statistic, item.id), m.numbers.plain))
            if statistic is Statistic.MEAN:
                cells.append(_se(m, item.id))
        cells += [value_cell(m, _find(m, s, item.id), m.numbers.percent) for s in shares]
        cells.append(Cell(m.numbers.percent(_missing_share(m, item.id))))
        rows.append(cells)
    keys = ("item", "n", "mean", "se", "sd", "skewness", "kurtosis", "floor", "ceiling", "missing")
    header = [m.t(f"column.{key}") for key in keys]
    notes = [m.t("items.note")]
    return table(m.t("items.table"), header, rows, "l" + "r" * 9, notes, wide=True)


def _gaps(m: Material, items: Sequence[Item]) -> Iterator[Block]:
    """Show why answers are missing, a column for each reason that occurs."""
    shares = m.findings.select(analysis=NAME, statistic=Statistic.MISSING_SHARE)
    occurring = {row.subject[1] for row in shares}
    reasons = [reason.value for reason in Missing if reason.value in occurring]
    if not reasons:
        return
    rows = []
    for item in items:
        found = [_find(m, Statistic.MISSING_SHARE, item.id, reason) for reason in reasons]
        cells = [Cell(m.numbers.percent(row.value if row and row.value else 0.0)) for row in found]
        rows.append([Cell(item.id), *cells])
    header = [m.t("column.item"), *(m.t(f"missing.{reason}") for reason in reasons)]
    notes = [m.t("items.gaps_note")]
    yield table(m.t("items.gaps"), header, rows, "l" + "r" * len(reasons), notes, wide=True)


def _find(m: Material, statistic: Statistic, *subject: str) -> Finding | None:
    return m.findings.find(statistic, subject, analysis=NAME)


def _count(m: Material, item: str) -> Cell:
    return value_cell(m, _find(m, Statistic.N, item), m.numbers.integer)


def _se(m: Material, item: str) -> Cell:
    mean = _find(m, Statistic.MEAN, item)
    return Cell(m.numbers.plain(mean.se)) if mean and mean.se is not None else Cell("")


def _missing_share(m: Material, item: str) -> float:
    rows = m.findings.select(analysis=NAME, statistic=Statistic.MISSING_SHARE)
    return sum(row.value or 0.0 for row in rows if row.subject[0] == item)


def _figures(m: Material, items: Sequence[Item]) -> Iterator[Block]:
    """Draw one figure a construct and response format, at most `MOST_ROWS` items each."""
    for construct in m.instrument.constructs:
        for response_format in m.instrument.response_formats:
            mine = [
                item
                for item in items
                if (item.construct, item.response_format) == (construct.id, response_format.id)
            ]
            if response_format.kind != "options":
                continue
            for start in range(0, len(mine), MOST_ROWS):
                yield _figure(m, construct, response_format, mine[start : start + MOST_ROWS], start)


def _figure(
    m: Material,
    construct: Construct,
    response_format: ResponseFormat,
    items: Sequence[Item],
    start: int,
) -> Figure:
    asked = questionnaire(m.instrument, m.findings.provenance.form).questions
    texts_of = {question.id: question.text[m.language] for question in asked}
    rows = [_bar(m, item, response_format, texts_of[item.id]) for item in items]
    labels = [option.label[m.language] for option in response_format.options]
    texts = LikertTexts(missing=m.t("figure.missing"))
    caption = m.t("items.figure", construct=construct.label[m.language])
    drawing = Drawing("likert_bars", (rows, labels, m.language, texts))
    return Figure(caption, drawing, f"likert-{construct.id}-{response_format.id}-{start}")


def _bar(m: Material, item: Item, response_format: ResponseFormat, text: str) -> LikertRow:
    shares = [
        _find(m, Statistic.CATEGORY_SHARE, item.id, str(option.code))
        for option in response_format.options
    ]
    answered = _find(m, Statistic.N, item.id)
    return LikertRow(
        item_id=item.id,
        label=text,
        shares=tuple((s.value or 0.0) if s else 0.0 for s in shares),
        n=int(answered.value or 0) if answered else 0,
        missing_share=_missing_share(m, item.id),
        group=m.instrument.label(item.facet, m.language),
    )


SECTION = Section(NAME, 40, build)
