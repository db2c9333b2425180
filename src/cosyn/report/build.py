"""Put a document together: every section that has something to say, tables and figures numbered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cosyn.i18n import catalogue
from cosyn.registry import Registry
from cosyn.report._types import Document, Figure, Material, Part, Renderer, Section, Table
from cosyn.report.numbers import numbers_of

if TYPE_CHECKING:
    from cosyn.findings import Findings
    from cosyn.instrument.types import Instrument
    from cosyn.plan import LoadedPlan
    from cosyn.report._types import Block

SECTIONS = Registry("cosyn.report.sections", Section)
RENDERERS = Registry("cosyn.report.renderers", Renderer)


def build(findings: Findings, instrument: Instrument, plan: LoadedPlan, language: str) -> Document:
    """Word the findings in one language.

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
