"""Model syntax in the language of lavaan, read into statements.

The language is described in Rosseel (2012), *lavaan: An R package for structural equation
modeling*, Journal of Statistical Software 48(2), section 3. Read here: ``=~``, ``~``, ``~~``
and ``:=``, labels, fixed values, ``NA*`` and ``start()*``; all else is refused by name.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cosyn.engine._tokens import Cursor, Place, Token, statements
from cosyn.engine.expression import Expression, read_expression

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.errors import ModelSyntaxError

_OPERATORS = ("=~", "~~", "~", ":=")
_REFUSED = {
    "|": ("thresholds (`|`)", "Leave the thresholds out"),
    "==": ("constraints (`==`)", "Give equal parameters the same label"),
    "<": ("inequality constraints (`<`)", "Leave the constraint out and look at the estimate"),
    ">": ("inequality constraints (`>`)", "Leave the constraint out and look at the estimate"),
    "<=": ("inequality constraints (`<=`)", "Leave the constraint out and look at the estimate"),
    ">=": ("inequality constraints (`>=`)", "Leave the constraint out and look at the estimate"),
    "<~": ("composites (`<~`)", "Use `=~`, or a mean score as an observed variable"),
    "~*~": ("scaling factors (`~*~`)", "Leave the line out"),
}
_REFUSED_CALLS = {
    "c": "Write one modifier; several groups are not modelled yet",
    "equal": "Give equal parameters the same label",
    "label": "Write the label itself, as in `a*x`",
    "efa": "Name the indicators of each factor",
}


@dataclass(frozen=True, slots=True)
class Modifier:
    """What stands before ``*``: a fixed value, ``NA`` (free), a label or a starting value."""

    kind: Literal["fixed", "free", "label", "start"]
    value: float = 0.0
    label: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """One relation between two variables, or one defined parameter.

    Attributes
    ----------
    lhs, op, rhs : str
        As in ``lhs op rhs``; of ``:=``, `rhs` is the expression's text.
    modifier : Modifier or None
    place : Place
        Where `rhs` stands.
    expression : Expression or None
        Only of ``:=``.
    """

    lhs: str
    op: str
    rhs: str
    modifier: Modifier | None
    place: Place
    expression: Expression | None = None

    @property
    def line(self) -> int:
        """Line of the text, from 1."""
        return self.place.line

    @property
    def column(self) -> int:
        """Column of the line, from 1."""
        return self.place.column


def parse(text: str, where: str = "model") -> tuple[Statement, ...]:
    """Read model syntax.

    Parameters
    ----------
    text : str
        Statements, one a line or separated by ``;``; a line that ends with an operator or ``+``
        goes on in the next; ``#`` and ``!`` start a comment.
    where : str
        The file's name, for errors.

    Raises
    ------
    ModelSyntaxError
        At the first thing that cannot be read; it names line and column and quotes the line.
    """
    found = tuple(
        statement for tokens in statements(text, where) for statement in _statement(tokens)
    )
    if not found:
        place = Place(where, 1, 1, text.partition("\n")[0])
        raise place.error("model.empty", "no statement", "Write one, such as `f =~ x1 + x2 + x3`")
    return found


def caret(source: str, column: int) -> str:
    """The line and, below it, a caret under the column (wide characters counted as two)."""
    before = source[: column - 1].expandtabs(1)
    width = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in before)
    return f"{source.expandtabs(1)}\n{' ' * width}^"


def _statement(tokens: tuple[Token, ...]) -> Iterator[Statement]:
    cursor = Cursor(tokens)
    _refuse_block(cursor)
    left = _left_side(cursor)
    operator = _operator(cursor)
    if operator == ":=":
        yield _definition(cursor, left)
        return
    right = tuple(_terms(cursor, operator))
    for name in left:
        for modifier, token in right:
            yield Statement(name.text, operator, token.text, modifier, token.place)


def _refuse_block(cursor: Cursor) -> None:
    if cursor.now.text in {"group", "level", "class"} and cursor.ahead.text == ":":
        raise _unsupported(cursor.now, f"`{cursor.now.text}:` blocks", "Write one model")


def _left_side(cursor: Cursor) -> list[Token]:
    names = [_variable(cursor)]
    while cursor.skip("+"):
        names.append(_variable(cursor))
    return names


def _operator(cursor: Cursor) -> str:
    token = cursor.now
    if token.text in _REFUSED:
        raise _unsupported(token, *_REFUSED[token.text])
    if token.text not in _OPERATORS:
        raise cursor.expected("an operator (`=~`, `~`, `~~` or `:=`)")
    return cursor.take().text


def _definition(cursor: Cursor, left: list[Token]) -> Statement:
    if len(left) > 1:
        raise left[1].place.error(
            "model.syntax", "`:=` defines one name at a time", "Write one definition a line"
        )
    start = cursor.now
    expression = read_expression(cursor)
    text = cursor.read_since(start)
    _end(cursor)
    return Statement(left[0].text, ":=", text, None, left[0].place, expression)


def _terms(cursor: Cursor, operator: str) -> Iterator[tuple[Modifier | None, Token]]:
    yield _term(cursor, operator)
    while cursor.skip("+"):
        yield _term(cursor, operator)
    _end(cursor)


def _end(cursor: Cursor) -> None:
    if cursor.now.text in _REFUSED:
        raise _unsupported(cursor.now, *_REFUSED[cursor.now.text])
    if cursor.now.text == ":":
        raise _unsupported(cursor.now, "products (`x:z`)", "Make the product a variable of its own")
    if cursor.now.kind != "end":
        raise cursor.expected("`+` or the end of the statement")


def _term(cursor: Cursor, operator: str) -> tuple[Modifier | None, Token]:
    if operator == "~" and cursor.now.text in {"0", "1"} and cursor.ahead.text != "*":
        raise _unsupported(
            cursor.now, "intercepts (`~ 1`)", "Leave the line out: means are not modelled yet"
        )
    modifier = _modifier(cursor)
    return modifier, _variable(cursor)


def _modifier(cursor: Cursor) -> Modifier | None:
    if cursor.now.kind == "number" or cursor.now.text == "-":
        modifier = Modifier("fixed", value=_signed_number(cursor))
    elif cursor.ahead.text == "(":
        modifier = _called(cursor)
    elif cursor.now.kind == "name" and cursor.ahead.text == "*":
        name = cursor.take().text
        modifier = Modifier("free") if name == "NA" else Modifier("label", label=name)
    else:
        return None
    cursor.expect("*")
    return modifier


def _called(cursor: Cursor) -> Modifier:
    token = cursor.take()
    if token.text != "start":
        fix = _REFUSED_CALLS.get(token.text, "Use `start(0.5)*x`, a number or a label")
        raise _unsupported(token, f"the modifier `{token.text}()`", fix)
    cursor.expect("(")
    value = _signed_number(cursor)
    cursor.expect(")")
    return Modifier("start", value=value)


def _signed_number(cursor: Cursor) -> float:
    sign = -1.0 if cursor.skip("-") else 1.0
    if cursor.now.kind != "number":
        raise cursor.expected("a number")
    return sign * float(cursor.take().text)


def _variable(cursor: Cursor) -> Token:
    if cursor.now.kind != "name":
        raise cursor.expected("a variable name")
    return cursor.take()


def _unsupported(token: Token, what: str, fix: str) -> ModelSyntaxError:
    return token.place.error("model.unsupported", f"not supported yet: {what}", fix)
