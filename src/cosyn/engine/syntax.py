"""Model syntax in the language of lavaan, read into statements and constraints.

The language is described in Rosseel (2012), *lavaan: An R package for structural equation
modeling*, Journal of Statistical Software 48(2), section 3, and in the manual page
``model.syntax`` of lavaan 0.6. Composites, levels above the second, bounds, priors and blocks of
exploratory factors are refused by name.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cosyn.engine._modifiers import Modifier
from cosyn.engine._reader import (
    at_block,
    at_constraint,
    read_block,
    read_constraint,
    read_relations,
    unsupported,
)
from cosyn.engine._statements import Block, Constraint, Model, Statement
from cosyn.engine._tokens import Cursor, Place, caret, statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = [
    "Block",
    "Constraint",
    "Model",
    "Modifier",
    "Place",
    "Statement",
    "caret",
    "parse",
    "parse_model",
]

#: A short text can ask for the product of two long sides.
_MOST = 10_000


def parse_model(text: str, where: str = "model", *, levels: bool = False) -> Model:
    """Read model syntax.

    Parameters
    ----------
    text : str
        Statements, one a line or separated by ``;``; a line that ends with an operator, a sign or
        an opened bracket goes on in the next; ``#`` and ``!`` start a comment.
    where : str
        The file's name, for errors.
    levels : bool
        Whether there may be a second level, `level: 2`.

    Raises
    ------
    ModelSyntaxError
        At the first thing that cannot be read; it names line and column and quotes the line, and
        its note shows the column by a caret.
    """
    model = _read(text, where)
    for block in model.blocks:
        if block.level > 1 and not levels:
            fix = (
                "Name the clusters, as in `sem(model, data, cluster=...)`, or leave the levels out"
            )
            raise unsupported(block.place, "`level: 2` without clusters", fix)
    _check_not_empty(model, text, where)
    return model


def parse(text: str, where: str = "model") -> tuple[Statement, ...]:
    """Read model syntax of a model of covariances in one group.

    Parameters
    ----------
    text, where : str
        As of `parse_model`.

    Returns
    -------
    tuple of Statement
        Each with at most one modifier: a term with several is repeated for each.

    Raises
    ------
    ModelSyntaxError
        At the first thing that cannot be read or that such a model has no place for.
    """
    model = _read(text, where)
    for place, what, fix in _beyond_covariances(model):
        raise unsupported(place, what, fix)
    _check_not_empty(model, text, where)
    return tuple(single for statement in model.statements for single in _singles(statement))


def _read(text: str, where: str) -> Model:
    relations: list[Statement] = []
    constraints: list[Constraint] = []
    blocks: dict[tuple[str, int], Block] = {}
    block: Block | None = None
    for tokens in statements(text, where):
        cursor = Cursor(tokens)
        if at_block(cursor):
            block = read_block(cursor, block)
            if not blocks:
                _check_order(block, relations)
            blocks.setdefault((block.group, block.level), block)
        elif at_constraint(cursor):
            constraints.append(read_constraint(cursor))
        else:
            _extend(relations, read_relations(cursor, block))
    return Model(tuple(relations), tuple(constraints), tuple(blocks.values()))


def _extend(relations: list[Statement], more: Iterator[Statement]) -> None:
    for statement in more:
        if len(relations) == _MOST:
            raise statement.place.error(
                "model.too-long", f"more than {_MOST:,} relations", "Write a smaller model"
            )
        relations.append(statement)


def _check_order(block: Block, relations: Sequence[Statement]) -> None:
    outside = [s for s in relations if s.block is None and s.op != ":="]
    if outside:
        raise outside[0].place.error(
            "model.block",
            f"a statement above the first block (line {block.place.line})",
            "Move it below, into each group that it holds for",
        )


def _check_not_empty(model: Model, text: str, where: str) -> None:
    fix = "Write one, such as `f =~ x1 + x2 + x3`"
    used = {statement.block for statement in model.statements}
    for block in model.blocks:
        if block not in used:
            raise block.place.error("model.empty", "no statement in this block", fix)
    if not (model.statements or model.constraints):
        place = Place(where, 1, 1, text.partition("\n")[0])
        raise place.error("model.empty", "no statement", fix)


def _singles(statement: Statement) -> Iterator[Statement]:
    for modifier in statement.modifiers or (None,):
        yield replace(statement, modifier=modifier, modifiers=(modifier,) if modifier else ())


def _beyond_covariances(model: Model) -> Iterator[tuple[Place, str, str]]:
    for block in model.blocks:
        yield block.place, "blocks (`group:`, `level:`)", "Write one model for one group"
    for constraint in model.constraints:
        yield (
            constraint.place,
            f"constraints (`{constraint.op}`)",
            "Give equal parameters the same label, or leave the constraint out",
        )
    for statement in model.statements:
        yield from _beyond_covariance(statement)


def _beyond_covariance(statement: Statement) -> Iterator[tuple[Place, str, str]]:
    if statement.op in _BEYOND:
        yield statement.place, *_BEYOND[statement.op]
    if statement.op != ":=" and ":" in statement.lhs + statement.rhs:
        yield statement.place, "products (`x:z`)", "Make the product a variable of its own"
    for modifier in statement.modifiers:
        if modifier.n_entries:
            yield statement.place, "an entry for each group", "Write one modifier"
        if modifier.kind == "equal":
            yield statement.place, "`equal()`", "Give equal parameters the same label"


_BEYOND = {
    "~1": ("intercepts (`~ 1`)", "Leave the line out: this model has no means"),
    "|": ("thresholds (`|`)", "Leave the thresholds out"),
    "~*~": ("scaling factors (`~*~`)", "Leave the line out"),
}
