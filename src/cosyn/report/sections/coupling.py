"""The coupling coordination degree, with its known flaws beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Statistic
from cosyn.report._models import display
from cosyn.report._parts import reason_text, table, value_cell
from cosyn.report._types import Cell, Note, Paragraph, Section

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.findings import Finding
    from cosyn.report._types import Block, Material

NAME = "coupling"
MOST_ROWS = 40
DEGREES = (
    Statistic.COUPLING,
    Statistic.COORDINATION_INDEX,
    Statistic.COORDINATION,
    Statistic.COUPLING_MODIFIED,
    Statistic.COORDINATION_MODIFIED,
)
LEVELLED = (Statistic.COORDINATION, Statistic.COORDINATION_MODIFIED)


def build(m: Material) -> tuple[Block, ...]:
    """Say what the degree is and is not, then show its distribution."""
    section = m.plan.coupling
    if section is None or not any(m.findings.select(analysis=NAME)):
        return ()
    favourable, adverse = (
        m.t("list_separator").join(display(m, name) for name in names)
        for names in (section.favourable, section.adverse)
    )
    said = m.t("coupling.text", favourable=favourable)
    if adverse:
        said += m.t("sentence_separator") + m.t("coupling.turned", adverse=adverse)
    count = _unit(m)
    if count is None:
        mean = _find(m, Statistic.COORDINATION, "mean")
        reason = reason_text(m, mean.reason) if mean else ""
        return (Paragraph(said), Note("warning", m.t("coupling.none", reason=reason)))
    of, units = m.numbers.integer(count.n or 0), m.numbers.integer(count.value or 0)
    said += m.t("sentence_separator") + m.t(
        f"coupling.by_{count.subject[0]}", units=units, n=of, least=m.plan.minimum_cell
    )
    return (
        Paragraph(said),
        Note("note", _flaws(m)),
        _summaries(m),
        _levels(m, count.subject[0]),
        *_departments(m),
    )


def _find(m: Material, statistic: Statistic, *subject: str) -> Finding | None:
    return m.findings.find(statistic, subject, analysis=NAME)


def _unit(m: Material) -> Finding | None:
    rows = m.findings.select(analysis=NAME, statistic=Statistic.COUNT)
    return next((row for row in rows if row.value is not None), None)


def _flaws(m: Material) -> str:
    """What speaks against reading the degree as a result, in this order."""
    identity, again = _find(m, Statistic.IDENTITY_ERROR), _find(m, Statistic.RECLASSIFIED)
    said = [m.t("coupling.flaw.nothing_new")]
    if identity and identity.value is not None:
        said.append(m.t("coupling.flaw.identity"))
    least, mean = (_find(m, Statistic.COUPLING, name) for name in ("minimum", "mean"))
    if least and least.value is not None and mean and mean.value is not None:
        low, middle = (m.numbers.bounded(each.value or 0) for each in (least, mean))
        said.append(m.t("coupling.flaw.saturates", mean=middle, minimum=low))
    if again and again.value is not None:
        said.append(m.t("coupling.flaw.scaling", share=m.numbers.percent(again.value)))
    said += _gain(m)
    said.append(m.t("coupling.flaw.no_claim"))
    return m.t("sentence_separator").join(said)


def _gain(m: Material) -> Iterator[str]:
    outcome = m.plan.coupling.outcome if m.plan.coupling else None
    if outcome is None:
        return
    gain = _find(m, Statistic.R_SQUARED_GAIN, outcome)
    if gain is None or gain.value is None:
        reason = reason_text(m, gain.reason) if gain else ""
        yield m.t("coupling.flaw.no_gain", outcome=display(m, outcome), reason=reason)
        return
    p = "" if gain.p is None else m.numbers.p(gain.p)
    yield m.t(
        "coupling.flaw.gain",
        outcome=display(m, outcome),
        gain=m.numbers.bounded(gain.value, 4),
        p=p if p.startswith("<") else f"= {p}",
        n=m.numbers.integer(gain.n or 0),
    )


def _summaries(m: Material) -> Block:
    names = ("mean", "minimum", "median", "maximum")
    rows = [
        (
            Cell(m.t(f"statistic.{statistic.value}")),
            *(value_cell(m, _find(m, statistic, name), m.numbers.bounded) for name in names),
        )
        for statistic in DEGREES
    ]
    header = [m.t("column.degree"), *(m.t(f"statistic.{name}") for name in names)]
    return table(m.t("coupling.summary"), header, rows, "lrrrr", [m.t("coupling.summary_note")])


def _levels(m: Material, unit: str) -> Block:
    rows = []
    found = m.findings.select(analysis=NAME, statistic=Statistic.COORDINATION_LEVEL)
    levels = dict.fromkeys(row.subject[0] for row in found)
    for tenth, level in enumerate(levels):
        counts = (_find(m, Statistic.COORDINATION_LEVEL, level, each.value) for each in LEVELLED)
        low, high = (m.numbers.bounded(end / 10, 1) for end in (tenth, tenth + 1))
        cells = (value_cell(m, count, m.numbers.integer) for count in counts)
        rows.append((Cell(m.t(f"coupling.level.{level}")), Cell(f"{low}\u2013{high}"), *cells))
    header = [
        m.t(f"column.{key}")
        for key in ("coordination_level", "range", "level_d", "level_d_modified")
    ]
    caption = m.t(f"coupling.levels_{unit}")
    return table(caption, header, rows, "llrr", [m.t("coupling.levels_note")])


def _departments(m: Material) -> Iterator[Block]:
    """Each department's degrees, by a number: names would tell which department it is."""
    rows = m.findings.select(analysis=NAME, statistic=Statistic.COORDINATION)
    found = [row for row in rows if row.subject[0] == "department"]
    if not found:
        return
    if len(found) > MOST_ROWS:
        yield Paragraph(m.t("coupling.many", n=m.numbers.integer(len(found))))
        return
    body = []
    for row in found:
        cells = (
            value_cell(m, _find(m, statistic, *row.subject), m.numbers.bounded)
            for statistic in DEGREES
        )
        level = Cell(m.t(f"coupling.level.{row.label}") if row.label else "")
        body.append((Cell(row.subject[1]), *cells, level))
    degrees = ("C", "T", "D", "C\u2032", "D\u2032")
    header = [m.t("column.department"), *degrees, m.t("column.coordination_level")]
    notes = [m.t("coupling.departments_note")]
    yield table(m.t("coupling.departments"), header, body, "lrrrrrl", notes, wide=True)


SECTION = Section(NAME, 84, build)
