"""From statements to the table of a two-level model: one set of rows within, one between."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cosyn.engine._groups import with_equals
from cosyn.engine._roles import roles_of
from cosyn.engine._tokens import Place
from cosyn.engine.partable import (
    DEFAULTS,
    TableOptions,
    check_constraints,
    defined_rows,
    rows_of_group,
)
from cosyn.engine.table import Level, ParameterTable, numbered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._roles import Roles
    from cosyn.engine.syntax import Model, Statement
    from cosyn.engine.table import Parameter

#: What the levels are called, in the order of their numbers.
LEVELS = ("within", "between")


def two_level_table(
    model: Model, observed: Sequence[str], options: TableOptions = DEFAULTS
) -> ParameterTable:
    """Build the table of a model with a block for each of two levels.

    Each level has the defaults of a model of its own. A variable of both levels has its mean
    between clusters; one that stands within alone has no variance between them, and its mean
    within. Covariates of both levels have moments that are parameters, and so have all others
    then, as with ``fixed_x=False``.

    Parameters
    ----------
    observed : sequence of str
        Names of the variables there are data for.
    options : TableOptions
        Its `std_lv`, `orthogonal` and `fixed_x` hold at both levels; the others are not used.

    Raises
    ------
    ModelSyntaxError
        If a level is missing, a name is unknown, or a relation is given twice or makes no sense.
    """
    parts = [_of_level(model, number) for number in (1, 2)]
    roles = [roles_of(part, observed) for part in parts]
    shared = set(roles[0].observed) & set(roles[1].observed)
    apart = not (set(roles[0].covariates) | set(roles[1].covariates)) & shared
    options = TableOptions(
        std_lv=options.std_lv, orthogonal=options.orthogonal, fixed_x=options.fixed_x and apart
    )
    rows: list[Parameter] = []
    for number, (part, role) in enumerate(zip(parts, roles, strict=True), start=1):
        found = rows_of_group(part, role, options, 1, means=True)
        centred = [_without_mean(row, shared) for row in found] if number == 1 else found
        rows += [replace(row, group=number) for row in centred]
    relations = [statement for part in parts for statement in part]
    rows = with_equals(rows, relations)
    both = _both(*roles)
    rows += defined_rows(model.statements, rows, both)
    check_constraints(model.constraints, rows, both)
    return ParameterTable(
        numbered(rows),
        both.observed,
        both.latent,
        LEVELS,
        means=True,
        constraints=tuple(model.constraints),
        modelled_covariates=() if options.fixed_x else both.covariates,
        levels=tuple(Level(role.observed, role.latent) for role in roles),
    )


def _of_level(model: Model, number: int) -> list[Statement]:
    found = [s for s in model.statements if s.block is not None and s.block.level == number]
    if found:
        return found
    place = model.blocks[0].place if model.blocks else Place("model", 1, 1, "")
    raise place.error(
        "model.block",
        f"a two-level model without `level: {number}`",
        f"Add a block that begins with `level: {number}`",
    )


def _without_mean(row: Parameter, shared: set[str]) -> Parameter:
    """The intercept within clusters of a variable that has one between them is 0."""
    if row.op == "~1" and row.lhs in shared and not row.user:
        return replace(row, value=0.0)
    return row


def _both(within: Roles, between: Roles) -> Roles:
    """The variables of both levels together."""
    names = {
        field: tuple(dict.fromkeys((*getattr(within, field), *getattr(between, field))))
        for field in ("observed", "latent", "factors", "outcomes", "predictors", "covariates")
    }
    return replace(within, **names)
