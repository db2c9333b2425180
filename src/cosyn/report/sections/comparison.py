"""The last table: all models side by side, and the products' effects by every means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Statistic
from cosyn.report._models import label_of, product_name
from cosyn.report._parts import decision_text, p_cell, reason_text, slug, table
from cosyn.report._types import Cell, Figure, Note, Paragraph, Section
from cosyn.report.numbers import DASH
from cosyn.report.pictures import Drawing, ForestRow, ForestTexts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.findings import Finding
    from cosyn.plan import ComparedEntry, StructureEntry
    from cosyn.report._types import Block, Material

NAME = "comparison"
MOST_DIGITS = 3


def build(m: Material) -> tuple[Block, ...]:
    """Say whether synergy was found, then show every model and the products' effects."""
    section = m.plan.comparison
    if section is None or not any(m.findings.select(analysis=NAME)):
        return ()
    keys = ("model", "says", "beyond", "p", "r2_gain", "bic_gain", "decision", "fails")
    rows = [_row(m, entry) for entry in section.models]
    return (
        Paragraph(m.t("comparison.text", null=section.null)),
        *_verdict(m),
        table(
            m.t("comparison.table"),
            [m.t(f"column.{key}") for key in keys],
            rows,
            "lllrrrll",
            [m.t("comparison.note", null=section.null)],
            wide=True,
            stacked=True,
        ),
        *_figure(m),
    )


def _verdict(m: Material) -> Iterator[Block]:
    found = next(m.findings.select(analysis=NAME, statistic=Statistic.SYNERGY), None)
    if found is None or m.plan.comparison is None:
        return
    words = m.t("list_separator").join(found.subject or m.plan.comparison.synergy)
    yield Note("note", m.t(f"comparison.synergy.{found.label}", hypotheses=words))


def _row(m: Material, entry: ComparedEntry) -> tuple[Cell, ...]:
    test = m.findings.find(Statistic.BEYOND_NULL, (entry.id,), analysis=NAME)
    return (
        _name(m, entry),
        Cell(entry.says.get(m.language, "")),
        _test(m, test),
        p_cell(m, test),
        _gain(m, entry, Statistic.R_SQUARED_GAIN),
        _gain(m, entry, Statistic.BIC_DIFFERENCE),
        Cell(_decisions(m, entry)),
        Cell(entry.fails.get(m.language, "")),
    )


def _name(m: Material, entry: ComparedEntry) -> Cell:
    model = _structural(m, entry.model)
    label = entry.label.get(m.language) or (label_of(m, model) if model else "")
    text = label if model and not entry.label else f"{entry.id}{m.t('colon')}{label}"
    text = text if label else entry.id  # a first look leaves some models out
    status = m.findings.find(Statistic.STATUS, model=entry.model) if entry.model else None
    if status is None or status.label == "ok":
        return Cell(text)
    return Cell(text, m.t(f"status.{slug(status.label)}"))


def _structural(m: Material, model: str) -> StructureEntry | None:
    models = m.plan.structure.models if m.plan.structure else ()
    return next((each for each in models if each.id == model), None)


def _test(m: Material, test: Finding | None) -> Cell:
    if test is None:
        return Cell(DASH)
    if test.value is None:
        return Cell(test.label) if test.label else Cell(DASH, reason_text(m, test.reason))
    df = m.numbers.integer(test.df or 0)
    return Cell(f"{test.label}({df}) = {m.numbers.plain(test.value)}")


def _gain(m: Material, entry: ComparedEntry, statistic: Statistic) -> Cell:
    found = m.findings.find(statistic, (entry.id,), analysis=NAME)
    if found is None or found.value is None:
        return Cell(DASH)
    if statistic is Statistic.BIC_DIFFERENCE:
        return Cell(m.numbers.plain(found.value, 1))
    return Cell(m.numbers.bounded(found.value, MOST_DIGITS))


def _decisions(m: Material, entry: ComparedEntry) -> str:
    said = [f"{name}{m.t('colon')}{decision_text(m, name)}" for name in entry.hypotheses]
    return m.t("list_separator").join(said) or DASH


def _figure(m: Material) -> Iterator[Block]:
    """Products' effects, standardised, by the plan's model and by other means."""
    rows: list[ForestRow] = []
    for entry in m.plan.structure.models if m.plan.structure else ():
        for product in entry.products:
            rows += _effects(m, entry, product)
    if not rows or m.plan.hypotheses is None:
        return
    smallest = m.plan.hypotheses.smallest_effect
    texts = ForestTexts(
        effect=m.t("figure.effect", level=f"{100 * m.plan.confidence:g}"),
        band=m.t("figure.band", value=m.numbers.bounded(smallest)),
    )
    caption = m.t("comparison.figure")
    drawing = Drawing("forest_plot", (rows, smallest, m.language, texts, m.numbers.bounded))
    yield Figure(caption, drawing, "side")


def _effects(m: Material, entry: StructureEntry, product: str) -> Iterator[ForestRow]:
    assert m.plan.structure is not None
    outcome = m.plan.structure.outcome
    factors = entry.products[product]
    name = product_name(m, factors)
    shown = m.findings.find(Statistic.PATH_STD, (outcome, product), model=entry.id)
    found = [("plan", shown)]
    found += [
        (way, m.findings.find(Statistic.PRODUCT_EFFECT, (outcome, product, way), model=entry.id))
        for way in entry.variants
    ]
    for way, effect in found:
        if effect is None:
            continue
        verdict = m.t(f"comparison.way.{way}")
        label = f"{entry.id}{m.t('colon')}{name}" if way == "plan" else ""
        yield ForestRow(label, effect.value, effect.low, effect.high, verdict)


SECTION = Section(NAME, 92, build)
