"""The whole report on one screen: who answered, whether the models hold, what was decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Decision, Statistic
from cosyn.report._parts import (
    decision_text,
    interval_cell,
    restriction_cell,
    slug,
    table,
    value_cell,
    warning_notes,
)
from cosyn.report._types import Cell, Note, Paragraph, Section

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.plan import Hypotheses, Hypothesis
    from cosyn.report._types import Block, Material

PREMISES = "premises"


def build(m: Material) -> tuple[Block, ...]:
    """Say in a few sentences what was found."""
    blocks: list[Block] = []
    if m.findings.provenance.simulated:
        blocks.append(Note("warning", m.t("summary.simulated")))
    blocks += warning_notes(m, PREMISES)
    blocks.append(Paragraph(m.t("sentence_separator").join(_sentences(m))))
    if m.plan.hypotheses:
        said = m.t("sentence_separator").join(_decisions(m, m.plan.hypotheses))
        blocks += [Paragraph(said)] if said else []
        rows = [
            (
                Cell(test.id),
                Cell(test.claim.get(m.language, test.id)),
                _effect(m, test),
                interval_cell(m, m.findings.find(Statistic.EFFECT, (test.id,)), bounded=True),
                Cell(decision_text(m, test.id)),
            )
            for test in m.plan.hypotheses.tests
        ]
        header = [
            m.t(f"column.{key}") for key in ("hypothesis", "claim", "effect", "ci", "decision")
        ]
        blocks.append(table(m.t("summary.table"), header, rows, "llrll", stacked=True))
        blocks.append(Paragraph(m.t("summary.caution")))
    return tuple(blocks)


def _effect(m: Material, test: Hypothesis) -> Cell:
    effect = m.findings.find(Statistic.EFFECT, (test.id,))
    if test.test == "restriction":
        return restriction_cell(m, effect)
    return value_cell(m, effect, m.numbers.bounded)


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


def _decisions(m: Material, rules: Hypotheses) -> Iterator[str]:
    """What was decided, in words: that nothing was supported must not have to be counted."""
    effects = [test for test in rules.tests if test.test == "effect"]
    by_decision: dict[str, list[str]] = {decision: [] for decision in Decision}
    for test in effects:
        if label := _label(m, test):
            by_decision[label].append(test.id)
    if not any(by_decision.values()):
        return
    supported = by_decision[Decision.SUPPORTED]
    if not supported:
        yield m.t("summary.none_supported", n=m.numbers.integer(len(effects)))
    parts = [
        m.t("summary.decision", decision=m.t(f"decision.{name}"), ids=m.t("comma").join(ids))
        for name, ids in by_decision.items()
        if ids
    ]
    yield m.t("summary.decided", decisions=m.t("list_separator").join(parts))
    models = {test.model for test in effects if test.id in supported}
    empty = [
        test.id
        for test in rules.tests
        if test.test != "effect"
        and test.model not in models
        and _label(m, test) == Decision.SUPPORTED
    ]
    if empty:
        yield m.t("summary.empty_claims", ids=m.t("comma").join(empty))


def _label(m: Material, test: Hypothesis) -> str:
    decision = m.findings.find(Statistic.DECISION, (test.id,))
    return decision.label if decision else ""


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
