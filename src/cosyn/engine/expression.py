"""Arithmetic on parameter labels, for parameters that `:=` defines and for constraints."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cosyn.engine._tokens import Cursor, Place, Token


def _abs(x: Any) -> Any:
    """Absolute value by the sign of the real part: numpy's modulus has no complex derivative."""
    return np.where(np.real(x) < 0, -x, x)[()]


_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "abs": _abs,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
}
_OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.power,
}
_POWERS = frozenset({"^", "**"})
_DEEPEST = 50
#: Every reader of the tree may walk it by recursion: a sum is as deep as it has terms.
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Number:
    """A constant."""

    value: float


@dataclass(frozen=True, slots=True)
class Label:
    """The value of a labelled or defined parameter; equal wherever it stands."""

    name: str
    place: Place = field(compare=False)


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


def is_function(name: str) -> bool:
    """Whether expressions may call this."""
    return name in _FUNCTIONS


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


def read_expression(cursor: Cursor) -> Expression:
    """Read a sum, by the precedence of R: ``^`` before the sign, ``* /``, ``+ -``.

    Raises
    ------
    ModelSyntaxError
        If something is missing or too much.
    """
    first, left = cursor.now, cursor.left
    found = _sum(cursor, 0)
    _check_length(first, left - cursor.left)
    return found


def read_constant(cursor: Cursor) -> float:
    """Read a number, or a quotient without labels such as ``-1/3`` or ``sqrt(2)``.

    A ``*`` outside brackets ends it: in ``1/3*x`` the number is a third.

    Raises
    ------
    ModelSyntaxError
        If there is no number here, or it is not finite.
    """
    first, left = cursor.now, cursor.left
    if first.kind == "name" and not is_function(first.text):
        raise cursor.expected("a number")
    found = _signed(cursor, 0)
    while cursor.now.text == "/":
        found = Operation(cursor.take().text, found, _signed(cursor, 0))
    _check_length(first, left - cursor.left)
    for label in labels(found):
        raise label.place.error(
            "model.syntax",
            f"expected a number, found `{label.name}`",
            "Write the number, or relate labels by a constraint such as `a == 2*b`",
        )
    return _finite(float(evaluate(found, {})), first.place)


def _check_length(first: Token, length: int) -> None:
    if length > _LONGEST:
        raise first.place.error(
            "model.too-long",
            f"an expression of more than {_LONGEST} words",
            "Define its parts by `:=` first",
        )


def _finite(value: float, place: Place) -> float:
    if not math.isfinite(value):
        raise place.error(
            "model.number", "a number that is not finite", "Write one like 0.5, -2 or 1e-3"
        )
    return value


def _sum(cursor: Cursor, depth: int) -> Expression:
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
    if cursor.now.text not in _POWERS:
        return base
    cursor.take()
    return Operation("^", base, _signed(cursor, depth + 1))


def _atom(cursor: Cursor, depth: int) -> Expression:
    if depth > _DEEPEST:
        raise cursor.now.place.error(
            "model.syntax", "too many nested brackets", "Define the parts by `:=` first"
        )
    if cursor.skip("("):
        return _closed(cursor, depth)
    token = cursor.now
    match token.kind:
        case "number":
            return Number(_finite(float(cursor.take().text), token.place))
        case "string" if token.quoted:
            return Label(cursor.take().quoted, token.place)
        case "name":
            return _name(cursor, depth)
        case _:
            raise cursor.expected("a label, a number or `(`")


def _closed(cursor: Cursor, depth: int) -> Expression:
    inner = _sum(cursor, depth + 1)
    cursor.expect(")")
    return inner


def _name(cursor: Cursor, depth: int) -> Expression:
    token = cursor.take()
    if not cursor.skip("("):
        return Label(token.text, token.place)
    if not is_function(token.text):
        raise token.place.error(
            "model.unknown-function",
            f"{token.shown} is not a function known here",
            f"Use one of: {', '.join(_FUNCTIONS)}",
        )
    return Call(token.text, _closed(cursor, depth))
