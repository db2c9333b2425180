"""The value of each row of a table at given free parameters, and its standard error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.expression import evaluate
from cosyn.engine.inference import delta_method

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cosyn.engine._typing import Analytic, Matrix, Vector
    from cosyn.engine.lisrel import Structure
    from cosyn.engine.table import Parameter, ParameterTable

#: Standard errors below this are rounding error of a value that the data cannot move.
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Estimate:
    """One row of a fit.

    Attributes
    ----------
    value : float or None
        None if the fit did not converge or the row has no value there.
    standard_error : float or None
        None of what the data cannot move, and where there is none.
    """

    lhs: str
    op: str
    rhs: str
    label: str
    free: bool
    value: float | None
    standard_error: float | None


def estimate(row: Parameter, value: float, standard_error: float) -> Estimate:
    """A row with its numbers; what is not finite, and an error of zero, becomes None."""
    known = bool(np.isfinite(value))
    certain = not (known and np.isfinite(standard_error) and standard_error > 0)
    return Estimate(
        row.lhs,
        row.op,
        row.rhs,
        row.label,
        row.free > 0,
        float(value) if known else None,
        None if certain else float(standard_error),
    )


def row_values(table: ParameterTable, x: Analytic, parts: Sequence[Structure] = ()) -> Analytic:
    """The value of every row, shape (rows,), at free parameters x (q,), real or complex.

    Parameters
    ----------
    parts : sequence of Structure
        One a group; needed where rows are derived.
    """
    fixed = [0.0 if row.value is None else row.value for row in table.rows]
    free = table.free
    values = np.where(free > 0, np.append(0.0, x)[free], fixed)
    for number, structure in enumerate(parts, start=1):
        if any(row.derived for row in table.rows):
            _derive(table, number, structure, x, values)
    return with_definitions(table, values)


def _derive(
    table: ParameterTable, group: int, structure: Structure, x: Analytic, values: Analytic
) -> None:
    """Fill in the derived rows of one group."""
    implied = structure.implied(x)
    total = np.diag(implied.Sigma)
    residual = total - np.einsum("ij,ij->i", implied.LV, structure.matrices(x).Lambda)
    own, columns = structure.own_columns()
    residual[structure.items[own]] = implied.Psi[columns, columns]
    for number, row in enumerate(table.rows):
        if row.derived and row.group == group:
            k = table.observed.index(row.lhs)
            values[number] = total[k] ** -0.5 if row.op == "~*~" else residual[k]


def with_definitions(table: ParameterTable, values: Analytic) -> Analytic:
    """Fill the rows of ``:=`` from the rows of the labels they use (the first of each)."""
    filled = values.copy()
    named: dict[str, Analytic] = {}
    for number, row in enumerate(table.rows):
        if row.expression is not None:
            filled[number] = evaluate(row.expression, named)
        if row.label:
            named.setdefault(row.label, filled[number])
    return filled


def standard_errors(table: ParameterTable, x: Vector, vcov: Matrix) -> Vector:
    """Standard error of every row, shape (rows,); 0 if fixed, by the delta method if defined."""
    variances = np.diag(vcov)
    # Rounding may leave the variance of what the data hardly determine below zero: it is unknown.
    known = np.sqrt(np.where(variances < 0, np.nan, variances))
    errors = np.append(0.0, known)[table.free]
    defined = [number for number, row in enumerate(table.rows) if row.op == ":="]
    if defined:
        errors[defined] = function_errors(lambda z: row_values(table, z)[defined], x, vcov)
    return np.asarray(errors)


def function_errors(function: Callable[[Analytic], Analytic], x: Vector, vcov: Matrix) -> Vector:
    """Standard errors of functions of the parameters, 0 where the data cannot move them."""
    errors = delta_method(function, x, vcov)
    return np.where(errors < _ROUNDING, 0.0, errors)
