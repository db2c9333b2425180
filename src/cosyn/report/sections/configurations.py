"""Which configurations of conditions go with the outcome, and with its absence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Statistic
from cosyn.report._configurations import (
    NAME,
    necessity_table,
    no_solutions,
    outcome_text,
    overlap_table,
    path_tables,
    solution_table,
    truth_table,
)
from cosyn.report._parts import name_of, reason_text, warning_notes
from cosyn.report._types import Note, Paragraph, Section, Subheading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.findings import Finding
    from cosyn.plan import Configurations
    from cosyn.report._types import Block, Material


def build(m: Material) -> tuple[Block, ...]:
    """Show cases and calibration, then each side of the outcome, then whether they mirror."""
    section = m.plan.configurations
    count = m.findings.find(Statistic.COUNT, ("cases",), analysis=NAME)
    if section is None or count is None:
        return ()
    if count.value is None:
        return (Note("warning", m.t("configurations.none", reason=reason_text(m, count.reason))),)
    absent = m.findings.find(Statistic.SOLUTION_MODELS, (section.outcome,), analysis=NAME)
    if absent is not None:
        why = reason_text(m, absent.reason)
        return (Note("warning", m.t("configurations.not_installed", reason=why)),)
    blocks: list[Block] = [Paragraph(_text(m, section, count)), *_expectations(m, section)]
    blocks += warning_notes(m, NAME)
    for outcome in (section.outcome, f"~{section.outcome}"):
        if m.findings.find(Statistic.FREQUENCY_CUT, (outcome,), analysis=NAME):
            blocks += _side(m, section, outcome)
    blocks += _asymmetry(m, section)
    return tuple(blocks)


def _text(m: Material, section: Configurations, count: Finding) -> str:
    frequency, kept = (
        m.findings.find(statistic, (section.outcome,), analysis=NAME)
        for statistic in (Statistic.FREQUENCY_CUT, Statistic.CASES_KEPT)
    )
    anchors = {
        name: m.t("comma").join(f"{x:g}" for x in values)
        for name, values in section.anchors.items()
        if name in _calibrated(m)
    }
    named = [f"{name} {values}" for name, values in anchors.items()]
    said = named if len(named) > 1 else list(anchors.values())
    return m.t(
        "configurations.text",
        n=m.numbers.integer(count.value or 0),
        cell=m.numbers.integer(m.plan.minimum_cell),
        anchors=m.t("list_separator").join(said),
        frequency=m.numbers.integer((frequency and frequency.value) or 0),
        kept=m.numbers.percent((kept and kept.value) or 0.0),
        consistency=m.numbers.bounded(section.cuts.consistency),
        pri=m.numbers.bounded(section.cuts.pri),
    )


def _calibrated(m: Material) -> set[str]:
    """What anchors may be named after: response formats that were used, constructs and facets."""
    form = m.findings.provenance.form
    items = m.instrument.in_form(form).scale_items_of(form)
    return {name for item in items for name in (item.response_format, item.construct, item.facet)}


def _expectations(m: Material, section: Configurations) -> Iterator[Block]:
    said = [
        m.t(f"configurations.expected.{side}", name=name_of(m, name))
        for name, side in section.expectations.items()
    ]
    if said:
        text = m.t("list_separator").join(said)
        yield Paragraph(m.t("configurations.expectations", expectations=text))


def _side(m: Material, section: Configurations, outcome: str) -> Iterator[Block]:
    yield Subheading(outcome_text(m, outcome))
    yield from necessity_table(m, outcome)
    yield from truth_table(m, section, outcome)
    yield from no_solutions(m, outcome)
    yield from path_tables(m, section, outcome)
    yield from solution_table(m, outcome)
    stable = m.findings.find(Statistic.CALIBRATION_STABLE, (outcome,), analysis=NAME)
    if stable and stable.value is not None:
        share = m.numbers.percent(stable.value, 0)
        yield Paragraph(m.t("configurations.stable", share=share))
    elif stable:
        why = reason_text(m, stable.reason)
        yield Paragraph(m.t("configurations.unstable", reason=why))
    yield from overlap_table(m, section, outcome)


def _asymmetry(m: Material, section: Configurations) -> Iterator[Block]:
    found = m.findings.find(Statistic.MIRRORED, (section.outcome,), analysis=NAME)
    if found is None:
        return
    if found.label:
        yield Paragraph(m.t(f"configurations.{found.label}"))
    else:
        yield Paragraph(m.t("configurations.asymmetry_none", reason=reason_text(m, found.reason)))
    both = m.findings.find(Statistic.CONTRADICTORY_ASSUMPTIONS, (section.outcome,), analysis=NAME)
    if both and both.value is not None:
        yield Paragraph(m.t("configurations.contradictory", n=m.numbers.integer(both.value)))


SECTION = Section(NAME, 87, build)
