"""Small pieces that sections share: cells from findings, tables, notes from warnings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cosyn.findings import Statistic
from cosyn.report._types import Cell, Note, Table
from cosyn.report.numbers import DASH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from cosyn.findings import Finding
    from cosyn.report._types import Material


def reason_text(m: Material, reason: str) -> str:
    """Translate a reason, or each of several, if the catalogue knows it."""
    parts = []
    for part in reason.split("; "):
        known = m.t.has(f"reason.{slug(part)}")
        # Reasons of one fit come with commas between them.
        for each in [part] if known else part.split(", "):
            key = f"reason.{slug(each)}"
            parts.append(m.t(key) if m.t.has(key) else each)
    return m.t("list_separator").join(parts)


def source_text(m: Material, source: str) -> str:
    """Word where a cutoff comes from: publications as they are cited, conventions in words."""
    key = f"source.{slug(source)}"
    return m.t(key) if m.t.has(key) else source


def slug(words: str) -> str:
    """Turn words into the last part of a catalogue's key."""
    return re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")


def decision_text(m: Material, hypothesis: str) -> str:
    """Word the decision about a hypothesis, with the reason if it was not tested."""
    found = m.findings.find(Statistic.DECISION, (hypothesis,))
    if found is None:
        return DASH
    words = m.t(f"decision.{found.label}")
    if not found.reason:
        return words
    return words + m.t("in_parentheses", text=reason_text(m, found.reason))


def value_cell(m: Material, finding: Finding | None, write: Callable[[float], str]) -> Cell:
    """Show a finding's value, or a dash with the reason."""
    if finding is None:
        return Cell(DASH)
    if finding.value is None:
        return Cell(DASH, reason_text(m, finding.reason))
    return Cell(write(finding.value))


def restriction_cell(m: Material, finding: Finding | None) -> Cell:
    """Show the test of a restriction with its degrees of freedom, or a dash."""
    if finding is None or finding.value is None:
        return Cell(DASH)
    df = m.numbers.integer(finding.df or 0)
    return Cell(f"χ²({df}) = {m.numbers.plain(finding.value)}")


def interval_cell(m: Material, finding: Finding | None, *, bounded: bool = False) -> Cell:
    """Show a finding's interval, or a dash."""
    if finding is None or finding.low is None or finding.high is None:
        return Cell(DASH)
    return Cell(m.numbers.interval(finding.low, finding.high, bounded=bounded))


def p_cell(m: Material, finding: Finding | None) -> Cell:
    """Show a finding's p-value, or a dash."""
    return Cell(DASH) if finding is None or finding.p is None else Cell(m.numbers.p(finding.p))


def se_cell(m: Material, finding: Finding | None, *, bounded: bool = False) -> Cell:
    """Show a finding's standard error, or a dash."""
    if finding is None or finding.se is None:
        return Cell(DASH)
    return Cell((m.numbers.bounded if bounded else m.numbers.plain)(finding.se))


def table(
    caption: str,
    header: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    align: str,
    notes: Sequence[str] = (),
    *,
    wide: bool = False,
    stacked: bool = False,
) -> Table:
    """Make a table; reasons of empty cells become lettered notes below it."""
    letters: dict[str, str] = {}
    done = []
    for row in rows:
        cells = []
        for cell in row:
            if cell.reason:
                letter = letters.setdefault(cell.reason, chr(ord("a") + len(letters) % 26))
                cells.append(Cell(f"{cell.text}\u2009{letter}", cell.reason))
            else:
                cells.append(cell)
        done.append(tuple(cells))
    why = [f"{letter}\u2009{reason}" for reason, letter in letters.items()]
    return Table(caption, tuple(header), tuple(done), align, (*notes, *why), wide, stacked)


def warning_notes(m: Material, analysis: str) -> list[Note]:
    """Say what an analysis asks the reader to judge."""
    return [
        Note("warning", warning_text(m, w.code, dict(w.values)))
        for w in m.findings.warnings
        if w.analysis == analysis
    ]


def warning_text(m: Material, code: str, values: dict[str, str]) -> str:
    """Word a warning; an unknown one is shown with its values."""
    key = f"warning.{code}"
    if m.t.has(key):
        filled = {"model": "", "reason": "", "names": "", **values}
        filled["reason"] = reason_text(m, filled["reason"])
        if filled["names"]:
            filled["reason"] += m.t("in_parentheses", text=filled["names"])
        if "statistic" in filled:
            filled["statistic"] = m.t(f"statistic.{filled['statistic']}")
        if "rules" in filled:
            names = (m.t(f"screening.rule.{name}") for name in filled["rules"].split(", "))
            filled["rules"] = m.t("list_separator").join(names)
        return m.t(key, **filled)
    return f"{code}: " + ", ".join(f"{name} {value}" for name, value in values.items())


def convention_cell(m: Material, statistic: Statistic) -> Cell:
    """Show the customary cutoff of a statistic, if the plan names one."""
    for convention in m.plan.conventions:
        if convention.statistic == statistic.value:
            return Cell(convention_text(m, convention.at_least, convention.at_most))
    return Cell("")


def convention_text(m: Material, at_least: float | None, at_most: float | None) -> str:
    """Write a cutoff, e.g. ≥ .95."""
    if at_least is not None:
        return f"≥ {m.numbers.bounded(at_least)}"
    return f"≤ {m.numbers.bounded(at_most)}" if at_most is not None else ""


def name_of(m: Material, subject: str) -> str:
    """Name of a construct or facet with its id, or the id alone."""
    label = m.instrument.label(subject, m.language)
    return label if label == subject else f"{label} ({subject})"
