"""The latent response surface beside the observed one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Statistic
from cosyn.report._models import display
from cosyn.report._parts import interval_cell, p_cell, reason_text, table, value_cell
from cosyn.report._types import Cell, Note, Paragraph

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.findings import Finding
    from cosyn.report._types import Block, Material

NAME, LATENT = "balance", "latent"


def latent_surface(m: Material, pair: tuple[str, str, str]) -> Iterator[Block]:
    """Show both surfaces' coefficients in one table, the latent tests, and what they say."""
    verdict = _find(m, Statistic.CONGRUENCE, *pair, model=LATENT)
    if verdict is None:
        return
    first = _find(m, Statistic.SURFACE_COEFFICIENT, *pair, "b1", model=LATENT)
    if first is None:
        yield Note("note", m.t("balance.no_latent", reason=reason_text(m, verdict.reason)))
        return
    yield _estimates(m, pair)
    yield Paragraph(_tests(m, pair, verdict))


def _find(m: Material, statistic: Statistic, *subject: str, model: str) -> Finding | None:
    return m.findings.find(statistic, subject, analysis=NAME, model=model)


def _estimates(m: Material, pair: tuple[str, str, str]) -> Block:
    rows = []
    for row in m.findings.select(analysis=NAME, model=LATENT):
        is_estimate = row.statistic in {Statistic.SURFACE_COEFFICIENT, Statistic.SURFACE_QUANTITY}
        if not is_estimate or row.subject[:3] != pair:
            continue
        observed = _find(m, row.statistic, *row.subject, model="")
        cells = [Cell(m.t(f"balance.quantity.{row.subject[3]}"))]
        for each in (observed, row):
            cells += [
                value_cell(m, each, lambda value: m.numbers.plain(value, 3)),
                interval_cell(m, each),
                p_cell(m, each),
            ]
        rows.append(tuple(cells))
    keys = ("quantity", "observed_scores", "ci", "p", "latents", "ci", "p")
    outcome, x, y = (display(m, name) for name in pair)
    first = _find(m, Statistic.SURFACE_COEFFICIENT, *pair, "b1", model=LATENT)
    by = "lms" if first is not None and "LMS" in first.method else "products"
    return table(
        m.t("balance.latent", x=x, y=y, outcome=outcome),
        [m.t(f"column.{key}") for key in keys],
        rows,
        "lrlrrlr",
        [m.t(f"balance.latent_by.{by}"), m.t("balance.latent_note")],
        wide=True,
    )


def _tests(m: Material, pair: tuple[str, str, str], verdict: Finding) -> str:
    said = []
    for row in m.findings.select(analysis=NAME, statistic=Statistic.JOINT_TEST, model=LATENT):
        if row.subject[:3] == pair and None not in {row.value, row.df, row.p}:
            name = m.t(f"balance.test.{row.subject[3]}")
            df = m.numbers.integer(row.df or 0)
            value, p = m.numbers.plain(row.value or 0.0), m.numbers.p(row.p or 0.0)
            sign = "" if p.startswith("<") else "= "
            said.append(f"{name}{m.t('colon')}χ²({df}) = {value}, p {sign}{p}")
    tests = m.t("balance.latent_tests", tests=m.t("list_separator").join(said))
    if not verdict.label:
        return tests + m.t("balance.verdict.undecided", reason=reason_text(m, verdict.reason))
    return tests + m.t(f"balance.verdict.{verdict.label}")
