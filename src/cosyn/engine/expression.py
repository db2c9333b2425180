"""Arithmetic on parameter labels, for parameters that `:=` defines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cosyn.engine._tokens import Cursor, Place

_FUNCTIONS: dict[str, Callable[[Any], Any]] = {"exp": np.exp, "log": np.log, "sqrt": np.sqrt}
_OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.power,
}
_DEEPEST = 50


@dataclass(frozen=True, slots=True)
class Number:
    """A constant."""

    value: float


@dataclass(frozen=True, slots=True)
class Label:
    """The value of a labelled or defined parameter."""

    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class Call:
    """A function of one argument."""

    function: str
    argument: Expression


@dataclass(frozen=True, slots=True)
class Operation:
    """Two operands and what is done to them."""

    operator: str
    left: Expression
    right: Expression


Expression = Number | Label | Call | Operation


def evaluate(expression: Expression, values: Mapping[str, Any]) -> Any:
    """Value of an expression; NaN where it is undefined.

    Parameters
    ----------
    values : Mapping of str to numpy scalar
        Real, or complex to differentiate by a complex step.
    """
    with np.errstate(all="ignore"):
        return _evaluate(expression, values)


def _evaluate(expression: Expression, values: Mapping[str, Any]) -> Any:
    match expression:
        case Number(value):
            return np.float64(value)
        case Label(name, _):
            return values[name]
        case Call(function, argument):
            return _FUNCTIONS[function](_evaluate(argument, values))
        case Operation(operator, left, right):
            return _OPERATIONS[operator](_evaluate(left, values), _evaluate(right, values))


def labels(expression: Expression) -> Iterator[Label]:
    """Every label the expression uses, from left to right."""
    match expression:
        case Label():
            yield expression
        case Call(_, argument):
            yield from labels(argument)
        case Operation(_, left, right):
            yield from labels(left)
            yield from labels(right)


def read_expression(cursor: Cursor, depth: int = 0) -> Expression:
    """Read a sum, by the precedence of R: ``^`` before the sign, ``* /``, ``+ -``.

    Raises
    ------
    ModelSyntaxError
        If something is missing or too much.
    """
    if depth > _DEEPEST:
        raise cursor.now.place.error(
            "model.syntax", "too many nested brackets", "Define the parts by `:=` first"
        )
    found = _product(cursor, depth)
    while cursor.now.text in {"+", "-"}:
        found = Operation(cursor.take().text, found, _product(cursor, depth))
    return found


def _product(cursor: Cursor, depth: int) -> Expression:
    found = _signed(cursor, depth)
    while cursor.now.text in {"*", "/"}:
        found = Operation(cursor.take().text, found, _signed(cursor, depth))
    return found


def _signed(cursor: Cursor, depth: int) -> Expression:
    negative = False
    while cursor.now.text in {"+", "-"}:
        negative ^= cursor.take().text == "-"
    found = _power(cursor, depth)
    return Operation("-", Number(0.0), found) if negative else found


def _power(cursor: Cursor, depth: int) -> Expression:
    base = _atom(cursor, depth)
    if not cursor.skip("^"):
        return base
    return Operation("^", base, _signed(cursor, depth + 1))


def _atom(cursor: Cursor, depth: int) -> Expression:
    if cursor.skip("("):
        inner = read_expression(cursor, depth + 1)
        cursor.expect(")")
        return inner
    if cursor.now.kind == "number":
        return Number(float(cursor.take().text))
    if cursor.now.kind == "name":
        return _name(cursor, depth)
    raise cursor.expected("a label, a number or `(`")


def _name(cursor: Cursor, depth: int) -> Expression:
    token = cursor.take()
    if not cursor.skip("("):
        return Label(token.text, token.place)
    if token.text not in _FUNCTIONS:
        raise token.place.error(
            "model.unknown-function",
            f"{token.shown} is not a function known here",
            f"Use one of: {', '.join(_FUNCTIONS)}",
        )
    argument = read_expression(cursor, depth + 1)
    cursor.expect(")")
    return Call(token.text, argument)
