"""What model syntax says, as values: statements, constraints and blocks of groups."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._modifiers import Modifier
    from cosyn.engine._tokens import Place
    from cosyn.engine.expression import Expression

Comparison = Literal["==", "<", ">", "<=", ">="]


@dataclass(frozen=True, slots=True)
class Block:
    """What ``group:`` and ``level:`` say of the statements below them.

    Attributes
    ----------
    group : str
        Label or number of the group as written, "" without ``group:``.
    level : int
        1 within clusters, 2 between them.
    place : Place
        Where the block begins.
    """

    group: str
    level: int
    place: Place = field(compare=False)

    def number_in(self, groups: Sequence[str]) -> int:
        """The group's number, from 1: the place of its label among these, or what it says itself.

        Raises
        ------
        ModelSyntaxError
            If there is no such group.
        """
        if self.group in groups:
            return groups.index(self.group) + 1
        if self.group.isdecimal() and 1 <= int(self.group) <= len(groups):
            return int(self.group)
        raise self.place.error(
            "model.unknown-group",
            f"there is no group `{self.group}`",
            f"The groups are: {', '.join(groups)}",
        )


@dataclass(frozen=True, slots=True)
class Statement:
    """One relation between two variables, or one defined parameter; equal wherever it stands.

    Attributes
    ----------
    lhs, op, rhs : str
        As in ``lhs op rhs``. An intercept has `op` ``~1`` and no `rhs`; of a threshold, `rhs` is
        its name (``t1``); of ``:=``, it is the expression's text. A product of two variables has
        a colon in its name.
    modifier : Modifier or None
        The term's modifier if it has just one and that is the same in every group.
    place : Place
        Where `rhs` stands.
    expression : Expression or None
        Only of ``:=``.
    modifiers : tuple of Modifier
        All modifiers of the term, in order.
    block : Block or None
        What block it stands in; of ``:=``, None.
    """

    lhs: str
    op: str
    rhs: str
    modifier: Modifier | None
    place: Place = field(compare=False)
    expression: Expression | None = None
    modifiers: tuple[Modifier, ...] = ()
    block: Block | None = None

    @property
    def line(self) -> int:
        """Line of the text, from 1."""
        return self.place.line

    @property
    def column(self) -> int:
        """Column of the line, from 1."""
        return self.place.column


@dataclass(frozen=True, slots=True)
class Constraint:
    """What parameters must satisfy; equal wherever it stands.

    Attributes
    ----------
    op : str
        ``==``, ``<``, ``>``, ``<=`` or ``>=``.
    left, right : Expression
        Over labels and defined parameters.
    text : str
        As written, without blanks.
    place : Place
        Where it begins.
    """

    op: Comparison
    left: Expression
    right: Expression
    text: str
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Model:
    """All that a text of model syntax says, in its order.

    Attributes
    ----------
    statements : tuple of Statement
        Relations and defined parameters. A repeated term is repeated here.
    constraints : tuple of Constraint
    blocks : tuple of Block
        The first block of each group and level, in order; empty without blocks.
    """

    statements: tuple[Statement, ...]
    constraints: tuple[Constraint, ...] = ()
    blocks: tuple[Block, ...] = ()

    @property
    def two_level(self) -> bool:
        """Whether it has a block for what lies between clusters."""
        return any(block.level == 2 for block in self.blocks)
