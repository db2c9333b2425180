"""Put a document together: every section that has something to say, tables and figures numbered.

Laying out and drawing are two steps: a figure that was drawn before need not be drawn again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cosyn.i18n import catalogue
from cosyn.registry import Registry
from cosyn.report._types import Document, Figure, Material, Part, Renderer, Section, Table
from cosyn.report.numbers import numbers_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cosyn.findings import Findings
    from cosyn.instrument.types import Instrument
    from cosyn.plan import LoadedPlan
    from cosyn.report._types import Block

SECTIONS = Registry("cosyn.report.sections", Section)
RENDERERS = Registry("cosyn.report.renderers", Renderer)


def build(findings: Findings, instrument: Instrument, plan: LoadedPlan, language: str) -> Document:
    """Word the findings in one language and draw its figures.

    Raises
    ------
    InstrumentError
        If there are no phrases in this language.
    """
    document = laid_out(findings, instrument, plan, language)
    return illustrated(document, {figure.prefix: drawn(figure) for figure in figures_of(document)})


def figures_of(document: Document) -> list[Figure]:
    """The figures of a document, in order."""
    return [block for part in document.parts for block in part.blocks if isinstance(block, Figure)]


def drawn(figure: Figure) -> str:
    """Draw a figure as an inline SVG element."""
    from cosyn.report import figures  # noqa: PLC0415 - it loads matplotlib

    drawing = getattr(figures, figure.drawing.function)(*figure.drawing.shown)
    return figures.to_svg(drawing, title=figure.caption, prefix=figure.prefix)


def illustrated(document: Document, pictures: Mapping[str, str]) -> Document:
    """Put drawings into a document.

    Parameters
    ----------
    pictures : mapping of str to str
        Prefix of each figure -> its SVG element.
    """
    parts = tuple(
        replace(part, blocks=tuple(_illustrated(block, pictures) for block in part.blocks))
        for part in document.parts
    )
    return replace(document, parts=parts)


def _illustrated(block: Block, pictures: Mapping[str, str]) -> Block:
    return replace(block, svg=pictures[block.prefix]) if isinstance(block, Figure) else block


def laid_out(
    findings: Findings, instrument: Instrument, plan: LoadedPlan, language: str
) -> Document:
    """Word the findings in one language, without drawing anything.

    Raises
    ------
    InstrumentError
        If there are no phrases in this language.
    """
    t = catalogue("cosyn.report", language)
    material = Material(
        findings, instrument, plan.plan, dict(plan.models), language, t, numbers_of(language)
    )
    counter = {"table": 0, "figure": 0}
    parts = []
    for section in sorted(SECTIONS, key=lambda s: s.order):
        blocks = tuple(_numbered(block, counter) for block in section.build(material))
        if blocks:
            parts.append(Part(section.name, t(f"section.{section.name}"), blocks))
    origin = findings.provenance
    return Document(
        language=language,
        title=instrument.title[language],
        subtitle=t("subtitle", instrument=origin.instrument, version=origin.instrument_version),
        banner=t("simulated") if origin.simulated else "",
        parts=tuple(parts),
        phrases=t,
    )


def _numbered(block: Block, counter: dict[str, int]) -> Block:
    for kind, name in ((Table, "table"), (Figure, "figure")):
        if isinstance(block, kind):
            counter[name] += 1
            return replace(block, number=counter[name])
    return block
