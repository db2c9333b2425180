"""The data of an invariance ladder, and the fits of its rungs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cosyn.engine.data import collect, group_names, numeric_columns
from cosyn.engine.estimation import FitOptions, fit_sem
from cosyn.engine.ordinal_fit import fit_ordinal
from cosyn.engine.partable import TableOptions, parameter_table
from cosyn.engine.syntax import parse_model
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cosyn.engine.data import Data, Frame, Missing
    from cosyn.engine.estimation import SemFit
    from cosyn.engine.ladder import Key, Rung
    from cosyn.engine.syntax import Model
    from cosyn.engine.table import ParameterTable


#: Points from which the search starts where it fails near the rung before.
_STARTS = 2
#: A ladder's models converge in fewer iterations or run away.
_ITERATIONS = 100


@dataclass(frozen=True, slots=True, eq=False)
class Ladder:
    """The data, and how to fit a rung to them.

    Attributes
    ----------
    names : list of str
        Columns of the data.
    options : TableOptions
        Of the configural model.
    """

    model: Model
    names: list[str]
    data: Data
    options: TableOptions
    fit_options: FitOptions

    @property
    def samples(self) -> tuple[Any, ...]:
        """Sample statistics of the groups."""
        return self.data.ordinal or self.data.samples

    def table(self, rung: Rung | None, free: frozenset[Key]) -> ParameterTable:
        """The table of a rung, of the configural one if None, in which some rows stay free."""
        options = self.options
        if rung is not None:
            options = replace(
                options, equal=rung.equal, partial=rung.partial | free, theta=rung.theta
            )
        return parameter_table(self.model.statements, self.names, options, self.model.constraints)

    def fit(self, table: ParameterTable, near: SemFit | None = None) -> SemFit:
        """Fit a table of the ladder's rows, first from the estimates of a fit nearby."""
        if near is not None and near.status.converged:
            started = tuple(
                replace(row, start=float(value)) if row.free else row
                for row, value in zip(table.rows, near.estimates, strict=True)
            )
            found = self._fit(replace(table, rows=started), starts=1)
            if found.status.ok:
                return found
        return self._fit(table, starts=_STARTS)

    def _fit(self, table: ParameterTable, starts: int) -> SemFit:
        options = replace(self.fit_options, starts=starts, max_iterations=_ITERATIONS)
        if self.data.ordinal:
            return fit_ordinal(table, self.data.ordinal, options)
        return fit_sem(table, self.data.samples, options)

    def notes(self) -> list[str]:
        """What makes the ladder shaky before it is climbed."""
        found = []
        if not self.options.std_lv:
            found.append("the model fixes loadings: the item with the fixed one is taken as equal")
        table = self.table(None, frozenset())
        for number, (name, sample) in enumerate(
            zip(self.options.groups, self.samples, strict=True), start=1
        ):
            free = len({row.free for row in table.of_group(number)} - {0})
            if sample.n < free:
                found.append(f"group {name}: {sample.n} respondents for {free} parameters")
        for name, sample in zip(self.options.groups, self.data.ordinal, strict=False):
            sparse = sorted({n for f in sample.faults if f.kind == "sparse table" for n in f.names})
            if sparse:
                found.append(f"group {name}: sparse tables of {', '.join(sparse)}")
        return found


def ladder_of(
    text: str,
    frame: Frame,
    group: str,
    *,
    ordered: Iterable[str] | bool,
    estimator: str | None,
    missing: Missing,
    cluster: str | None,
    collapse: bool,
    orthogonal: bool,
) -> Ladder:
    """Take a model's data from a table; see `cosyn.engine.invariance.invariance`.

    Raises
    ------
    ModelSyntaxError
        If the model cannot be read.
    IdentificationError
        If there is one group only, or the data do not allow estimation.
    """
    model, names = parse_model(text), numeric_columns(frame)
    groups = group_names(frame, group)
    if len(groups) < 2:
        raise IdentificationError(
            "data.one-group",
            "the data",
            f"the column `{group}` has one group only",
            "Name the column that tells the groups apart",
        )
    options = TableOptions(std_lv=True, orthogonal=orthogonal, means=True, groups=groups)
    plain = parameter_table(model.statements, names, options, model.constraints)
    marked = any(r.op == "=~" and r.user and r.value for r in plain.rows)
    items = plain.observed if ordered is True else tuple(ordered or ())
    data = collect(
        frame,
        plain.observed,
        ordered=items,
        group=group,
        cluster=cluster,
        missing=missing,
        collapse=collapse,
    )
    usual = "WLSMV" if data.ordinal else "MLR" if cluster else "ML"
    options = replace(options, std_lv=not marked, ordered=data.thresholds)
    return Ladder(model, names, data, options, FitOptions(estimator or usual))
