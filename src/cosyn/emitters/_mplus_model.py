"""A parameter table in the language of Mplus: every parameter said, no default relied on."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from cosyn.engine.expression import Call, Label, Number, Operation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cosyn.engine.expression import Expression
    from cosyn.engine.table import Parameter, ParameterTable


def labels_of(table: ParameterTable) -> dict[int, str]:
    """Number of a free parameter -> its label: given, or made up where rows share it."""
    found: dict[int, str] = {}
    times: dict[int, int] = {}
    for row in table.rows:
        if row.free:
            times[row.free] = times.get(row.free, 0) + 1
            if row.label:
                found.setdefault(row.free, row.label)
    shared = (number for number, count in times.items() if count > 1)
    return {**{number: f"p{number}" for number in shared}, **found}


def model_lines(
    table: ParameterTable, name: Mapping[str, str], label: Mapping[int, str]
) -> Iterator[str]:
    """Yield the lines of ``MODEL:``."""
    rows = [row for row in table.rows if row.op != ":=" and not row.exogenous and not row.derived]
    for op, verb in (("=~", "BY"), ("~", "ON")):
        for lhs in dict.fromkeys(row.lhs for row in rows if row.op == op):
            mine = [row for row in rows if row.op == op and row.lhs == lhs]
            yield f"  {name[lhs]} {verb}"
            ends = [f"    {name[row.rhs]}{_value(row)}{_label(row, label)}" for row in mine]
            yield from ends[:-1]
            yield f"{ends[-1]};"
    for row in rows:
        if statement := _alone(row, name):
            yield f"  {statement}{_value(row)}{_label(row, label)};"
    yield from (f"  {name[a]} WITH {name[b]}@0;" for a, b in _apart(table, rows))


def _alone(row: Parameter, name: Mapping[str, str]) -> str:
    match row.op:
        case "~~" if row.is_variance:
            return name[row.lhs]
        case "~~":
            return f"{name[row.lhs]} WITH {name[row.rhs]}"
        case "~1":
            return f"[{name[row.lhs]}]"
        case "|":
            return f"[{name[row.lhs]}${row.rhs.removeprefix('t')}]"
        case "~*~":
            return f"{{{name[row.lhs]}}}"
        case _:
            return ""


def _value(row: Parameter) -> str:
    if not row.free and row.value is not None:
        return f"@{row.value:.15g}"
    return "*" if row.start is None else f"*{row.start:.15g}"


def _label(row: Parameter, label: Mapping[int, str]) -> str:
    return f" ({label[row.free]})" if row.free in label else ""


def _apart(table: ParameterTable, rows: Sequence[Parameter]) -> Iterator[tuple[str, str]]:
    """Yield pairs whose covariance is 0 here, and which Mplus might let covary by default."""
    explained = {row.lhs for row in rows if row.op == "~"}
    explained |= {row.rhs for row in rows if row.op == "=~"}
    known = {frozenset((row.lhs, row.rhs)) for row in rows if row.op == "~~"}
    outcomes = [name for name in table.observed if any(_predicts(row, name) for row in rows)]
    for a, b in combinations([*table.latent, *outcomes], 2):
        if (a in explained) == (b in explained) and frozenset((a, b)) not in known:
            yield a, b


def _predicts(row: Parameter, name: str) -> bool:
    return row.op == "~" and row.lhs == name


def constraint_lines(
    table: ParameterTable, name: Mapping[str, str], label: Mapping[int, str]
) -> Iterator[str]:
    """Yield the lines of ``MODEL CONSTRAINT:``; none if nothing is defined or constrained."""
    named = dict(name)
    for row in table.rows:
        if row.free in label and row.label:
            named[row.label] = label[row.free]
    defined = [row for row in table.rows if row.op == ":=" and row.expression is not None]
    for row in defined:
        yield f"  NEW({named[row.lhs]});"
    for row in defined:
        assert row.expression is not None
        yield f"  {named[row.lhs]} = {spelt(row.expression, named)};"
    for constraint in table.constraints:
        left, right = spelt(constraint.left, named), spelt(constraint.right, named)
        sign = {"==": "=", "<=": "<", ">=": ">"}.get(constraint.op, constraint.op)
        yield f"  {left} {sign} {right};"


def spelt(expression: Expression, name: Mapping[str, str]) -> str:
    """Write an expression; Mplus raises with two stars."""
    match expression:
        case Number(value):
            return f"{value:.15g}"
        case Label(text):
            return name[text]
        case Call(function, argument):
            inner = spelt(argument, name)
            return f"({function}{inner})" if function in {"-", "+"} else f"{function}({inner})"
        case Operation(operator, left, right):
            sign = "**" if operator == "^" else operator
            return f"({spelt(left, name)} {sign} {spelt(right, name)})"
