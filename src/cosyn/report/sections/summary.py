"""The whole report on one screen: who answered, whether the models hold, what was decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Statistic
from cosyn.report._parts import decision_text, interval_cell, slug, table, value_cell
from cosyn.report._types import Cell, Note, Paragraph, Section

if TYPE_CHECKING:
    from cosyn.report._types import Block, Material


def build(m: Material) -> tuple[Block, ...]:
    """Say in a few sentences what was found."""
    blocks: list[Block] = []
    if m.findings.provenance.simulated:
        blocks.append(Note("warning", m.t("summary.simulated")))
    blocks.append(Paragraph(m.t("sentence_separator").join(_sentences(m))))
    if m.plan.hypotheses:
        rows = [
            (
                Cell(test.id),
                Cell(test.claim.get(m.language, test.id)),
                value_cell(m, m.findings.find(Statistic.EFFECT, (test.id,)), m.numbers.bounded)
                if test.test != "restriction"
                else Cell("χ²"),
                interval_cell(m, m.findings.find(Statistic.EFFECT, (test.id,)), bounded=True),
                Cell(decision_text(m, test.id)),
            )
            for test in m.plan.hypotheses.tests
        ]
        header = [
            m.t(f"column.{key}") for key in ("hypothesis", "claim", "effect", "ci", "decision")
        ]
        blocks.append(table(m.t("summary.table"), header, rows, "llrll"))
        blocks.append(Paragraph(m.t("summary.caution")))
    return tuple(blocks)


def _sentences(m: Material) -> list[str]:
    find = m.findings.find
    people = find(Statistic.COUNT, ("respondents",))
    departments = find(Statistic.COUNT, ("departments",))
    found = []
    if m.findings.provenance.registered:
        found.append(m.t(f"summary.registered.{m.findings.provenance.registered}"))
    if people and people.value is not None:
        n = m.numbers.integer(people.value)
        if departments and departments.value is not None:
            count = m.numbers.integer(departments.value)
            found.append(m.t("summary.respondents_in", n=n, departments=count))
        else:
            found.append(m.t("summary.respondents", n=n))
    expected = m.plan.measurement.expected if m.plan.measurement else None
    if expected:
        found += _fit_sentence(m, expected, "summary.measurement")
    if m.plan.structure and m.plan.structure.models:
        found += _fit_sentence(m, m.plan.structure.models[0].id, "summary.structure")
    if m.findings.provenance.quick:
        found.append(m.t("summary.quick"))
    if m.findings.warnings:
        found.append(m.t("summary.notes", n=len(m.findings.warnings)))
    return found


def _fit_sentence(m: Material, model: str, key: str) -> list[str]:
    status = m.findings.find(Statistic.STATUS, model=model)
    if status is None:
        return []
    if status.label != "ok":
        return [m.t("summary.not_sound", model=model, status=m.t(f"status.{slug(status.label)}"))]
    values = {
        name: m.findings.measure(statistic, model)
        for name, statistic in (
            ("cfi", Statistic.CFI),
            ("rmsea", Statistic.RMSEA),
            ("srmr", Statistic.SRMR),
        )
    }
    written = {
        name: m.numbers.bounded(row.value, 3) if row and row.value is not None else "?"
        for name, row in values.items()
    }
    return [m.t(key, model=model, **written)]


SECTION = Section("summary", 0, build)
