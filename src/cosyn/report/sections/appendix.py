"""What a reader needs to judge and repeat the analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Statistic
from cosyn.report._parts import convention_text, source_text, table, warning_text
from cosyn.report._types import Cell, Note, Paragraph, Section, Subheading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.report._types import Block, Material


def build(m: Material) -> tuple[Block, ...]:
    """Give the methods paragraph, the cutoffs with sources, all notes, and the provenance."""
    blocks: list[Block] = [Subheading(m.t("appendix.methods")), Paragraph(_methods(m))]
    if m.plan.conventions:
        rows = [
            (
                Cell(m.t(f"statistic.{c.statistic}")),
                Cell(convention_text(m, c.at_least, c.at_most)),
                Cell(source_text(m, c.source)),
            )
            for c in m.plan.conventions
        ]
        header = [m.t("column.statistic"), m.t("column.cutoff"), m.t("column.source")]
        blocks.append(
            table(
                m.t("appendix.conventions"), header, rows, "lll", [m.t("appendix.conventions_note")]
            )
        )
    if m.findings.warnings:
        blocks.append(Subheading(m.t("appendix.notes")))
        blocks += [
            Note("note", warning_text(m, w.code, dict(w.values))) for w in m.findings.warnings
        ]
    blocks += _unshown(m)
    blocks.append(_provenance(m))
    blocks.append(Paragraph(m.t("appendix.reproduce")))
    return tuple(blocks)


def _unshown(m: Material) -> Iterator[Block]:
    """Name the characters that figures show as boxes."""
    constructs = m.instrument.constructs
    formats = m.instrument.response_formats
    labels = [
        *(construct.label[m.language] for construct in constructs),
        *(facet.label[m.language] for construct in constructs for facet in construct.facets),
        *(option.label[m.language] for each in formats for option in each.options),
    ]
    if missing := _missing_glyphs("".join(labels), m.language):
        yield Note("warning", m.t("appendix.unshown", signs=" ".join(sorted(missing))))


def _missing_glyphs(text: str, language: str) -> set[str]:
    """Characters without a glyph; the fonts are opened for those alone that may have none."""
    rare = "".join(sign for sign in text if not _is_common(sign))
    if not rare:
        return set()
    from cosyn.report.figures import missing_glyphs  # noqa: PLC0415 - it loads matplotlib

    return missing_glyphs(rare, language)


def _is_common(sign: str) -> bool:
    """Whether a character is one of GB 2312, all of which the bundled font holds."""
    try:
        sign.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _provenance(m: Material) -> Block:
    origin = m.findings.provenance
    pairs = [
        (m.t("appendix.instrument"), f"{origin.instrument} {origin.instrument_version}"),
        (m.t("appendix.seed"), str(origin.seed)),
        *((m.t(f"appendix.digest_{name}"), value) for name, value in origin.digests.items()),
        *origin.versions.items(),
    ]
    rows = [(Cell(name), Cell(value)) for name, value in pairs]
    header = [m.t("column.what"), m.t("column.value")]
    return table(m.t("appendix.provenance"), header, rows, "ll", wide=True)


def _methods(m: Material) -> str:
    """Compose the methods paragraph from the steps that were run."""
    rules = {
        "confidence": f"{100 * m.plan.confidence:g}",
        "seed": m.findings.provenance.seed,
        "cosyn": m.findings.provenance.versions.get("cosyn", ""),
    }
    rules["estimator"] = _estimator(m)
    said = [m.t(f"methods.{step}", **rules) for step in m.plan.steps if m.t.has(f"methods.{step}")]
    return m.t("methods.opening", **rules) + m.t("sentence_separator").join(said)


def _estimator(m: Material) -> str:
    """What models were estimated by, in words."""
    clustered = m.findings.find(Statistic.COUNT, ("clusters",), analysis="sample") is not None
    chosen = m.plan.estimation.estimator
    return m.t(f"methods.estimator.{chosen}{'_clustered' if clustered else ''}")


SECTION = Section("appendix", 100, build)
