"""What the products of a structural model do: simple slopes, regions, figures, other means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Statistic
from cosyn.report._models import display
from cosyn.report._parts import interval_cell, p_cell, se_cell, table, value_cell
from cosyn.report._types import Cell, Figure, Paragraph
from cosyn.report.pictures import Drawing, InteractionTexts, Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cosyn.findings import Finding, Series
    from cosyn.plan import StructureEntry
    from cosyn.report._types import Block, Material

MIDDLE = "0"
FAR = 3.0
"""Standard deviations from the mean beyond which nobody is to be expected."""


def interactions(m: Material, entry: StructureEntry) -> Iterator[Block]:
    """Simple slopes, where they differ from zero, figures, and the effect by other means."""
    yield from _variants(m, entry)
    yield from _slopes(m, entry)
    for lines in m.findings.drawn("simple_lines", model=entry.id):
        band = next(
            found
            for found in m.findings.drawn("slope_band", model=entry.id)
            if found.subject == lines.subject
        )
        yield from _figure(m, entry, lines, band)


def _slopes(m: Material, entry: StructureEntry) -> Iterator[Block]:
    found = list(m.findings.select(statistic=Statistic.SIMPLE_SLOPE, model=entry.id))
    if not found:
        return
    rows = [
        (
            Cell(display(m, row.subject[1])),
            Cell(display(m, row.subject[2])),
            Cell(_sd(m, row.subject[3])),
            value_cell(m, row, m.numbers.plain),
            se_cell(m, row),
            interval_cell(m, row),
            p_cell(m, row),
        )
        for row in found
    ]
    keys = ("predictor", "moderator", "moderator_at", "slope", "se", "ci", "p")
    header = [m.t(f"column.{key}") for key in keys]
    caption = m.t("interaction.slopes", model=entry.id)
    yield table(caption, header, rows, "lllrrlr", [m.t("interaction.slopes_note")], wide=True)
    for row in m.findings.select(statistic=Statistic.JOHNSON_NEYMAN, model=entry.id):
        yield Paragraph(_region(m, row))


def _sd(m: Material, at: str) -> str:
    if at == MIDDLE:
        return m.t("interaction.mean")
    return m.t("interaction.sd", at=f"{float(at):+g}".replace("-", "−"))


def _region(m: Material, row: Finding) -> str:
    names = {"predictor": display(m, row.subject[1]), "moderator": display(m, row.subject[2])}
    if not row.label:
        return m.t("interaction.nowhere", **names)
    parts = []
    for part in row.label.split("; "):
        sign, _, ends = part.partition(" ")
        low, _, high = ends.partition("..")
        if (low and float(low) > FAR) or (high and float(high) < -FAR):
            continue
        kind = "positive" if sign == "+" else "negative"
        written = {
            "low": m.numbers.plain(float(low)) if low else "",
            "high": m.numbers.plain(float(high)) if high else "",
        }
        where = "between" if low and high else "above" if low else "below" if high else "all"
        parts.append(m.t(f"interaction.{kind}") + m.t(f"interaction.{where}", **written))
    if not parts:
        return m.t("interaction.nowhere", **names)
    share = m.numbers.percent(row.value or 0.0)
    return m.t("interaction.region", where=m.t("list_separator").join(parts), share=share, **names)


def _variants(m: Material, entry: StructureEntry) -> Iterator[Block]:
    found = list(m.findings.select(statistic=Statistic.PRODUCT_EFFECT, model=entry.id))
    if not found:
        return
    own = [
        row
        for row in m.findings.select(statistic=Statistic.PATH_STD, model=entry.id)
        if row.subject[1] in entry.products
    ]
    rows = [
        (
            Cell(row.label or " × ".join(entry.products[row.subject[1]])),
            Cell(m.t(f"interaction.variant.{row.subject[2] if len(row.subject) > 2 else 'own'}")),
            value_cell(m, row, m.numbers.plain),
            se_cell(m, row),
            interval_cell(m, row),
            p_cell(m, row),
        )
        for row in (*own, *found)
    ]
    header = [m.t(f"column.{key}") for key in ("product", "means", "beta", "se", "ci", "p")]
    caption = m.t("interaction.variants", model=entry.id)
    yield table(caption, header, rows, "llrrlr", [m.t("interaction.variants_note")], wide=True)


def _figure(m: Material, entry: StructureEntry, lines: Series, band: Series) -> Iterator[Block]:
    outcome, predictor, moderator = (m.instrument.label(n, m.language) for n in lines.subject)
    sd = m.t("interaction.in_sd")
    texts = InteractionTexts(
        outcome=f"{outcome}{sd}",
        predictor=f"{predictor}{sd}",
        moderator=f"{moderator}{sd}",
        slope=m.t("interaction.slope_of", predictor=predictor),
        levels=tuple(  # type: ignore[arg-type]
            _sd(m, at) for at in ("-1", "0", "1")
        ),
        nothing=m.t("interaction.may_be_zero"),
    )
    drawn = [
        Line(*(_numbers(lines.columns[c]) for c in ("at", f"value {a}", f"low {a}", f"high {a}")))
        for a in ("-1", "0", "1")
    ]
    slope = Line(*(_numbers(band.columns[c]) for c in ("at", "value", "low", "high")))
    caption = m.t("interaction.figure", predictor=predictor, moderator=moderator, model=entry.id)
    prefix = f"interaction-{entry.id}-{'-'.join(lines.subject)}"
    drawing = Drawing("interaction_plot", (drawn, slope, m.language, texts))
    yield Figure(caption, drawing, prefix)


def _numbers(column: Sequence[float | None]) -> list[float]:
    return [0.0 if number is None else number for number in column]
