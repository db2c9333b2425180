"""What a claim rests on that is no single effect, in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Statistic
from cosyn.report._models import display

if TYPE_CHECKING:
    from cosyn.findings import Finding
    from cosyn.plan import Hypothesis
    from cosyn.report._types import Material

NAME, EVIDENCE = "hypotheses", "evidence"


def evidence_text(m: Material, test: Hypothesis) -> str:
    """List what was found, with intervals and p-values; "" if nothing was."""
    rows = m.findings.select(analysis=NAME, statistic=Statistic.EFFECT)
    said = [_said(m, row) for row in rows if row.subject[:2] == (test.id, EVIDENCE)]
    return m.t("list_separator").join(said)


def _said(m: Material, row: Finding) -> str:
    part, *name = row.subject[2:]
    about = display(m, name[0]) if name else ""
    if row.label and row.value is None:
        return m.t(f"evidence.{row.label}")
    if row.value is None:
        return m.t("evidence.unknown")
    gaps = {"name": about, "value": m.numbers.plain(row.value)}
    if part == "paths":
        return m.t("evidence.paths", value=m.numbers.integer(row.value))
    text = m.t(f"evidence.{part}", **gaps)
    if row.low is not None and row.high is not None:
        text += f" {m.numbers.interval(row.low, row.high)}"
    elif row.p is not None:
        p = m.numbers.p(row.p)
        text += f", p {p}" if p.startswith("<") else f", p = {p}"
    return text
