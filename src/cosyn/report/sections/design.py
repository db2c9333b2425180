"""What was asked: constructs, facets and items, both languages side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.instrument.questionnaire import questionnaire
from cosyn.report._parts import table
from cosyn.report._types import Cell, Paragraph, Section

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.report._types import Block, Material


def build(m: Material) -> tuple[Block, ...]:
    """Describe the instrument that was used."""
    form = m.findings.provenance.form
    asked = questionnaire(m.instrument, form)
    text = m.t(
        "design.text",
        instrument=m.instrument.id,
        version=m.instrument.version,
        form=m.instrument.form(form).label[m.language],
        items=len(asked.questions),
        constructs=len({m.instrument.item(q.id).construct for q in asked.questions}),
        facets=len({m.instrument.item(q.id).facet for q in asked.questions}),
    )
    languages = _languages(m)
    header = [m.t("column.facet"), m.t("column.item"), *(m.t(f"language.{x}") for x in languages)]
    rows = []
    last = ""
    texts = {question.id: question.text for question in asked.questions}
    for item in m.instrument.items_of(form):
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
        _constructs(m),
        table(m.t("design.items"), header, rows, "ll" + "l" * len(languages), wide=True),
        *_formats(m),
    )


def _languages(m: Material) -> tuple[str, ...]:
    """The report's language first, then the others that have a name in it."""
    others = [x for x in m.instrument.languages if x != m.language]
    return tuple(x for x in (m.language, *others) if m.t.has(f"language.{x}"))


def _constructs(m: Material) -> Block:
    comma = m.t("comma")
    rows = [
        (
            Cell(f"{construct.label[m.language]} ({construct.id})"),
            Cell(comma.join(f"{f.label[m.language]} ({f.id})" for f in construct.facets)),
            Cell(
                comma.join(
                    m.t(f"attribute.{v}") if m.t.has(f"attribute.{v}") else v
                    for v in construct.attributes.values()
                )
            ),
        )
        for construct in m.instrument.constructs
    ]
    header = [m.t("column.construct"), m.t("column.facets"), m.t("column.attributes")]
    return table(m.t("design.constructs"), header, rows, "lll")


def _formats(m: Material) -> Iterator[Block]:
    for response_format in m.instrument.response_formats:
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


SECTION = Section("design", 1, build)
