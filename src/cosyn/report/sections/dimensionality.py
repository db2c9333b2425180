"""How many factors there are, and which items they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Statistic
from cosyn.report._parts import reason_text, table, value_cell, warning_notes
from cosyn.report._types import Cell, Figure, Note, Paragraph, Section
from cosyn.report.figures import ScreeTexts, scree_plot, to_svg

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.findings import Finding
    from cosyn.report._types import Block, Material

NAME = "dimensionality"


def build(m: Material) -> tuple[Block, ...]:
    """Show adequacy, parallel analysis, loadings and factor correlations."""
    kmo = m.findings.find(Statistic.KMO, analysis=NAME)
    if kmo is None:
        return ()
    if kmo.value is None:
        return (Note("warning", m.t("dimensionality.none", reason=reason_text(m, kmo.reason))),)
    return (
        Paragraph(_adequacy(m, kmo)),
        *warning_notes(m, NAME),
        *_scree(m),
        *_loadings(m),
        *_correlations(m),
    )


def _adequacy(m: Material, kmo: Finding) -> str:
    bartlett = m.findings.find(Statistic.BARTLETT, analysis=NAME)
    suggested = m.findings.find(Statistic.SUGGESTED_FACTORS, analysis=NAME)
    components = m.findings.find(Statistic.SUGGESTED_COMPONENTS, analysis=NAME)
    text = m.t(
        "dimensionality.kmo",
        n=m.numbers.integer(kmo.n or 0),
        value=m.numbers.bounded(kmo.value or 0.0),
    )
    if bartlett and bartlett.value is not None and bartlett.p is not None:
        text += m.t(
            "dimensionality.bartlett",
            df=m.numbers.integer(bartlett.df or 0),
            value=m.numbers.plain(bartlett.value),
            p=_equals(m, bartlett.p),
        )
    if suggested and components and suggested.value is not None and components.value is not None:
        text += m.t(
            "dimensionality.suggested",
            factors=int(suggested.value),
            components=int(components.value),
        )
    return text


def _equals(m: Material, p: float) -> str:
    written = m.numbers.p(p)
    return written if written.startswith("<") else f"= {written}"


def _series(m: Material, statistic: Statistic) -> list[float]:
    rows = m.findings.select(analysis=NAME, statistic=statistic)
    return [row.value for row in rows if row.value is not None]


def _scree(m: Material) -> Iterator[Block]:
    observed = _series(m, Statistic.EIGENVALUE_FACTOR)
    mean = _series(m, Statistic.EIGENVALUE_FACTOR_RANDOM_MEAN)
    quantile = _series(m, Statistic.EIGENVALUE_FACTOR_RANDOM_QUANTILE)
    if not observed or not len(observed) == len(mean) == len(quantile):
        return
    suggested = m.findings.find(Statistic.SUGGESTED_FACTORS, analysis=NAME)
    rule = m.plan.dimensionality
    share = f"{100 * rule.parallel.quantile:g}" if rule else "95"
    texts = ScreeTexts(
        number=m.t("scree.number"),
        eigenvalue=m.t("scree.eigenvalue"),
        observed=m.t("scree.observed"),
        random_mean=m.t("scree.random_mean"),
        random_quantile=m.t("scree.random_quantile", share=share),
        suggested=m.t("scree.suggested"),
    )
    count = int(suggested.value) if suggested and suggested.value is not None else None
    caption = m.t("dimensionality.scree")
    figure = scree_plot(observed, mean, quantile, count, m.language, texts)
    yield Figure(caption, to_svg(figure, title=caption, prefix="scree"))


def _loadings(m: Material) -> Iterator[Block]:
    found = list(m.findings.select(analysis=NAME, statistic=Statistic.EFA_LOADING))
    rows = [row for row in found if row.value is not None]
    if not rows:
        yield from (
            Note("warning", m.t("dimensionality.none", reason=reason_text(m, row.reason)))
            for row in found[:1]
        )
        return
    factors = list(dict.fromkeys(row.subject[0] for row in rows))
    items = list(dict.fromkeys(row.subject[1] for row in rows))
    cells = {row.subject: row for row in rows}
    salient = m.plan.dimensionality.salient_loading if m.plan.dimensionality else 1.0
    body = []
    for item in items:
        communality = m.findings.find(Statistic.COMMUNALITY, (item,), analysis=NAME)
        loadings = (_loading(m, cells[factor, item], salient) for factor in factors)
        body.append((Cell(item), *loadings, value_cell(m, communality, m.numbers.bounded)))
    explained = [
        m.findings.find(Statistic.VARIANCE_EXPLAINED, (factor,), analysis=NAME)
        for factor in factors
    ]
    shares = (value_cell(m, row, lambda x: f"{m.numbers.percent(x)} %") for row in explained)
    body.append((Cell(m.t("dimensionality.explained")), *shares, Cell("")))
    header = [m.t("column.item"), *factors, "h²"]
    notes = [
        m.t("dimensionality.method", method=rows[0].method),
        m.t("dimensionality.salient", value=m.numbers.bounded(salient)),
    ]
    yield table(
        m.t("dimensionality.loadings"),
        header,
        body,
        "l" + "r" * (len(factors) + 1),
        notes,
        wide=True,
    )


def _loading(m: Material, row: Finding, salient: float) -> Cell:
    assert row.value is not None
    text = m.numbers.bounded(row.value)
    if row.se is not None:
        text += f" ({m.numbers.bounded(row.se)})"
    return Cell(f"{text}*" if abs(row.value) >= salient else text)


def _correlations(m: Material) -> Iterator[Block]:
    rows = list(m.findings.select(analysis=NAME, statistic=Statistic.FACTOR_CORRELATION))
    if not rows:
        return
    factors = list(dict.fromkeys(name for row in rows for name in row.subject))
    cells = {row.subject: row for row in rows}
    body = []
    for i, factor in enumerate(factors):
        line = [Cell(factor)]
        for j, other in enumerate(factors):
            row = cells.get((other, factor))
            line.append(_loading(m, row, 2.0) if row and j < i else Cell("1" if i == j else ""))
        body.append(line)
    header = ["", *factors]
    yield table(m.t("dimensionality.correlations"), header, body, "l" + "r" * len(factors))


SECTION = Section(NAME, 60, build)
