"""How many factors there are, and which items they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Statistic
from cosyn.report._parts import name_of, reason_text, table, value_cell, warning_notes
from cosyn.report._types import Cell, Figure, Note, Paragraph, Section
from cosyn.report.numbers import DASH
from cosyn.report.pictures import Drawing, LoadingRow, ScreeTexts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.findings import Finding
    from cosyn.report._types import Block, Material

NAME = "dimensionality"
TARGET = "target"


def build(m: Material) -> tuple[Block, ...]:
    """Show adequacy, numbers of factors, both solutions, and how they agree with the design."""
    kmo = m.findings.find(Statistic.KMO, analysis=NAME)
    if kmo is None:
        return ()
    if kmo.value is None:
        return (Note("warning", m.t("dimensionality.none", reason=reason_text(m, kmo.reason))),)
    return (
        Paragraph(_adequacy(m, kmo)),
        *warning_notes(m, NAME),
        *_scree(m),
        *_solution(m, "", m.t("dimensionality.loadings")),
        *_rotated_to_design(m),
        *_agreement(m),
        *_map(m),
    )


def _rotated_to_design(m: Material) -> Iterator[Block]:
    if m.plan.dimensionality and m.plan.dimensionality.target != "none":
        yield from _solution(m, TARGET, m.t("dimensionality.loadings_target"))


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
    kind = m.t(f"dimensionality.correlated.{_kind(m)}")
    return text + _average_partials(m) + m.t("dimensionality.analysed", kind=kind)


def _average_partials(m: Material) -> str:
    found = [
        m.findings.find(Statistic.SUGGESTED_MAP, (kind,), analysis=NAME)
        for kind in ("squared", "fourth")
    ]
    known = [int(row.value) for row in found if row and row.value is not None]
    if len(known) < len(found):
        return ""
    return m.t("dimensionality.components", squared=known[0], fourth=known[1])


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
    drawing = Drawing("scree_plot", (observed, mean, quantile, count, m.language, texts))
    yield Figure(caption, drawing, "scree")


def _solution(m: Material, model: str, caption: str) -> Iterator[Block]:
    """Loadings and factor correlations of one solution."""
    found = list(m.findings.select(analysis=NAME, statistic=Statistic.EFA_LOADING, model=model))
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

    def find(statistic: Statistic, name: str) -> Finding | None:
        return m.findings.find(statistic, (name,), analysis=NAME, model=model)

    body = []
    for item in items:
        loadings = (_loading(m, cells[factor, item], salient) for factor in factors)
        communality = find(Statistic.COMMUNALITY, item)
        body.append((Cell(item), *loadings, value_cell(m, communality, m.numbers.bounded)))
    explained = [find(Statistic.VARIANCE_EXPLAINED, factor) for factor in factors]
    shares = (value_cell(m, row, lambda x: f"{m.numbers.percent(x)} %") for row in explained)
    body.append((Cell(m.t("dimensionality.explained")), *shares, Cell("")))
    header = [m.t("column.item"), *factors, "h²"]
    salience = m.t("dimensionality.salient", value=m.numbers.bounded(salient))
    notes = [_method(m, model, rows[0]), salience]
    yield table(caption, header, body, "l" + "r" * (len(factors) + 1), notes, wide=True)
    yield from _correlations(m, model)


def _method(m: Material, model: str, row: Finding) -> str:
    """How the solution was found, and whether it has standard errors."""
    rule = m.plan.dimensionality
    if rule is None:
        return row.method
    rotation = "target" if model == TARGET else rule.rotation
    words = m.t("list_separator").join(
        (
            m.t(f"dimensionality.correlated.{_kind(m)}"),
            m.t(f"dimensionality.extraction.{rule.extraction}"),
            m.t(f"dimensionality.rotation.{rotation}"),
        )
    )
    text = m.t("dimensionality.method", method=words)
    if row.se is not None:
        text += m.t("sentence_separator") + m.t("dimensionality.errors", count=rule.bootstrap)
    return text


def _kind(m: Material) -> str:
    row = m.findings.find(Statistic.CORRELATIONS, analysis=NAME)
    return row.label if row else "pearson"


def _loading(m: Material, row: Finding, salient: float) -> Cell:
    assert row.value is not None
    text = m.numbers.bounded(row.value)
    if row.se is not None:
        text += f" ({m.numbers.bounded(row.se)})"
    return Cell(f"{text}*" if abs(row.value) >= salient else text)


def _correlations(m: Material, model: str) -> Iterator[Block]:
    rows = list(
        m.findings.select(analysis=NAME, statistic=Statistic.FACTOR_CORRELATION, model=model)
    )
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
    key = "dimensionality.correlations_target" if model == TARGET else "dimensionality.correlations"
    yield table(m.t(key), ["", *factors], body, "l" + "r" * len(factors))


def _agreement(m: Material) -> Iterator[Block]:
    """Each group of the design with its factor in both solutions."""
    found = list(m.findings.select(analysis=NAME, statistic=Statistic.FACTOR_CONGRUENCE))
    groups = list(dict.fromkeys(row.subject[0] for row in found))
    if not groups:
        return
    rows = []
    for group in groups:
        mine = {row.model: row for row in found if row.subject[0] == group}
        free = mine.get("")
        factor = free.subject[1] if free and len(free.subject) > 1 else DASH
        rows.append(
            (
                Cell(name_of(m, group)),
                value_cell(m, mine.get(TARGET), m.numbers.bounded),
                value_cell(m, free, m.numbers.bounded),
                Cell(factor),
            )
        )
    keys = ("construct", "congruence_target", "congruence_free", "factor")
    header = [m.t(f"column.{key}") for key in keys]
    notes = [m.t("dimensionality.agreement_note")]
    yield table(m.t("dimensionality.agreement"), header, rows, "lrrl", notes)


def _map(m: Material) -> Iterator[Block]:
    """Loadings as colours: of the solution rotated to the design, or else of the other."""
    for model in (TARGET, ""):
        found = m.findings.select(analysis=NAME, statistic=Statistic.EFA_LOADING, model=model)
        rows = {row.subject: row.value for row in found if row.value is not None}
        if rows:
            break
    else:
        return
    factors = list(dict.fromkeys(subject[0] for subject in rows))
    lines = [
        LoadingRow(
            item,
            m.instrument.item(item).facet,
            tuple(rows[factor, item] or 0.0 for factor in factors),
            _own(m, item, factors),
        )
        for item in dict.fromkeys(subject[1] for subject in rows)
    ]
    names = [m.instrument.label(factor, m.language) for factor in factors]
    caption = m.t("dimensionality.map" if model == TARGET else "dimensionality.map_free")
    shown = (lines, names, m.language, m.t("dimensionality.meant"), m.numbers.bounded)
    yield Figure(caption, Drawing("loading_map", shown), "loadings")


def _own(m: Material, item: str, factors: list[str]) -> int | None:
    known = m.instrument.item(item)
    mine = (known.construct, known.facet)
    return next((f for f, factor in enumerate(factors) if factor in mine), None)


SECTION = Section(NAME, 60, build)
