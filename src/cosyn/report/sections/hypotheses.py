"""What the data say about each hypothesis, by the rule stated beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Statistic
from cosyn.report._evidence import evidence
from cosyn.report._parts import (
    decision_text,
    interval_cell,
    p_cell,
    restriction_cell,
    table,
    value_cell,
)
from cosyn.report._types import Cell, Figure, Paragraph, Section
from cosyn.report.numbers import DASH
from cosyn.report.pictures import Drawing, ForestRow, ForestTexts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.plan import Hypothesis
    from cosyn.report._types import Block, Material

NAME = "hypotheses"
OTHERS = frozenset({"congruence", "necessity", "equifinality", "same_signs"})
"""Claims that are no single standardised effect."""


def build(m: Material) -> tuple[Block, ...]:
    """Show the decisions, the rule in words and the effects with their intervals."""
    rules = m.plan.hypotheses
    if rules is None or not any(m.findings.select(analysis=NAME)):
        return ()
    rule = m.t(
        "hypotheses.rule",
        alpha=m.numbers.bounded(rules.alpha),
        level=f"{100 * (1 - 2 * rules.alpha):g}",
        smallest=m.numbers.bounded(rules.smallest_effect),
    )
    header = [
        m.t(f"column.{key}")
        for key in (
            "hypothesis",
            "claim",
            "model",
            "predicted",
            "effect",
            "ci",
            "p_adjusted",
            "decision",
        )
    ]
    rows = [_row(m, test) for test in rules.tests]
    return (
        Paragraph(rule),
        *(Paragraph(m.t(f"hypotheses.rules.{kind}")) for kind in _other_kinds(m)),
        table(
            m.t("hypotheses.table"),
            header,
            rows,
            "llllrlrl",
            [m.t("hypotheses.note")],
            wide=True,
            stacked=True,
        ),
        *evidence(m),
        *_sentences(m),
        *_forest(m, rules.smallest_effect),
    )


def _other_kinds(m: Material) -> list[str]:
    """Kinds of claims in the plan that have rules of their own."""
    assert m.plan.hypotheses is not None
    kinds = dict.fromkeys(test.test for test in m.plan.hypotheses.tests)
    return [kind for kind in kinds if kind in OTHERS or kind == "change_of_sign"]


def _row(m: Material, test: Hypothesis) -> tuple[Cell, ...]:
    effect = m.findings.find(Statistic.EFFECT, (test.id,))
    adjusted = m.findings.find(Statistic.EFFECT, (test.id, "holm"))
    if test.test == "restriction":
        shown = restriction_cell(m, effect)
        p = p_cell(m, effect)
        predicted = m.t("predicted.restriction", restricted=test.restricted or "", full=test.model)
        interval = Cell("")
    elif test.test in OTHERS:
        shown, interval = Cell(DASH), Cell("")
        p = p_cell(m, adjusted) if adjusted else Cell("")
        predicted = m.t(f"predicted.{test.test}")
    else:
        shown = value_cell(m, effect, m.numbers.bounded)
        p = p_cell(m, adjusted) if adjusted else Cell("")
        kind = test.predicted if test.test == "effect" else "equivalence"
        predicted = m.t(f"predicted.{kind}")
        interval = interval_cell(m, effect, bounded=True)
        if test.test == "change_of_sign":
            predicted = m.t("predicted.change_of_sign")
    return (
        Cell(test.id),
        Cell(test.claim.get(m.language, "")),
        Cell(test.model or DASH),
        Cell(predicted),
        shown,
        interval,
        p,
        Cell(decision_text(m, test.id)),
    )


def _sentences(m: Material) -> Iterator[Block]:
    """One sentence a hypothesis, ready to paste."""
    assert m.plan.hypotheses is not None
    said = []
    for test in m.plan.hypotheses.tests:
        decision = m.findings.find(Statistic.DECISION, (test.id,))
        effect = m.findings.find(Statistic.EFFECT, (test.id,))
        if decision is None or effect is None or effect.value is None or test.test == "restriction":
            continue
        if effect.low is None or effect.high is None:
            continue
        said.append(
            m.t(
                f"sentence.{decision.label}",
                id=test.id,
                value=m.numbers.bounded(effect.value),
                interval=m.numbers.interval(effect.low, effect.high, bounded=True),
                level=f"{100 * (effect.level or 0.95):g}",
            )
        )
    if said:
        yield Paragraph(m.t("sentence_separator").join(said))


def _forest(m: Material, smallest: float) -> Iterator[Block]:
    assert m.plan.hypotheses is not None
    rows = []
    for test in m.plan.hypotheses.tests:
        effect = m.findings.find(Statistic.EFFECT, (test.id,))
        if test.test == "restriction" or effect is None or effect.value is None:
            continue
        label = f"{test.id}{m.t('colon')}{test.claim.get(m.language, '')}"
        verdict = decision_text(m, test.id)
        rows.append(ForestRow(label, effect.value, effect.low, effect.high, verdict))
    if not rows:
        return
    texts = ForestTexts(
        effect=m.t("figure.effect", level=f"{100 * m.plan.confidence:g}"),
        band=m.t("figure.band", value=m.numbers.bounded(smallest)),
    )
    caption = m.t("hypotheses.figure")
    drawing = Drawing("forest_plot", (rows, smallest, m.language, texts, m.numbers.bounded))
    yield Figure(caption, drawing, "forest")


SECTION = Section(NAME, 90, build)
