"""Equality across groups: which rows of the first group the others share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

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
    second and later groups: by equal loadings variances that are fixed at 1, by equal intercepts
    the means of the latents; by equal thresholds the intercepts of the items and their scaling
    factors or residual variances (Wu & Estabrook 2016): one threshold determines an intercept,
    the second, or equal intercepts, a scale.

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
    freeing = _Freeing(roles, frozenset(equal), frozenset(partial), _equal_thresholds(found))
    return [freeing.of(row) for row in found]


def _equal_thresholds(rows: Sequence[Parameter]) -> dict[str, int]:
    """How many thresholds of each ordinal item all groups share."""
    labels = [{r.label for r in rows if r.group == g and r.op == "|"} for g in (1, 2)]
    common = set.intersection(*labels) - {""}
    items = {row.lhs: 0 for row in rows if row.op == "|"}
    for row in rows:
        if row.op == "|" and row.group == 2:
            items[row.lhs] += row.label in common
    return items


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


@dataclass(frozen=True, slots=True)
class _Freeing:
    """What equality across groups makes estimable is no longer fixed.

    Attributes
    ----------
    thresholds : mapping of str to int
        Ordinal items with the number of their thresholds that are equal.
    """

    roles: Roles
    equal: frozenset[Equal]
    partial: frozenset[tuple[str, str, str]]
    thresholds: Mapping[str, int]

    def of(self, row: Parameter) -> Parameter:
        """The row, free if it is one of those."""
        fixed = row.group >= 2 and not row.user and row.value is not None
        return replace(row, value=None) if fixed and self._estimable(row) else row

    def _estimable(self, row: Parameter) -> bool:
        if row.lhs in self.thresholds:
            return "thresholds" in self.equal and self._follows_thresholds(row)
        if row.lhs not in self.roles.latent:
            return False
        if row.op == "~1":
            return "means" not in self.equal and any(
                self._equal_intercept(name) for name in self._indicators(row.lhs)
            )
        if not row.is_variance or row.value != 1.0 or "lv_variances" in self.equal:
            return False
        return "loadings" in self.equal and any(
            (row.lhs, "=~", name) not in self.partial for name in self._indicators(row.lhs)
        )

    def _follows_thresholds(self, row: Parameter) -> bool:
        count, located = self.thresholds[row.lhs], self._equal_intercept(row.lhs)
        if row.op == "~1":
            return count >= 1 and not located
        if not (row.op == "~*~" or row.is_variance):
            return False
        scaled = (
            "residuals" in self.equal
            and not {(row.lhs, op, row.lhs) for op in ("~~", "~*~")} & self.partial
        )
        return (count >= 2 or (count >= 1 and located)) and not scaled

    def _equal_intercept(self, name: str) -> bool:
        return "intercepts" in self.equal and (name, "~1", "") not in self.partial

    def _indicators(self, latent: str) -> tuple[str, ...]:
        return dict(self.roles.factors).get(latent, ())


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
