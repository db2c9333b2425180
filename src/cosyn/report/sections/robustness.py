"""Where conclusions change if other choices are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Decision, Statistic
from cosyn.report._parts import reason_text, table, warning_notes
from cosyn.report._types import Cell, Figure, Paragraph, Section
from cosyn.report.numbers import DASH
from cosyn.report.pictures import Choice, Drawing, SpecificationTexts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.findings import Finding, Series
    from cosyn.report._types import Block, Material

NAME = "robustness"
_FIXED = ("value", "low", "high", "supported", "plan")


def build(m: Material) -> tuple[Block, ...]:
    """Count the decisions of each hypothesis, then draw its curve."""
    rows = list(m.findings.select(analysis=NAME, statistic=Statistic.SPECIFICATION))
    if not rows:
        return ()
    hypotheses = list(dict.fromkeys(row.subject[0] for row in rows))
    count = max(sum(row.subject[0] == name for row in rows) for name in hypotheses)
    text = m.t("robustness.text", count=m.numbers.integer(count))
    return (
        Paragraph(text),
        _decisions(m, hypotheses),
        *warning_notes(m, NAME),
        *_departing(m, hypotheses),
        *_not_combined(m),
        *(_figure(m, series) for series in m.findings.drawn("specification_curve")),
    )


def _decisions(m: Material, hypotheses: list[str]) -> Block:
    table_rows = []
    for name in hypotheses:
        mine = [
            row
            for row in m.findings.select(analysis=NAME, statistic=Statistic.SPECIFICATION)
            if row.subject[0] == name
        ]
        values = [row.value for row in mine if row.value is not None]
        spread = m.numbers.interval(min(values), max(values)) if values else ""
        counts = [sum(row.label == decision for row in mine) for decision in Decision]
        failed = sum(row.value is None for row in mine)
        supported, falsified, undecided, _ = counts
        table_rows.append(
            [Cell(name), Cell(spread)]
            + [Cell(m.numbers.integer(c)) for c in (supported, falsified, undecided, failed)]
        )
    header = [m.t("column.hypothesis"), m.t("robustness.range")]
    header += [m.t(f"decision.{d}") for d in ("supported", "falsified", "undecided")]
    header.append(m.t("robustness.failed"))
    note = m.t("robustness.note")
    return table(m.t("robustness.table"), header, table_rows, "llrrrr", [note])


def _departing(m: Material, hypotheses: list[str]) -> Iterator[Block]:
    """Where conclusions change: a sentence a hypothesis, then the shares under each option."""
    shares = list(m.findings.select(analysis=NAME, statistic=Statistic.DEPARTING_SHARE))
    changing = [h for h in hypotheses if any(s.value for s in shares if s.subject[0] == h)]
    for name in changing:
        yield Paragraph(_change(m, name, [s for s in shares if s.subject[0] == name]))
    if not changing:
        return
    found = {row.subject: row for row in shares}
    options = dict.fromkeys(row.subject[1:] for row in shares)
    table_rows = [
        [
            Cell(_label(m, " ".join(option))),
            *(_share(m, found.get((name, *option))) for name in changing),
        ]
        for option in options
    ]
    header = [m.t("robustness.choice"), *changing]
    align = "l" + "r" * len(changing)
    note = m.t("robustness.departing_note")
    yield table(m.t("robustness.departing"), header, table_rows, align, [note])


def _share(m: Material, found: Finding | None) -> Cell:
    return Cell(DASH if found is None or found.value is None else m.numbers.percent(found.value, 0))


def _change(m: Material, name: str, shares: list[Finding]) -> str:
    rows = m.findings.select(analysis=NAME, statistic=Statistic.SPECIFICATION)
    labels = [row.label for row in rows if row.subject[0] == name]
    decided = [label for label in labels if label]
    most = max(shares, key=lambda row: row.value or 0.0)
    least = min(shares, key=lambda row: row.value or 0.0)
    return m.t(
        "robustness.change",
        hypothesis=name,
        decision=m.t(f"decision.{labels[0]}"),
        count=m.numbers.integer(sum(label != labels[0] for label in decided)),
        total=m.numbers.integer(len(decided)),
        most=_label(m, " ".join(most.subject[1:])),
        most_share=m.numbers.percent(most.value or 0.0, 0),
        least=_label(m, " ".join(least.subject[1:])),
        least_share=m.numbers.percent(least.value or 0.0, 0),
    )


def _not_combined(m: Material) -> Iterator[Block]:
    """Choices that exclude one another or do not suit a hypothesis, with the reason."""
    rows = list(m.findings.select(analysis=NAME, statistic=Statistic.NOT_COMBINED))
    if not rows:
        return
    together: dict[tuple[tuple[str, ...], str], list[str]] = {}
    for row in rows:
        name = m.t("robustness.every") if row.subject[0] == "every" else row.subject[0]
        together.setdefault((row.subject[1:], row.reason), []).append(name)
    table_rows = [
        [
            Cell(", ".join(names)),
            Cell(" + ".join(_option(m, o) for o in options)),
            Cell(reason_text(m, reason)),
        ]
        for (options, reason), names in together.items()
    ]
    header = [m.t("column.hypothesis"), m.t("robustness.choice"), m.t("robustness.why")]
    yield table(m.t("robustness.not_combined"), header, table_rows, "lll")


def _option(m: Material, option: str) -> str:
    """What an option is called whose place is not told."""
    if option in {"WLSMV", "fiml"}:
        return _label(m, f"{'5' if option == 'WLSMV' else '6'} {option}")
    if option.isdigit():
        return _label(m, f"4 {option}")
    form = option in {form.id for form in m.instrument.forms}
    return _label(m, f"{'7' if form else '8'} {option}")


def _figure(m: Material, series: Series) -> Figure:
    columns = series.columns
    zero = [0.0 if x is None else x for x in columns["value"]]
    low = [0.0 if x is None else x for x in columns["low"]]
    high = [0.0 if x is None else x for x in columns["high"]]
    plan = columns["plan"]
    choices = [
        Choice(_label(m, name), [bool(x) for x in taken])
        for name, taken in columns.items()
        if name not in _FIXED and 0 < sum(x or 0 for x in taken) < len(taken)
    ]
    texts = SpecificationTexts(
        effect=m.t("robustness.effect"),
        supported=m.t("decision.supported"),
        other=m.t("robustness.other"),
        plan=m.t("robustness.plan"),
    )
    [hypothesis] = series.subject
    caption = m.t("robustness.figure", hypothesis=hypothesis)
    shown = (
        list(zip(zero, low, high, strict=True)),
        [bool(x) for x in columns["supported"]],
        plan.index(1.0) if 1.0 in plan else None,
        choices,
        m.language,
        texts,
    )
    return Figure(caption, Drawing("specification_curve", shown), f"specification-{hypothesis}")


def _label(m: Material, column: str) -> str:
    """What an option of a choice is called."""
    place, _, option = column.partition(" ")
    if place == "3":
        whole = option == "whole"
        return m.t("robustness.whole" if whole else "robustness.without", name=option)
    if place == "4":
        return m.t("robustness.answered", count=option)
    if place == "5":
        return m.t("robustness.ordinal") if option == "WLSMV" else option
    if place == "7":
        return m.instrument.form(option).label[m.language]
    if place == "8" and option != "usual":
        return m.t("robustness.keyed", name=key_label(m, option))
    return m.t(f"robustness.{option.replace(' ', '_')}")


def key_label(m: Material, option: str) -> str:
    """What the plan calls a scoring key."""
    rules = m.plan.robustness
    labels = {each.key: each.label for each in rules.keys} if rules else {}
    return labels.get(option, {}).get(m.language, option)


SECTION = Section(NAME, 95, build)
