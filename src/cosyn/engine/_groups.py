"""Equality across groups: which rows of the first group the others share."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from cosyn.engine._roles import Roles
    from cosyn.engine.syntax import Statement
    from cosyn.engine.table import Parameter

#: Before a label that is the text of another row, until that row is found.
EQUAL = "="
Equal = Literal[
    "loadings",
    "intercepts",
    "means",
    "residuals",
    "residual_covariances",
    "lv_variances",
    "lv_covariances",
    "regressions",
    "thresholds",
]


def shared(
    rows: Sequence[Parameter],
    roles: Roles,
    equal: Collection[Equal],
    partial: Collection[tuple[str, str, str]],
) -> list[Parameter]:
    """Give rows that are equal across groups the label of the first group's row.

    A row that the syntax labels keeps its label. What the equalities identify is freed in the
    second and later groups: by equal intercepts the means of the latents; by equal thresholds the
    intercepts of the items and their scaling factors or residual variances (Wu & Estabrook 2016).

    Parameters
    ----------
    rows : sequence of Parameter
        Of all groups, in order.
    partial : collection of (lhs, op, rhs)
        Rows that stay free in every group.
    """
    kinds = [_KINDS[name] for name in equal]
    first = {(r.lhs, r.op, r.rhs): (k, r) for k, r in enumerate(rows) if r.group == 1}
    found = list(rows)
    for number, row in enumerate(rows):
        key = (row.lhs, row.op, row.rhs)
        if row.group < 2 or key in partial or key not in first:
            continue
        original, other = first[key]
        free = row.value is None and other.value is None and not (row.exogenous or row.label)
        if free and not other.label and any(kind(row, roles) for kind in kinds):
            label = f".p{original + 1}."
            found[original] = replace(found[original], label=label)
            found[number] = replace(row, label=label)
    items = {row.lhs for row in rows if row.op == "|"}
    return [_released(row, roles, equal, items) for row in found]


def with_equals(rows: Sequence[Parameter], relations: Sequence[Statement]) -> list[Parameter]:
    """Resolve ``equal("f=~x2")``: both rows bear one label.

    Raises
    ------
    ModelSyntaxError
        If there is no such row.
    """
    found = list(rows)
    for number, row in enumerate(rows):
        if not row.label.startswith(EQUAL):
            continue
        wanted = row.label[len(EQUAL) :].replace(" ", "")
        places = [k for k, other in enumerate(rows) if other.name.replace(" ", "") == wanted]
        if not places:
            place = next(s.place for s in relations if (s.lhs, s.rhs) == (row.lhs, row.rhs))
            raise place.error(
                "model.unknown-label",
                f"there is no parameter `{wanted}`",
                'Write it as its formula has it, as in `equal("f=~x2")`',
            )
        place_of = next((k for k in places if rows[k].group == row.group), places[0])
        label = found[place_of].label or f".p{place_of + 1}."
        found[place_of] = replace(found[place_of], label=label)
        found[number] = replace(row, label=label)
    return found


def _released(
    row: Parameter, roles: Roles, equal: Collection[Equal], items: Collection[str]
) -> Parameter:
    """What equality across groups makes estimable is no longer fixed."""
    if row.group < 2 or row.user or row.value is None:
        return row
    if row.lhs in items:
        free = "thresholds" in equal and _follows_thresholds(row, equal)
        return replace(row, value=None) if free else row
    latent = row.lhs in roles.latent
    mean = latent and row.op == "~1" and "intercepts" in equal and "means" not in equal
    variance = latent and row.is_variance and row.value == 1.0 and "loadings" in equal
    return replace(row, value=None) if mean or variance else row


def _follows_thresholds(row: Parameter, equal: Collection[Equal]) -> bool:
    if row.op == "~1":
        return "intercepts" not in equal
    return (row.op == "~*~" or row.is_variance) and "residuals" not in equal


def _observed(row: Parameter, roles: Roles) -> bool:
    return row.lhs not in roles.latent and row.rhs not in roles.latent


_KINDS: dict[Equal, Callable[[Parameter, Roles], bool]] = {
    "loadings": lambda row, _: row.op == "=~",
    "intercepts": lambda row, roles: row.op == "~1" and row.lhs not in roles.latent,
    "means": lambda row, roles: row.op == "~1" and row.lhs in roles.latent,
    "residuals": lambda row, roles: row.is_variance and _observed(row, roles),
    "residual_covariances": lambda row, roles: (
        row.op == "~~" and row.lhs != row.rhs and _observed(row, roles)
    ),
    "lv_variances": lambda row, roles: row.is_variance and row.lhs in roles.latent,
    "lv_covariances": lambda row, roles: (
        row.op == "~~" and row.lhs != row.rhs and {row.lhs, row.rhs} <= set(roles.latent)
    ),
    "regressions": lambda row, _: row.op == "~",
    "thresholds": lambda row, _: row.op == "|",
}
