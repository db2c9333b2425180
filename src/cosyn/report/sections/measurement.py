"""Competing measurement models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Statistic
from cosyn.report._models import differences, estimates, fit_table, label_of
from cosyn.report._ordinal_models import general_factors, side_by_side
from cosyn.report._parts import warning_notes
from cosyn.report._types import Paragraph, Section, Subheading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.plan import Measurement
    from cosyn.report._types import Block, Material

NAME = "measurement"


def build(m: Material) -> tuple[Block, ...]:
    """Show the fit of every model, nested comparisons, and the expected model's estimates."""
    section = m.plan.measurement
    if section is None or not any(m.findings.select(analysis=NAME)):
        return ()
    blocks: list[Block] = [
        Paragraph(m.t("measurement.text")),
        *_fits(m, section),
        *side_by_side(m, section.models),
        *warning_notes(m, NAME),
        *differences(m, NAME, m.t("measurement.differences")),
        *general_factors(m, section.models),
    ]
    expected = next((e for e in section.models if e.id == section.expected), None)
    if expected is None:
        return tuple(blocks)
    blocks.append(Subheading(label_of(m, expected)))
    blocks += estimates(
        m,
        expected.id,
        Statistic.LOADING,
        Statistic.LOADING_STD,
        m.t("measurement.loadings", model=expected.id),
        ("factor", "indicator"),
    )
    blocks += estimates(
        m,
        expected.id,
        Statistic.COVARIANCE,
        Statistic.COVARIANCE_STD,
        m.t("measurement.covariances", model=expected.id),
        ("factor", "factor"),
    )
    check = m.findings.find(Statistic.CROSS_CHECK, ("semopy",), model=expected.id)
    if check and check.value is not None:
        text = m.t("fit.cross_check", value=m.numbers.plain(check.value, 4))
        blocks.append(Paragraph(text))
    return tuple(blocks)


def _fits(m: Material, section: Measurement) -> Iterator[Block]:
    """A table for the models of items, and one for those of facet scores: their data differ."""
    for kind in ("items", "facets"):
        entries = [entry for entry in section.models if entry.data == kind]
        if entries:
            yield fit_table(m, m.t(f"measurement.fit_{kind}"), entries)


SECTION = Section(NAME, 70, build)
