"""From statements to a parameter table, with the defaults of lavaan's ``cfa()`` and ``sem()``.

Defaults (Rosseel 2012, table 1; ``auto.var``, ``auto.fix.first`` or ``std.lv``,
``auto.fix.single``, ``auto.cov.lv.x``, ``auto.cov.y``): see `cosyn.engine._defaults`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cosyn.engine._defaults import default_rows, ordinal_rows, with_metric
from cosyn.engine._effect_coding import Coded, effect_coded
from cosyn.engine._groups import EQUAL, Equal, shared, with_equals
from cosyn.engine._roles import Roles, roles_of
from cosyn.engine._tokens import Place
from cosyn.engine.expression import labels
from cosyn.engine.table import Parameter, ParameterTable, fix_parameter, numbered
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cosyn.engine.expression import Expression
    from cosyn.engine.syntax import Constraint, Modifier, Statement

__all__ = ["Parameter", "ParameterTable", "TableOptions", "fix_parameter", "parameter_table"]

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class TableOptions:
    """What the syntax leaves open.

    Attributes
    ----------
    std_lv : bool
        Fix the variance of each latent at 1 instead of its first loading.
    orthogonal : bool
        Fix the covariances of the latents that the syntax does not name at 0.
    means : bool
        Model the means too; the syntax asks for it where it names an intercept.
    groups : tuple of str
        Names of the groups, in their order.
    equal : frozenset of str
        Kinds of rows that are equal across groups.
    partial : frozenset of (lhs, op, rhs)
        Rows that stay free in every group although their kind is equal.
    ordered : tuple of (str, int)
        Ordinal items with their numbers of thresholds; those the model does not name are ignored.
    theta : bool
        Whether residual variances of ordinal items are parameters, rather than scaling factors.
    fixed_x : bool
        Whether the moments of covariates are taken as given; else they are parameters.
    growth : bool
        Whether intercepts are 0 for observed variables and free for latents, as growth curves
        have them.
    effect_coding : frozenset of str
        What gives the latents their metric in the place of a marker: the average of their
        ``"loadings"``, and of their indicators' ``"intercepts"``.
    """

    std_lv: bool = False
    orthogonal: bool = False
    means: bool = False
    groups: tuple[str, ...] = ("",)
    equal: frozenset[Equal] = frozenset()
    partial: frozenset[Key] = frozenset()
    ordered: tuple[tuple[str, int], ...] = ()
    theta: bool = False
    fixed_x: bool = True
    growth: bool = False
    effect_coding: frozenset[Coded] = frozenset()


DEFAULTS = TableOptions()


def parameter_table(
    statements: Sequence[Statement],
    observed: Sequence[str],
    options: TableOptions = DEFAULTS,
    constraints: Sequence[Constraint] = (),
) -> ParameterTable:
    """Build the table of a model.

    Parameters
    ----------
    statements, constraints
        What `cosyn.engine.syntax` read.
    observed : sequence of str
        Names of the variables there are data for; those the model does not name are left out.

    Raises
    ------
    ModelSyntaxError
        If a name is unknown, a relation is given twice or makes no sense, or blocks of groups
        speak of different variables.
    IdentificationError
        If the options give the latents two metrics.
    """
    if options.std_lv and "loadings" in options.effect_coding:
        raise IdentificationError(
            "model.metric",
            "the options",
            "effect coding of the loadings and unit variances of the latents exclude each other",
            "Leave out `std_lv` or `effect_coding`",
        )
    relations = [s for s in statements if s.op != ":="]
    roles = roles_of(relations, observed)
    ordered = tuple((name, n) for name, n in options.ordered if name in roles.observed)
    means = options.means or options.growth or bool(ordered)
    means = means or any(s.op == "~1" for s in relations)
    rows: list[Parameter] = []
    for group in range(1, len(options.groups) + 1):
        rows += rows_of_group(relations, roles, options, group, means=means)
    rows = with_equals(shared(rows, roles, options.equal, options.partial), relations)
    rows, coding = effect_coded(rows, roles, options.effect_coding)
    rows += defined_rows(statements, rows, roles)
    check_constraints(constraints, rows, roles)
    return ParameterTable(
        numbered(rows),
        roles.observed,
        roles.latent,
        options.groups,
        means,
        (*constraints, *coding),
        ordered,
        options.theta,
        () if options.fixed_x else roles.covariates,
    )


def rows_of_group(
    relations: Sequence[Statement], roles: Roles, options: TableOptions, group: int, *, means: bool
) -> list[Parameter]:
    """Rows of one group, with the defaults and what the syntax says of them; not yet numbered."""
    mine = [s for s in relations if _speaks_of(s, group, options.groups)]
    own = roles if len(mine) == len(relations) else _roles_of_block(mine, roles)
    modifiers = _modifiers(mine, roles, group, len(options.groups))
    rows = [Parameter(lhs, op, rhs, user=True) for lhs, op, rhs in modifiers]
    rows += default_rows(
        own, set(modifiers), means=means, fixed_x=options.fixed_x, growth=options.growth
    )
    rows = with_metric(
        rows,
        own,
        std_lv=options.std_lv,
        orthogonal=options.orthogonal,
        effect_coding="loadings" in options.effect_coding,
    )
    if options.ordered:
        rows = ordinal_rows(rows, own, dict(options.ordered), theta=options.theta)
    rows = [_modified(row, modifiers.get((row.lhs, row.op, row.rhs), ())) for row in rows]
    _check_rows(rows, mine, roles)
    return [replace(row, group=group) for row in rows]


def _speaks_of(statement: Statement, group: int, groups: Sequence[str]) -> bool:
    return statement.block is None or statement.block.number_in(groups) == group


def _roles_of_block(relations: Sequence[Statement], roles: Roles) -> Roles:
    """Roles in one group's block, which must speak of the same variables as the others."""
    named = roles_of(relations, roles.observed) if relations else None
    if (
        named is None
        or set(named.observed) != set(roles.observed)
        or set(named.latent) != set(roles.latent)
    ):
        block = relations[0].block if relations else None
        place = block.place if block else Place("model", 1, 1, "")
        raise place.error(
            "model.block",
            "groups whose models have different variables,",
            "Name the same observed and latent variables in every block",
        )
    return replace(named, observed=roles.observed, latent=roles.latent)


