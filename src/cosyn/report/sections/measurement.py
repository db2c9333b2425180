"""Competing measurement models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Statistic
from cosyn.report._models import differences, estimates, fit_table, label_of
from cosyn.report._parts import warning_notes
from cosyn.report._types import Paragraph, Section, Subheading

if TYPE_CHECKING:
    from cosyn.report._types import Block, Material

NAME = "measurement"


def build(m: Material) -> tuple[Block, ...]:
    """Show the fit of every model, nested comparisons, and the expected model's estimates."""
    section = m.plan.measurement
    if section is None or not any(m.findings.select(analysis=NAME)):
        return ()
    blocks: list[Block] = [
        Paragraph(m.t("measurement.text")),
        fit_table(m, m.t("measurement.fit"), section.models),
        *warning_notes(m, NAME),
        *differences(m, NAME, m.t("measurement.differences")),
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


SECTION = Section(NAME, 70, build)
