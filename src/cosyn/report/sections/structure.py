"""Structural models of the outcome, each with its diagram and its comparison with the null."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Statistic
from cosyn.report._interactions import interactions
from cosyn.report._levels import level_blocks, of_two_levels
from cosyn.report._models import (
    differences,
    display,
    estimates,
    fit_table,
    label_of,
    r_squared_text,
)
from cosyn.report._parts import reason_text, warning_notes
from cosyn.report._types import Code, Figure, Note, Paragraph, Section, Subheading
from cosyn.report.pictures import Drawing, PathDiagram, PathTexts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.findings import Finding
    from cosyn.plan import StructureEntry
    from cosyn.report._types import Block, Material

NAME = "structure"
SIGNIFICANT = 0.05
DRAWN = "Monte Carlo"


def build(m: Material) -> tuple[Block, ...]:
    """Show the fit of all models, then each with estimates and diagram."""
    section = m.plan.structure
    if section is None or not any(m.findings.select(analysis=NAME)):
        return ()
    blocks: list[Block] = [
        Paragraph(m.t("structure.text", outcome=display(m, section.outcome))),
        fit_table(m, m.t("structure.fit"), section.models),
        *warning_notes(m, NAME),
        *differences(m, NAME, m.t("structure.differences")),
    ]
    for entry in section.models:
        blocks += _model(m, entry, section.outcome)
    return tuple(blocks)


def _model(m: Material, entry: StructureEntry, outcome: str) -> Iterator[Block]:
    yield Subheading(label_of(m, entry))
    status = m.findings.find(Statistic.STATUS, model=entry.id)
    if status and status.label in {"not converged", "not estimated", "not identified"}:
        yield Note("warning", m.t("structure.none", reason=reason_text(m, status.reason)))
        return
    if status and status.label != "ok":
        yield Note("warning", m.t("structure.marked", reason=reason_text(m, status.reason)))
    if of_two_levels(m, entry.id):
        yield from level_blocks(m, entry.id)
        yield Code(m.models[entry.file].strip())
        return
    yield from estimates(
        m,
        entry.id,
        Statistic.PATH,
        Statistic.PATH_STD,
        m.t("structure.paths", model=entry.id),
        ("outcome", "predictor"),
    )
    if entry.products:
        yield Paragraph(m.t("structure.product_note"))
        yield from interactions(m, entry)
    yield from estimates(
        m,
        entry.id,
        Statistic.DEFINED,
        Statistic.DEFINED_STD,
        m.t("structure.defined", model=entry.id),
        ("defined",),
    )
    yield from _indirect(m, entry.id)
    yield from r_squared_text(m, entry.id, [outcome])
    gain = m.findings.find(Statistic.R_SQUARED_GAIN, (entry.id,), model=entry.id)
    if gain and gain.value is not None:
        yield Paragraph(m.t("structure.gain", value=m.numbers.bounded(gain.value, 3)))
    check = m.findings.find(Statistic.CROSS_CHECK, ("semopy",), model=entry.id)
    if check and check.value is not None:
        yield Paragraph(m.t("fit.cross_check", value=m.numbers.plain(check.value, 4)))
    yield from _diagram(m, entry)
    yield Code(m.models[entry.file].strip())


def _indirect(m: Material, model: str) -> Iterator[Block]:
    """Indirect effects with the intervals that were drawn, and what one wave cannot tell."""
    said = []
    for row in m.findings.select(statistic=Statistic.DEFINED, model=model):
        if DRAWN in row.method and None not in {row.value, row.low, row.high}:
            assert row.value is not None
            assert row.low is not None
            assert row.high is not None
            interval = m.numbers.interval(row.low, row.high)
            said.append(f"{display(m, row.subject[0])} {m.numbers.plain(row.value)} {interval}")
    if said:
        values = m.t("list_separator").join(said)
        yield Paragraph(
            m.t("structure.indirect", values=values, level=f"{100 * m.plan.confidence:g}")
        )
        yield Note("note", m.t("structure.one_wave"))


def _diagram(m: Material, entry: StructureEntry) -> Iterator[Block]:
    paths = _rows(m, Statistic.PATH_STD, entry.id)
    loadings = _rows(m, Statistic.LOADING_STD, entry.id)
    if not paths:
        return
    in_paths = list(dict.fromkeys(n for row in paths for n in (row.subject[1], row.subject[0])))
    diagram = PathDiagram(
        latents={name: _label(m, name, entry) for name in in_paths},
        indicators={
            name: tuple(
                (row.subject[1], m.numbers.bounded(row.value or 0.0))
                for row in loadings
                if row.subject[0] == name
            )
            for name in in_paths
        },
        paths=tuple(
            (
                row.subject[1],
                row.subject[0],
                m.numbers.bounded(row.value or 0.0),
                None if row.p is None else row.p < SIGNIFICANT,
            )
            for row in paths
        ),
        notes=_notes(m, entry.id, in_paths),
    )
    level = m.numbers.bounded(SIGNIFICANT)
    texts = PathTexts(
        significant=m.t("figure.significant", level=level),
        not_significant=m.t("figure.not_significant", level=level),
    )
    caption = m.t("structure.figure", model=label_of(m, entry))
    drawing = Drawing("path_diagram", (diagram, m.language, texts))
    yield Figure(caption, drawing, f"path-{entry.id}")


def _rows(m: Material, statistic: Statistic, model: str) -> list[Finding]:
    rows = m.findings.select(statistic=statistic, model=model)
    return [row for row in rows if row.value is not None]


def _label(m: Material, name: str, entry: StructureEntry) -> str:
    """Name of a latent; a product is named by the two it is made of."""
    if name in entry.products:
        return " × ".join(entry.products[name])
    label = m.instrument.label(name, m.language)
    return m.plan.labels.get(name, {}).get(m.language, name) if label == name else label


def _notes(m: Material, model: str, names: list[str]) -> dict[str, str]:
    found = {name: m.findings.find(Statistic.R_SQUARED, (name,), model=model) for name in names}
    outcomes = {row.subject[0] for row in m.findings.select(statistic=Statistic.PATH, model=model)}
    return {
        name: f"R² = {m.numbers.bounded(row.value)}"
        for name, row in found.items()
        if row and row.value is not None and name in outcomes
    }


SECTION = Section(NAME, 80, build)