def _modifiers(
    relations: Iterable[Statement], roles: Roles, group: int, n_groups: int
) -> dict[Key, tuple[Modifier, ...]]:
    """What each relation is given, in the syntax's order; a repetition may add a modifier."""
    found: dict[Key, tuple[Modifier, ...]] = {}
    for statement in relations:
        key = _key(statement, roles)
        kinds = {modifier.kind for modifier in found.get(key, ())}
        given = statement.modifiers or ((statement.modifier,) if statement.modifier else ())
        if key in found and (not given or kinds & {modifier.kind for modifier in given}):
            raise statement.place.error(
                "model.duplicate", f"`{' '.join(key)}` is given twice", "Remove one of the two"
            )
        entries = (1, 1) if statement.block else (group, n_groups)
        single = (modifier.for_group(*entries) for modifier in given)
        found[key] = (*found.get(key, ()), *(modifier for modifier in single if modifier))
    return found


def _key(statement: Statement, roles: Roles) -> Key:
    """The relation, with the sides of ``~~`` in the order of the variables."""
    lhs, rhs = statement.lhs, statement.rhs
    if statement.op == "~~":
        lhs, rhs = sorted((lhs, rhs), key=(*roles.observed, *roles.latent).index)
    return lhs, statement.op, rhs


def _modified(row: Parameter, modifiers: Iterable[Modifier]) -> Parameter:
    for modifier in modifiers:
        match modifier.kind:
            case "fixed":
                row = replace(row, value=modifier.value, derived=False)
            case "free":
                row = replace(row, value=None, derived=False)
            case "label":
                row = replace(row, label=modifier.label)
            case "start":
                row = replace(row, start=modifier.value)
            case "equal":
                row = replace(row, label=EQUAL + modifier.label)
    return row


def _check_rows(rows: Iterable[Parameter], relations: Iterable[Statement], roles: Roles) -> None:
    places = {_key(statement, roles): statement.place for statement in relations}
    values: dict[str, float] = {}
    for row in rows:
        place = places.get((row.lhs, row.op, row.rhs))
        if place is None or row.value is None:
            continue
        if row.start is not None:
            raise place.error(
                "model.contradiction",
                f"a starting value for `{row.name}`, which is fixed at {row.value:g},",
                f"Free it by `NA*{row.rhs}`, or drop the starting value",
            )
        if row.label and values.setdefault(row.label, row.value) != row.value:
            raise place.error(
                "model.contradiction",
                f"parameters labelled `{row.label}` are fixed at different values",
                "Fix them at one value, or give them different labels",
            )


def check_constraints(
    constraints: Iterable[Constraint], rows: Iterable[Parameter], roles: Roles
) -> None:
    """Refuse constraints on what no row is labelled.

    Raises
    ------
    ModelSyntaxError
        At the first label that no parameter bears.
    """
    known = {row.label for row in rows if row.label}
    for constraint in constraints:
        for side in (constraint.left, constraint.right):
            _check_labels(side, known, roles)


def _check_labels(expression: Expression, known: set[str], roles: Roles) -> None:
    for used in labels(expression):
        if used.name not in known:
            hint = roles.suggest(used.name, known) or "Label a parameter, as in `a*x`"
            raise used.place.error(
                "model.unknown-label", f"no parameter is labelled `{used.name}`", hint
            )


def defined_rows(
    statements: Iterable[Statement], rows: Iterable[Parameter], roles: Roles
) -> list[Parameter]:
    """Rows of `:=`; each may use labels and what was defined before it."""
    known = {row.label for row in rows if row.label}
    found = []
    for statement in statements:
        if statement.expression is None:
            continue
        if statement.lhs in known:
            raise statement.place.error(
                "model.duplicate", f"`{statement.lhs}` is given twice", "Choose another name"
            )
        _check_labels(statement.expression, known, roles)
        known.add(statement.lhs)
        found.append(
            Parameter(
                statement.lhs,
                ":=",
                statement.rhs,
                label=statement.lhs,
                user=True,
                expression=statement.expression,
                group=0,
            )
        )
    return found
