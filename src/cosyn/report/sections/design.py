"""What was asked: constructs, facets and items, both languages side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.instrument.questionnaire import questionnaire
from cosyn.report._parts import table
from cosyn.report._types import Cell, Paragraph, Section

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cosyn.instrument.types import Construct, Item
    from cosyn.report._types import Block, Material


def build(m: Material) -> tuple[Block, ...]:
    """Describe the instrument that was used."""
    form = m.findings.provenance.form
    asked = questionnaire(m.instrument, form)
    scales = m.instrument.in_form(form).scale_items_of(form)
    text = m.t(
        "design.text",
        instrument=m.instrument.id,
        version=m.instrument.version,
        form=m.instrument.form(form).label[m.language],
        items=len(scales),
        others=len(asked.questions) - len(scales),
        constructs=len({item.construct for item in scales}),
        facets=len({item.facet for item in scales}),
    )
    languages = _languages(m)
    header = [m.t("column.facet"), m.t("column.item"), *(m.t(f"language.{x}") for x in languages)]
    rows = []
    last = ""
    texts = {question.id: question.text for question in asked.questions}
    for item in scales:
        facet = m.instrument.label(item.facet, m.language)
        rows.append(
            (
                Cell("" if facet == last else facet),
                Cell(item.id),
                *(Cell(texts[item.id][language]) for language in languages),
            )
        )
        last = facet
    return (
        Paragraph(text),
        _constructs(m, scales),
        table(m.t("design.items"), header, rows, "ll" + "l" * len(languages), wide=True),
        *_formats(m, scales),
    )


def _languages(m: Material) -> tuple[str, ...]:
    """The report's language first, then the others that have a name in it."""
    others = [x for x in m.instrument.languages if x != m.language]
    return tuple(x for x in (m.language, *others) if m.t.has(f"language.{x}"))


def _constructs(m: Material, scales: Sequence[Item]) -> Block:
    comma = m.t("comma")
    measured = {item.construct for item in scales}
    rows = [
        (
            Cell(f"{construct.label[m.language]} ({construct.id})"),
            Cell(comma.join(f"{f.label[m.language]} ({f.id})" for f in construct.facets)),
            Cell(comma.join(_attributes(construct, m))),
        )
        for construct in m.instrument.constructs
        if construct.id in measured
    ]
    header = [m.t("column.construct"), m.t("column.facets"), m.t("column.attributes")]
    return table(m.t("design.constructs"), header, rows, "lll")


def _attributes(construct: Construct, m: Material) -> Iterator[str]:
    """Names of the construct's attributes; those without names only serve programs."""
    for attribute in m.instrument.attributes:
        if attribute.id in construct.attributes:
            yield attribute.values[construct.attributes[attribute.id]][m.language]


def _formats(m: Material, scales: Sequence[Item]) -> Iterator[Block]:
    used = {item.response_format for item in scales}
    for response_format in m.instrument.response_formats:
        if response_format.id not in used:
            continue
        if response_format.kind == "numeric":
            low, high = (
                m.numbers.plain(x, 0) for x in (response_format.minimum, response_format.maximum)
            )
            yield Paragraph(m.t("design.numeric", low=low, high=high))
            continue
        options = m.t("list_separator").join(
            f"{option.code} = {option.label[m.language]}" for option in response_format.options
        )
        offered = m.t("list_separator").join(
            option.label[m.language] for option in response_format.missing if option.offered
        )
        yield Paragraph(
            m.t("design.options", options=options)
            + (m.t("design.offered", options=offered) if offered else "")
        )


SECTION = Section("design", 10, build)
