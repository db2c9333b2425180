"""The tokens of one statement, read as a relation, a definition, a constraint or a block."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, get_args

from cosyn.engine._modifiers import Modifier, read_modifiers
from cosyn.engine._statements import Block, Comparison, Constraint, Statement
from cosyn.engine._tokens import Token
from cosyn.engine.expression import labels, read_expression

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.engine._tokens import Cursor, Place
    from cosyn.errors import ModelSyntaxError

_COMPARISONS: tuple[Comparison, ...] = get_args(Comparison)
_RELATIONS = ("=~", "~~", "~", "|", "~*~")
_BLOCKS = frozenset({"group", "level", "block", "class"})
_LEVELS = {"1": 1, "within": 1, "2": 2, "between": 2}
_THRESHOLD = re.compile(r"t[1-9][0-9]*")


def at_block(cursor: Cursor) -> bool:
    """Whether this begins a block; elsewhere than at the beginning, `group:x` is a product."""
    return cursor.now.text.casefold() in _BLOCKS and cursor.ahead.text == ":"


def at_constraint(cursor: Cursor) -> bool:
    """Whether the statement compares."""
    return cursor.operator in _COMPARISONS


def read_block(cursor: Cursor, current: Block | None) -> Block:
    """Read ``group: name`` or ``level: 1``, which may stand inside a group."""
    kind = cursor.take()
    cursor.take()
    name = _block_name(cursor)
    match kind.text.casefold():
        case "group":
            if current is not None and not current.group:
                raise kind.place.error(
                    "model.block", "a group within a level", "Write `group:` above `level:`"
                )
            return Block(name, 1, kind.place)
        case "level" if name.casefold() in _LEVELS:
            level = _LEVELS[name.casefold()]
            return Block(current.group if current else "", level, kind.place)
        case "level":
            fix = "Write `level: 1` for what lies within clusters, `level: 2` for what lies between"
            raise unsupported(kind.place, f"`level: {name}`", fix)
    raise unsupported(kind.place, f"`{kind.text}:` blocks", "Use `group:`")


def _block_name(cursor: Cursor) -> str:
    """The rest of the line as it is written, or what stands in quotation marks."""
    first = last = cursor.now
    if cursor.operator or first.kind == "end" or (first.kind == "string" and not first.quoted):
        raise cursor.expected("the group's label or number alone on its line")
    while cursor.now.kind != "end":
        last = cursor.take()
    if first is last and first.kind == "string":
        return first.text[1:-1]
    if first.place.line != last.place.line:
        raise last.place.error(
            "model.block", "a label that goes on in another line", 'Write it as in `group: "a +"`'
        )
    return first.place.source[first.place.column - 1 : last.place.column - 1 + len(last.text)]


def read_constraint(cursor: Cursor) -> Constraint:
    """Read two expressions and what compares them."""
    first = cursor.now
    left = read_expression(cursor)
    operator = next((op for op in _COMPARISONS if cursor.skip(op)), None)
    if operator is None:
        raise cursor.expected("an operator of arithmetic or of comparison")
    right = read_expression(cursor)
    _end(cursor)
    if not any(True for side in (left, right) for _ in labels(side)):
        raise first.place.error(
            "model.constraint", "a constraint without a label", "Name a parameter, as in `a > 0`"
        )
    return Constraint(operator, left, right, _unquoted(cursor.read_since(first)), first.place)


def _unquoted(text: str) -> str:
    return text.replace('"', "").replace("'", "")


def read_relations(cursor: Cursor, block: Block | None) -> Iterator[Statement]:
    """Read a definition, or every pair of a variable on the left and a term on the right."""
    left = _left_side(cursor)
    operator = _operator(cursor)
    if operator == ":=":
        yield _definition(cursor, left)
        return
    right = tuple(_terms(cursor, operator))
    for lhs in left:
        for modifiers, rhs in right:
            statement = _statement(lhs.text, operator, rhs, modifiers, block)
            _check(statement)
            yield statement


def _left_side(cursor: Cursor) -> list[Token]:
    names = [_left_variable(cursor)]
    while cursor.skip("+"):
        names.append(_left_variable(cursor))
    return names


def _left_variable(cursor: Cursor) -> Token:
    if cursor.now.text == "efa" and cursor.ahead.text == "(":
        fix = "Name the indicators of each factor"
        raise unsupported(cursor.now.place, "blocks of exploratory factors (`efa()`)", fix)
    return _variable(cursor)


def _operator(cursor: Cursor) -> str:
    token = cursor.now
    if token.text == "<~":
        fix = "Use `=~`, or a mean score as an observed variable"
        raise unsupported(token.place, "composites (`<~`)", fix)
    if token.text not in {*_RELATIONS, ":="}:
        raise cursor.expected("an operator (`=~`, `~`, `~~`, `|` or `:=`)")
    return cursor.take().text


def _definition(cursor: Cursor, left: list[Token]) -> Statement:
    name = left[0]
    if len(left) > 1:
        raise left[1].place.error(
            "model.syntax", "`:=` defines one name at a time", "Write one definition a line"
        )
    if ":" in name.text:
        raise name.place.error(
            "model.syntax", "a product cannot be defined", "Define a plain name by `:=`"
        )
    start = cursor.now
    expression = read_expression(cursor)
    text = _unquoted(cursor.read_since(start))
    _end(cursor)
    return Statement(name.text, ":=", text, None, name.place, expression)


def _terms(cursor: Cursor, operator: str) -> Iterator[tuple[tuple[Modifier, ...], Token]]:
    cursor.skip("+")
    yield _term(cursor, operator)
    while cursor.skip("+"):
        yield _term(cursor, operator)
    _end(cursor)


def _end(cursor: Cursor) -> None:
    if cursor.now.text in _COMPARISONS:
        fix = "Write the constraint as a statement of its own"
        raise unsupported(cursor.now.place, "two operators in one statement", fix)
    if cursor.now.kind != "end":
        raise cursor.expected("`+` or the end of the statement")


def _term(cursor: Cursor, operator: str) -> tuple[tuple[Modifier, ...], Token]:
    def at_constant() -> bool:
        """Whether ``1``, or ``0`` without a modifier, stands here and is no value before ``*``."""
        known = {"1"} if cursor.before == "*" else {"0", "1"}
        plain = cursor.ahead.text == "+" or cursor.ahead.kind in {"end", "operator"}
        return operator == "~" and cursor.now.text in known and plain

    if operator == "=~" and cursor.now.text == "0" and cursor.ahead.text != "*":
        fix = "Measure the latent, or fix a loading as in `f =~ 0*x`"
        raise unsupported(cursor.now.place, "latents that nothing measures (`=~ 0`)", fix)
    modifiers = read_modifiers(cursor, at_constant)
    return modifiers, cursor.take() if at_constant() else _variable(cursor)


def _statement(
    lhs: str, operator: str, rhs: Token, modifiers: tuple[Modifier, ...], block: Block | None
) -> Statement:
    """The relation; ``y ~ 0`` is an intercept fixed at 0."""
    name = rhs.text
    if rhs.kind == "number":
        zero = Modifier("fixed", 0.0, place=rhs.place)
        operator, name = "~1", ""
        modifiers = modifiers if rhs.text == "1" else (*modifiers, zero)
    alone = modifiers[0] if len(modifiers) == 1 and not modifiers[0].n_entries else None
    return Statement(lhs, operator, name, alone, rhs.place, None, modifiers, block)


def _check(statement: Statement) -> None:
    place = statement.place
    if statement.op == "|" and not _THRESHOLD.fullmatch(statement.rhs):
        raise place.error(
            "model.threshold",
            f"`{statement.rhs}` is no threshold",
            "Name the thresholds `t1`, `t2` and so on",
        )
    if statement.op == "~*~" and statement.lhs != statement.rhs:
        raise place.error(
            "model.scaling",
            f"a scaling factor between `{statement.lhs}` and `{statement.rhs}`",
            f"Write `{statement.lhs} ~*~ {statement.lhs}`",
        )
    if statement.block and statement.block.group and any(m.n_entries for m in statement.modifiers):
        raise place.error(
            "model.group-count", "an entry for each group within one group", "Write one modifier"
        )


def _variable(cursor: Cursor) -> Token:
    """A name, or the product of two as one name."""
    token = _name(cursor)
    if not cursor.skip(":"):
        return token
    product = Token("name", f"{token.text}:{_name(cursor).text}", token.place)
    if cursor.now.text == ":":
        fix = "Make the product a variable of its own"
        raise unsupported(cursor.now.place, "products of more than two variables", fix)
    return product


def _name(cursor: Cursor) -> Token:
    if cursor.now.kind != "name" or cursor.now.text == "NA":
        raise cursor.expected("a variable name")
    return cursor.take()


def unsupported(place: Place, what: str, fix: str) -> ModelSyntaxError:
    """What the language has and this engine has not."""
    return place.error("model.unsupported", f"not supported yet: {what}", fix)
