"""Measurement models as numbers and as ordered categories side by side, and general factors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.findings import ROBUST, Statistic
from cosyn.report._models import label_of
from cosyn.report._parts import reason_text, slug, table, value_cell
from cosyn.report._types import Cell
from cosyn.report.numbers import DASH

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cosyn.findings import Finding
    from cosyn.plan import ModelEntry
    from cosyn.report._types import Block, Material

NAME = "measurement"
SUFFIX = "-WLSMV"
_MEASURES = (Statistic.CHI_SQUARE, Statistic.CFI, Statistic.RMSEA, Statistic.SRMR)


def side_by_side(m: Material, entries: Sequence[ModelEntry]) -> Iterator[Block]:
    """Fit of each model of items by both estimators, the better known one first."""
    rows = []
    for entry in entries:
        ordinal = entry.id + SUFFIX
        if m.findings.find(Statistic.STATUS, model=ordinal) is None:
            continue
        line = [Cell(entry.id), _df(m, entry.id, ordinal)]
        for statistic in _MEASURES:
            line += [_measure(m, statistic, model) for model in (entry.id, ordinal)]
        line += [_status(m, entry.id), _status(m, ordinal)]
        rows.append(line)
    if not rows:
        return
    estimator = next(
        (r.method for r in m.findings.select(statistic=Statistic.STATUS, model=entries[0].id)), ""
    )
    both = (estimator or "ML", "WLSMV")
    header = [m.t("column.model"), m.t("column.df")]
    for key in ("chi_square", "cfi", "rmsea_plain", "srmr", "status"):
        header += [f"{m.t(f'column.{key}')} {name}" for name in both]
    notes = [m.t("measurement.side_note")]
    yield table(m.t("measurement.side"), header, rows, "l" + "r" * 9 + "ll", notes, wide=True)


def _df(m: Material, *models: str) -> Cell:
    """Degrees of freedom, which both estimators share."""
    found = (m.findings.measure(Statistic.CHI_SQUARE, model) for model in models)
    known = [row.df for row in found if row and row.df is not None]
    return Cell(m.numbers.integer(known[0]) if known else DASH)


def _measure(m: Material, statistic: Statistic, model: str) -> Cell:
    """A measure, of ordered categories never the plain one: the uncorrected test flatters it."""
    found = m.findings.measure(statistic, model)
    if model.endswith(SUFFIX) and statistic in ROBUST:
        found = m.findings.find(ROBUST[statistic], model=model)
    if statistic is Statistic.CHI_SQUARE:
        return value_cell(m, found, m.numbers.plain)
    return value_cell(m, found, lambda x: m.numbers.bounded(x, 3))


def _status(m: Material, model: str) -> Cell:
    found = m.findings.find(Statistic.STATUS, model=model)
    if found is None:
        return Cell(DASH)
    return Cell(
        m.t(f"status.{slug(found.label)}"), reason_text(m, found.reason) if found.reason else ""
    )


def general_factors(m: Material, entries: Sequence[ModelEntry]) -> Iterator[Block]:
    """What the general factor of a second-order or bifactor model explains."""
    rows = []
    for entry in entries:
        kinds = (Statistic.OMEGA_TOTAL, Statistic.OMEGA_HIERARCHICAL, Statistic.ECV, Statistic.PUC)
        found = [_first(m, kind, entry.id) for kind in kinds]
        if any(found):
            shown = (value_cell(m, row, m.numbers.bounded) for row in found)
            rows.append((Cell(label_of(m, entry)), *shown))
    if not rows:
        return
    keys = ("model", "omega_total", "omega_hierarchical", "ecv", "puc")
    header = [m.t(f"column.{key}") for key in keys]
    notes = [m.t("measurement.general_note")]
    yield table(m.t("measurement.general"), header, rows, "lrrrr", notes, wide=True)


def _first(m: Material, kind: Statistic, model: str) -> Finding | None:
    return next(m.findings.select(analysis=NAME, statistic=kind, model=model), None)
