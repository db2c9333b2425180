"""Careless respondents: what each rule flagged, and what the results are without them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Statistic
from cosyn.report._parts import name_of, reason_text, table, value_cell, warning_notes
from cosyn.report._types import Cell, Paragraph, Section
from cosyn.report.numbers import DASH, MINUS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cosyn.findings import Finding
    from cosyn.report._types import Block, Material

NAME = "screening"
ALL, KEPT = "all", "kept"
MOST_PAIRS = 12
"""Pairs of rules that are shown, those that agree most; findings.json has them all."""


def build(m: Material) -> tuple[Block, ...]:
    """Show flags by rule, agreement, and key statistics with and without those excluded."""
    excluded = _find(m, Statistic.COUNT, "excluded")
    if excluded is None:
        return ()
    if excluded.value is None:
        return (Paragraph(m.t("screening.none", reason=reason_text(m, excluded.reason))),)
    return (
        Paragraph(_text(m, excluded)),
        _rules(m),
        *_agreement(m),
        *_changes(m),
        *warning_notes(m, NAME),
    )


def _find(m: Material, statistic: Statistic, *subject: str) -> Finding | None:
    return m.findings.find(statistic, subject, analysis=NAME)


def _rows(m: Material, statistic: Statistic) -> list[Finding]:
    return list(m.findings.select(analysis=NAME, statistic=statistic))


def _text(m: Material, excluded: Finding) -> str:
    n, least = excluded.n or 0, _find(m, Statistic.THRESHOLD, "flags")
    count = excluded.value or 0
    return m.t(
        "screening.text",
        excluded=m.numbers.integer(count),
        n=m.numbers.integer(n),
        share=m.numbers.percent(count / n if n else 0),
        flags=m.numbers.integer(least.value or 0) if least else "",
    )


def _rule(m: Material, name: str) -> str:
    key = f"screening.rule.{name}"
    return m.t(key) if m.t.has(key) else name


def _rules(m: Material) -> Block:
    rows = []
    for row in _rows(m, Statistic.FLAGGED):
        share = _find(m, Statistic.FLAGGED_SHARE, *row.subject)
        threshold = _find(m, Statistic.THRESHOLD, *row.subject)
        shown = threshold is not None and not row.reason
        rows.append(
            (
                Cell(_rule(m, row.subject[0])),
                Cell(m.t(f"screening.{row.label}")),
                value_cell(m, threshold, _short) if shown else Cell(DASH),
                Cell(m.numbers.integer(row.n or 0)),
                value_cell(m, row, m.numbers.integer),
                Cell(DASH) if row.reason else value_cell(m, share, m.numbers.percent),
            )
        )
    keys = ("rule", "use", "threshold", "judged", "flagged", "percent")
    header = [m.t(f"column.{key}") for key in keys]
    return table(m.t("screening.rules"), header, rows, "llrrrr", [m.t("screening.rules_note")])


def _short(value: float) -> str:
    return f"{value:.3g}".replace("-", MINUS)


def _agreement(m: Material) -> Iterator[Block]:
    pairs = [row for row in _rows(m, Statistic.PHI) if row.value is not None]
    pairs.sort(key=lambda row: -(row.value or 0))
    rows = [
        (
            Cell(_rule(m, row.subject[0])),
            Cell(_rule(m, row.subject[1])),
            value_cell(m, _find(m, Statistic.FLAGGED_BOTH, *row.subject), m.numbers.integer),
            value_cell(m, row, m.numbers.bounded),
            value_cell(m, _find(m, Statistic.KAPPA, *row.subject), m.numbers.bounded),
        )
        for row in pairs[:MOST_PAIRS]
    ]
    if rows:
        keys = ("rule", "rule", "flagged_both", "phi", "kappa")
        header = [m.t(f"column.{key}") for key in keys]
        notes = [m.t("screening.agreement_note")]
        yield table(m.t("screening.agreement"), header, rows, "llrrr", notes)


def _changes(m: Material) -> Iterator[Block]:
    groups: tuple[tuple[Statistic, Callable[[float], str]], ...] = (
        (Statistic.COUNT, m.numbers.integer),
        (Statistic.OMEGA, lambda x: m.numbers.bounded(x, 3)),
        (Statistic.ALPHA, lambda x: m.numbers.bounded(x, 3)),
        (Statistic.CFI, lambda x: m.numbers.bounded(x, 3)),
        (Statistic.RMSEA, lambda x: m.numbers.bounded(x, 3)),
        (Statistic.SRMR, lambda x: m.numbers.bounded(x, 3)),
        (Statistic.PATH_STD, lambda x: m.numbers.bounded(x, 3)),
    )
    rows = []
    for statistic, write in groups:
        found = _rows(m, statistic)
        rows += [_change(m, row, write) for row in found if row.subject[-1] == ALL]
    for statistic in (Statistic.MEAN, Statistic.FACTOR_CORRELATION):
        rows += _largest(m, statistic)
    if rows:
        header = [m.t(f"column.{key}") for key in ("statistic", "all", "kept", "difference")]
        notes = [m.t("screening.changes_note")]
        yield table(m.t("screening.changes"), header, rows, "lrrr", notes)


def _kept(m: Material, row: Finding) -> Finding | None:
    return _find(m, row.statistic, *row.subject[:-1], KEPT)


def _change(m: Material, row: Finding, write: Callable[[float], str]) -> Sequence[Cell]:
    kept = _kept(m, row)
    difference = DASH
    if kept is not None and kept.value is not None and row.value is not None:
        difference = write(kept.value - row.value)
    return (
        Cell(_name(m, row)),
        value_cell(m, row, write),
        value_cell(m, kept, write),
        Cell(difference),
    )


def _name(m: Material, row: Finding) -> str:
    subject = row.subject[:-1]
    if row.statistic is Statistic.COUNT:
        return m.t(f"sample.count.{subject[0]}")
    label = m.t(f"screening.key.{row.statistic}")
    if row.statistic is Statistic.PATH_STD:
        ends = f"{name_of(m, subject[2])} → {name_of(m, subject[1])}"
        named = ends + m.t("in_parentheses", text=m.t("screening.of_model", model=subject[0]))
    else:
        named = m.t("list_separator").join(name_of(m, part) for part in subject)
    return f"{label}{m.t('colon')}{named}"


def _largest(m: Material, statistic: Statistic) -> list[Sequence[Cell]]:
    """The one statistic of a kind that changes most."""
    moved = []
    for row in _rows(m, statistic):
        kept = _kept(m, row) if row.subject[-1] == ALL else None
        if kept and kept.value is not None and row.value is not None:
            moved.append((abs(kept.value - row.value), row.subject, row))
    return [_change(m, max(moved)[2], m.numbers.plain)] if moved else []


SECTION = Section(NAME, 30, build)
