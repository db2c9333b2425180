"""Response surfaces of pairs of constructs, and how several constructs share what is explained."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Statistic
from cosyn.report._latent_surface import latent_surface
from cosyn.report._models import display
from cosyn.report._parts import (
    interval_cell,
    p_cell,
    reason_text,
    se_cell,
    slug,
    table,
    value_cell,
    warning_notes,
)
from cosyn.report._surface import surface_figure
from cosyn.report._types import Cell, Note, Paragraph, Section, Subheading
from cosyn.report.numbers import DASH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.findings import Finding
    from cosyn.report._types import Block, Material

NAME = "balance"


def build(m: Material) -> tuple[Block, ...]:
    """Show each surface with the conditions of congruence, then dominance."""
    if m.plan.balance is None or not any(m.findings.select(analysis=NAME)):
        return ()
    blocks: list[Block] = [Paragraph(m.t("balance.text")), *warning_notes(m, NAME)]
    for x, y in m.plan.balance.pairs:
        blocks += _pair(m, (m.plan.balance.outcome, x, y))
    blocks += _dominance(m, m.plan.balance.outcome)
    return tuple(blocks)


def _find(m: Material, statistic: Statistic, *subject: str) -> Finding | None:
    """What was found of observed scores; of latents it has a model."""
    return m.findings.find(statistic, subject, analysis=NAME, model="")


def _pair(m: Material, pair: tuple[str, str, str]) -> Iterator[Block]:
    outcome, x, y = (display(m, name) for name in pair)
    yield Subheading(m.t("balance.pair", x=x, y=y, outcome=outcome))
    verdict = _find(m, Statistic.CONGRUENCE, *pair)
    first = _find(m, Statistic.SURFACE_COEFFICIENT, *pair, "b0")
    if first is None or first.value is None:
        reason = verdict.reason if verdict else ""
        yield Note("warning", m.t("balance.none", reason=reason_text(m, reason)))
        return
    yield Paragraph(_gain(m, pair, first))
    yield _estimates(m, pair)
    yield _tests(m, pair)
    if verdict:
        yield Paragraph(_verdict(m, pair, verdict))
    yield from surface_figure(m, pair)
    yield from latent_surface(m, pair)


def _gain(m: Material, pair: tuple[str, str, str], first: Finding) -> str:
    full = _find(m, Statistic.R_SQUARED, *pair)
    gain = _find(m, Statistic.R_SQUARED_GAIN, *pair)
    said = [m.t("balance.n", n=m.numbers.integer(first.n or 0))]
    if full and full.value is not None and gain and gain.value is not None:
        r_squared, more = (m.numbers.bounded(each.value or 0, 3) for each in (full, gain))
        said.append(m.t("balance.gain", r_squared=r_squared, gain=more))
    shares = [
        _find(m, Statistic.DISCREPANT, *pair, side)
        for side in ("x_higher", "y_higher", "agreement")
    ]
    known = [each.value for each in shares if each and each.value is not None]
    if len(known) == len(shares):
        above, below, alike = (m.numbers.percent(value) for value in known)
        gaps = {"x": display(m, pair[1]), "y": display(m, pair[2])}
        said.append(m.t("balance.discrepant", above=above, below=below, alike=alike, **gaps))
    return m.t("sentence_separator").join(said)


def _estimates(m: Material, pair: tuple[str, str, str]) -> Block:
    rows = []
    for statistic in (Statistic.SURFACE_COEFFICIENT, Statistic.SURFACE_QUANTITY):
        for row in m.findings.select(analysis=NAME, statistic=statistic, model=""):
            if row.subject[:3] != pair:
                continue
            rows.append(
                (
                    Cell(m.t(f"balance.quantity.{row.subject[3]}")),
                    value_cell(m, row, lambda value: m.numbers.plain(value, 3)),
                    se_cell(m, row),
                    interval_cell(m, row),
                    p_cell(m, row),
                )
            )
    keys = ("quantity", "value", "se", "ci", "p")
    header = [m.t(f"column.{key}") for key in keys]
    outcome, x, y = (display(m, name) for name in pair)
    caption = m.t("balance.estimates", x=x, y=y, outcome=outcome)
    coefficient = _find(m, Statistic.SURFACE_COEFFICIENT, *pair, "b1")
    clustered = coefficient is not None and "cluster" in coefficient.method
    errors = m.t(f"balance.errors.{'clustered' if clustered else 'classical'}")
    return table(caption, header, rows, "lrrlr", [errors, m.t("balance.note")])


def _tests(m: Material, pair: tuple[str, str, str]) -> Block:
    first = _find(m, Statistic.SURFACE_COEFFICIENT, *pair, "b1")
    below = "" if first is None or first.df is None else f", {first.df:g}"
    rows = []
    for row in m.findings.select(analysis=NAME, statistic=Statistic.JOINT_TEST, model=""):
        if row.subject[:3] == pair:
            df = f"{row.df:g}{below}" if row.df is not None and row.value is not None else DASH
            rows.append(
                (
                    Cell(m.t(f"balance.test.{row.subject[3]}")),
                    value_cell(m, row, m.numbers.plain),
                    Cell(df),
                    p_cell(m, row),
                )
            )
    header = [m.t(f"column.{key}") for key in ("tested", "f", "df", "p")]
    return table(m.t("balance.tests"), header, rows, "lrrr", [m.t("balance.tests_note")])


def _verdict(m: Material, pair: tuple[str, str, str], verdict: Finding) -> str:
    if not verdict.label:
        return m.t("balance.verdict.undecided", reason=reason_text(m, verdict.reason))
    conditions = []
    statistic = Statistic.CONGRUENCE_CONDITION
    for row in m.findings.select(analysis=NAME, statistic=statistic, model=""):
        if row.subject[:3] == pair:
            name = m.t(f"balance.condition.{row.subject[3]}")
            conditions.append(f"{name}{m.t('colon')}{m.t(f'balance.{row.label}')}")
    said = m.t(f"balance.verdict.{verdict.label}")
    return said + m.t("balance.conditions", conditions=m.t("list_separator").join(conditions))


def _dominance(m: Material, outcome: str) -> Iterator[Block]:
    total = _find(m, Statistic.R_SQUARED, outcome)
    if total is None:
        return
    yield Subheading(m.t("balance.dominance", outcome=display(m, outcome)))
    if total.value is None:
        yield Note("warning", m.t("balance.no_dominance", reason=reason_text(m, total.reason)))
        return
    r_squared = m.numbers.bounded(total.value, 3)
    n = m.numbers.integer(total.n or 0)
    yield Paragraph(m.t("balance.dominance_text", r_squared=r_squared, n=n))
    rows = []
    for row in m.findings.select(analysis=NAME, statistic=Statistic.GENERAL_DOMINANCE):
        share = _find(m, Statistic.DOMINANCE_SHARE, *row.subject)
        rows.append(
            (
                Cell(display(m, row.subject[1])),
                value_cell(m, row, lambda value: m.numbers.bounded(value, 3)),
                interval_cell(m, row, bounded=True),
                value_cell(m, share, m.numbers.percent),
            )
        )
    header = [m.t(f"column.{key}") for key in ("predictor", "contribution", "ci", "percent_r2")]
    notes = [m.t("balance.contributions_note")]
    yield table(m.t("balance.contributions"), header, rows, "lrlr", notes)
    yield _relations(m)


def _relations(m: Material) -> Block:
    rows = []
    for row in m.findings.select(analysis=NAME, statistic=Statistic.DOMINATES):
        _, above, below = row.subject
        if row.label:
            relation = Cell(m.t(f"balance.relation.{slug(row.label)}"))
            again = Cell(DASH) if row.value is None else Cell(m.numbers.percent(row.value))
        else:
            relation, again = Cell(reason_text(m, row.reason)), Cell(DASH)
        rows.append((Cell(display(m, above)), Cell(display(m, below)), relation, again))
    header = [m.t(f"column.{key}") for key in ("dominating", "dominated", "relation", "repeated")]
    return table(m.t("balance.relations"), header, rows, "lllr", [m.t("balance.relations_note")])


SECTION = Section(NAME, 82, build)
