"""What the sections on measurement and structural models share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import Statistic
from cosyn.report._parts import (
    convention_cell,
    interval_cell,
    p_cell,
    reason_text,
    se_cell,
    slug,
    table,
    value_cell,
)
from cosyn.report._types import Cell, Paragraph
from cosyn.report.numbers import DASH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cosyn.findings import Finding
    from cosyn.plan import ModelEntry, StructureEntry
    from cosyn.report._types import Block, Material, Table


def label_of(m: Material, entry: ModelEntry | StructureEntry) -> str:
    """Id and name of a model."""
    return f"{entry.id}{m.t('colon')}{entry.label.get(m.language, entry.id)}"


def fit_table(
    m: Material, caption: str, entries: Sequence[ModelEntry] | Sequence[StructureEntry]
) -> Table:
    """Fit of each model with the customary cutoffs in the last row."""
    rows = [_fit_row(m, entry) for entry in entries]
    cutoffs = [
        convention_cell(m, s)
        for s in (Statistic.CFI, Statistic.TLI, Statistic.RMSEA, Statistic.SRMR)
    ]
    empty = Cell("")
    if any(cell.text for cell in cutoffs):
        rows.append([Cell(m.t("fit.convention")), *[empty] * 5, *cutoffs, *[empty] * 3])
    keys = (
        "model",
        "n",
        "parameters",
        "chi_square",
        "df",
        "p",
        "cfi",
        "tli",
        "rmsea",
        "srmr",
        "aic",
        "bic",
        "status",
    )
    header = [m.t(f"column.{key}") for key in keys]
    notes = [m.t("fit.note"), *_of_estimation(m, entries)]
    return table(caption, header, rows, "l" + "r" * 11 + "l", notes, wide=True)


def _of_estimation(m: Material, entries: Iterable[ModelEntry | StructureEntry]) -> Iterator[str]:
    """Say which of the measures are robust ones, and whether departments were allowed for."""
    factors = [m.findings.find(Statistic.SCALING_FACTOR, model=entry.id) for entry in entries]
    if any(factors):
        clusters = m.findings.find(Statistic.COUNT, ("clusters",), analysis="sample")
        yield m.t("fit.robust_note")
        if clusters and clusters.value is not None:
            yield m.t("fit.clusters_note", clusters=m.numbers.integer(clusters.value))


def _fit_row(m: Material, entry: ModelEntry | StructureEntry) -> list[Cell]:
    def find(statistic: Statistic) -> Finding | None:
        return m.findings.measure(statistic, entry.id)

    status, chi_square, rmsea = (
        find(s) for s in (Statistic.STATUS, Statistic.CHI_SQUARE, Statistic.RMSEA)
    )
    three = lambda x: m.numbers.bounded(x, 3)  # noqa: E731
    rmsea_cell = value_cell(m, rmsea, three)
    if rmsea and rmsea.low is not None and rmsea.high is not None:
        interval = m.numbers.interval(rmsea.low, rmsea.high, bounded=True, digits=3)
        rmsea_cell = Cell(f"{rmsea_cell.text} {interval}")
    df = chi_square.df if chi_square else None
    return [
        Cell(label_of(m, entry)),
        Cell(m.numbers.integer(status.n) if status and status.n is not None else DASH),
        value_cell(m, find(Statistic.N_PARAMETERS), m.numbers.integer),
        value_cell(m, chi_square, m.numbers.plain),
        Cell(m.numbers.integer(df) if df is not None else DASH),
        p_cell(m, chi_square),
        value_cell(m, find(Statistic.CFI), three),
        value_cell(m, find(Statistic.TLI), three),
        rmsea_cell,
        value_cell(m, find(Statistic.SRMR), three),
        value_cell(m, find(Statistic.AIC), m.numbers.integer),
        value_cell(m, find(Statistic.BIC), m.numbers.integer),
        _status_cell(m, status),
    ]


def _status_cell(m: Material, status: Finding | None) -> Cell:
    if status is None:
        return Cell(DASH)
    words = m.t(f"status.{slug(status.label)}")
    return Cell(words, reason_text(m, status.reason) if status.reason else "")


def differences(m: Material, analysis: str, caption: str) -> list[Block]:
    """Comparisons of nested models."""
    rows = []
    for row in m.findings.select(analysis=analysis, statistic=Statistic.CHI_SQUARE_DIFFERENCE):
        bic = m.findings.find(Statistic.BIC_DIFFERENCE, row.subject, analysis=analysis)
        rows.append(
            (
                Cell(row.subject[0]),
                Cell(row.subject[1]),
                value_cell(m, row, m.numbers.plain),
                Cell(m.numbers.integer(row.df) if row.df is not None else DASH),
                p_cell(m, row),
                value_cell(m, bic, lambda x: m.numbers.plain(x, 1)),
            )
        )
    if not rows:
        return []
    keys = ("restricted", "full", "delta_chi_square", "delta_df", "p", "delta_bic")
    header = [m.t(f"column.{key}") for key in keys]
    return [table(caption, header, rows, "llrrrr", [m.t("fit.difference_note")])]


def estimates(
    m: Material, model: str, raw: Statistic, standard: Statistic, caption: str, keys: Sequence[str]
) -> list[Block]:
    """Estimates of one kind with their standardised values, intervals of the latter."""
    rows = []
    for row in m.findings.select(statistic=raw, model=model):
        scaled = m.findings.find(standard, row.subject, model=model)
        rows.append(
            (
                *(Cell(display(m, name)) for name in row.subject),
                value_cell(m, row, m.numbers.plain),
                se_cell(m, row),
                _z(m, row),
                p_cell(m, row),
                value_cell(m, scaled, m.numbers.bounded),
                se_cell(m, scaled, bounded=True),
                interval_cell(m, scaled, bounded=True),
            )
        )
    if not rows:
        return []
    header = [m.t(f"column.{key}") for key in (*keys, "b", "se", "z", "p", "beta", "se", "ci")]
    align = "l" * len(keys) + "rrrrrrl"
    return [table(caption, header, rows, align, [m.t("fit.estimates_note")], wide=True)]


def display(m: Material, name: str) -> str:
    """Name of a variable: a construct's or facet's label with its id, or the id itself.

    Levels of a model are named in the report's language, products by what they are made of, and
    what else model files define by what the plan calls it.
    """
    label = m.instrument.label(name, m.language)
    if label != name:
        return f"{label} ({name})"
    if m.t.has(f"level.{name}"):
        return m.t(f"level.{name}")
    if factors := _factors(m, name):
        return product_name(m, factors)
    return m.plan.labels.get(name, {}).get(m.language, name)


def _factors(m: Material, name: str) -> tuple[str, str] | None:
    """The two latents that a product of some structural model is made of."""
    models = m.plan.structure.models if m.plan.structure else ()
    return next((entry.products[name] for entry in models if name in entry.products), None)


def product_name(m: Material, factors: tuple[str, str]) -> str:
    """Name of a product: its factors, or the square of one."""
    if factors[0] == factors[1]:
        return m.t("comparison.square", name=display(m, factors[0]))
    return " × ".join(display(m, factor) for factor in factors)


def _z(m: Material, row: Finding) -> Cell:
    if row.value is None or not row.se:
        return Cell(DASH)
    return Cell(m.numbers.plain(row.value / row.se))


def r_squared_text(m: Material, model: str, names: Sequence[str]) -> Iterator[Block]:
    """Explained variance of some latents in a sentence."""
    found = [(name, m.findings.find(Statistic.R_SQUARED, (name,), model=model)) for name in names]
    said = [
        f"{display(m, name)} {m.numbers.bounded(row.value)}"
        for name, row in found
        if row and row.value is not None
    ]
    if said:
        yield Paragraph(m.t("fit.r_squared", values=m.t("list_separator").join(said)))
